// Ranges of addresses and spans of pages, as numbers.

import { brand, type AddressRange, type PageSpan } from "../../model/units.ts";
import type { Store } from "./store.ts";

export const spanOf = (first: number, count: number): PageSpan => ({ first: brand(first), count });
export const rangeAt = (start: number, lengthBytes: number): AddressRange => ({
  start: brand(start),
  lengthBytes,
});

/** True if every byte is a user address and the end does not overflow. */
export function isUserRange(w: Store, start: number, lengthBytes: number): boolean {
  const { pageSizeBytes, granularityPages } = w.config;
  return (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(lengthBytes) &&
    lengthBytes >= 1 &&
    start >= granularityPages * pageSizeBytes &&
    start + lengthBytes <= w.pageEnd * pageSizeBytes
  );
}

/** A page is a power of two, so multiplying by its reciprocal is exact. */
export const firstPageOf = (w: Store, range: AddressRange): number =>
  Math.floor(range.start * w.pagesPerByte);

export const pageCountOf = (w: Store, range: AddressRange): number =>
  Math.floor((range.start + range.lengthBytes - 1) * w.pagesPerByte) - firstPageOf(w, range) + 1;
