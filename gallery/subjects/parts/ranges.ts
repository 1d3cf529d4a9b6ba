// Arithmetic of address ranges. Memory is locked, watched and remapped by the page, so the caches here keep whole pages
// only; of whole pages, two share one if they share a byte.

import type { Access, AddressRange } from "stalemate";

type Address = AddressRange["start"];

/** The address behind the last byte. */
export const end = ({ start, lengthBytes }: AddressRange): number => start + lengthBytes;

/** The whole pages that hold a byte of the range. */
export function wholePages(range: AddressRange, pageSizeBytes: number): AddressRange {
  const start = Math.floor(range.start / pageSizeBytes) * pageSizeBytes;
  const lengthBytes = Math.ceil(end(range) / pageSizeBytes) * pageSizeBytes - start;
  return { start: start as Address, lengthBytes };
}

/** True if they share a byte. */
export const overlap = (a: AddressRange, b: AddressRange): boolean =>
  a.start < end(b) && b.start < end(a);

/** True if every byte of the inner range is one of the outer. */
export const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.start <= inner.start && end(inner) <= end(outer);

/** The smallest range that contains both. */
export function hull(a: AddressRange, b: AddressRange): AddressRange {
  const start = Math.min(a.start, b.start);
  return { start: start as Address, lengthBytes: Math.max(end(a), end(b)) - start };
}

/** True if what is held for some rights serves who wants others. */
export const allows = (held: Access, wanted: Access): boolean =>
  held === "readwrite" || held === wanted;

/** The rights of two users together. */
export const bothRights = (a: Access, b: Access): Access => (a === b ? a : "readwrite");
