// What an application may ask of its address space. One function per Windows function; each answers done,
// failed (a Win32 error), refused (the range is secured) or raised (an access faulted). Failed and refused change
// nothing; a fault leaves what was accessed before it, as page-access.ts says.
//
// Sources: SDK, VirtualAlloc, VirtualFree, VirtualProtect, MapViewOfFileEx, UnmapViewOfFile; for refusal
// WDK, MmSecureVirtualMemory. Error numbers marked ° in errors.ts are observed, not documented.
// Not modelled: MEM_RESET, placeholders, write watches, the largest size of a working set.

import {
  insertVad,
  isFree,
  isUserRange,
  newPage,
  removeVad,
  ownVad,
  vadAt,
  vadCovering,
  vadSpan,
  type AddressSpace,
  type BaseProtection,
  type Page,
  type Vad,
} from "./address-space.ts";
import type { MappingChange } from "./contract.ts";
import { performLinux, type LinuxOperation } from "./linux-memory.ts";
import { noteChange, waitsForHooks } from "./mapping-changes.ts";
import type { Memory } from "./memory.ts";
import { isForbidden } from "./memory-manager.ts";
import { own } from "./ownership.ts";
import { decommitPage, dropFrame, ownPageOf, touch, trimPage } from "./page-access.ts";
import { done, failed, refused, type Performed } from "./performed.ts";
import { frameAt, ownFrame } from "./physical-memory.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  type AddressRange,
  type PageNumber,
  type PageSpan,
  type ProcessId,
  type VirtualAddress,
} from "./units.ts";

/** A call of the application into the operating system, or something the memory manager does by itself. */
export type OsOperation =
  | LinuxOperation
  | {
      readonly name: "VirtualAlloc";
      /** Null: wherever there is room. */
      readonly address: VirtualAddress | null;
      readonly sizeBytes: number;
      readonly type: "reserve" | "commit" | "reserve|commit";
      readonly protection: BaseProtection;
      readonly guard: boolean;
    }
  | {
      readonly name: "VirtualFree";
      readonly address: VirtualAddress;
      readonly sizeBytes: number;
      readonly type: "release" | "decommit" | "release|decommit" | "none";
    }
  | {
      readonly name: "VirtualProtect";
      readonly address: VirtualAddress;
      readonly sizeBytes: number;
      readonly protection: BaseProtection;
      readonly guard: boolean;
    }
  | {
      readonly name: "MapViewOfFile";
      readonly address: VirtualAddress | null;
      readonly section: number;
      readonly protection: BaseProtection;
    }
  | { readonly name: "UnmapViewOfFile"; readonly address: VirtualAddress }
  | { readonly name: "read"; readonly range: AddressRange }
  | { readonly name: "write"; readonly range: AddressRange; readonly stamp: number }
  | { readonly name: "trim"; readonly page: PageNumber }
  | { readonly name: "failNextPageIn"; readonly page: PageNumber };

/** Performs one operation in one process. `told`: the spans of which whoever watches them has been told for it. */
export function performOs(
  memory: Memory,
  process: ProcessId,
  op: OsOperation,
  told: readonly PageSpan[] = [],
): Performed {
  switch (op.name) {
    case "VirtualAlloc":
      return virtualAlloc(memory, process, op, told);
    case "VirtualFree":
      return virtualFree(memory, process, op, told);
    case "VirtualProtect":
      return virtualProtect(memory, process, op, told);
    case "MapViewOfFile":
      return mapViewOfFile(memory, process, op);
    case "UnmapViewOfFile":
      return unmapViewOfFile(memory, process, op.address, told);
    case "read":
    case "write":
      return access(memory, process, op);
    case "trim":
      return trimPage(memory, process, op.page)
        ? done(1, { first: op.page, count: 1 })
        : done(0, null);
    case "failNextPageIn":
      return failNextPageIn(memory, process, op.page);
    default:
      return performLinux(memory, process, op, told);
  }
}

/** True if nothing may happen to the pages yet: a secure forbids it, or whoever watches them is called first. */
function isHeldUp(
  memory: Memory,
  process: ProcessId,
  span: PageSpan,
  change: MappingChange,
  protection: BaseProtection | null,
  told: readonly PageSpan[],
): boolean {
  return (
    isForbidden(memory, process, span, protection) ||
    waitsForHooks(memory, process, span, change, told)
  );
}

type Op<Name extends OsOperation["name"]> = Extract<OsOperation, { name: Name }>;

function virtualAlloc(
  memory: Memory,
  process: ProcessId,
  op: Op<"VirtualAlloc">,
  told: readonly PageSpan[],
): Performed {
  if (op.sizeBytes < 1 || !isPrivateProtection(op.protection, op.guard)) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  // MEM_COMMIT without an address reserves as well.
  if (op.type === "commit" && op.address !== null) {
    return commit(memory, process, op.address, op, told);
  }
  const span = placement(memory, process, op.address, op.sizeBytes);
  if (span === null) return failed("ERROR_INVALID_ADDRESS");
  const committed = op.type !== "reserve";
  const pages = Array.from({ length: span.count }, () =>
    newPage(committed, op.protection, committed && op.guard),
  );
  insertVad(ownSpace(memory, process), {
    base: span.first,
    section: null,
    writable: true,
    pages,
  });
  return done(span.first * memory.pageSizeBytes, span);
}

/** MEM_COMMIT: every page reserved, in one region. A committed page keeps its data and gets the protection. */
function commit(
  memory: Memory,
  process: ProcessId,
  address: VirtualAddress,
  op: Op<"VirtualAlloc">,
  told: readonly PageSpan[],
): Performed {
  const span = pagesOf({ start: address, lengthBytes: op.sizeBytes }, memory.pageSizeBytes);
  const vad = vadCovering(spaceOf(memory, process), span);
  if (vad === undefined || vad.section !== null) return failed("ERROR_INVALID_ADDRESS");
  if (isHeldUp(memory, process, span, "protect", op.protection, told)) return refused(span);
  const pages = own(ownVad(ownSpace(memory, process), vad.base), "pages");
  for (const number of pageNumbers(span)) {
    const page = own(pages, number - vad.base);
    page.committed = true;
    page.protection = op.protection;
    page.guard = op.guard;
  }
  noteChange(memory, process, span, "protect");
  return done(span.first * memory.pageSizeBytes, span);
}

/** Where a new region goes: the base rounded down to the granularity, the end up to a page; null if not free. */
function placement(
  memory: Memory,
  process: ProcessId,
  address: VirtualAddress | null,
  sizeBytes: number,
): PageSpan | null {
  const space = spaceOf(memory, process);
  const { granularityPages, pageSizeBytes, user } = memory;
  if (address !== null) {
    const granularityBytes = granularityPages * pageSizeBytes;
    const start = Math.floor(address / granularityBytes) * granularityBytes;
    const range = { start: brand<VirtualAddress>(start), lengthBytes: address - start + sizeBytes };
    if (!isUserRange(range, user, pageSizeBytes)) return null;
    const span = pagesOf(range, pageSizeBytes);
    return isFree(space, span) ? span : null;
  }
  const count = Math.ceil(sizeBytes / pageSizeBytes);
  for (let first = user.first as number; first + count <= user.end; first += granularityPages) {
    const span: PageSpan = { first: brand(first), count };
    if (isFree(space, span)) return span;
  }
  return null;
}

function virtualFree(
  memory: Memory,
  process: ProcessId,
  op: Op<"VirtualFree">,
  told: readonly PageSpan[],
): Performed {
  const space = spaceOf(memory, process);
  const { pageSizeBytes } = memory;
  if (op.type !== "release" && op.type !== "decommit") return failed("ERROR_INVALID_PARAMETER");
  if (op.type === "release" && op.sizeBytes !== 0) return failed("ERROR_INVALID_PARAMETER");
  const vad = vadAt(space, brand(Math.floor(op.address / pageSizeBytes)));
  if (vad === undefined) return failed("ERROR_INVALID_ADDRESS");
  if (vad.section !== null) return failed("ERROR_INVALID_PARAMETER");
  if (op.sizeBytes === 0 && op.address !== vad.base * pageSizeBytes) {
    return failed("ERROR_INVALID_ADDRESS");
  }
  const span =
    op.sizeBytes === 0
      ? vadSpan(vad)
      : pagesOf({ start: op.address, lengthBytes: op.sizeBytes }, pageSizeBytes);
  if (vadCovering(space, span) === undefined) return failed("ERROR_INVALID_PARAMETER");
  if (isHeldUp(memory, process, span, "unmap", null, told)) return refused(span);
  if (op.type === "release") {
    for (const page of vad.pages) dropFrame(memory, page);
    removeVad(ownSpace(memory, process), vad.base);
  } else {
    const pages = own(ownVad(ownSpace(memory, process), vad.base), "pages");
    for (const number of pageNumbers(span)) decommitPage(memory, own(pages, number - vad.base));
  }
  noteChange(memory, process, span, "unmap");
  return done(null, span);
}

function virtualProtect(
  memory: Memory,
  process: ProcessId,
  op: Op<"VirtualProtect">,
  told: readonly PageSpan[],
): Performed {
  if (op.sizeBytes < 1 || (op.guard && op.protection === "NOACCESS")) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  const space = spaceOf(memory, process);
  const span = pagesOf({ start: op.address, lengthBytes: op.sizeBytes }, memory.pageSizeBytes);
  const first = vadAt(space, span.first);
  if (first === undefined) return failed("ERROR_INVALID_ADDRESS");
  const vad = vadCovering(space, span);
  if (vad === undefined) return failed("ERROR_INVALID_PARAMETER");
  const pages = vad.pages.slice(span.first - vad.base, span.first - vad.base + span.count);
  if (!pages.every((page) => page.committed)) return failed("ERROR_INVALID_ADDRESS");
  if (!pages.every((page) => isCompatible(vad, page.copied, op.protection))) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  if (isHeldUp(memory, process, span, "protect", op.protection, told)) return refused(span);
  const old = pages[0] === undefined ? op.protection : protectionName(pages[0]);
  const owned = own(ownVad(ownSpace(memory, process), vad.base), "pages");
  for (const number of pageNumbers(span)) {
    const page = own(owned, number - vad.base);
    // A private copy is the process's own: copy-on-write has nothing left to do.
    page.protection = page.copied && op.protection === "WRITECOPY" ? "READWRITE" : op.protection;
    page.guard = op.guard;
  }
  noteChange(memory, process, span, "protect");
  return done(old, span);
}

/** A protection as VirtualProtect answers it. */
const protectionName = ({ protection, guard }: Page): string =>
  guard ? `${protection}|GUARD` : protection;

function mapViewOfFile(memory: Memory, process: ProcessId, op: Op<"MapViewOfFile">): Performed {
  const section = memory.sections[op.section];
  if (section === undefined) return failed("ERROR_INVALID_PARAMETER");
  const granularityBytes = memory.granularityPages * memory.pageSizeBytes;
  if (op.address !== null && op.address % granularityBytes !== 0) {
    return failed("ERROR_MAPPED_ALIGNMENT");
  }
  const sizeBytes = section.pages.length * memory.pageSizeBytes;
  const span = placement(memory, process, op.address, sizeBytes);
  if (span === null) return failed("ERROR_INVALID_ADDRESS");
  const pages = section.pages.map(() => newPage(true, op.protection, false));
  insertVad(ownSpace(memory, process), {
    base: span.first,
    section: op.section,
    writable: op.protection === "READWRITE",
    pages,
  });
  return done(span.first * memory.pageSizeBytes, span);
}

function unmapViewOfFile(
  memory: Memory,
  process: ProcessId,
  address: VirtualAddress,
  told: readonly PageSpan[],
): Performed {
  const space = spaceOf(memory, process);
  const vad = vadAt(space, brand(Math.floor(address / memory.pageSizeBytes)));
  if (vad === undefined || vad.section === null || address !== vad.base * memory.pageSizeBytes) {
    return failed("ERROR_INVALID_ADDRESS");
  }
  const span = vadSpan(vad);
  if (isHeldUp(memory, process, span, "unmap", null, told)) return refused(span);
  for (const page of vad.pages) dropFrame(memory, page);
  removeVad(ownSpace(memory, process), vad.base);
  noteChange(memory, process, span, "unmap");
  return done(null, span);
}

/** The application reads or writes, page by page; it stops at the first exception. */
function access(memory: Memory, process: ProcessId, op: Op<"read"> | Op<"write">): Performed {
  const stamps: number[] = [];
  const span = pagesOf(op.range, memory.pageSizeBytes);
  for (const number of pageNumbers(span)) {
    const touched = touch(memory, process, number, op.name);
    if (!touched.ok) {
      return { answer: { status: "raised", exception: touched.exception }, changed: span };
    }
    if (op.name === "write") ownFrame(own(memory, "physical"), touched.pfn).stamp = op.stamp;
    else stamps.push(frameAt(memory.physical, touched.pfn).stamp);
  }
  return done(op.name === "read" ? stamps : null, span);
}

/** Fault injection: the page is trimmed and its next page-in meets a bad block. 0 if it is locked, free, or shared. */
function failNextPageIn(memory: Memory, process: ProcessId, number: PageNumber): Performed {
  const vad = vadAt(spaceOf(memory, process), number);
  const page = vad?.pages[number - vad.base];
  if (page === undefined || !page.committed) return done(0, null);
  const resident = vad?.section === null || page.copied;
  if (!resident || !trimPage(memory, process, number)) return done(0, null);
  ownPageOf(memory, process, number).inPageError = true;
  return done(1, { first: number, count: 1 });
}

/** Every process's pages, for its end: views and private memory go, sections stay. */
export function deleteAddressSpace(memory: Memory, process: ProcessId): void {
  const space = ownSpace(memory, process);
  for (const vad of space.vads) for (const page of vad.pages) dropFrame(memory, page);
  space.vads = [];
}

function spaceOf(memory: Memory, process: ProcessId): AddressSpace {
  const space = memory.spaces[process];
  if (space === undefined) throw new RangeError(`process ${process} does not exist`);
  return space;
}

/** The address space, to be written to. */
function ownSpace(memory: Memory, process: ProcessId): AddressSpace {
  spaceOf(memory, process);
  return own(own(memory, "spaces"), process);
}

function isPrivateProtection(protection: BaseProtection, guard: boolean): boolean {
  return protection !== "WRITECOPY" && !(guard && protection === "NOACCESS");
}

/** Private memory has no WRITECOPY; a view has no more than it was mapped with, except in its private copies. */
function isCompatible(vad: Vad, copied: boolean, protection: BaseProtection): boolean {
  if (vad.section === null) return protection !== "WRITECOPY";
  return protection !== "READWRITE" || vad.writable || copied;
}
