// The idle entries of a cache, least recently released first, within limits.
//
// An idle entry whose region was given back to a full NIC keeps its lock and its place. Regions are dropped from the
// old end and what is used again returns to the young end, so the entries without a region are a prefix of the list;
// `oldestRegion` is the first behind it.

import { NONE, SlotList, type EntryTable } from "./entry-table.ts";

export class IdleList {
  readonly #table: EntryTable;
  readonly #list: SlotList;
  readonly #mostEntries: number;
  readonly #mostPages: number;
  #pages = 0;
  /** The oldest entry that still has its region. */
  oldestRegion: number = NONE;

  constructor(table: EntryTable, limits: { entries: number; pages: number }) {
    this.#table = table;
    this.#list = new SlotList(table.order);
    this.#mostEntries = limits.entries;
    this.#mostPages = limits.pages;
  }

  get oldest(): number {
    return this.#list.head;
  }

  /** To the young end; an entry without its region to the end of those. */
  add(slot: number): void {
    this.#pages += this.#table.pageCount(slot);
    if (this.#table.region(slot) !== NONE) {
      this.#list.push(slot);
      if (this.oldestRegion === NONE) this.oldestRegion = slot;
    } else if (this.oldestRegion === NONE) {
      this.#list.push(slot);
    } else {
      this.#list.insertBefore(this.oldestRegion, slot);
    }
  }

  remove(slot: number): void {
    if (slot === this.oldestRegion) this.oldestRegion = this.#list.after(slot);
    this.#list.remove(slot);
    this.#pages -= this.#table.pageCount(slot);
  }

  /** The entry that has to go next for the limits to hold, once `newest` is idle as well; NONE: they do. */
  excess(newest: number): number {
    if (this.#pages <= this.#mostPages && this.#list.size <= this.#mostEntries) return NONE;
    // What does not fit by itself does not drive out the others.
    if (this.#table.pageCount(newest) > this.#mostPages && this.#list.tail === newest) {
      return newest;
    }
    return this.#list.head;
  }

  slots(): number[] {
    return this.#list.slots();
  }
}
