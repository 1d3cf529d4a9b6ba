// The regions (VADs) of the address spaces. Every page names its region, so finding one is O(1); a sorted list for each
// process gives them by address.

import { isFreePage, vadOf, stateOf } from "./pages.ts";
import { VAD } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

const BLOCK = 0;
const CAPACITY = 1;
const COUNT = 2;
const FEWEST = 4;

/** The region that covers the page, or `NONE`. */
export const vadAt = (w: Store, process: number, number: number): number =>
  vadOf(stateOf(w, process, number));

export const baseOf = (w: Store, vad: number): number => w.mem.at(w.vads.row(vad) + VAD.base);
export const countOf = (w: Store, vad: number): number => w.mem.at(w.vads.row(vad) + VAD.count);
/** The section that the region shows; -1 for private memory. */
export const sectionOf = (w: Store, vad: number): number =>
  w.mem.at(w.vads.row(vad) + VAD.section) - 1;
export const isWritable = (w: Store, vad: number): boolean =>
  w.mem.at(w.vads.row(vad) + VAD.writable) === 1;

/** The one region that covers every page of the span, or `NONE`. */
export function vadCovering(w: Store, process: number, first: number, count: number): number {
  const vad = vadAt(w, process, first);
  if (vad === NONE) return NONE;
  return first + count <= baseOf(w, vad) + countOf(w, vad) ? vad : NONE;
}

/** The first page of the span that a region covers; -1 if the span is free. */
export function firstTaken(w: Store, process: number, first: number, count: number): number {
  for (let number = first; number < first + count; number++) {
    if (!isFreePage(w, process, number)) return number;
  }
  return -1;
}

export function vadCount(w: Store, process: number): number {
  return w.mem.at(w.vadLists + process * 4 + COUNT);
}

/** The k-th region of a process by address. */
export function vadByAddress(w: Store, process: number, k: number): number {
  return w.mem.at(w.mem.at(w.vadLists + process * 4 + BLOCK) + k);
}

/** The place of the first region that begins at the page or behind it. */
function placeOf(w: Store, process: number, base: number): number {
  let low = 0;
  let high = vadCount(w, process);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (baseOf(w, vadByAddress(w, process, middle)) < base) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function addVad(
  w: Store,
  process: number,
  base: number,
  count: number,
  section: number,
  writable: boolean,
): number {
  const { mem } = w;
  const vad = w.vads.add();
  const row = w.vads.row(vad);
  mem.put(row + VAD.process, process);
  mem.put(row + VAD.base, base);
  mem.put(row + VAD.count, count);
  mem.put(row + VAD.section, section + 1);
  mem.put(row + VAD.writable, writable ? 1 : 0);
  const shown = w.sections[section];
  if (shown !== undefined) w.viewsOfSection.append(shown.views, vad);
  const list = w.vadLists + process * 4;
  const place = placeOf(w, process, base);
  const held = mem.at(list + COUNT);
  if (held === mem.at(list + CAPACITY)) enlarge(w, list);
  const block = mem.at(list + BLOCK);
  mem.words.copyWithin(block + place + 1, block + place, block + held);
  mem.put(block + place, vad);
  mem.put(list + COUNT, held + 1);
  return vad;
}

export function removeVad(w: Store, process: number, vad: number): void {
  const { mem } = w;
  const list = w.vadLists + process * 4;
  const place = placeOf(w, process, baseOf(w, vad));
  const block = mem.at(list + BLOCK);
  const held = mem.at(list + COUNT);
  mem.words.copyWithin(block + place, block + place + 1, block + held);
  mem.put(list + COUNT, held - 1);
  const shown = w.sections[sectionOf(w, vad)];
  if (shown !== undefined) w.viewsOfSection.remove(shown.views, vad);
  w.vads.remove(vad);
}

function enlarge(w: Store, list: number): void {
  const { mem } = w;
  const capacity = mem.at(list + CAPACITY);
  const wanted = Math.max(FEWEST, capacity * 2);
  const block = mem.allocate(wanted);
  if (capacity > 0) {
    const old = mem.at(list + BLOCK);
    mem.words.copyWithin(block, old, old + capacity);
    mem.release(old, capacity);
  }
  mem.put(list + BLOCK, block);
  mem.put(list + CAPACITY, wanted);
}
