// What a range maps, and whether a region's frames are that: the heart of "no stale registration".

import { allows, isUserRange, userPages } from "./address-space.ts";
import type { Access } from "./contract.ts";
import type { ActiveCall, InstanceView, SparedFrame } from "./ledger.ts";
import type { LockedPages } from "./memory.ts";
import { accessesOf } from "./memory-manager.ts";
import { regionFrames, type Region } from "./nic.ts";
import {
  brand,
  pagesOf,
  spanContains,
  type AddressRange,
  type PageNumber,
  type PageSpan,
  type Pfn,
  type ProcessId,
} from "./units.ts";
import type { WorldView } from "./view.ts";

/** What is asked of a world here: a `WorldView`, or the model in the middle of a transition. */
export type MappingView = Pick<WorldView, "config" | "page" | "mappedFrame" | "lock">;

/** The pages of the range; null if it is not wholly a range of user addresses. */
export function userSpanOf(view: MappingView, range: AddressRange): PageSpan | null {
  const { pageCount, granularityPages, pageSizeBytes } = view.config;
  const user = userPages(pageCount, granularityPages);
  return isUserRange(range, user, pageSizeBytes) ? pagesOf(range, pageSizeBytes) : null;
}

/** The frames that the range maps now, one a page; none if it is not wholly a range of user addresses. */
export function mappingOf(
  view: MappingView,
  process: ProcessId,
  range: AddressRange,
): (Pfn | null)[] {
  const span = userSpanOf(view, range);
  const mapping: (Pfn | null)[] = [];
  if (span === null) return mapping;
  for (let i = 0; i < span.count; i++) {
    mapping.push(view.mappedFrame(process, brand<PageNumber>(span.first + i)));
  }
  return mapping;
}

/** What locks show where the range maps something else since changes of which nobody had to tell: page by page, in order. */
export function sparedFrames(
  locked: readonly LockedPages[],
  process: ProcessId,
  first: PageNumber,
  mapping: readonly (Pfn | null)[],
): SparedFrame[] {
  return mapping.flatMap((mapped, i) => {
    const page = brand<PageNumber>(first + i);
    const shown = locked
      .filter((lock) => lock.process === process && !lock.changed.includes(page))
      .flatMap((lock) => lock.frames[page - lock.span.first] ?? [])
      .filter((pfn) => pfn !== mapped);
    return [...new Set(shown)].toSorted((a, b) => a - b).map((pfn) => ({ page, pfn }));
  });
}

/** True if every page of the range is committed and allows the access, with no guard unless it is ignored. */
export function isValidFor(
  view: MappingView,
  process: ProcessId,
  range: AddressRange,
  access: Access,
  guard: "counts" | "ignored" = "counts",
): boolean {
  const span = userSpanOf(view, range);
  if (span === null) return false;
  const kinds = accessesOf(access);
  for (let i = 0; i < span.count; i++) {
    const page = view.page(process, brand<PageNumber>(span.first + i));
    if (page === undefined || !page.committed || (page.guard && guard === "counts")) return false;
    for (const kind of kinds) if (!allows(page.protection, kind)) return false;
  }
  return true;
}

/** The frames of the region behind a registered range, if they are fresh; else null. */
export function freshFrames(
  view: MappingView,
  instance: InstanceView,
  active: ActiveCall,
  region: Region,
): readonly Pfn[] | null {
  const { call } = active;
  if (call.name !== "register" || !isFresh(view, instance, active, region)) return null;
  return regionFrames(region, pagesOf(call.request.range, view.config.pageSizeBytes));
}

/**
 * True if the frames of the region behind a registered range are what the range mapped at some instant of the call.
 * A frame that a page had when it was locked counts as mapped until the page changes in a way that is in the coverage
 * set: of the other ways, such as copy-on-write on Windows, nobody is told.
 */
export function isFresh(
  view: MappingView,
  { process }: InstanceView,
  { call, mappings }: ActiveCall,
  region: Region,
): boolean {
  if (call.name !== "register") return false;
  const { range } = call.request;
  const span = pagesOf(range, view.config.pageSizeBytes);
  if (!spanContains(region.span, span)) return false;
  for (const { frames, spared } of mappings) {
    const isSpared = (at: PageNumber, shown: Pfn): boolean =>
      spared.some(({ page, pfn }) => page === at && pfn === shown);
    if (isMappedBy(region, span, frames, isSpared)) return true;
  }
  return isMappedBy(region, span, mappingOf(view, process, range), (page) => {
    const lock = view.lock(region.mdl);
    return lock !== undefined && !lock.changed.includes(page);
  });
}

/** `isSpared`: the frame that the region shows counts as mapped by the page. */
function isMappedBy(
  { frames, span: whole }: Region,
  span: PageSpan,
  mapping: readonly (Pfn | null)[],
  isSpared: (page: PageNumber, pfn: Pfn) => boolean,
): boolean {
  for (let i = 0; i < span.count; i++) {
    const pfn = frames[span.first - whole.first + i];
    if (pfn === mapping[i] || pfn === undefined) continue;
    if (!isSpared(brand<PageNumber>(span.first + i), pfn)) return false;
  }
  return true;
}
