// A stream of random numbers that is one integer. Whatever a policy leaves to chance is drawn from the stream that its
// cache keeps: the same commands on a fresh cache draw the same numbers (LAW-12), and a snapshot keeps where it stands.

/** Draws from a stream; `state` is all that there is of it. */
export class Chance {
  state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Lets what follows depend on the numbers too: what is asked of a cache, so that programs draw differently. */
  mix(...numbers: readonly number[]): void {
    for (const number of numbers) {
      this.state = Math.imul(this.state ^ (number | 0), 0x01000193) ^ Math.floor(number / 2 ** 32);
    }
  }

  /** 0 ≤ x < 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, 0 ≤ n < end. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** @throws {RangeError} if there is nothing to choose from. */
  oneOf<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("there is nothing to choose from");
    return items[this.below(items.length)] as T;
  }

  /** The items in any order. */
  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items];
    const order: T[] = [];
    while (rest.length > 0) order.push(...rest.splice(this.below(rest.length), 1));
    return order;
  }
}
