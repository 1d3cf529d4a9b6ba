// Where the row of a key is: a hash table with open addressing in the arena. Keys are whole numbers above 0; whatever
// else somebody asks for is not there. Look-up, entry and removal are O(1).

import type { Arena } from "./arena.ts";
import { NONE } from "./table.ts";

const BLOCK = 0;
const CAPACITY = 1;
const COUNT = 2;
const HEADER = 4;
const FEWEST = 8;

export class KeyMap {
  readonly #mem: Arena;
  readonly #header: number;

  constructor(mem: Arena) {
    this.#mem = mem;
    this.#header = mem.reserve(HEADER);
  }

  get(key: number): number {
    const mem = this.#mem;
    const capacity = mem.at(this.#header + CAPACITY);
    if (capacity === 0 || key <= 0 || key !== (key | 0)) return NONE;
    const block = mem.at(this.#header + BLOCK);
    for (let at = home(key, capacity); ; at = (at + 1) & (capacity - 1)) {
      const found = mem.at(block + 2 * at);
      if (found === key) return mem.at(block + 2 * at + 1);
      if (found === 0) return NONE;
    }
  }

  set(key: number, slot: number): void {
    const mem = this.#mem;
    const count = mem.at(this.#header + COUNT);
    if (2 * (count + 1) > mem.at(this.#header + CAPACITY)) this.#enlarge();
    if (this.#enter(key, slot)) mem.put(this.#header + COUNT, count + 1);
  }

  /** Closes the gap: what was pushed past it moves back. */
  delete(key: number): void {
    const mem = this.#mem;
    const capacity = mem.at(this.#header + CAPACITY);
    if (capacity === 0) return;
    const block = mem.at(this.#header + BLOCK);
    const mask = capacity - 1;
    let gap = home(key, capacity);
    while (mem.at(block + 2 * gap) !== key) {
      if (mem.at(block + 2 * gap) === 0) return;
      gap = (gap + 1) & mask;
    }
    for (let at = (gap + 1) & mask; mem.at(block + 2 * at) !== 0; at = (at + 1) & mask) {
      const wanted = home(mem.at(block + 2 * at), capacity);
      if (((at - wanted) & mask) < ((at - gap) & mask)) continue;
      mem.put(block + 2 * gap, mem.at(block + 2 * at));
      mem.put(block + 2 * gap + 1, mem.at(block + 2 * at + 1));
      gap = at;
    }
    mem.put(block + 2 * gap, 0);
    mem.put(this.#header + COUNT, mem.at(this.#header + COUNT) - 1);
  }

  /** True if the key is new. */
  #enter(key: number, slot: number): boolean {
    const mem = this.#mem;
    const capacity = mem.at(this.#header + CAPACITY);
    const block = mem.at(this.#header + BLOCK);
    let at = home(key, capacity);
    while (mem.at(block + 2 * at) !== 0 && mem.at(block + 2 * at) !== key) {
      at = (at + 1) & (capacity - 1);
    }
    const isNew = mem.at(block + 2 * at) === 0;
    mem.put(block + 2 * at, key);
    mem.put(block + 2 * at + 1, slot);
    return isNew;
  }

  #enlarge(): void {
    const mem = this.#mem;
    const capacity = mem.at(this.#header + CAPACITY);
    const old = mem.at(this.#header + BLOCK);
    const wanted = Math.max(FEWEST, capacity * 2);
    mem.put(this.#header + BLOCK, mem.allocate(2 * wanted));
    mem.put(this.#header + CAPACITY, wanted);
    for (let at = 0; at < capacity; at++) {
      const key = mem.at(old + 2 * at);
      if (key !== 0) this.#enter(key, mem.at(old + 2 * at + 1));
    }
    if (capacity > 0) mem.release(old, 2 * capacity);
  }
}

/** The golden ratio, as a signed word. */
const GOLDEN = 0x9e3779b1 | 0;

/** Where the search for a key begins. */
function home(key: number, capacity: number): number {
  const mixed = Math.imul(key, GOLDEN);
  return (mixed ^ (mixed >>> 16)) & (capacity - 1);
}
