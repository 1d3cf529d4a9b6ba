// One buffer that holds a whole state: words of 32 bits, and doubles over the same bytes for what 32 bits do not
// hold (addresses, stamps, the names that a cache chooses). Copying a state is copying the buffer.
//
// The first words are reserved once, when the world is laid out. Behind them blocks are handed out in powers of two,
// and a block that is given back waits in the list of its size. Nothing in the buffer is a pointer but a word's
// number in it, so a copy is a state of its own. The buffer grows by doubling.

const TOP = 0;
/** The lists of free blocks, by the logarithm of their size. */
const FREE = 2;
const SIZES = 30;
const SMALLEST = 2;
const FIRST_CAPACITY = 1024;

export class Arena {
  words: Int32Array = new Int32Array(FIRST_CAPACITY);
  doubles: Float64Array = new Float64Array(this.words.buffer);
  #used: Int32Array = this.words;

  constructor() {
    this.words[TOP] = FREE + SIZES;
  }

  at(word: number): number {
    return this.words[word] as number;
  }

  put(word: number, value: number): void {
    this.words[word] = value;
  }

  /** A double, named by its first word, which is even. */
  doubleAt(word: number): number {
    return this.doubles[word >> 1] as number;
  }

  putDouble(word: number, value: number): void {
    this.doubles[word >> 1] = value;
  }

  /** Words that stay where they are; only before the first block is handed out. */
  reserve(count: number): number {
    const first = this.at(TOP);
    const even = count + (count & 1);
    this.#grow(first + even);
    this.put(TOP, first + even);
    return first;
  }

  /** A block of at least so many words, all 0. */
  allocate(count: number): number {
    const size = sizeOf(count);
    const free = this.at(FREE + size);
    if (free !== 0) {
      this.put(FREE + size, this.at(free));
      clear(this.words, free, free + (1 << size));
      return free;
    }
    const first = this.at(TOP);
    const end = first + (1 << size);
    this.#grow(end);
    this.put(TOP, end);
    clear(this.words, first, end);
    return first;
  }

  /** Gives a block back; `count` is what it was allocated for. */
  release(block: number, count: number): void {
    const size = sizeOf(count);
    this.put(block, this.at(FREE + size));
    this.put(FREE + size, block);
  }

  /** The words in use. */
  get top(): number {
    return this.at(TOP);
  }

  /** Copies the words in use into `target`, or into a new buffer if it has not room for them. */
  copy(target?: Int32Array): Int32Array {
    if (target === undefined || target.length < this.top) return this.words.slice(0, this.top);
    target.set(this.#inUse());
    return target;
  }

  /** A view of the words in use. Making one costs as much as copying a small state, so it is kept while it fits. */
  #inUse(): Int32Array {
    const { top } = this;
    if (this.#used.length !== top || this.#used.buffer !== this.words.buffer) {
      this.#used = this.words.subarray(0, top);
    }
    return this.#used;
  }

  /** Takes over a copied state. What lies behind its words in use is cleared when it is handed out. */
  adopt(copy: Int32Array): void {
    if (copy.length > this.words.length) this.#replace(copy.length);
    this.words.set(copy);
  }

  #grow(end: number): void {
    if (end <= this.words.length) return;
    let capacity = this.words.length;
    while (capacity < end) capacity *= 2;
    const old = this.words;
    this.#replace(capacity);
    this.words.set(old);
  }

  #replace(capacity: number): void {
    this.words = new Int32Array(capacity);
    this.doubles = new Float64Array(this.words.buffer);
  }
}

/** The logarithm of the block size that holds so many words. */
function sizeOf(count: number): number {
  return count <= 1 << SMALLEST ? SMALLEST : 32 - Math.clz32(count - 1);
}

/** A loop is faster than a call of `fill` for the few words that most blocks have. */
function clear(words: Int32Array, first: number, end: number): void {
  if (end - first > 64) words.fill(0, first, end);
  else for (let word = first; word < end; word++) words[word] = 0;
}
