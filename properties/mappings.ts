// What commands ask of an address space through the view of a world, beside its look-ups.

import { allows, type Page } from "../model/address-space.ts";
import type { Access } from "../model/contract.ts";
import { brand, type PageNumber, type PageSpan, type ProcessId } from "../model/units.ts";
import type { VadView, WorldView } from "../model/view.ts";

export const spanOf = (vad: VadView): PageSpan => ({ first: vad.base, count: vad.pageCount });

/** The region that begins where the area does, or undefined. */
export function regionAt(
  view: WorldView,
  process: ProcessId,
  area: PageSpan | undefined,
): VadView | undefined {
  if (area === undefined) return undefined;
  const vad = view.vadAt(process, area.first);
  return vad?.base === area.first ? vad : undefined;
}

/** The private region that begins where the area does, or undefined. */
export function privateRegionAt(
  view: WorldView,
  process: ProcessId,
  area: PageSpan | undefined,
): VadView | undefined {
  const vad = regionAt(view, process, area);
  return vad?.section === null ? vad : undefined;
}

/** True if no region covers a page of the span. */
export function isFree(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  const { granularityPages } = view.config;
  const end = span.first + span.count;
  let number: number = span.first;
  // A region begins at a multiple of the granularity: it covers the first page, or begins at one further on.
  while (number < end) {
    if (view.vadAt(process, brand<PageNumber>(number)) !== undefined) return false;
    number = (Math.floor(number / granularityPages) + 1) * granularityPages;
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

/** The first page of the span that is as it should be; null if none is. Free pages are left out. */
export function findPage(
  view: WorldView,
  process: ProcessId,
  span: PageSpan,
  isWanted: (page: Page, number: PageNumber) => boolean,
): PageNumber | null {
  for (let i = 0; i < span.count; i++) {
    const number = brand<PageNumber>(span.first + i);
    const page = view.page(process, number);
    if (page !== undefined && isWanted(page, number)) return number;
  }
  return null;
}

/** True if the pages of the span are user pages that are committed and allow the access, none with a guard. */
export function isRegistrable(
  view: WorldView,
  process: ProcessId,
  { first, count }: PageSpan,
  access: Access,
): boolean {
  for (let i = 0; i < count; i++) {
    const page = view.page(process, brand<PageNumber>(first + i));
    if (page === undefined || !page.committed || page.guard) return false;
    if (access !== "write" && !allows(page.protection, "read")) return false;
    if (access !== "read" && !allows(page.protection, "write")) return false;
  }
  return true;
}

/** A page of the span is registered, or was not long ago: what happens to it can make an entry stale. */
export function isWorthChanging(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  // A driver has no registrations: all memory may matter to it.
  return view.claims === null || view.wasRegistered(process, span);
}
