// Sleep sets (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems): of the orders of independent
// actions that lead to the same state, one is performed. Every state is still met, at the same distance; fewer actions
// lead to states that were met before.
//
// A sleeping action of a state is one that need not be performed there, because the same action was performed before the
// last steps, which are independent of it. A state that is met again on a way that justifies less sleep is visited once
// more, for the actions that have to be performed after all.

import { addTo, has, IndependenceTable, type Independence } from "./independence.ts";
import type { VisitedSet } from "./visited-set.ts";

/** The sleep sets of a search breadth first. They are the cargo of the states, with one word that says: expanded. */
export class SleepSets {
  readonly #table: IndependenceTable;
  /** Of the state that is being expanded: actions that are to be performed, and those that were. */
  readonly #todo: Int32Array;
  readonly #done: Int32Array;
  #state = 0;
  readonly #child: Int32Array;

  constructor(independence: Independence) {
    this.#table = new IndependenceTable(independence);
    const { words } = this.#table;
    this.#todo = new Int32Array(words);
    this.#done = new Int32Array(words);
    this.#child = new Int32Array(words + 1);
  }

  /** Words that go with each state. */
  get cargoWords(): number {
    return this.#table.words + 1;
  }

  /** A state is about to be expanded, for some actions or for all that do not sleep. */
  open(visited: VisitedSet, state: number, only: Int32Array | null): void {
    const cargo = visited.cargoOf(state);
    this.#state = state;
    this.#done.fill(0);
    for (let word = 0; word < this.#table.words; word++) {
      this.#todo[word] = only === null ? ~(cargo[word] as number) : (only[word] as number);
    }
    cargo[this.#table.words] = 1;
  }

  sleeps(action: number): boolean {
    return !has(this.#todo, action);
  }

  /** The cargo of the state to which an action of the open one leads. */
  after(visited: VisitedSet, action: number): Int32Array {
    const sleep = visited.cargoOf(this.#state);
    for (let word = 0; word < this.#table.words; word++) {
      this.#child[word] = (sleep[word] as number) | (this.#done[word] as number);
    }
    this.#table.keepIndependent(this.#child, action);
    return this.#child;
  }

  /** An action of the open state was performed. */
  close(action: number): void {
    addTo(this.#done, action);
  }

  /**
   * A state was met again, with the cargo that `after` answered last. Returns the actions for which it has to be expanded
   * again; null: none, or it has yet to be expanded anyway.
   */
  meetAgain(visited: VisitedSet, state: number): Int32Array | null {
    const { words } = this.#table;
    const cargo = visited.cargoOf(state);
    const woken = new Int32Array(words);
    for (let word = 0; word < words; word++) {
      const before = cargo[word] as number;
      woken[word] = before & ~(this.#child[word] as number);
      cargo[word] = before & (this.#child[word] as number);
    }
    return cargo[words] === 1 && woken.some((bits) => bits !== 0) ? woken : null;
  }
}
