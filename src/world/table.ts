// Rows of one kind in the arena: a slot a row, and a list through all of them in the order in which they were added.
// Adding, removing and stepping on are O(1). The first two words of a row are its links; the rest is its owner's.
// Links and slots in rows are stored plus one, so that 0 is none.

import type { Arena } from "./arena.ts";

const BLOCK = 0;
const CAPACITY = 1;
const USED = 2;
const FREE = 3;
const COUNT = 4;
const FIRST = 5;
const LAST = 6;
const HEADER = 8;

const NEXT = 0;
const PREVIOUS = 1;
/** No slot. */
export const NONE = -1;
const FEWEST = 4;

export class Table {
  readonly #mem: Arena;
  readonly #header: number;
  readonly #width: number;

  /** `width` counts the links and is even, so that doubles are aligned. */
  constructor(mem: Arena, width: number) {
    this.#mem = mem;
    this.#width = width + (width & 1);
    this.#header = mem.reserve(HEADER);
  }

  get count(): number {
    return this.#mem.at(this.#header + COUNT);
  }

  /** The first word of the row; good until a row is added. */
  row(slot: number): number {
    return this.#mem.at(this.#header + BLOCK) + slot * this.#width;
  }

  first(): number {
    return this.#mem.at(this.#header + FIRST) - 1;
  }

  last(): number {
    return this.#mem.at(this.#header + LAST) - 1;
  }

  next(slot: number): number {
    return this.#mem.at(this.row(slot) + NEXT) - 1;
  }

  previous(slot: number): number {
    return this.#mem.at(this.row(slot) + PREVIOUS) - 1;
  }

  /** The first word of the first row, or 0: for who reads many rows and holds the memory already. */
  firstRow(memory: Int32Array): number {
    return this.#rowOf(memory, memory[this.#header + FIRST] as number);
  }

  nextRow(memory: Int32Array, row: number): number {
    return this.#rowOf(memory, memory[row + NEXT] as number);
  }

  #rowOf(memory: Int32Array, link: number): number {
    return link === 0 ? 0 : (memory[this.#header + BLOCK] as number) + (link - 1) * this.#width;
  }

  /** A new row, all 0, behind the others. */
  add(): number {
    const mem = this.#mem;
    const header = this.#header;
    let slot = mem.at(header + FREE) - 1;
    if (slot !== NONE) {
      mem.put(header + FREE, mem.at(this.row(slot) + NEXT));
    } else {
      slot = mem.at(header + USED);
      if (slot === mem.at(header + CAPACITY)) this.#enlarge();
      mem.put(header + USED, slot + 1);
    }
    const row = this.row(slot);
    for (let word = row; word < row + this.#width; word++) mem.put(word, 0);
    const last = mem.at(header + LAST);
    mem.put(row + PREVIOUS, last);
    if (last === 0) mem.put(header + FIRST, slot + 1);
    else mem.put(this.row(last - 1) + NEXT, slot + 1);
    mem.put(header + LAST, slot + 1);
    mem.put(header + COUNT, mem.at(header + COUNT) + 1);
    return slot;
  }

  remove(slot: number): void {
    const mem = this.#mem;
    const header = this.#header;
    const row = this.row(slot);
    const next = mem.at(row + NEXT);
    const previous = mem.at(row + PREVIOUS);
    if (previous === 0) mem.put(header + FIRST, next);
    else mem.put(this.row(previous - 1) + NEXT, next);
    if (next === 0) mem.put(header + LAST, previous);
    else mem.put(this.row(next - 1) + PREVIOUS, previous);
    mem.put(row + NEXT, mem.at(header + FREE));
    mem.put(header + FREE, slot + 1);
    mem.put(header + COUNT, mem.at(header + COUNT) - 1);
  }

  #enlarge(): void {
    const mem = this.#mem;
    const capacity = mem.at(this.#header + CAPACITY);
    const old = mem.at(this.#header + BLOCK);
    const wanted = Math.max(FEWEST, capacity * 2);
    const block = mem.allocate(wanted * this.#width);
    if (capacity > 0) {
      mem.words.copyWithin(block, old, old + capacity * this.#width);
      mem.release(old, capacity * this.#width);
    }
    mem.put(this.#header + BLOCK, block);
    mem.put(this.#header + CAPACITY, wanted);
  }
}

/** A doubly linked list through some rows of a table, by two words of each; its ends are two words elsewhere. */
export class Chain {
  readonly #mem: Arena;
  readonly #table: Table;
  readonly #link: number;

  /** `link` is the word of a row that holds the next one; the word behind it holds the previous one. */
  constructor(mem: Arena, table: Table, link: number) {
    this.#mem = mem;
    this.#table = table;
    this.#link = link;
  }

  first(ends: number): number {
    return this.#mem.at(ends) - 1;
  }

  next(slot: number): number {
    return this.#mem.at(this.#table.row(slot) + this.#link) - 1;
  }

  append(ends: number, slot: number): void {
    const mem = this.#mem;
    const row = this.#table.row(slot) + this.#link;
    const last = mem.at(ends + 1);
    mem.put(row, 0);
    mem.put(row + 1, last);
    if (last === 0) mem.put(ends, slot + 1);
    else mem.put(this.#table.row(last - 1) + this.#link, slot + 1);
    mem.put(ends + 1, slot + 1);
  }

  remove(ends: number, slot: number): void {
    const mem = this.#mem;
    const row = this.#table.row(slot) + this.#link;
    const next = mem.at(row);
    const previous = mem.at(row + 1);
    if (previous === 0) mem.put(ends, next);
    else mem.put(this.#table.row(previous - 1) + this.#link, next);
    if (next === 0) mem.put(ends + 1, previous);
    else mem.put(this.#table.row(next - 1) + this.#link + 1, previous);
  }
}
