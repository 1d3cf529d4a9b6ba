// A set of whole numbers that answers "which is the next one?": a tree of words of 32 bits, kept in one hash table.
//
// The word of level 0 with index i says which of the numbers 32 i to 32 i + 31 are in the set; that of level n + 1
// says which words of level n are not empty. Only words that are not empty are stored. A tree whose nodes are found
// by hashing needs no pointers, no balancing and no room for what is absent; adding next to a number that is there
// already touches one word, and so does removing one of several.

const FANOUT = 32;
/** Levels in a key: more than any set needs. */
const LEVELS = 16;
const EMPTY = -1;
const GOLDEN = 0x9e3779b1;

export class NumberSet {
  private keys = new Float64Array(16).fill(EMPTY);
  private words = new Int32Array(16);
  /** Hashes are the top bits of 32: their number, as a shift. */
  private shift = 28;
  private wordCount = 0;
  /** The word that was looked for last, and where it is: one follows the other. */
  private lastKey = EMPTY;
  private lastAt = 0;
  private readonly top: number;

  /** Takes numbers from 0 up to, and without, `end`. */
  constructor(end: number) {
    let top = 0;
    for (let width = FANOUT; width < end; width *= FANOUT) top++;
    this.top = top;
  }

  add(number: number): void {
    let index = number;
    for (let level = 0; level <= this.top; level++) {
      const above = Math.floor(index / FANOUT);
      const at = this.place(above * LEVELS + level);
      const word = this.words[at] as number;
      this.words[at] = word | (1 << (index - above * FANOUT));
      if (word !== 0) return;
      index = above;
    }
  }

  delete(number: number): void {
    let index = number;
    for (let level = 0; level <= this.top; level++) {
      const above = Math.floor(index / FANOUT);
      const at = this.find(above * LEVELS + level);
      if (at === EMPTY) return;
      const word = (this.words[at] as number) & ~(1 << (index - above * FANOUT));
      this.words[at] = word;
      if (word !== 0) return;
      this.remove(at);
      index = above;
    }
  }

  /** The least number from `from` to `to` that is in the set; -1: none is. */
  next(from: number, to: number): number {
    let index = from;
    let end = to;
    // Up, until a word has something at or behind `index`; at each level `index` is the first that may count.
    for (let level = 0; level <= this.top && index <= end; level++) {
      const above = Math.floor(index / FANOUT);
      const bits = this.word(above, level) & (-1 << (index - above * FANOUT));
      if (bits !== 0) {
        const found = this.least(above * FANOUT + lowest(bits), level);
        return found <= to ? found : EMPTY;
      }
      index = above + 1;
      end = Math.floor(end / FANOUT);
    }
    return EMPTY;
  }

  /** Every number from `from` to `to` that is in the set, in order: word by word. */
  between(from: number, to: number): number[] {
    const found: number[] = [];
    for (let number = this.next(from, to); number !== EMPTY;) {
      const index = Math.floor(number / FANOUT);
      const base = index * FANOUT;
      let bits = this.word(index, 0) & (-1 << (number - base));
      if (to < base + FANOUT) bits &= -1 >>> (FANOUT - 1 - (to - base));
      for (; bits !== 0; bits &= bits - 1) found.push(base + lowest(bits));
      number = this.next(base + FANOUT, to);
    }
    return found;
  }

  /** The least number under a word that is not empty. */
  private least(index: number, level: number): number {
    let least = index;
    for (let below = level - 1; below >= 0; below--) {
      least = least * FANOUT + lowest(this.word(least, below));
    }
    return least;
  }

  private word(index: number, level: number): number {
    const at = this.find(index * LEVELS + level);
    return at === EMPTY ? 0 : (this.words[at] as number);
  }

  private find(key: number): number {
    if (key === this.lastKey) return this.lastAt;
    const keys = this.keys;
    const mask = keys.length - 1;
    for (let at = home(key, this.shift); ; at = (at + 1) & mask) {
      const there = keys[at] as number;
      if (there === EMPTY) return EMPTY;
      if (there !== key) continue;
      this.lastKey = key;
      this.lastAt = at;
      return at;
    }
  }

  /** Where the word of the key is; makes an empty one. */
  private place(key: number): number {
    const keys = this.keys;
    const mask = keys.length - 1;
    for (let at = home(key, this.shift); ; at = (at + 1) & mask) {
      const there = keys[at] as number;
      if (there === key) return at;
      if (there !== EMPTY) continue;
      if (this.wordCount * 2 >= keys.length) {
        this.grow();
        return this.place(key);
      }
      this.wordCount++;
      keys[at] = key;
      this.words[at] = 0;
      return at;
    }
  }

  /** Closes the gap, so that no probe ends early. */
  private remove(at: number): void {
    this.lastKey = EMPTY;
    const keys = this.keys;
    const mask = keys.length - 1;
    let gap = at;
    for (let probe = (gap + 1) & mask; keys[probe] !== EMPTY; probe = (probe + 1) & mask) {
      const wanted = home(keys[probe] as number, this.shift);
      // It may stand in the gap if its home is not between the gap and where it is.
      if (((probe - wanted) & mask) < ((probe - gap) & mask)) continue;
      keys[gap] = keys[probe] as number;
      this.words[gap] = this.words[probe] as number;
      gap = probe;
    }
    keys[gap] = EMPTY;
    this.wordCount--;
  }

  private grow(): void {
    this.lastKey = EMPTY;
    const keys = this.keys;
    const words = this.words;
    this.keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.words = new Int32Array(keys.length * 2);
    this.shift--;
    this.wordCount = 0;
    keys.forEach((key, at) => {
      if (key !== EMPTY) this.words[this.place(key)] = words[at] as number;
    });
  }
}

/** Where a key wants to be: multiplicative hashing of both halves. */
function home(key: number, shift: number): number {
  const high = Math.floor(key / 2 ** 32);
  return Math.imul((key | 0) ^ Math.imul(high, 0x85ebca6b), GOLDEN) >>> shift;
}

/** The number of the lowest bit that is set. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & (~bits + 1));
