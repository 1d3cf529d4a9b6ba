// What commands ask of an address space through the view of a world, beside its look-ups.

import { brand, type PageNumber, type PageSpan, type ProcessId } from "../model/units.ts";
import type { VadView, WorldView } from "../model/view.ts";

export const spanOf = (vad: VadView): PageSpan => ({ first: vad.base, count: vad.pageCount });

/** True if no region covers a page of the span. */
export function isFree(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  const end = span.first + span.count;
  for (let number: number = span.first; number < end; number++) {
    if (view.vadAt(process, brand<PageNumber>(number)) !== undefined) return false;
  }
  return true;
}

/** The one region that covers every page of the span, or undefined. */
export function vadCovering(
  view: WorldView,
  process: ProcessId,
  span: PageSpan,
): VadView | undefined {
  const vad = view.vadAt(process, span.first);
  return vad && span.first + span.count <= vad.base + vad.pageCount ? vad : undefined;
}

/** True if the region is private memory: it was not mapped from a section. */
export function isPrivate(vad: VadView | undefined): vad is VadView {
  return vad !== undefined && vad.section === null;
}
