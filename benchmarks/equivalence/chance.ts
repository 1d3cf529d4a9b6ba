// Draws that depend on nothing but what they begin at.

/** Draws that begin at the hash of something. */
export class Chance {
  #state = 0x2545f491;

  constructor(of: unknown) {
    for (const unit of JSON.stringify(of) ?? "") {
      this.#state = Math.imul(this.#state ^ unit.charCodeAt(0), 0x01000193);
    }
  }

  /** 0 ≤ n < end. */
  below(end: number): number {
    this.#state = (Math.imul(this.#state, 0x0019660d) + 0x3c6ef35f) | 0;
    const mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x45d9f3b);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % end;
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Once in so many times. */
  isOnceIn(times: number): boolean {
    return this.below(times) === 0;
  }
}
