// The operations of an application on its address space, and those of the memory manager by itself. Each costs the pages
// that it is about.

import {
  NOACCESS,
  READ_AND_WRITE,
  WRITECOPY,
  exceptionOf,
  protectionCode,
  protectionNames,
} from "./codes.ts";
import {
  addVad,
  baseOf,
  countOf,
  firstTaken,
  isWritable,
  removeVad,
  sectionOf,
  vadAt,
  vadByAddress,
  vadCount,
  vadCovering,
} from "./address-space.ts";
import { PROTECT, UNMAP } from "./families.ts";
import { setStamp, stampOf } from "./frames.ts";
import { performLinux } from "./linux-memory.ts";
import { noteChange, waitsForHooks } from "./mapping-changes.ts";
import {
  COMMITTED,
  COPIED,
  GUARD,
  discardPage,
  failNextPageIn,
  pageState,
  protectionOf,
  stateOf,
  touch,
  trimPage,
  withProtection,
} from "./pages.ts";
import { done, failed, note, nothingDone, refused, type Op } from "./performed.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { isForbidden } from "./secures.ts";
import { PAGE } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { OsAnswer, OsOperation } from "./words.ts";
import type { PageSpan } from "../../model/units.ts";

type Told = readonly PageSpan[];

/**
 * Performs one operation in one process, and notes which pages it may have changed. `told`: the spans of which whoever
 * watches them has been told for it.
 */
export function performOs(w: Store, process: number, op: OsOperation, told: Told): OsAnswer {
  w.changed = null;
  switch (op.name) {
    case "VirtualAlloc":
      return virtualAlloc(w, process, op, told);
    case "VirtualFree":
      return virtualFree(w, process, op, told);
    case "VirtualProtect":
      return virtualProtect(w, process, op, told);
    case "MapViewOfFile":
      return mapViewOfFile(w, process, op);
    case "UnmapViewOfFile":
      return unmapViewOfFile(w, process, op.address, told);
    case "read":
    case "write":
      return access(w, process, op);
    case "trim":
      return changedPage(w, process, op.page, trimPage(w, process, op.page));
    case "failNextPageIn":
      return changedPage(w, process, op.page, failNextPageIn(w, process, op.page));
    default:
      return performLinux(w, process, op, told);
  }
}

/** True if nothing may happen to the pages yet: a secure forbids it, or whoever watches them is called first. */
function isHeldUp(
  w: Store,
  process: number,
  first: number,
  count: number,
  change: number,
  protection: number,
  told: Told,
): boolean {
  return (
    isForbidden(w, process, first, count, protection) ||
    waitsForHooks(w, process, first, count, change, told)
  );
}

function changedPage(w: Store, process: number, page: number, changed: boolean): OsAnswer {
  if (changed) note(w, process, page, 1);
  return done(changed ? 1 : 0);
}

function virtualAlloc(w: Store, process: number, op: Op<"VirtualAlloc">, told: Told): OsAnswer {
  const protection = protectionCode(op.protection);
  const isPrivate = protection !== WRITECOPY && !(op.guard && protection === NOACCESS);
  if (op.sizeBytes < 1 || !isPrivate) return failed("ERROR_INVALID_PARAMETER");
  // MEM_COMMIT without an address reserves as well.
  if (op.type === "commit" && op.address !== null) {
    return commit(w, process, op.address, op.sizeBytes, protection, op.guard, told);
  }
  const committed = op.type !== "reserve";
  return place(w, process, op.address, op.sizeBytes, -1, true, committed, protection, op.guard);
}

function commit(
  w: Store,
  process: number,
  start: number,
  sizeBytes: number,
  protection: number,
  guard: boolean,
  told: Told,
): OsAnswer {
  const { pageSizeBytes } = w.config;
  const first = Math.floor(start / pageSizeBytes);
  const count = Math.floor((start + sizeBytes - 1) / pageSizeBytes) - first + 1;
  const vad = vadCovering(w, process, first, count);
  if (vad === NONE || sectionOf(w, vad) >= 0) return failed("ERROR_INVALID_ADDRESS");
  if (isHeldUp(w, process, first, count, PROTECT, protection, told)) return refused(first, count);
  for (let number = first; number < first + count; number++) {
    const word = w.page(process, number) + PAGE.state;
    w.mem.put(word, withProtection(w.mem.at(word), protection, guard) | COMMITTED);
  }
  noteChange(w, process, first, count, PROTECT);
  note(w, process, first, count);
  return done(first * pageSizeBytes);
}

/** A new region: the base rounded down to the granularity, the end up to a page. */
function place(
  w: Store,
  process: number,
  address: number | null,
  sizeBytes: number,
  section: number,
  writable: boolean,
  committed: boolean,
  protection: number,
  guard: boolean,
): OsAnswer {
  const { pageSizeBytes, granularityPages } = w.config;
  let first: number;
  let count: number;
  if (address === null) {
    count = Math.ceil(sizeBytes / pageSizeBytes);
    first = findRoom(w, process, count);
    if (first < 0) return failed("ERROR_INVALID_ADDRESS");
  } else {
    const granularityBytes = granularityPages * pageSizeBytes;
    const start = Math.floor(address / granularityBytes) * granularityBytes;
    const lengthBytes = address - start + sizeBytes;
    if (!isUserRange(w, start, lengthBytes)) return failed("ERROR_INVALID_ADDRESS");
    first = start / pageSizeBytes;
    count = Math.floor((start + lengthBytes - 1) / pageSizeBytes) - first + 1;
    if (firstTaken(w, process, first, count) >= 0) return failed("ERROR_INVALID_ADDRESS");
  }
  const vad = addVad(w, process, first, count, section, writable);
  const state = pageState(vad, committed, protection, committed && guard);
  for (let number = first; number < first + count; number++) {
    const row = w.madePage(process, number);
    w.mem.put(row + PAGE.state, state);
  }
  note(w, process, first, count);
  return done(first * pageSizeBytes);
}

/** The lowest room for so many pages at a multiple of the granularity; -1 if there is none. */
function findRoom(w: Store, process: number, count: number): number {
  const { granularityPages } = w.config;
  for (let first = granularityPages; first + count <= w.pageEnd;) {
    const taken = firstTaken(w, process, first, count);
    if (taken < 0) return first;
    const vad = vadAt(w, process, taken);
    const end = baseOf(w, vad) + countOf(w, vad);
    first = Math.ceil(end / granularityPages) * granularityPages;
  }
  return -1;
}

function virtualFree(w: Store, process: number, op: Op<"VirtualFree">, told: Told): OsAnswer {
  const { pageSizeBytes } = w.config;
  const { address, sizeBytes, type } = op;
  if (type !== "release" && type !== "decommit") return failed("ERROR_INVALID_PARAMETER");
  if (type === "release" && sizeBytes !== 0) return failed("ERROR_INVALID_PARAMETER");
  const vad = vadAt(w, process, Math.floor(address / pageSizeBytes));
  if (vad === NONE) return failed("ERROR_INVALID_ADDRESS");
  if (sectionOf(w, vad) >= 0) return failed("ERROR_INVALID_PARAMETER");
  const base = baseOf(w, vad);
  if (sizeBytes === 0 && address !== base * pageSizeBytes) return failed("ERROR_INVALID_ADDRESS");
  const whole = sizeBytes === 0;
  const first = whole ? base : Math.floor(address / pageSizeBytes);
  const count = whole
    ? countOf(w, vad)
    : Math.floor((address + sizeBytes - 1) / pageSizeBytes) - first + 1;
  if (vadCovering(w, process, first, count) === NONE) return failed("ERROR_INVALID_PARAMETER");
  if (isHeldUp(w, process, first, count, UNMAP, -1, told)) return refused(first, count);
  const gone = type === "release";
  for (let number = first; number < first + count; number++) discardPage(w, process, number, gone);
  if (gone) removeVad(w, process, vad);
  noteChange(w, process, first, count, UNMAP);
  note(w, process, first, count);
  return nothingDone;
}

function virtualProtect(w: Store, process: number, op: Op<"VirtualProtect">, told: Told): OsAnswer {
  const { pageSizeBytes } = w.config;
  const protection = protectionCode(op.protection);
  if (op.sizeBytes < 1 || (op.guard && protection === NOACCESS)) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  const first = Math.floor(op.address / pageSizeBytes);
  const count = Math.floor((op.address + op.sizeBytes - 1) / pageSizeBytes) - first + 1;
  if (vadAt(w, process, first) === NONE) return failed("ERROR_INVALID_ADDRESS");
  const vad = vadCovering(w, process, first, count);
  if (vad === NONE) return failed("ERROR_INVALID_PARAMETER");
  let fits = true;
  for (let number = first; number < first + count; number++) {
    const state = stateOf(w, process, number);
    if ((state & COMMITTED) === 0) return failed("ERROR_INVALID_ADDRESS");
    fits &&= isCompatible(w, vad, (state & COPIED) !== 0, protection);
  }
  if (!fits) return failed("ERROR_INVALID_PARAMETER");
  if (isHeldUp(w, process, first, count, PROTECT, protection, told)) return refused(first, count);
  const old = protectionName(stateOf(w, process, first));
  for (let number = first; number < first + count; number++) {
    const word = w.page(process, number) + PAGE.state;
    const state = w.mem.at(word);
    // A private copy is the process's own: copy-on-write has nothing left to do.
    const own = (state & COPIED) !== 0 && protection === WRITECOPY ? READ_AND_WRITE : protection;
    w.mem.put(word, withProtection(state, own, op.guard));
  }
  noteChange(w, process, first, count, PROTECT);
  note(w, process, first, count);
  return done(old);
}

/** A protection as VirtualProtect answers it. */
function protectionName(state: number): string {
  const name = protectionNames[protectionOf(state)] ?? "NOACCESS";
  return (state & GUARD) === 0 ? name : `${name}|GUARD`;
}

/** Private memory has no WRITECOPY; a view has no more than it was mapped with, except in its private copies. */
function isCompatible(w: Store, vad: number, copied: boolean, protection: number): boolean {
  if (sectionOf(w, vad) < 0) return protection !== WRITECOPY;
  return protection !== READ_AND_WRITE || isWritable(w, vad) || copied;
}

function mapViewOfFile(w: Store, process: number, op: Op<"MapViewOfFile">): OsAnswer {
  const section = w.sections[op.section];
  if (section === undefined) return failed("ERROR_INVALID_PARAMETER");
  const { pageSizeBytes, granularityPages } = w.config;
  if (op.address !== null && op.address % (granularityPages * pageSizeBytes) !== 0) {
    return failed("ERROR_MAPPED_ALIGNMENT");
  }
  const protection = protectionCode(op.protection);
  const sizeBytes = section.count * pageSizeBytes;
  const writable = protection === READ_AND_WRITE;
  const { address } = op;
  return place(w, process, address, sizeBytes, op.section, writable, true, protection, false);
}

function unmapViewOfFile(w: Store, process: number, address: number, told: Told): OsAnswer {
  const { pageSizeBytes } = w.config;
  const vad = vadAt(w, process, Math.floor(address / pageSizeBytes));
  if (vad === NONE || sectionOf(w, vad) < 0 || address !== baseOf(w, vad) * pageSizeBytes) {
    return failed("ERROR_INVALID_ADDRESS");
  }
  const first = baseOf(w, vad);
  const count = countOf(w, vad);
  if (isHeldUp(w, process, first, count, UNMAP, -1, told)) return refused(first, count);
  dropVad(w, process, vad);
  noteChange(w, process, first, count, UNMAP);
  note(w, process, first, count);
  return nothingDone;
}

function dropVad(w: Store, process: number, vad: number): void {
  discardPages(w, process, vad);
  removeVad(w, process, vad);
}

function discardPages(w: Store, process: number, vad: number): void {
  const end = baseOf(w, vad) + countOf(w, vad);
  for (let number = baseOf(w, vad); number < end; number++) discardPage(w, process, number, true);
}

/** The application reads or writes, page by page; it stops at the first exception. */
function access(w: Store, process: number, op: Op<"read"> | Op<"write">): OsAnswer {
  const first = firstPageOf(w, op.range);
  const count = pageCountOf(w, op.range);
  const write = op.name === "write";
  const stamps: number[] = [];
  note(w, process, first, count);
  for (let number = first; number < first + count; number++) {
    const pfn = touch(w, process, number, write);
    if (pfn < 0) return { status: "raised", exception: exceptionOf(pfn) };
    if (op.name === "write") setStamp(w, pfn, op.stamp);
    else stamps.push(stampOf(w, pfn));
  }
  return write ? nothingDone : done(stamps);
}

/** Every page of a process goes, at its end; sections stay. */
export function deleteAddressSpace(w: Store, process: number): void {
  // By address: the order in which frames come free decides who gets them next.
  const vads = Array.from({ length: vadCount(w, process) }, (_, k) => vadByAddress(w, process, k));
  for (const vad of vads) discardPages(w, process, vad);
  for (const vad of vads.toReversed()) removeVad(w, process, vad);
  const { granularityPages } = w.config;
  note(w, process, granularityPages, w.pageEnd - granularityPages);
}
