// Independent actions: neither makes the other possible or impossible, and both orders lead to the same state. Of a model it
// is known from its expressions: what one writes, the other neither reads nor writes.

import { conditionOf, eachRead, eachTouch, type Place } from "./expression.ts";
import { positionOf } from "./layout.ts";
import type { Model } from "./model.ts";

/** Which actions of a system are independent. Their numbers mean the same in every state. */
export interface Independence {
  /** Actions have numbers below this one. */
  readonly actions: number;
  /**
   * Whether two actions are independent in every state: performing one does not change whether the other is possible, nor
   * whether it breaks something, and the states after both orders have the same key.
   */
  areIndependent(one: number, other: number): boolean;
}

/** The independence that a model's expressions show. */
export function independenceOf({ instances, layout }: Model): Independence {
  const { words } = layout;
  const reads = new Int32Array(instances.length * words);
  const writes = new Int32Array(instances.length * words);
  for (const [i, { rule }] of instances.entries()) {
    const adder = (bits: Int32Array) => (place: Place) => {
      const { word, shift, mask } = positionOf(layout, place);
      bits[i * words + word] = (bits[i * words + word] as number) | (mask << shift);
    };
    eachRead(conditionOf(rule.guard), adder(reads));
    eachTouch(rule.effects, adder(reads), adder(writes));
  }
  return {
    actions: instances.length,
    areIndependent(one, other) {
      for (let word = 0; word < words; word++) {
        const [readByOne, readByOther] = [reads[one * words + word], reads[other * words + word]];
        const [byOne, byOther] = [writes[one * words + word], writes[other * words + word]];
        const touchedByOther = (readByOther as number) | (byOther as number);
        if (((byOne as number) & touchedByOther) !== 0) return false;
        if (((byOther as number) & (readByOne as number)) !== 0) return false;
      }
      return true;
    },
  };
}

const WORD_BITS = 32;

/** Sets of actions, as bits of words; and for each action the set of those that are independent of it. */
export class IndependenceTable {
  /** Words of a set. */
  readonly words: number;
  readonly #rows: Int32Array;

  constructor({ actions, areIndependent }: Independence) {
    this.words = Math.ceil(actions / WORD_BITS);
    this.#rows = new Int32Array(actions * this.words);
    for (let one = 0; one < actions; one++) {
      const row = this.#rows.subarray(one * this.words, (one + 1) * this.words);
      for (let other = 0; other < actions; other++) {
        if (one !== other && areIndependent(one, other)) addTo(row, other);
      }
    }
  }

  /** Leaves in a set those actions that are independent of one. */
  keepIndependent(set: Int32Array, action: number): void {
    for (let word = 0; word < this.words; word++) {
      const row = this.#rows[action * this.words + word] as number;
      set[word] = (set[word] as number) & row;
    }
  }
}

/** Whether a set has an action. */
export function has(set: Int32Array, action: number): boolean {
  return (((set[action >>> 5] as number) >>> (action & 31)) & 1) === 1;
}

/** Puts an action into a set. */
export function addTo(set: Int32Array, action: number): void {
  set[action >>> 5] = (set[action >>> 5] as number) | (1 << (action & 31));
}
