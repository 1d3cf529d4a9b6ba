// States of a system, saved one behind the other in one buffer: a queue of a level, or the stack of a path.

/** Records start at multiples of this, so that a system may look at them as words or doubles. */
const ALIGNMENT_BYTES = 8;
const FEWEST_BYTES = 1 << 12;

/** Saved states in the order in which they were pushed. */
export class SavedStates {
  #bytes: Uint8Array = new Uint8Array(FEWEST_BYTES);
  readonly #ends: number[] = [];

  get count(): number {
    return this.#ends.length;
  }

  get bytes(): number {
    return this.#bytes.byteLength;
  }

  /** Bytes that it will take once a record of this size is pushed. */
  bytesWith(sizeBytes: number): number {
    const needed = this.#start(this.count) + sizeBytes;
    return needed <= this.bytes ? this.bytes : Math.max(needed, 2 * this.bytes);
  }

  /** A new last record, to be filled. */
  push(sizeBytes: number): Uint8Array {
    const start = this.#start(this.count);
    const wanted = this.bytesWith(sizeBytes);
    if (wanted > this.bytes) {
      const larger = new Uint8Array(wanted);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#ends.push(start + sizeBytes);
    return this.#bytes.subarray(start, start + sizeBytes);
  }

  at(index: number): Uint8Array {
    return this.#bytes.subarray(this.#start(index), this.#ends[index]);
  }

  pop(): void {
    this.#ends.pop();
  }

  clear(): void {
    this.#ends.length = 0;
  }

  #start(index: number): number {
    const end = index === 0 ? 0 : (this.#ends[index - 1] as number);
    return Math.ceil(end / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }
}
