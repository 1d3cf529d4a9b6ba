// The pages of an address space, and what touching one does: demand-zero, page-in, guard pages, copy-on-write, trimming.
// A page's state is one word: flags, protection, and the region (VAD) that covers it.

import {
  GUARDED,
  IN_PAGE_ERROR,
  NO_FRAME,
  READ_AND_WRITE,
  VIOLATION,
  WRITECOPY,
  allows,
} from "./codes.ts";
import { allocateFrame, lockCountOf, stampOf, unmapFrame } from "./frames.ts";
import { COPY_ON_WRITE } from "./families.ts";
import { PAGE, SHARED, VAD } from "./layout.ts";
import { noteChange } from "./mapping-changes.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

export const COMMITTED = 1;
export const GUARD = 2;
export const COPIED = 4;
export const BAD_BLOCK = 8;
const PROTECTION = 4;
const REGION = 8;
/** Everything of a state but the region: flags and protection. */
export const FLAGS = 0xff;

/** The state word of a page in a region. */
export function pageState(
  vad: number,
  committed: boolean,
  protection: number,
  guard: boolean,
): number {
  return (
    ((vad + 1) << REGION) |
    (protection << PROTECTION) |
    (guard ? GUARD : 0) |
    (committed ? COMMITTED : 0)
  );
}

/** The state of a page; 0 if it is free. */
export function stateOf(w: Store, process: number, number: number): number {
  const row = w.page(process, number);
  return row === 0 ? 0 : w.mem.at(row + PAGE.state);
}

export const protectionOf = (state: number): number => (state >> PROTECTION) & 3;
/** The region that covers the page; `NONE` if it is free. */
export const vadOf = (state: number): number => (state >> REGION) - 1;

export function withProtection(state: number, protection: number, guard: boolean): number {
  const kept = state & ~((3 << PROTECTION) | GUARD);
  return kept | (protection << PROTECTION) | (guard ? GUARD : 0);
}

/** True if the page shows a page of a section. */
function isShared(w: Store, state: number): boolean {
  if ((state & COPIED) !== 0) return false;
  return w.mem.at(w.vads.row(vadOf(state)) + VAD.section) !== 0;
}

/** The words where a page's contents are kept: its own, or those of the section's page that it shows. */
function homeOf(
  w: Store,
  row: number,
  number: number,
  state: number,
): { pfn: number; stored: number } {
  if (!isShared(w, state)) return { pfn: row + PAGE.pfn, stored: row + PAGE.stored };
  const vad = w.vads.row(vadOf(state));
  const section = w.sections[w.mem.at(vad + VAD.section) - 1];
  const shared = (section?.first ?? 0) + (number - w.mem.at(vad + VAD.base)) * SHARED.width;
  return { pfn: shared + SHARED.pfn, stored: shared + SHARED.stored };
}

/** The frame that a page maps now; -1 when it is not committed or has no frame. */
export function mappedFrame(w: Store, process: number, number: number): number {
  const row = w.page(process, number);
  if (row === 0) return -1;
  const state = w.mem.at(row + PAGE.state);
  if ((state & COMMITTED) === 0) return -1;
  if (!isShared(w, state)) return w.mem.at(row + PAGE.pfn) - 1;
  return w.mem.at(homeOf(w, row, number, state).pfn) - 1;
}

/** One access to one page: its frame, or a negative code of the exception that it raises. */
export function touch(w: Store, process: number, number: number, write: boolean): number {
  const { mem } = w;
  const row = w.page(process, number);
  const state = row === 0 ? 0 : mem.at(row + PAGE.state);
  if ((state & COMMITTED) === 0 || !allows(protectionOf(state), write)) return VIOLATION;
  if ((state & GUARD) !== 0) {
    mem.put(row + PAGE.state, state & ~GUARD);
    return GUARDED;
  }
  if ((state & BAD_BLOCK) !== 0) {
    mem.put(row + PAGE.state, state & ~BAD_BLOCK);
    return IN_PAGE_ERROR;
  }
  const resident = pageIn(w, row, number, state);
  if (resident < 0) return NO_FRAME;
  if (!write || protectionOf(state) !== WRITECOPY) return resident;
  return breakCopyOnWrite(w, process, number, state, resident);
}

function pageIn(w: Store, row: number, number: number, state: number): number {
  const { mem } = w;
  const own = mem.at(row + PAGE.pfn) - 1;
  if (own >= 0) return own;
  const home = homeOf(w, row, number, state);
  const resident = mem.at(home.pfn) - 1;
  if (resident >= 0) return resident;
  const pfn = allocateFrame(w, mem.doubleAt(home.stored));
  if (pfn < 0) return -1;
  // The frame may have grown the arena, but words keep their numbers.
  mem.put(home.pfn, pfn + 1);
  mem.putDouble(home.stored, 0);
  return pfn;
}

/** A write to a WRITECOPY page: a frame of its own, with the contents of the one that it shared. */
function breakCopyOnWrite(
  w: Store,
  process: number,
  number: number,
  state: number,
  shared: number,
): number {
  const copy = allocateFrame(w, stampOf(w, shared));
  if (copy < 0) return NO_FRAME;
  const row = w.page(process, number);
  // After a fork the page has a frame already, which is the child's from now on.
  const own = w.mem.at(row + PAGE.pfn) - 1;
  if (own >= 0) unmapFrame(w, own);
  w.mem.put(row + PAGE.pfn, copy + 1);
  w.mem.put(row + PAGE.state, withProtection(state, READ_AND_WRITE, false) | COPIED);
  noteChange(w, process, number, 1, COPY_ON_WRITE, shared);
  return copy;
}

/** The memory manager takes the frame of an unlocked page away. False, and nothing changes, if it cannot. */
export function trimPage(w: Store, process: number, number: number): boolean {
  const pfn = mappedFrame(w, process, number);
  if (pfn < 0 || lockCountOf(w, pfn) > 0) return false;
  const row = w.page(process, number);
  const home = homeOf(w, row, number, w.mem.at(row + PAGE.state));
  w.mem.putDouble(home.stored, stampOf(w, pfn));
  w.mem.put(home.pfn, 0);
  unmapFrame(w, pfn);
  return true;
}

/** Fault injection: the page is trimmed and its next page-in meets a bad block. */
export function failNextPageIn(w: Store, process: number, number: number): boolean {
  const state = stateOf(w, process, number);
  if ((state & COMMITTED) === 0 || isShared(w, state)) return false;
  if (!trimPage(w, process, number)) return false;
  const word = w.page(process, number) + PAGE.state;
  w.mem.put(word, w.mem.at(word) | BAD_BLOCK);
  return true;
}

/** A page stops being committed, or leaves its region if `gone`: its own frame and contents are lost. */
export function discardPage(w: Store, process: number, number: number, gone: boolean): void {
  const { mem } = w;
  const row = w.page(process, number);
  const pfn = mem.at(row + PAGE.pfn) - 1;
  if (pfn >= 0) unmapFrame(w, pfn);
  mem.put(row + PAGE.pfn, 0);
  mem.putDouble(row + PAGE.stored, 0);
  const state = mem.at(row + PAGE.state);
  mem.put(row + PAGE.state, gone ? 0 : state & ~(COMMITTED | GUARD | COPIED | BAD_BLOCK));
}

/** True if every page of the span is committed and allows the access; no guard page unless guards are ignored. */
export function isValidFor(
  w: Store,
  process: number,
  first: number,
  count: number,
  read: boolean,
  write: boolean,
  ignoreGuard: boolean,
): boolean {
  for (let number = first; number < first + count; number++) {
    const state = stateOf(w, process, number);
    if ((state & COMMITTED) === 0) return false;
    if (!ignoreGuard && (state & GUARD) !== 0) return false;
    const protection = protectionOf(state);
    if (read && !allows(protection, false)) return false;
    if (write && !allows(protection, true)) return false;
  }
  return true;
}

export const isFreePage = (w: Store, process: number, number: number): boolean =>
  vadOf(stateOf(w, process, number)) === NONE;
