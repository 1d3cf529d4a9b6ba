// The address space of one process: its regions (VADs) and their pages. Records and look-ups; the
// operations on them are in virtual-memory.ts and page-access.ts.
//
// A page is free when no VAD covers it, else reserved or committed. Committed pages are demand-zero: `pfn`
// is null until the first access or lock, and again after a trim, when `stored` keeps the contents.
// Source: SDK, VirtualAlloc, "Memory Protection Constants", MapViewOfFile.

import { own } from "./ownership.ts";
import { brand, type AddressRange, type PageNumber, type PageSpan, type Pfn } from "./units.ts";

export type BaseProtection = "NOACCESS" | "READONLY" | "READWRITE" | "WRITECOPY";

export interface Page {
  committed: boolean;
  protection: BaseProtection;
  /** PAGE_GUARD: the first access raises and clears it. */
  guard: boolean;
  /** The frame, for a page of private memory or a private copy in a view; null while there is none. */
  pfn: Pfn | null;
  /** Contents while `pfn` is null; 0 is a page that was never touched. */
  stored: number;
  /** A write to a WRITECOPY page gave it a frame of its own. */
  copied: boolean;
  /** Fault injection: the next page-in of this page raises STATUS_IN_PAGE_ERROR. */
  inPageError: boolean;
}

export interface Vad {
  readonly base: PageNumber;
  /** Null: private memory (VirtualAlloc). Else the section that the view shows, from its first page. */
  readonly section: number | null;
  /** Views: whether the section's own pages may be written through it (FILE_MAP_WRITE). */
  readonly writable: boolean;
  pages: Page[];
}

export interface AddressSpace {
  /** Sorted by base; they never overlap. */
  vads: Vad[];
}

/** A section object: pages that several views, in several processes, may alias. */
export interface Section {
  pages: SectionPage[];
}

export interface SectionPage {
  pfn: Pfn | null;
  stored: number;
}

export function newPage(committed: boolean, protection: BaseProtection, guard: boolean): Page {
  return {
    committed,
    protection,
    guard,
    pfn: null,
    stored: 0,
    copied: false,
    inPageError: false,
  };
}

export function vadSpan(vad: Vad): PageSpan {
  return { first: vad.base, count: vad.pages.length };
}

/** The VAD that covers the page, or undefined. */
export function vadAt(space: AddressSpace, page: PageNumber): Vad | undefined {
  return space.vads.find((vad) => vad.base <= page && page < vad.base + vad.pages.length);
}

/** The page, or undefined if it is free. */
export function pageAt(space: AddressSpace, page: PageNumber): Page | undefined {
  const vad = vadAt(space, page);
  return vad?.pages[page - vad.base];
}

/** The one VAD that covers every page of the span, or undefined. */
export function vadCovering(space: AddressSpace, span: PageSpan): Vad | undefined {
  const vad = vadAt(space, span.first);
  return vad && span.first + span.count <= vad.base + vad.pages.length ? vad : undefined;
}

/** The page, to be written to. */
export function ownPage(space: AddressSpace, number: PageNumber): Page {
  const vad = ownVad(space, number);
  return own(own(vad, "pages"), number - vad.base);
}

/** The VAD that covers the page, to be written to. */
export function ownVad(space: AddressSpace, page: PageNumber): Vad {
  const at = space.vads.findIndex((vad) => vad.base <= page && page < vad.base + vad.pages.length);
  return own(own(space, "vads"), at);
}

export function isFree(space: AddressSpace, span: PageSpan): boolean {
  return !space.vads.some(
    (vad) => vad.base < span.first + span.count && span.first < vad.base + vad.pages.length,
  );
}

export function insertVad(space: AddressSpace, vad: Vad): void {
  const at = space.vads.findIndex((other) => other.base > vad.base);
  own(space, "vads").splice(at === -1 ? space.vads.length : at, 0, vad);
}

export function removeVad(space: AddressSpace, base: PageNumber): void {
  const at = space.vads.findIndex((vad) => vad.base === base);
  own(space, "vads").splice(at, 1);
}

/** The user addresses of the world: pages `first` to `end - 1`. Page 0 up to the granularity is never valid. */
export interface UserPages {
  readonly first: PageNumber;
  readonly end: PageNumber;
}

export function userPages(pageCount: number, granularityPages: number): UserPages {
  return { first: brand(granularityPages), end: brand(granularityPages + pageCount) };
}

/** True if every byte is a user address and the end does not overflow. */
export function isUserRange(range: AddressRange, pages: UserPages, pageSizeBytes: number): boolean {
  return (
    Number.isSafeInteger(range.start) &&
    Number.isSafeInteger(range.lengthBytes) &&
    range.lengthBytes >= 1 &&
    range.start >= pages.first * pageSizeBytes &&
    range.start + range.lengthBytes <= pages.end * pageSizeBytes
  );
}

/** True if the protection allows the access. GUARD is the caller's to look at. */
export function allows(protection: BaseProtection, access: "read" | "write"): boolean {
  switch (protection) {
    case "NOACCESS":
      return false;
    case "READONLY":
      return access === "read";
    case "READWRITE":
    case "WRITECOPY":
      return true;
  }
}
