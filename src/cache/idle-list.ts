// The idle entries of a cache, least recently released first, within limits.
//
// An idle entry whose region was given back to a full NIC keeps its lock and its place. Regions are dropped from the
// old end and what is used again returns to the young end, so the entries without a region are a prefix of the list;
// `oldestRegion` is the first behind it.

import type { EntryTable } from "./entry-table.ts";

const NONE = -1;
/** IDLE_ENDS of the table, where the machine code of a hit has it at hand. */
const ENDS = 0;

export class IdleList {
  private readonly table: EntryTable;
  private readonly mostEntries: number;
  private readonly mostPages: number;
  private size = 0;
  private pages = 0;
  /** The oldest entry that still has its region; the ends of the list: there is none. */
  private firstRegion = ENDS;

  constructor(table: EntryTable, limits: { entries: number; pages: number }) {
    this.table = table;
    this.mostEntries = limits.entries;
    this.mostPages = limits.pages;
  }

  /** NONE: no entry is idle. */
  get oldest(): number {
    return this.size === 0 ? NONE : this.table.after(ENDS);
  }

  /** The oldest that still has its region; NONE: none has. */
  get oldestRegion(): number {
    return this.firstRegion === ENDS ? NONE : this.firstRegion;
  }

  /** True if an idle entry kept only its lock. */
  get hasBare(): boolean {
    return this.firstRegion !== this.table.after(ENDS);
  }

  /** To the young end, with its region. */
  add(slot: number): void {
    this.size++;
    this.pages += this.table.pages(slot);
    this.table.insertBefore(ENDS, slot);
    if (this.firstRegion === ENDS) this.firstRegion = slot;
  }

  /** Without its region: to the young end of those. */
  addBare(slot: number): void {
    this.size++;
    this.pages += this.table.pages(slot);
    this.table.insertBefore(this.firstRegion, slot);
  }

  remove(slot: number): void {
    this.size--;
    this.pages -= this.table.pages(slot);
    if (slot === this.firstRegion) this.firstRegion = this.table.after(slot);
    this.table.takeOut(slot);
  }

  /** True if the limits do not hold. */
  get isOver(): boolean {
    return this.size > this.mostEntries || this.pages > this.mostPages;
  }

  /** The entry that has to go next for the limits to hold. */
  excess(): number {
    const youngest = this.table.before(ENDS);
    // What does not fit by itself does not drive out the others.
    return this.table.pages(youngest) > this.mostPages ? youngest : this.oldest;
  }
}
