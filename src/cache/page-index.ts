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

import {
  CHAIN,
  FIRST,
  FOUND,
  INTS,
  LAST,
  NONE,
  REALS,
  int,
  real,
  type EntryTable,
} from "./entry-table.ts";
import { NumberSet } from "./number-set.ts";

const GOLDEN = 0x9e3779b1;

export class PageIndex {
  readonly #table: EntryTable;
  readonly #pageEnd: number;
  readonly #classes: (SizeClass | null)[] = [];

  /** `pageEnd`: the first page number that is no user page. */
  constructor(table: EntryTable, pageEnd: number) {
    this.#table = table;
    this.#pageEnd = pageEnd;
  }

  /** A slot whose entry holds the pages, and may be found with the rights. */
  find(first: number, last: number, rights: number): number {
    const classes = this.#classes;
    for (let k = classOf(last - first + 1); k < classes.length; k++) {
      const sizeClass = classes[k];
      if (sizeClass === undefined || sizeClass === null || sizeClass.size === 0) continue;
      const slot = sizeClass.find(first, last, rights);
      if (slot !== NONE) return slot;
    }
    return NONE;
  }

  /** Every slot whose entry shares a page with the range. */
  overlapping(first: number, last: number): number[] {
    const slots: number[] = [];
    for (const sizeClass of this.#classes) {
      if (sizeClass !== null && sizeClass.size > 0) sizeClass.collect(first, last, slots);
    }
    return slots;
  }

  add(slot: number): void {
    const k = classOf(this.#table.pageCount(slot));
    while (this.#classes.length <= k) this.#classes.push(null);
    const sizeClass = this.#classes[k] ?? new SizeClass(this.#table, k, this.#pageEnd);
    this.#classes[k] = sizeClass;
    sizeClass.add(slot);
  }

  remove(slot: number): void {
    this.#classes[classOf(this.#table.pageCount(slot))]?.remove(slot);
  }
}

/** The least k with 2^k pages or more. */
function classOf(pageCount: number): number {
  return pageCount < 2 ** 31 ? 32 - Math.clz32(pageCount - 1) : Math.ceil(Math.log2(pageCount));
}

class SizeClass {
  size = 0;
  readonly #table: EntryTable;
  /** Pages of a cell, and its inverse: powers of two, so that multiplying is exact. */
  readonly #cellPages: number;
  readonly #perCell: number;
  #heads = new Int32Array(16).fill(NONE);
  #shift = 28;
  readonly #cells: NumberSet;

  constructor(table: EntryTable, k: number, pageEnd: number) {
    this.#table = table;
    this.#cellPages = 2 ** k;
    this.#perCell = 2 ** -k;
    this.#cells = new NumberSet(Math.ceil(pageEnd * this.#perCell));
  }

  find(first: number, last: number, rights: number): number {
    const cell = Math.floor(first * this.#perCell);
    const slot = this.#findIn(cell, first, last, rights);
    // An entry in the cell before reaches no further than this.
    if (slot !== NONE || last >= (cell + 1) * this.#cellPages - 1) return slot;
    return cell === 0 ? NONE : this.#findIn(cell - 1, first, last, rights);
  }

  #findIn(cell: number, first: number, last: number, rights: number): number {
    const { ints, reals } = this.#table;
    let slot = int(this.#heads, Math.imul(cell | 0, GOLDEN) >>> this.#shift);
    for (; slot !== NONE; slot = int(ints, slot * INTS + CHAIN)) {
      if (
        real(reals, slot * REALS + FIRST) <= first &&
        real(reals, slot * REALS + LAST) >= last &&
        (int(ints, slot * INTS + FOUND) & rights) === rights
      ) {
        return slot;
      }
    }
    return NONE;
  }

  collect(first: number, last: number, slots: number[]): void {
    const from = Math.max(0, Math.floor((first - this.#cellPages + 1) * this.#perCell));
    const to = Math.floor(last * this.#perCell);
    const { ints } = this.#table;
    for (let cell = this.#cells.next(from, to); cell !== NONE;) {
      for (
        let slot = int(this.#heads, this.#bucket(cell));
        slot !== NONE;
        slot = int(ints, slot * INTS + CHAIN)
      ) {
        if (this.#cellOf(slot) === cell && this.#table.overlaps(slot, first, last)) {
          slots.push(slot);
        }
      }
      cell = this.#cells.next(cell + 1, to);
    }
  }

  add(slot: number): void {
    if (this.size === this.#heads.length) this.#grow();
    this.size++;
    this.#chain(slot);
    this.#cells.add(this.#cellOf(slot));
  }

  remove(slot: number): void {
    const { ints } = this.#table;
    const cell = this.#cellOf(slot);
    const bucket = this.#bucket(cell);
    this.size--;
    let last = true;
    let before = NONE;
    for (let at = int(this.#heads, bucket); at !== NONE;) {
      const next = int(ints, at * INTS + CHAIN);
      if (at === slot) {
        if (before === NONE) this.#heads[bucket] = next;
        else ints[before * INTS + CHAIN] = next;
      } else {
        before = at;
        if (last && this.#cellOf(at) === cell) last = false;
      }
      at = next;
    }
    if (last) this.#cells.delete(cell);
  }

  #cellOf(slot: number): number {
    return Math.floor(this.#table.first(slot) * this.#perCell);
  }

  #bucket(cell: number): number {
    return Math.imul(cell | 0, GOLDEN) >>> this.#shift;
  }

  /** Puts the slot into its bucket, which is ordered by slot. */
  #chain(slot: number): void {
    const { ints } = this.#table;
    const bucket = this.#bucket(this.#cellOf(slot));
    let before = NONE;
    let next = int(this.#heads, bucket);
    while (next !== NONE && next < slot) {
      before = next;
      next = int(ints, next * INTS + CHAIN);
    }
    ints[slot * INTS + CHAIN] = next;
    if (before === NONE) this.#heads[bucket] = slot;
    else ints[before * INTS + CHAIN] = slot;
  }

  #grow(): void {
    const heads = this.#heads;
    const { ints } = this.#table;
    this.#heads = new Int32Array(heads.length * 2).fill(NONE);
    this.#shift--;
    for (const head of heads) {
      for (let slot = head; slot !== NONE;) {
        const next = int(ints, slot * INTS + CHAIN);
        this.#chain(slot);
        slot = next;
      }
    }
  }
}
