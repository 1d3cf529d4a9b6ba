// What lies over a page: secures, locks, registrations, exposures. Each of them is in the list of every page of its
// span, by a node of its own, so that it is found from any page, and taken out of all lists, at a cost proportional to
// its pages. Asking what lies over a span costs the pages of the span and what is found there.

import type { PageList } from "./layout.ts";
import type { Store } from "./store.ts";
import type { Table } from "./table.ts";

const NEXT = 0;
const PREVIOUS = 1;
const OWNER = 2;
const NODE = 4;

/** Enters the row in the lists of its pages; answers its block of nodes. Pages beyond the user's have no list. */
export function enter(
  w: Store,
  list: PageList,
  process: number,
  first: number,
  count: number,
  slot: number,
): number {
  const { mem } = w;
  const block = mem.allocate(count * NODE);
  const end = Math.min(first + count, w.pageEnd);
  for (let page = first; page < end; page++) {
    const head = w.madePage(process, page) + list;
    const node = block + (page - first) * NODE;
    const next = mem.at(head);
    mem.put(node + NEXT, next);
    mem.put(node + OWNER, slot);
    if (next !== 0) mem.put(next + PREVIOUS, node);
    mem.put(head, node);
  }
  return block;
}

export function leave(
  w: Store,
  list: PageList,
  process: number,
  first: number,
  count: number,
  block: number,
): void {
  const { mem } = w;
  const end = Math.min(first + count, w.pageEnd);
  for (let page = first; page < end; page++) {
    const node = block + (page - first) * NODE;
    const next = mem.at(node + NEXT);
    const previous = mem.at(node + PREVIOUS);
    if (previous === 0) mem.put(w.page(process, page) + list, next);
    else mem.put(previous + NEXT, next);
    if (next !== 0) mem.put(next + PREVIOUS, previous);
  }
  mem.release(block, count * NODE);
}

/** The first node over a page; 0 if there is none. */
export function firstOver(w: Store, list: PageList, process: number, page: number): number {
  const row = w.page(process, page);
  return row === 0 ? 0 : w.mem.at(row + list);
}

export const nextOver = (w: Store, node: number): number => w.mem.at(node + NEXT);
export const ownerOf = (w: Store, node: number): number => w.mem.at(node + OWNER);

/**
 * The rows that share a page with the span, each once, in the order of a word of theirs that grows (a handle or a
 * key). `from` is the word of a row that holds the first of its pages.
 */
export function rowsOver(
  w: Store,
  list: PageList,
  process: number,
  first: number,
  count: number,
  table: Table,
  from: number,
  order: number,
): number[] {
  const found: number[] = [];
  const end = Math.min(first + count, w.pageEnd);
  for (let page = Math.max(0, first); page < end; page++) {
    for (let node = firstOver(w, list, process, page); node !== 0; node = nextOver(w, node)) {
      const slot = ownerOf(w, node);
      const own = w.mem.at(table.row(slot) + from);
      if (page === Math.max(first, own)) found.push(slot);
    }
  }
  if (found.length > 1) sortBy(w, found, table, order);
  return found;
}

function sortBy(w: Store, slots: number[], table: Table, order: number): void {
  const orderOf = (slot: number): number => w.mem.at(table.row(slot) + order);
  if (slots.length > 8) {
    slots.sort((a, b) => orderOf(a) - orderOf(b));
    return;
  }
  for (let i = 1; i < slots.length; i++) {
    const slot = slots[i] as number;
    let at = i;
    for (; at > 0 && orderOf(slots[at - 1] as number) > orderOf(slot); at--) {
      slots[at] = slots[at - 1] as number;
    }
    slots[at] = slot;
  }
}
