// Breadth first over a system whose states are saved and restored. The same order, and the same answers, as over a model;
// each state is saved once, when it is met, and forgotten once it has been left.

import type { Course, Coverage, Ending, Limits } from "./outcome.ts";
import { violation, wayTo } from "./retracing.ts";
import { SavedStates } from "./saved-states.ts";
import type { Snapshots, System } from "./system.ts";
import { VisitedSet } from "./visited-set.ts";

/** Breadth first, one action at a time. */
export class SystemSearch implements Course {
  readonly #system: System;
  readonly #snapshots: Snapshots;
  readonly #limits: Limits;
  readonly #visited: VisitedSet;
  readonly #key: Int32Array;
  #level: SavedStates = new SavedStates();
  #levelStates: number[] = [];
  #next: SavedStates = new SavedStates();
  #nextStates: number[] = [];
  #position = 0;
  #completeDepth = -1;
  #depth = 0;
  #states = 0;
  #transitions = 0;

  constructor(system: System, snapshots: Snapshots, limits: Limits) {
    this.#system = system;
    this.#snapshots = snapshots;
    this.#limits = limits;
    this.#key = new Int32Array(snapshots.keyWords);
    this.#visited = new VisitedSet(
      { keyWords: snapshots.keyWords, cargoWords: 0 },
      limits.memoryBytes,
    );
  }

  advance(): Ending | null {
    if (this.#completeDepth === -1) return this.#begin();
    if (this.#position === this.#level.count) return this.#nextLevel();
    return this.#expand(this.#position++);
  }

  coverage(): Coverage {
    return {
      states: this.#states,
      transitions: this.#transitions,
      depth: this.#depth,
      completeDepth: this.#completeDepth,
      frontier: this.#level.count - this.#position + this.#next.count,
      bytes: this.#visited.bytes,
    };
  }

  #begin(): Ending | null {
    const { initialCount } = this.#system;
    for (let initial = 0; initial < initialCount; initial++) {
      this.#system.begin(initial);
      const broken = this.#system.broken();
      if (broken !== null) return violation(broken, { initial, actions: [] }, true);
      if (!this.#meet(0)) return { kind: "unknown", reason: "memory" };
    }
    return this.#nextLevel();
  }

  #nextLevel(): Ending | null {
    if (this.#next.count === 0) return { kind: "complete" };
    this.#completeDepth++;
    this.#depth = this.#completeDepth;
    [this.#level, this.#next] = [this.#next, this.#level];
    [this.#levelStates, this.#nextStates] = [this.#nextStates, []];
    this.#next.clear();
    this.#position = 0;
    const isFar = this.#completeDepth === this.#limits.maxDepth;
    return isFar ? { kind: "unknown", reason: "depth" } : null;
  }

  #expand(position: number): Ending | null {
    const saved = this.#level.at(position);
    const state = this.#levelStates[position] as number;
    this.#snapshots.restore(saved);
    const count = this.#system.actionCount();
    for (let action = 0; action < count; action++) {
      if (!this.#system.apply(action)) continue;
      this.#transitions++;
      const broken = this.#system.broken();
      if (broken !== null) {
        this.#depth = this.#completeDepth + 1;
        const { initial, actions } = wayTo(this.#system, this.#visited, state);
        return violation(broken, { initial, actions: [...actions, action] }, true);
      }
      if (!this.#meet(state)) return { kind: "unknown", reason: "memory" };
      this.#snapshots.restore(saved);
    }
    return null;
  }

  /** Saves the current state if it is new. False: memory has ended. */
  #meet(source: number): boolean {
    this.#snapshots.writeKey(this.#key);
    const state = this.#visited.add(this.#key, source);
    if (state === 0) return false;
    if (!this.#visited.wasNew) return true;
    const sizeBytes = this.#snapshots.sizeBytes();
    const more = this.#next.bytesWith(sizeBytes) - this.#next.bytes;
    if (this.#visited.bytes + more > this.#limits.memoryBytes) return false;
    this.#snapshots.save(this.#next.push(sizeBytes));
    this.#visited.bytesBeside = this.#level.bytes + this.#next.bytes;
    this.#nextStates.push(state);
    this.#states++;
    this.#depth = this.#completeDepth + 1;
    return true;
  }
}
