// Depth first: one path at a time, with a bound on its length. It needs little memory beside the set of states, and finds
// deep violations early; the way to one is seldom the shortest.
//
// A state that is met again with more steps left than before is explored again, so a search to a bound meets exactly the
// states within that distance. A system without snapshots is searched as a tree: every path, each state as often as a path
// leads to it, and each step back is paid for by performing the whole path again. Such a tree is what sleep sets are for:
// of the orders of independent actions one is performed. (With states that are recognised they would have to be kept with
// each state, and a bound makes that unsound unless more is kept; the search breadth first does it.)

import { addTo, has, IndependenceTable, type Independence } from "./independence.ts";
import type { Course, Coverage, Ending, Limits } from "./outcome.ts";
import { violation } from "./retracing.ts";
import { SavedStates } from "./saved-states.ts";
import type { System } from "./system.ts";
import { VisitedSet } from "./visited-set.ts";

/** Actions tried in one go. */
const SLICE = 1024;
/** Steps left are noted as words. */
const MOST_STEPS = 2 ** 31 - 1;

/** Depth first, one action at a time. */
export class DepthFirst implements Course {
  readonly #system: System;
  readonly #limits: Limits;
  readonly #maxDepth: number;
  readonly #visited: VisitedSet | null;
  readonly #key: Int32Array;
  readonly #saved: SavedStates = new SavedStates();
  /** The path: actions that were performed, and in each of its states the action to be tried next. */
  readonly #actions: number[] = [];
  readonly #next: number[] = [];
  readonly #independence: IndependenceTable | null;
  /** Of each state of the path, the actions that need not be performed: they sleep, or they were. */
  readonly #sleep: Int32Array[] = [];
  #initial = -1;
  /** The system is in the last state of the path. */
  #isThere = false;
  /** States, or ends of paths, that were met with no step left. */
  #cut = 0;
  #states = 0;
  #transitions = 0;
  #depth = 0;

  constructor(system: System, limits: Limits, independence: Independence | null) {
    const { snapshots } = system;
    this.#system = system;
    this.#independence = independence === null ? null : new IndependenceTable(independence);
    this.#limits = limits;
    this.#maxDepth = Math.min(limits.maxDepth, MOST_STEPS);
    this.#key = new Int32Array(snapshots?.keyWords ?? 0);
    this.#visited =
      snapshots === null
        ? null
        : new VisitedSet({ keyWords: snapshots.keyWords, cargoWords: 0 }, limits.memoryBytes);
  }

  advance(): Ending | null {
    for (let tried = 0; tried < SLICE; tried++) {
      const ending = this.#next.length === 0 ? this.#begin() : this.#step();
      if (ending !== null) return ending;
    }
    return null;
  }

  coverage(): Coverage {
    const ended = this.#initial === this.#system.initialCount;
    return {
      states: this.#states,
      transitions: this.#transitions,
      depth: this.#depth,
      completeDepth: ended ? this.#depth : -1,
      frontier: this.#next.length,
      bytes: this.#visited?.bytes ?? 0,
    };
  }

  #begin(): Ending | null {
    this.#initial++;
    if (this.#initial === this.#system.initialCount) {
      return this.#cut > 0 ? { kind: "unknown", reason: "depth" } : { kind: "complete" };
    }
    this.#system.begin(this.#initial);
    return this.#meet();
  }

  /** Tries the next action of the last state of the path, or takes that state off. */
  #step(): Ending | null {
    const top = this.#next.length - 1;
    this.#return();
    const action = this.#next[top] as number;
    if (action >= this.#system.actionCount()) {
      this.#leave();
      return null;
    }
    this.#next[top] = action + 1;
    const sleep = this.#sleep[top];
    if (sleep !== undefined && has(sleep, action)) return null;
    if (!this.#system.apply(action)) return null;
    this.#transitions++;
    this.#isThere = false;
    this.#actions.push(action);
    const ending = this.#meet();
    if (ending === null && this.#next.length === top + 1) this.#actions.pop();
    if (sleep !== undefined) addTo(sleep, action);
    return ending;
  }

  /** Judges the current state, and puts it on the path if there is more to explore from it than there was before. */
  #meet(): Ending | null {
    const length = this.#actions.length;
    this.#depth = Math.max(this.#depth, length);
    const broken = this.#system.broken();
    if (broken !== null) {
      const way = { initial: this.#initial, actions: [...this.#actions] };
      return violation(broken, way, length === 0);
    }
    const left = this.#maxDepth - length;
    const isWorthwhile = this.#note(left);
    if (isWorthwhile === null) return { kind: "unknown", reason: "memory" };
    if (!isWorthwhile) return null;
    if (left === 0) {
      this.#cut++;
      return null;
    }
    return this.#enter() ? null : { kind: "unknown", reason: "memory" };
  }

  /** Whether the state was not met before with as many steps left. Null: memory has ended. */
  #note(left: number): boolean | null {
    const { snapshots } = this.#system;
    if (this.#visited === null || snapshots === null) {
      this.#states++;
      return true;
    }
    snapshots.writeKey(this.#key);
    const state = this.#visited.add(this.#key, left);
    if (state === 0) return null;
    if (this.#visited.wasNew) {
      this.#states++;
      return true;
    }
    const before = this.#visited.noteOf(state);
    if (this.#maxDepth === MOST_STEPS || before >= left) return false;
    if (before === 0) this.#cut--;
    this.#visited.setNote(state, left);
    return true;
  }

  #enter(): boolean {
    const { snapshots } = this.#system;
    if (snapshots !== null) {
      const sizeBytes = snapshots.sizeBytes();
      const more = this.#saved.bytesWith(sizeBytes) - this.#saved.bytes;
      if ((this.#visited?.bytes ?? 0) + more > this.#limits.memoryBytes) return false;
      snapshots.save(this.#saved.push(sizeBytes));
      if (this.#visited !== null) this.#visited.bytesBeside = this.#saved.bytes;
    }
    this.#next.push(0);
    if (this.#independence !== null) this.#sleep.push(this.#sleepAfter(this.#independence));
    this.#isThere = true;
    return true;
  }

  /** What sleeps in the state that the last action led to. */
  #sleepAfter(independence: IndependenceTable): Int32Array {
    const action = this.#actions.at(-1);
    const before = this.#sleep.at(-1);
    if (action === undefined || before === undefined) return new Int32Array(independence.words);
    const sleep = before.slice();
    independence.keepIndependent(sleep, action);
    return sleep;
  }

  #leave(): void {
    this.#next.pop();
    this.#sleep.pop();
    this.#actions.pop();
    if (this.#system.snapshots !== null) this.#saved.pop();
    this.#isThere = false;
  }

  /** Brings the system back into the last state of the path. */
  #return(): void {
    if (this.#isThere) return;
    this.#isThere = true;
    const { snapshots } = this.#system;
    if (snapshots !== null) {
      snapshots.restore(this.#saved.at(this.#saved.count - 1));
      return;
    }
    this.#system.begin(this.#initial);
    for (const action of this.#actions) this.#system.apply(action);
  }
}
