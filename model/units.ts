// The quantities of the specification: addresses, pages, frames, handles and the ranges between them.
// Branded numbers, so that a page number cannot be passed where a frame number is wanted; the one cast
// that makes them is `brand`. User addresses stay below 2^47, so a double holds them exactly.

type Branded<Name extends string> = number & { readonly __unit: Name };

/** A user-mode virtual address, in bytes. */
export type VirtualAddress = Branded<"VirtualAddress">;
/** A virtual page number: address divided by the page size. */
export type PageNumber = Branded<"PageNumber">;
/** A page frame number: one page of physical memory. */
export type Pfn = Branded<"Pfn">;
/** Names a process, counted from 0. */
export type ProcessId = Branded<"ProcessId">;
/** Names a SAN service provider, its proxy driver and its NIC, counted from 0. */
export type ProviderId = Branded<"ProviderId">;
/** Names one provider in one process: `process * providersPerProcess + provider`. */
export type InstanceId = Branded<"InstanceId">;
/** Names a socket of a SAN service provider; unique in the whole world, never reused. */
export type SocketId = Branded<"SocketId">;
/** The proxy driver's name for locked pages (a memory descriptor list). */
export type MdlHandle = Branded<"MdlHandle">;
/** The opaque handle of MmSecureVirtualMemory. */
export type SecureHandle = Branded<"SecureHandle">;
/** The NIC's name for a registered region; never reused. */
export type RegionKey = Branded<"RegionKey">;
/** What a peer presents to reach exposed memory; never reused. */
export type RemoteKey = Branded<"RemoteKey">;
/** What a cache answers to a successful register; the cache chooses it. */
export type BufferHandle = Branded<"BufferHandle">;

type Unit =
  | VirtualAddress
  | PageNumber
  | Pfn
  | ProcessId
  | ProviderId
  | InstanceId
  | SocketId
  | MdlHandle
  | SecureHandle
  | RegionKey
  | RemoteKey
  | BufferHandle;

/** The only cast from a plain number to a unit; the caller says which unit it is. */
export function brand<T extends Unit>(value: number): T {
  return value as T;
}

/** Addresses `start` to `start + lengthBytes - 1`. `lengthBytes` is at least 1. */
export interface AddressRange {
  readonly start: VirtualAddress;
  readonly lengthBytes: number;
}

/** Pages `first` to `first + count - 1`. `count` is at least 1. */
export interface PageSpan {
  readonly first: PageNumber;
  readonly count: number;
}

/** Every page that holds at least one byte of the range. */
export function pagesOf(range: AddressRange, pageSizeBytes: number): PageSpan {
  const first = Math.floor(range.start / pageSizeBytes);
  const last = Math.floor((range.start + range.lengthBytes - 1) / pageSizeBytes);
  return { first: brand(first), count: last - first + 1 };
}

export function sameRange(a: AddressRange, b: AddressRange): boolean {
  return a.start === b.start && a.lengthBytes === b.lengthBytes;
}

export function sameSpan(a: PageSpan, b: PageSpan): boolean {
  return a.first === b.first && a.count === b.count;
}

/** The bytes of a span of pages. */
export function rangeOf(span: PageSpan, pageSizeBytes: number): AddressRange {
  return { start: brand(span.first * pageSizeBytes), lengthBytes: span.count * pageSizeBytes };
}

/** True if the spans share at least one page; an empty one shares none, wherever it lies. */
export function spansOverlap(a: PageSpan, b: PageSpan): boolean {
  return Math.max(a.first, b.first) < Math.min(a.first + a.count, b.first + b.count);
}

/** True if every page of `inner` is in `outer`. */
export function spanContains(outer: PageSpan, inner: PageSpan): boolean {
  return outer.first <= inner.first && inner.first + inner.count <= outer.first + outer.count;
}

/** True if the page is in the span. */
export function spanHas(span: PageSpan, page: PageNumber): boolean {
  return span.first <= page && page < span.first + span.count;
}

/** The page numbers of a span, in order. */
export function pageNumbers(span: PageSpan): PageNumber[] {
  return Array.from({ length: span.count }, (_, i) => brand<PageNumber>(span.first + i));
}

/** For switches over a union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new TypeError(`a value outside its declared union: ${JSON.stringify(value)}`);
}
