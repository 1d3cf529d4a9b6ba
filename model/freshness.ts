// What a range maps, and whether a region's frames are that: the heart of "no stale registration".

import { allows, isUserRange, userPages } from "./address-space.ts";
import type { Access } from "./contract.ts";
import type { ActiveCall, ProviderInstance } from "./ledger.ts";
import { accessesOf } from "./memory-manager.ts";
import { regionFrames, type Region } from "./nic.ts";
import {
  pageNumbers,
  pagesOf,
  spanContains,
  type AddressRange,
  type Pfn,
  type ProcessId,
} from "./units.ts";
import type { WorldView } from "./view.ts";

const isUser = (view: WorldView, range: AddressRange): boolean => {
  const { pageCount, granularityPages, pageSizeBytes } = view.config;
  return isUserRange(range, userPages(pageCount, granularityPages), pageSizeBytes);
};

/** The frames that the range maps now, one a page; none if it is not wholly a range of user addresses. */
export function mappingOf(
  view: WorldView,
  process: ProcessId,
  range: AddressRange,
): (Pfn | null)[] {
  if (!isUser(view, range)) return [];
  return pageNumbers(pagesOf(range, view.config.pageSizeBytes)).map((number) =>
    view.mappedFrame(process, number),
  );
}

/** True if every page of the range is committed and allows the access, with no guard unless it is ignored. */
export function isValidFor(
  view: WorldView,
  process: ProcessId,
  range: AddressRange,
  access: Access,
  guard: "counts" | "ignored" = "counts",
): boolean {
  if (!isUser(view, range)) return false;
  return pageNumbers(pagesOf(range, view.config.pageSizeBytes)).every((number) => {
    const page = view.page(process, number);
    return (
      page !== undefined &&
      page.committed &&
      (guard === "ignored" || !page.guard) &&
      accessesOf(access).every((kind) => allows(page.protection, kind))
    );
  });
}

/**
 * The frames of the region behind a registered range, if they are what the range mapped at some instant of the
 * call; else null. A frame that copy-on-write left behind counts as mapped unless the subject declares that
 * it sees copy-on-write: on Windows nobody is told of it.
 */
export function freshFrames(
  view: WorldView,
  instance: ProviderInstance,
  active: ActiveCall,
  region: Region,
): readonly Pfn[] | null {
  if (active.call.name !== "register") return null;
  const { range } = active.call.request;
  const span = pagesOf(range, view.config.pageSizeBytes);
  if (!spanContains(region.span, span)) return null;
  const frames = regionFrames(region, span);
  const seesCopies = view.claims?.coverage?.includes("copy-on-write") ?? false;
  const left = pageNumbers(span).map((number) =>
    seesCopies ? null : (view.page(instance.process, number)?.copiedFrom ?? null),
  );
  const mappings = [mappingOf(view, instance.process, range), ...active.mappings];
  const isFresh = mappings.some((mapping) =>
    frames.every((pfn, i) => pfn === mapping[i] || pfn === left[i]),
  );
  return isFresh ? frames : null;
}
