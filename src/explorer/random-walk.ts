// Random walks: from an initial state, an action after the other, each possible one with the same chance. For systems that
// are too large to be searched; a walk that breaks nothing proves nothing.

import type { Course, Coverage, Ending, Limits } from "./outcome.ts";
import { violation } from "./retracing.ts";
import type { System } from "./system.ts";
import { VisitedSet } from "./visited-set.ts";

/** Draws before all actions are tried one after the other. */
const DRAWS = 32;

/** How many walks, and from which seed they are drawn. */
export interface Walks {
  readonly walks: number;
  readonly seed: number;
}

/** Random walks of at most `maxDepth` actions. */
export class RandomWalk implements Course {
  readonly #system: System;
  readonly #limits: Limits;
  readonly #walks: number;
  readonly #draw: (below: number) => number;
  readonly #visited: VisitedSet | null;
  readonly #key: Int32Array;
  #walked = 0;
  #states = 0;
  #transitions = 0;
  #depth = 0;

  constructor(system: System, limits: Limits, { walks, seed }: Walks) {
    const { snapshots } = system;
    this.#system = system;
    this.#limits = limits;
    this.#walks = walks;
    this.#draw = drawer(seed);
    this.#key = new Int32Array(snapshots?.keyWords ?? 0);
    this.#visited =
      snapshots === null
        ? null
        : new VisitedSet({ keyWords: snapshots.keyWords, cargoWords: 0 }, limits.memoryBytes);
  }

  /** One walk. */
  advance(): Ending | null {
    if (this.#walked === this.#walks) return { kind: "unknown", reason: "sampled" };
    this.#walked++;
    const initial = this.#draw(this.#system.initialCount);
    const actions: number[] = [];
    this.#system.begin(initial);
    for (;;) {
      const broken = this.#system.broken();
      if (broken !== null) return violation(broken, { initial, actions }, actions.length === 0);
      if (!this.#count()) return { kind: "unknown", reason: "memory" };
      if (actions.length === this.#limits.maxDepth) return null;
      const action = this.#step();
      if (action === null) return null;
      actions.push(action);
      this.#depth = Math.max(this.#depth, actions.length);
    }
  }

  coverage(): Coverage {
    return {
      states: this.#states,
      transitions: this.#transitions,
      depth: this.#depth,
      completeDepth: -1,
      frontier: 0,
      bytes: this.#visited?.bytes ?? 0,
    };
  }

  /** Performs a possible action; null: there is none. */
  #step(): number | null {
    const count = this.#system.actionCount();
    const draws = count === 0 ? 0 : DRAWS;
    for (let tries = 0; tries < draws; tries++) {
      const action = this.#draw(count);
      if (this.#apply(action)) return action;
    }
    // From here on the chance is no longer the same for all, and it is the only way to learn that there is none.
    const first = count === 0 ? 0 : this.#draw(count);
    for (let i = 0; i < count; i++) {
      const action = (first + i) % count;
      if (this.#apply(action)) return action;
    }
    return null;
  }

  #apply(action: number): boolean {
    if (!this.#system.apply(action)) return false;
    this.#transitions++;
    return true;
  }

  /** Counts the current state if it is new. False: memory has ended. */
  #count(): boolean {
    const { snapshots } = this.#system;
    if (this.#visited === null || snapshots === null) return true;
    snapshots.writeKey(this.#key);
    if (this.#visited.add(this.#key, 0) === 0) return false;
    if (this.#visited.wasNew) this.#states++;
    return true;
  }
}

/** Whole numbers below a bound, from a seed: a counter through a mixing function (splitmix, 32 bits). */
export function drawer(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return Math.floor((((word ^ (word >>> 15)) >>> 0) / 2 ** 32) * below);
  };
}
