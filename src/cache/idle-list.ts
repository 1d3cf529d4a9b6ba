// The idle entries of a cache, least recently released first, within limits.
//
// An idle entry whose region was given back to a full NIC keeps its lock and its place. Regions are dropped from the
// old end and what is used again returns to the young end, so the entries without a region are a prefix of the list;
// `oldestRegion` is the first behind it.

import { NONE, SlotList, type EntryTable } from "./entry-table.ts";

export class IdleList {
  private readonly table: EntryTable;
  private readonly list: SlotList;
  private readonly mostEntries: number;
  private readonly mostPages: number;
  private pages = 0;
  /** The oldest entry that still has its region. */
  oldestRegion: number = NONE;

  constructor(table: EntryTable, limits: { entries: number; pages: number }) {
    this.table = table;
    this.list = new SlotList(table.order);
    this.mostEntries = limits.entries;
    this.mostPages = limits.pages;
  }

  get oldest(): number {
    return this.list.head;
  }

  /** True if an idle entry kept only its lock. */
  get hasBare(): boolean {
    return this.oldestRegion !== this.list.head;
  }

  /** To the young end, with its region. */
  add(slot: number): void {
    this.pages += this.table.pages(slot);
    this.list.push(slot);
    if (this.oldestRegion === NONE) this.oldestRegion = slot;
  }

  /** Without its region: to the young end of those. */
  addBare(slot: number): void {
    this.pages += this.table.pages(slot);
    if (this.oldestRegion === NONE) this.list.push(slot);
    else this.list.insertBefore(this.oldestRegion, slot);
  }

  remove(slot: number): void {
    if (slot === this.oldestRegion) this.oldestRegion = this.list.after(slot);
    this.list.remove(slot);
    this.pages -= this.table.pages(slot);
  }

  /** True if the limits do not hold. */
  get isOver(): boolean {
    return this.pages > this.mostPages || this.list.size > this.mostEntries;
  }

  /** The entry that has to go next for the limits to hold. */
  excess(): number {
    // What does not fit by itself does not drive out the others.
    const { head, tail } = this.list;
    return this.table.pages(tail) > this.mostPages ? tail : head;
  }

  slots(): number[] {
    return this.list.slots();
  }
}
