// Which entries hold these pages? Entries may overlap in any way, so neither one sorted array nor a map from pages
// answers it.
//
// Entries are sorted into size classes: class k holds those of 2^(k-1) + 1 to 2^k pages. A class cuts the address
// space into cells as long as its largest entry, 2^k pages, and files an entry under the cell of its first page. Then
//
// - an entry that contains given pages begins in the cell of the first of them or in the one before it: a lookup looks
//   into two buckets of each class that is in use, from the smallest that can do up, the exact range first;
// - entries that share a cell are longer than half of it: they overlap one another, or are two side by side. A bucket
//   is as long as entries are deep there, not as many as there are;
// - entries that touch a range begin in its cells or in the one before them. The cells in use are a set that answers
//   the next one, so a callback pays for what it hits, and a logarithm for each class.
//
// Buckets are ordered by slot: what is found depends on what is there and not on the order in which it came.

import type { EntryTable } from "./entry-table.ts";
import { NumberSet } from "./number-set.ts";

const { clz32, floor, imul } = Math;
/** No slot. */
const NONE = -1;
const GOLDEN = 0x9e3779b1;
const CLASS_STEP = 0x85ebca6b;
/** User addresses are below it. */
const USER_ADDRESS_END = 2 ** 47;
const FEWEST_BUCKETS_BITS = 5;

export class PageIndex {
  private readonly table: EntryTable;
  private readonly pagesPerByte: number;
  /** The least slot of each bucket; a bucket is the top bits of a hash of 32. */
  private heads = new Int32Array(2 ** FEWEST_BUCKETS_BITS).fill(NONE);
  private shift = 32 - FEWEST_BUCKETS_BITS;
  private size = 0;
  /** Of each class: how many entries it has, and the cells in which they begin. */
  private readonly counts: number[] = [];
  private readonly cells: NumberSet[] = [];

  constructor(table: EntryTable, pageSizeBytes: number) {
    this.table = table;
    this.pagesPerByte = 1 / pageSizeBytes;
  }

  /**
   * A slot whose entry holds the pages of a range, and is found with the rights. It takes the range in bytes, as it
   * came: addresses are boxed numbers, and to hand over page numbers would box two more.
   */
  find(start: number, lengthBytes: number, rights: number): number {
    const first = floor(start * this.pagesPerByte);
    const last = floor((start + lengthBytes - 1) * this.pagesPerByte);
    const { table } = this;
    let slot = this.heads[bucketOf(first, classOf(last - first), this.shift)] as number;
    while (slot >= 0) {
      if (table.serves(slot, first, last, rights)) return slot;
      slot = table.chain(slot);
    }
    return this.findFurther(first, last, rights);
  }

  /** The same, with all of every bucket that can have it. */
  private findFurther(first: number, last: number, rights: number): number {
    for (let k = classOf(last - first); k < this.cells.length; k++) {
      if (this.counts[k] === 0) continue;
      const slot = this.findIn(bucketOf(first, k, this.shift), first, last, rights);
      if (slot !== NONE) return slot;
      const cellStart = startOf(first, k);
      // An entry in the cell before reaches no further than to the last page but one of this cell.
      if (cellStart === 0 || last + 1 >= cellStart + 2 ** k) continue;
      const before = this.findIn(bucketOf(cellStart - 1, k, this.shift), first, last, rights);
      if (before !== NONE) return before;
    }
    return NONE;
  }

  private findIn(bucket: number, first: number, last: number, rights: number): number {
    const { table } = this;
    let slot = this.heads[bucket] as number;
    while (slot !== NONE && !table.serves(slot, first, last, rights)) slot = table.chain(slot);
    return slot;
  }

  /** Every slot whose entry shares a page with the range. */
  overlapping(first: number, last: number): number[] {
    const slots: number[] = [];
    for (let k = 0; k < this.cells.length; k++) {
      if (this.counts[k] !== 0) this.collect(k, first, last, slots);
    }
    return slots;
  }

  private collect(k: number, first: number, last: number, slots: number[]): void {
    const { table } = this;
    const cells = this.cells[k] as NumberSet;
    const cellPages = 2 ** k;
    const from = Math.max(0, cellOf(first + 1, k) - 1);
    for (const cell of cells.between(from, cellOf(last, k))) {
      const start = cell * cellPages;
      let slot = this.heads[bucketOf(start, k, this.shift)] as number;
      for (; slot !== NONE; slot = table.chain(slot)) {
        if (table.overlaps(slot, first, last) && this.beginsIn(slot, start, k)) slots.push(slot);
      }
    }
  }

  add(slot: number): void {
    if (this.size * 2 === this.heads.length) this.grow();
    this.size++;
    const { table } = this;
    const first = table.first(slot);
    const k = this.classOfSlot(slot);
    while (this.cells.length <= k) {
      const pages = USER_ADDRESS_END * this.pagesPerByte;
      this.cells.push(new NumberSet(cellOf(pages, this.cells.length) + 1));
      this.counts.push(0);
    }
    this.counts[k] = (this.counts[k] as number) + 1;
    (this.cells[k] as NumberSet).add(cellOf(first, k));
    this.link(slot, bucketOf(first, k, this.shift));
  }

  remove(slot: number): void {
    const { table } = this;
    const first = table.first(slot);
    const k = this.classOfSlot(slot);
    const bucket = bucketOf(first, k, this.shift);
    const start = startOf(first, k);
    this.size--;
    this.counts[k] = (this.counts[k] as number) - 1;
    let isLast = true;
    let before = NONE;
    for (let at = this.heads[bucket] as number; at !== NONE;) {
      const next = table.chain(at);
      if (at !== slot) {
        before = at;
        if (this.beginsIn(at, start, k)) isLast = false;
      } else if (before === NONE) {
        this.heads[bucket] = next;
      } else {
        table.setChain(before, next);
      }
      at = next;
    }
    if (isLast) (this.cells[k] as NumberSet).delete(cellOf(first, k));
  }

  private classOfSlot(slot: number): number {
    return classOf(this.table.pages(slot) - 1);
  }

  /** True if the entry is of the class, and in its cell that begins with the page. */
  private beginsIn(slot: number, start: number, k: number): boolean {
    const first = this.table.first(slot);
    return first >= start && first < start + 2 ** k && this.classOfSlot(slot) === k;
  }

  /** Puts the slot into its bucket, which is ordered by slot. */
  private link(slot: number, bucket: number): void {
    const { table } = this;
    let before = NONE;
    let next = this.heads[bucket] as number;
    while (next !== NONE && next < slot) {
      before = next;
      next = table.chain(next);
    }
    table.setChain(slot, next);
    if (before === NONE) this.heads[bucket] = slot;
    else table.setChain(before, slot);
  }

  private grow(): void {
    const { heads, table } = this;
    this.heads = new Int32Array(heads.length * 2).fill(NONE);
    this.shift--;
    for (const head of heads) {
      for (let slot = head; slot !== NONE;) {
        const next = table.chain(slot);
        const first = table.first(slot);
        this.link(slot, bucketOf(first, this.classOfSlot(slot), this.shift));
        slot = next;
      }
    }
  }
}

/** The class of an entry with so many pages behind its first: the least k with 2^k pages or more. */
const classOf = (more: number): number => 32 - clz32(more);

const cellOf = (page: number, k: number): number => floor(page / 2 ** k);
/** The first page of the cell. */
const startOf = (page: number, k: number): number => cellOf(page, k) * 2 ** k;

/** The bucket of a page's cell: hashed from what the low half of the page number says of it. */
const bucketOf = (page: number, k: number, shift: number): number =>
  imul(((page | 0) >>> k) ^ imul(k, CLASS_STEP), GOLDEN) >>> shift;
