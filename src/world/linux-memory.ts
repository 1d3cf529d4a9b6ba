// The operations of an application where Windows has no word for them: map over, move, discard, fork, punch a hole,
// truncate. Each costs the pages that it is about; a fork those of the address space.

import {
  baseOf,
  countOf,
  sectionOf,
  vadByAddress,
  vadCount,
  vadCovering,
} from "./address-space.ts";
import { READ_AND_WRITE, WRITECOPY } from "./codes.ts";
import { DISCARD, FILE_HOLE, MAP_OVER, MOVE_SOURCE, MOVE_TARGET, TRUNCATE } from "./families.ts";
import { unmapFrame } from "./frames.ts";
import { PAGE, SHARED, VAD } from "./layout.ts";
import { noteChange, waitsForHooks } from "./mapping-changes.ts";
import {
  BAD_BLOCK,
  COMMITTED,
  COPIED,
  FLAGS,
  GUARD,
  discardPage,
  pageState,
  protectionOf,
  withProtection,
} from "./pages.ts";
import { done, failed, note, nothingDone, refused, type Op } from "./performed.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { OsAnswer } from "./words.ts";
import type { PageSpan } from "../../model/units.ts";

type Told = readonly PageSpan[];
type LinuxOperation = Op<"mmap" | "mremap" | "madvise" | "fork" | "fallocate" | "ftruncate">;

/** Performs one operation in one process, and notes which pages it may have changed. */
export function performLinux(w: Store, process: number, op: LinuxOperation, told: Told): OsAnswer {
  switch (op.name) {
    case "mmap":
      return mapOver(w, process, op, told);
    case "mremap":
      return move(w, process, op, told);
    case "madvise":
      return discard(w, process, op, told);
    case "fork":
      return fork(w, process);
    case "fallocate":
      return dropSectionPages(w, op.section, op.firstPage, op.pageCount, FILE_HOLE);
    case "ftruncate": {
      const count = w.sections[op.section]?.count ?? 0;
      return dropSectionPages(w, op.section, op.pageCount, count - op.pageCount, TRUNCATE);
    }
  }
}

/** How many pages the bytes from the beginning of a page on are. */
const pagesIn = (w: Store, sizeBytes: number): number => Math.ceil(sizeBytes * w.pagesPerByte);

/** The one private region that covers pages from an address on; `NONE` if there is none, or nothing of that is whole. */
function privateRegion(w: Store, process: number, start: number, sizeBytes: number): number {
  const first = start * w.pagesPerByte;
  if (!Number.isInteger(first) || sizeBytes < 1) return NONE;
  const vad = vadCovering(w, process, first, pagesIn(w, sizeBytes));
  return vad === NONE || sectionOf(w, vad) >= 0 ? NONE : vad;
}

/** Fresh pages in the place of the old. */
function mapOver(w: Store, process: number, op: Op<"mmap">, told: Told): OsAnswer {
  const vad = privateRegion(w, process, op.address, op.sizeBytes);
  if (vad === NONE) return failed("ERROR_INVALID_ADDRESS");
  const first = op.address * w.pagesPerByte;
  const count = pagesIn(w, op.sizeBytes);
  if (waitsForHooks(w, process, first, count, MAP_OVER, told)) return refused(first, count);
  const fresh = pageState(vad, true, READ_AND_WRITE, false);
  for (let number = first; number < first + count; number++) {
    discardPage(w, process, number, true);
    w.mem.put(w.page(process, number) + PAGE.state, fresh);
  }
  noteChange(w, process, first, count, MAP_OVER);
  note(w, process, first, count);
  return done(op.address);
}

/** Source and target lie each in one private region, and apart. Everybody is told of the source, then of the target. */
function move(w: Store, process: number, op: Op<"mremap">, told: Told): OsAnswer {
  const source = privateRegion(w, process, op.address, op.sizeBytes);
  const target = privateRegion(w, process, op.target, op.sizeBytes);
  if (source === NONE || target === NONE) return failed("ERROR_INVALID_ADDRESS");
  const from = op.address * w.pagesPerByte;
  const to = op.target * w.pagesPerByte;
  const count = pagesIn(w, op.sizeBytes);
  if (Math.abs(from - to) < count) return failed("ERROR_INVALID_PARAMETER");
  if (waitsForHooks(w, process, from, count, MOVE_SOURCE, told)) return refused(from, count);
  if (waitsForHooks(w, process, to, count, MOVE_TARGET, told)) return refused(to, count);
  for (let i = 0; i < count; i++) {
    discardPage(w, process, to + i, true);
    movePage(w, w.page(process, from + i), w.page(process, to + i), source, target);
  }
  noteChange(w, process, from, count, MOVE_SOURCE);
  noteChange(w, process, to, count, MOVE_TARGET);
  note(w, process, Math.min(from, to), Math.abs(from - to) + count);
  return done(op.target);
}

/** What a page is and holds goes to another one; what lies over it, and who watches it, stays with the address. */
function movePage(w: Store, from: number, to: number, source: number, target: number): void {
  const { mem } = w;
  const flags = mem.at(from + PAGE.state) & FLAGS;
  mem.put(to + PAGE.state, pageState(target, false, 0, false) | flags);
  mem.put(to + PAGE.pfn, mem.at(from + PAGE.pfn));
  mem.putDouble(to + PAGE.stored, mem.doubleAt(from + PAGE.stored));
  mem.put(from + PAGE.state, pageState(source, false, protectionOf(flags), false));
  mem.put(from + PAGE.pfn, 0);
  mem.putDouble(from + PAGE.stored, 0);
}

/** Pages lose their frames and contents, and stay what they are otherwise. */
function discard(w: Store, process: number, op: Op<"madvise">, told: Told): OsAnswer {
  const vad = privateRegion(w, process, op.address, op.sizeBytes);
  if (vad === NONE) return failed("ERROR_INVALID_ADDRESS");
  const first = op.address * w.pagesPerByte;
  const count = pagesIn(w, op.sizeBytes);
  if (waitsForHooks(w, process, first, count, DISCARD, told)) return refused(first, count);
  for (let number = first; number < first + count; number++) {
    const word = w.page(process, number) + PAGE.state;
    const state = w.mem.at(word);
    if ((state & COMMITTED) === 0) continue;
    discardPage(w, process, number, false);
    w.mem.put(word, state & ~(COPIED | BAD_BLOCK));
  }
  noteChange(w, process, first, count, DISCARD);
  note(w, process, first, count);
  return nothingDone;
}

/** What a write breaks later is copy-on-write, as in a view; nothing changes its mapping now. */
function fork(w: Store, process: number): OsAnswer {
  for (let k = 0; k < vadCount(w, process); k++) {
    const vad = vadByAddress(w, process, k);
    if (sectionOf(w, vad) >= 0) continue;
    const end = baseOf(w, vad) + countOf(w, vad);
    for (let number = baseOf(w, vad); number < end; number++) {
      const row = w.page(process, number);
      const state = w.mem.at(row + PAGE.state);
      if (w.mem.at(row + PAGE.pfn) === 0 || protectionOf(state) !== READ_AND_WRITE) continue;
      const guard = (state & GUARD) !== 0;
      w.mem.put(row + PAGE.state, withProtection(state, WRITECOPY, guard));
    }
  }
  return nothingDone;
}

/** The pages of the section are empty, in every view that shows them and has no copy of its own. */
function dropSectionPages(
  w: Store,
  index: number,
  first: number,
  count: number,
  change: number,
): OsAnswer {
  const section = w.sections[index];
  if (section === undefined || first < 0 || count < 1 || first + count > section.count) {
    return failed("ERROR_INVALID_PARAMETER");
  }
  const { mem } = w;
  const old: number[] = [];
  for (let i = first; i < first + count; i++) {
    const row = section.first + i * SHARED.width;
    const pfn = mem.at(row + SHARED.pfn) - 1;
    if (pfn >= 0) unmapFrame(w, pfn);
    old.push(pfn);
    mem.put(row + SHARED.pfn, 0);
    mem.putDouble(row + SHARED.stored, 0);
  }
  const views = w.viewsOfSection;
  for (let vad = views.first(section.views); vad !== NONE; vad = views.next(vad)) {
    const process = mem.at(w.vads.row(vad) + VAD.process);
    const base = baseOf(w, vad);
    for (const [i, was] of old.entries()) {
      const number = base + first + i;
      const state = mem.at(w.page(process, number) + PAGE.state);
      if ((state & COPIED) === 0) noteChange(w, process, number, 1, change, was);
    }
  }
  return nothingDone;
}
