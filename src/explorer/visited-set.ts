// The states that were met, in flat memory, as many small sets: a state belongs to the part that its hash names. Each
// part has a hash table with open addressing and, in the order of discovery, the keys of its states and a note on each.
//
// A table beyond the caches is bound by waiting for memory: one touch of it costs as much as computing several successors.
// So keys that are to be entered are first sorted by part, as many at a time as there are states already, and then entered
// part by part. A part is small enough for the cache, and what is read of it once is read again soon. Parts also grow one
// by one: at no moment do an old table and a new one exist as a whole.
//
// A slot of a table is one word: the place of a state in its part, and above it as many bits of its hash as are left, so
// that most slots of other states are told apart without looking at their keys.

const PART_BITS = 8;
/** Parts of a set. */
export const PARTS: number = 1 << PART_BITS;
/** Bits of a state's number that say where in its part it is. */
const PLACE_BITS = 32 - PART_BITS;
const FEWEST = 16;
const WORD_BYTES = 4;

/** One part. Its states have the places 1, 2, …; the key of the state at place n starts at word n · keyWords. */
export interface Part {
  count: number;
  slots: Int32Array;
  keys: Int32Array;
  /** One word for each state, for whoever searches. */
  notes: Int32Array;
  /** Words that go with each state behind place `cargoFrom`, until they are dropped. */
  cargo: Int32Array;
  cargoFrom: number;
  /** The place of the key that was entered last, whether it was new or not. */
  met: number;
}

/** What a record of a state consists of: its key, a note of one word, and its cargo. */
export interface RecordShape {
  readonly keyWords: number;
  /** Words that go with each state until `dropCargo`: what a search needs of states beyond their keys. */
  readonly cargoWords: number;
}

/** A set of keys, in parts. The number of a state is its part, above its place in it; 0 is the number of none. */
export class VisitedSet {
  readonly parts: readonly Part[];
  /** Whether the key that `add` was given last was not there. */
  wasNew = false;
  /** What others take of the same limit. */
  bytesBeside = 0;
  readonly #keyWords: number;
  readonly #cargoWords: number;
  readonly #limitBytes: number;
  readonly #record: Int32Array;
  #bytes: number;

  constructor({ keyWords, cargoWords }: RecordShape, limitBytes: number) {
    this.#keyWords = keyWords;
    this.#cargoWords = cargoWords;
    this.#limitBytes = limitBytes;
    this.parts = Array.from({ length: PARTS }, () => ({
      count: 0,
      slots: new Int32Array(2 * FEWEST),
      keys: new Int32Array((FEWEST + 1) * keyWords),
      notes: new Int32Array(FEWEST + 1),
      cargo: new Int32Array(FEWEST * cargoWords),
      cargoFrom: 0,
      met: 0,
    }));
    this.#record = new Int32Array(keyWords + 1 + cargoWords);
    this.#bytes = this.parts.reduce((sum, part) => sum + bytesOf(part), 0);
  }

  /** States in the set. */
  get count(): number {
    return this.parts.reduce((sum, { count }) => sum + count, 0);
  }

  /** Bytes of all tables, and of what counts with them. */
  get bytes(): number {
    return this.#bytes + this.bytesBeside;
  }

  /** Enters so many records, which are of the given part. False: memory ended before all of them were in. */
  enterAll(part: Part, records: Int32Array, from: number, count: number): boolean {
    const width = this.#keyWords + 1 + this.#cargoWords;
    for (let done = 0; done < count;) {
      if (!this.#makeRoom(part)) return false;
      const at = from + done * width;
      done += enter(part, records, at, count - done, this.#keyWords, this.#cargoWords);
    }
    return true;
  }

  /** Enters one key, unless it is there. Returns the number of its state; 0: memory has ended. `wasNew` says more. */
  add(keys: Int32Array, note: number, cargo?: Int32Array): number {
    const part = partOf(keys, 0, this.#keyWords);
    const found = this.parts[part] as Part;
    if (!this.#makeRoom(found)) return 0;
    const record = this.#record;
    record.set(keys.subarray(0, this.#keyWords));
    record[this.#keyWords] = note;
    if (cargo !== undefined) record.set(cargo, this.#keyWords + 1);
    const before = found.count;
    enter(found, record, 0, 1, this.#keyWords, this.#cargoWords);
    this.wasNew = found.count > before;
    return numberOf(part, found.met);
  }

  /** The key of a state. */
  keyOf(state: number): Int32Array {
    const at = placeOf(state) * this.#keyWords;
    return (this.parts[state >>> PLACE_BITS] as Part).keys.subarray(at, at + this.#keyWords);
  }

  noteOf(state: number): number {
    return (this.parts[state >>> PLACE_BITS] as Part).notes[placeOf(state)] as number;
  }

  setNote(state: number, note: number): void {
    (this.parts[state >>> PLACE_BITS] as Part).notes[placeOf(state)] = note;
  }

  /** The words that go with a state. They may be changed, until the next state is added. */
  cargoOf(state: number): Int32Array {
    const { cargo, cargoFrom } = this.parts[state >>> PLACE_BITS] as Part;
    const at = (placeOf(state) - 1 - cargoFrom) * this.#cargoWords;
    return cargo.subarray(at, at + this.#cargoWords);
  }

  /** Frees the cargo of the states of a part up to a place. */
  dropCargo(part: Part, upTo: number): void {
    const words = this.#cargoWords;
    part.cargo.copyWithin(
      0,
      (upTo - part.cargoFrom) * words,
      (part.count - part.cargoFrom) * words,
    );
    part.cargoFrom = upTo;
  }

  /** Room for one state more, at least, and cargo for as many as the notes have room for. */
  #makeRoom(part: Part): boolean {
    if (capacityOf(part) > part.count && cargoRoom(part, this.#cargoWords) > part.count)
      return true;
    const before = bytesOf(part);
    const capacity =
      capacityOf(part) > part.count ? capacityOf(part) : Math.ceil((capacityOf(part) * 4) / 3);
    if (capacity >= 1 << PLACE_BITS) return false;
    const slots = capacity * 4 > part.slots.length * 3 ? 2 * part.slots.length : part.slots.length;
    const cargo = Math.max(2 * (part.count - part.cargoFrom), FEWEST);
    const after =
      WORD_BYTES * (slots + (capacity + 1) * (this.#keyWords + 1) + cargo * this.#cargoWords);
    if (this.bytes + after - before > this.#limitBytes) return false;
    part.keys = resized(part.keys, (capacity + 1) * this.#keyWords);
    part.notes = resized(part.notes, capacity + 1);
    if (this.#cargoWords > 0) part.cargo = resized(part.cargo, cargo * this.#cargoWords);
    if (slots > part.slots.length) enlargeTable(part, slots, this.#keyWords);
    this.#bytes += bytesOf(part) - before;
    return true;
  }
}

/** Where in its part the state of this number is. */
function placeOf(state: number): number {
  return state & ((1 << PLACE_BITS) - 1);
}

/** The number of a state. */
export function numberOf(part: number, place: number): number {
  return (part << PLACE_BITS) | place;
}

function capacityOf(part: Part): number {
  return part.notes.length - 1;
}

/** The place up to which there is room for cargo. */
function cargoRoom(part: Part, cargoWords: number): number {
  return cargoWords === 0 ? Infinity : part.cargoFrom + part.cargo.length / cargoWords;
}

function bytesOf({ slots, keys, notes, cargo }: Part): number {
  return slots.byteLength + keys.byteLength + notes.byteLength + cargo.byteLength;
}

/** The part to which a key belongs. */
export function partOf(words: Int32Array, at: number, count: number): number {
  return hashOf(words, at, count) >>> PLACE_BITS;
}

/** A hash: its top bits say which part, those below where in its table. */
function hashOf(words: Int32Array, at: number, count: number): number {
  let hash = Math.imul(words[at] as number, 0x9e3779b1);
  hash ^= hash >>> 15;
  for (let i = 1; i < count; i++) {
    hash = Math.imul(hash ^ (words[at + i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Enters records until the part is full. Returns how many were entered, or found to be there. */
function enter(
  part: Part,
  records: Int32Array,
  from: number,
  count: number,
  keyWords: number,
  cargoWords: number,
): number {
  const { slots, keys, notes, cargo, cargoFrom } = part;
  const capacity = Math.min(capacityOf(part), cargoRoom(part, cargoWords));
  const width = keyWords + 1 + cargoWords;
  const last = slots.length - 1;
  const bits = 32 - Math.clz32(last);
  let states = part.count;
  let met = 0;
  let done = 0;
  for (; done < count && states < capacity; done++) {
    const at = from + done * width;
    const hash = hashOf(records, at, keyWords) << PART_BITS;
    const tag = hash << bits;
    let place = hash >>> (32 - bits);
    let slot = slots[place] as number;
    while (slot !== 0) {
      if (((slot ^ tag) & ~last) === 0) {
        const known = (slot & last) * keyWords;
        let word = 0;
        while (word < keyWords && keys[known + word] === records[at + word]) word++;
        if (word === keyWords) break;
      }
      place = (place + 1) & last;
      slot = slots[place] as number;
    }
    met = slot & last;
    if (slot !== 0) continue;
    states++;
    slots[place] = tag | states;
    for (let word = 0; word < keyWords; word++) {
      keys[states * keyWords + word] = records[at + word] as number;
    }
    notes[states] = records[at + keyWords] as number;
    const cargoAt = (states - 1 - cargoFrom) * cargoWords;
    for (let word = 0; word < cargoWords; word++) {
      cargo[cargoAt + word] = records[at + keyWords + 1 + word] as number;
    }
    met = states;
  }
  part.count = states;
  part.met = met;
  return done;
}

function enlargeTable(part: Part, length: number, keyWords: number): void {
  const { keys, count } = part;
  const slots = new Int32Array(length);
  const last = length - 1;
  const bits = 32 - Math.clz32(last);
  for (let state = 1; state <= count; state++) {
    const hash = hashOf(keys, state * keyWords, keyWords) << PART_BITS;
    let place = hash >>> (32 - bits);
    while (slots[place] !== 0) place = (place + 1) & last;
    slots[place] = (hash << bits) | state;
  }
  part.slots = slots;
}

function resized(words: Int32Array, length: number): Int32Array {
  const other = new Int32Array(length);
  other.set(words.length > length ? words.subarray(0, length) : words);
  return other;
}
