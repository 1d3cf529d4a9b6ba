// The states that were met, in flat memory: keys in the order of discovery, who led to each, and a hash table over them.
//
// A slot of the table is one word: the number of a state, and above it as many bits of its hash as are left. So most slots
// that hold another state are told apart without looking at its key. A table beyond the caches is bound by waiting for
// memory; keys are entered many at a time, in passes, so that the processor waits for several at once.

const FEWEST_SLOTS = 1 << 10;
/** Slots in use, at most, of four. */
const FULL_QUARTERS = 3;
const WORD_BYTES = 4;

export class VisitedSet {
  /** States are numbered from 1 in the order of their discovery; 0 is none. */
  count = 0;
  /** The key of state n starts at word n · keyWords. */
  keys: Int32Array;
  /** The state from which n was reached first. */
  parents: Int32Array;
  readonly keyWords: number;
  readonly #limitBytes: number;
  readonly #batch: number;
  readonly #hashes: Int32Array;
  readonly #met: Int32Array;
  #slots: Int32Array = new Int32Array(FEWEST_SLOTS);
  #slotBits: number = Math.log2(FEWEST_SLOTS);
  #touched = 0;

  constructor(keyWords: number, batch: number, limitBytes: number) {
    this.keyWords = keyWords;
    this.#limitBytes = limitBytes;
    this.#batch = batch;
    this.#hashes = new Int32Array(batch);
    this.#met = new Int32Array(batch);
    this.keys = new Int32Array((FEWEST_SLOTS + 1) * keyWords);
    this.parents = new Int32Array(FEWEST_SLOTS + 1);
  }

  get bytes(): number {
    return this.keys.byteLength + this.parents.byteLength + this.#slots.byteLength;
  }

  /** Makes room for a whole batch of new states; false: the limit does not allow it. */
  reserve(): boolean {
    const wanted = this.count + this.#batch;
    while (wanted * 4 > this.#slots.length * FULL_QUARTERS) this.#enlargeTable();
    if (wanted >= this.parents.length) {
      const room = Math.max(wanted + 1, 2 * this.parents.length);
      this.keys = enlarged(this.keys, room * this.keyWords);
      this.parents = enlarged(this.parents, room);
    }
    return this.bytes <= this.#limitBytes;
  }

  /**
   * Enters `count` keys; call `reserve` before. The places among them of those that were new are written to `fresh`, in
   * order, and are numbered in that order. Returns how many they are.
   */
  enter(keys: Int32Array, count: number, sources: Int32Array, fresh: Int32Array): number {
    this.#fetch(keys, count);
    const { keyWords, parents } = this;
    const visited = this.keys;
    const slots = this.#slots;
    const bits = this.#slotBits;
    const last = slots.length - 1;
    const hashes = this.#hashes;
    let states = this.count;
    let news = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] as number;
      const tag = hash << bits;
      let at = hash >>> (32 - bits);
      let slot = slots[at] as number;
      while (slot !== 0) {
        if (((slot ^ tag) & ~last) === 0) {
          const known = (slot & last) * keyWords;
          let word = 0;
          while (word < keyWords && visited[known + word] === keys[i * keyWords + word]) word++;
          if (word === keyWords) break;
        }
        at = (at + 1) & last;
        slot = slots[at] as number;
      }
      if (slot !== 0) continue;
      states++;
      slots[at] = tag | states;
      for (let word = 0; word < keyWords; word++) {
        visited[states * keyWords + word] = keys[i * keyWords + word] as number;
      }
      parents[states] = sources[i] as number;
      fresh[news++] = i;
    }
    this.count = states;
    return news;
  }

  /** Hashes the keys and reads what `enter` will read, each independently of the others. */
  #fetch(keys: Int32Array, count: number): void {
    const { keyWords } = this;
    const visited = this.keys;
    const slots = this.#slots;
    const shift = 32 - this.#slotBits;
    const last = slots.length - 1;
    const hashes = this.#hashes;
    const met = this.#met;
    for (let i = 0; i < count; i++) {
      const hash = hashOf(keys, i * keyWords, keyWords);
      hashes[i] = hash;
      met[i] = slots[hash >>> shift] as number;
    }
    let touched = 0;
    for (let i = 0; i < count; i++) {
      touched ^= visited[((met[i] as number) & last) * keyWords] as number;
    }
    this.#touched = touched;
  }

  #enlargeTable(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const bits = this.#slotBits + 1;
    const last = slots.length - 1;
    const { keys, keyWords, count } = this;
    for (let state = 1; state <= count; state++) {
      const hash = hashOf(keys, state * keyWords, keyWords);
      let at = hash >>> (32 - bits);
      while (slots[at] !== 0) at = (at + 1) & last;
      slots[at] = (hash << bits) | state;
    }
    this.#slots = slots;
    this.#slotBits = bits;
  }
}

function hashOf(words: Int32Array, at: number, count: number): number {
  let hash = 0;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ (words[at + i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function enlarged(words: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(words);
  return larger;
}
