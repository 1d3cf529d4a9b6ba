// Breadth first over a system whose states are saved and restored. The same order, and the same answers, as over a model;
// each state is saved once, when it is met, and forgotten once it has been left.

import type { Course, Coverage, Ending, Limits } from "./outcome.ts";
import { UnfaithfulSystemError, leadsTo, violation, wayTo } from "./retracing.ts";
import type { Independence } from "./independence.ts";
import { SavedStates } from "./saved-states.ts";
import { SleepSets } from "./sleep-sets.ts";
import type { Snapshots, System } from "./system.ts";
import { VisitedSet } from "./visited-set.ts";

/** What an entry of a queue takes beside the saved state. */
const ENTRY_BYTES = 16;

/** States to be expanded. */
interface Queue {
  readonly saved: SavedStates;
  /** Of each, its number, and for which actions it is to be expanded; null: for all. */
  readonly states: number[];
  readonly only: (Int32Array | null)[];
}

const newQueue = (): Queue => ({ saved: new SavedStates(), states: [], only: [] });

/** How a system is searched. */
export interface SystemSearchOptions {
  /** Null: all orders of actions are performed. */
  readonly independence: Independence | null;
  /** The way to every state with such a number is replayed from its beginning; 0: none is. */
  readonly replayEvery: number;
}

/** Breadth first, one action at a time. */
export class SystemSearch implements Course {
  readonly #system: System;
  readonly #snapshots: Snapshots;
  readonly #limits: Limits;
  readonly #replayEvery: number;
  readonly #visited: VisitedSet;
  readonly #sleep: SleepSets | null;
  readonly #key: Int32Array;
  #level: Queue = newQueue();
  #next: Queue = newQueue();
  #position = 0;
  #completeDepth = -1;
  #depth = 0;
  #states = 0;
  #transitions = 0;

  constructor(
    system: System,
    snapshots: Snapshots,
    limits: Limits,
    { independence, replayEvery }: SystemSearchOptions,
  ) {
    this.#system = system;
    this.#snapshots = snapshots;
    this.#limits = limits;
    this.#replayEvery = replayEvery;
    this.#sleep = independence === null ? null : new SleepSets(independence);
    this.#key = new Int32Array(snapshots.keyWords);
    this.#visited = new VisitedSet(
      { keyWords: snapshots.keyWords, cargoWords: this.#sleep?.cargoWords ?? 0 },
      limits.memoryBytes,
    );
  }

  advance(): Ending | null {
    if (this.#completeDepth === -1) return this.#begin();
    if (this.#position === this.#level.states.length) return this.#nextLevel();
    return this.#expand(this.#position++);
  }

  coverage(): Coverage {
    return {
      states: this.#states,
      transitions: this.#transitions,
      depth: this.#depth,
      // A level may consist of states that are expanded again, and then it is no further away.
      completeDepth: Math.min(this.#completeDepth, this.#depth),
      frontier: this.#level.states.length - this.#position + this.#next.states.length,
      bytes: this.#visited.bytes,
    };
  }

  #begin(): Ending | null {
    const { initialCount } = this.#system;
    for (let initial = 0; initial < initialCount; initial++) {
      this.#system.begin(initial);
      const broken = this.#system.broken();
      if (broken !== null) return violation(broken, { initial, actions: [] }, true);
      if (!this.#meet(0, undefined)) return { kind: "unknown", reason: "memory" };
    }
    return this.#nextLevel();
  }

  #nextLevel(): Ending | null {
    if (this.#next.states.length === 0) return { kind: "complete" };
    this.#completeDepth++;
    [this.#level, this.#next] = [this.#next, this.#level];
    this.#next.saved.clear();
    this.#next.states.length = 0;
    this.#next.only.length = 0;
    this.#position = 0;
    const isFar = this.#completeDepth === this.#limits.maxDepth;
    return isFar ? { kind: "unknown", reason: "depth" } : null;
  }

  #expand(position: number): Ending | null {
    const saved = this.#level.saved.at(position);
    const state = this.#level.states[position] as number;
    this.#sleep?.open(this.#visited, state, this.#level.only[position] ?? null);
    this.#snapshots.restore(saved);
    const count = this.#system.actionCount();
    for (let action = 0; action < count; action++) {
      if (this.#sleep?.sleeps(action) === true || !this.#system.apply(action)) continue;
      this.#transitions++;
      const broken = this.#system.broken();
      if (broken !== null) {
        this.#depth = this.#completeDepth + 1;
        const { initial, actions } = wayTo(this.#system, this.#visited, state);
        return violation(broken, { initial, actions: [...actions, action] }, true);
      }
      const cargo = this.#sleep?.after(this.#visited, action);
      if (!this.#meet(state, cargo)) return { kind: "unknown", reason: "memory" };
      this.#sleep?.close(action);
      this.#snapshots.restore(saved);
    }
    return null;
  }

  /** Saves the current state if it is to be expanded. False: memory has ended. */
  #meet(source: number, cargo: Int32Array | undefined): boolean {
    this.#snapshots.writeKey(this.#key);
    const state = this.#visited.add(this.#key, source, cargo);
    if (state === 0) return false;
    const isNew = this.#visited.wasNew;
    const woken = isNew ? null : (this.#sleep?.meetAgain(this.#visited, state) ?? null);
    if (!isNew && woken === null) return true;
    if (!this.#enqueue(state, woken)) return false;
    if (isNew) {
      this.#states++;
      this.#depth = this.#completeDepth + 1;
      if (this.#replayEvery > 0 && this.#states % this.#replayEvery === 0) this.#replay(state);
    }
    return true;
  }

  /** Leaves the system in another state. */
  #replay(state: number): void {
    const way = wayTo(this.#system, this.#visited, state);
    if (leadsTo(this.#system, way, this.#visited.keyOf(state))) return;
    throw new UnfaithfulSystemError(
      `performing ${way.actions.length} actions of ${this.#system.name} from the start leads to another state than the search had, which saved and restored states on the way: save leaves out something that matters, or keys are equal for states that differ`,
    );
  }

  /** What lies at the bound is not saved: nobody leaves it. */
  #enqueue(state: number, only: Int32Array | null): boolean {
    const { saved, states } = this.#next;
    if (this.#completeDepth + 1 === this.#limits.maxDepth) {
      states.push(state);
      return true;
    }
    const sizeBytes = this.#snapshots.sizeBytes();
    const more = saved.bytesWith(sizeBytes) - saved.bytes + ENTRY_BYTES;
    if (this.#visited.bytes + more > this.#limits.memoryBytes) return false;
    this.#snapshots.save(saved.push(sizeBytes));
    states.push(state);
    this.#next.only.push(only);
    this.#visited.bytesBeside =
      saved.bytes +
      this.#level.saved.bytes +
      ENTRY_BYTES * (states.length + this.#level.states.length);
    return true;
  }
}
