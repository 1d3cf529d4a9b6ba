// Keys that wait to be entered into a visited set, sorted by the part to which they belong.

import { PARTS, partOf, type RecordShape } from "./visited-set.ts";

const WORD_BYTES = 4;

/** Records of each part, one behind the other: key, note, cargo. The buffers may be shared between threads. */
export class WaitingKeys {
  readonly records: Int32Array;
  /** How many records wait for each part. */
  readonly counts: Int32Array;
  /** How many may. */
  readonly room: number;
  readonly #shape: RecordShape;

  constructor(shape: RecordShape, buffer: ArrayBufferLike) {
    this.#shape = shape;
    this.counts = new Int32Array(buffer, 0, PARTS);
    this.records = new Int32Array(buffer, PARTS * WORD_BYTES);
    this.room = this.records.length / (PARTS * recordWords(shape));
  }

  /** Bytes that hold so many records of each part. */
  static bytesFor(shape: RecordShape, room: number): number {
    return PARTS * (1 + room * recordWords(shape)) * WORD_BYTES;
  }

  get bytes(): number {
    return this.records.byteLength + this.counts.byteLength;
  }

  /** The word at which the records of a part start. */
  startOf(part: number): number {
    return part * this.room * recordWords(this.#shape);
  }

  /**
   * Has keys wait, from number `first` on and below `end`, each with its note and its cargo. Returns the number of the first
   * for which there is no room until what waits has been entered; `end`: all of them wait.
   */
  wait(keys: Int32Array, first: number, end: number, notes: Int32Array, cargo: Int32Array): number {
    const { keyWords, cargoWords } = this.#shape;
    const { records, counts, room } = this;
    const width = keyWords + 1 + cargoWords;
    for (let i = first; i < end; i++) {
      const part = partOf(keys, i * keyWords, keyWords);
      const before = counts[part] as number;
      if (before === room) return i;
      counts[part] = before + 1;
      let to = (part * room + before) * width;
      for (let word = i * keyWords; word < (i + 1) * keyWords; word++) {
        records[to++] = keys[word] as number;
      }
      records[to++] = notes[i] as number;
      for (let word = i * cargoWords; word < (i + 1) * cargoWords; word++) {
        records[to++] = cargo[word] as number;
      }
    }
    return end;
  }
}

function recordWords({ keyWords, cargoWords }: RecordShape): number {
  return keyWords + 1 + cargoWords;
}
