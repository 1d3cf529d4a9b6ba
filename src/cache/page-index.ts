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

/** No slot. */
const NONE = -1;
const GOLDEN = 0x9e3779b1;
const CLASS_STEP = 0x85ebca6b;
/** More than there are doublings of a page in the address space. */
const CLASSES = 48;
/** User addresses are below it. */
const USER_ADDRESS_END = 2 ** 47;
/** Cells for a page, by class: powers of two, so that multiplying is exact. */
const perPage = Float64Array.from({ length: CLASSES }, (_, k) => 2 ** -k);

export class PageIndex {
  private readonly table: EntryTable;
  private readonly pagesPerByte: number;
  /** The least slot of each bucket; a bucket is the top bits of a hash of 32. */
  private heads = new Int32Array(16).fill(NONE);
  private shift = 28;
  private size = 0;
  /** Entries of each class, and the cells in which they begin. */
  private readonly counts = new Int32Array(CLASSES);
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
    const first = Math.floor(start * this.pagesPerByte);
    const last = Math.floor((start + lengthBytes - 1) * this.pagesPerByte);
    const k = classOf(last - first);
    const cell = Math.floor(first * (perPage[k] as number));
    const { table } = this;
    let slot = this.heads[bucketOf(cell, k, this.shift)] as number;
    for (; slot !== NONE; slot = table.next(slot)) {
      if (
        table.first(slot) <= first &&
        table.last(slot) >= last &&
        (table.found(slot) & rights) === rights
      ) {
        return slot;
      }
    }
    return this.findFurther(first, last, rights);
  }

  /** The same in every bucket that can have it. */
  private findFurther(first: number, last: number, rights: number): number {
    for (let k = classOf(last - first); k < this.cells.length; k++) {
      if ((this.counts[k] as number) === 0) continue;
      const cell = Math.floor(first * (perPage[k] as number));
      const slot = this.findIn(cell, k, first, last, rights);
      if (slot !== NONE) return slot;
      // An entry in the cell before reaches no further than to the last page but one of this cell.
      if (cell === 0 || last + 1 >= (cell + 1) * 2 ** k) continue;
      const before = this.findIn(cell - 1, k, first, last, rights);
      if (before !== NONE) return before;
    }
    return NONE;
  }

  private findIn(cell: number, k: number, first: number, last: number, rights: number): number {
    const { table } = this;
    let slot = this.heads[bucketOf(cell, k, this.shift)] as number;
    for (; slot !== NONE; slot = table.next(slot)) {
      if (
        table.first(slot) <= first &&
        table.last(slot) >= last &&
        (table.found(slot) & rights) === rights
      ) {
        return slot;
      }
    }
    return NONE;
  }

  /** Every slot whose entry shares a page with the range. */
  overlapping(first: number, last: number): number[] {
    const slots: number[] = [];
    for (let k = 0; k < this.cells.length; k++) {
      if ((this.counts[k] as number) > 0) this.collect(k, first, last, slots);
    }
    return slots;
  }

  private collect(k: number, first: number, last: number, slots: number[]): void {
    const { table } = this;
    const from = Math.max(0, Math.floor((first + 1) * (perPage[k] as number) - 1));
    const to = Math.floor(last * (perPage[k] as number));
    const cells = this.cells[k] as NumberSet;
    for (let cell = cells.next(from, to); cell !== NONE; cell = cells.next(cell + 1, to)) {
      let slot = this.heads[bucketOf(cell, k, this.shift)] as number;
      for (; slot !== NONE; slot = table.next(slot)) {
        if (
          table.overlaps(slot, first, last) &&
          this.cellOf(slot, k) === cell &&
          this.classOfSlot(slot) === k
        ) {
          slots.push(slot);
        }
      }
    }
  }

  add(slot: number): void {
    if (this.size * 2 === this.heads.length) this.grow();
    this.size++;
    const k = this.classOfSlot(slot);
    while (this.cells.length <= k) {
      const pages = USER_ADDRESS_END * this.pagesPerByte;
      this.cells.push(new NumberSet(Math.ceil(pages * (perPage[this.cells.length] as number))));
    }
    const cell = this.cellOf(slot, k);
    this.counts[k] = (this.counts[k] as number) + 1;
    this.cells[k]?.add(cell);
    this.chain(slot, bucketOf(cell, k, this.shift));
  }

  remove(slot: number): void {
    const { table } = this;
    const k = this.classOfSlot(slot);
    const cell = this.cellOf(slot, k);
    const bucket = bucketOf(cell, k, this.shift);
    this.size--;
    this.counts[k] = (this.counts[k] as number) - 1;
    let isLast = true;
    let before = NONE;
    for (let at = this.heads[bucket] as number; at !== NONE;) {
      const next = table.next(at);
      if (at !== slot) {
        before = at;
        if (this.cellOf(at, k) === cell && this.classOfSlot(at) === k) isLast = false;
      } else if (before === NONE) {
        this.heads[bucket] = next;
      } else {
        table.setNext(before, next);
      }
      at = next;
    }
    if (isLast) this.cells[k]?.delete(cell);
  }

  private classOfSlot(slot: number): number {
    return classOf(this.table.pageCount(slot) - 1);
  }

  private cellOf(slot: number, k: number): number {
    return Math.floor(this.table.first(slot) * (perPage[k] as number));
  }

  /** Puts the slot into its bucket, which is ordered by slot. */
  private chain(slot: number, bucket: number): void {
    const { table } = this;
    let before = NONE;
    let next = this.heads[bucket] as number;
    while (next !== NONE && next < slot) {
      before = next;
      next = table.next(next);
    }
    table.setNext(slot, next);
    if (before === NONE) this.heads[bucket] = slot;
    else table.setNext(before, slot);
  }

  private grow(): void {
    const { heads } = this;
    this.heads = new Int32Array(heads.length * 2).fill(NONE);
    this.shift--;
    for (const head of heads) {
      for (let slot = head; slot !== NONE;) {
        const next = this.table.next(slot);
        const k = this.classOfSlot(slot);
        this.chain(slot, bucketOf(this.cellOf(slot, k), k, this.shift));
        slot = next;
      }
    }
  }
}

/** The class of an entry with so many pages behind its first: the least k with 2^k pages or more. */
function classOf(more: number): number {
  return more < 2 ** 31 ? 32 - Math.clz32(more) : Math.ceil(Math.log2(more + 1));
}

const bucketOf = (cell: number, k: number, shift: number): number =>
  Math.imul((cell | 0) ^ Math.imul(k, CLASS_STEP), GOLDEN) >>> shift;
