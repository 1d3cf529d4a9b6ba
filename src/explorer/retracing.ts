// The way to a state, found again from the keys of the states on it: a search remembers who led to each state, not how.

import type { Ending } from "./outcome.ts";
import type { Snapshots, System } from "./system.ts";
import type { VisitedSet } from "./visited-set.ts";

/** A way by numbers: an initial state, and the actions from there. */
export interface Way {
  readonly initial: number;
  readonly actions: readonly number[];
}

/** A system does not keep its word: what it does depends on more than the states that it saves and restores. */
export class UnfaithfulSystemError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnfaithfulSystemError";
  }
}

/** The way to a state whose predecessors are the notes of a visited set. */
export function wayTo(system: System, visited: VisitedSet, state: number): Way {
  const keys: Int32Array[] = [];
  for (let each = state; each !== 0; each = visited.noteOf(each)) keys.unshift(visited.keyOf(each));
  return wayAlong(system, keys);
}

/** The violation that the last state of a way is, or the last action over the way. */
export function violation(broken: string, way: Way, shortest: boolean): Ending {
  return { kind: "violation", broken, ...way, shortest };
}

/** Performs a way from its beginning. False: not every action was possible, or it leads to a state with another key. */
export function leadsTo(system: System, { initial, actions }: Way, key: Int32Array): boolean {
  system.begin(initial);
  const { snapshots } = system;
  return (
    actions.every((action) => system.apply(action)) && snapshots !== null && hasKey(snapshots, key)
  );
}

function wayAlong(system: System, keys: readonly Int32Array[]): Way {
  const { snapshots } = system;
  if (snapshots === null)
    throw new TypeError("a way is retraced by keys, which this system has not");
  const [first, ...others] = keys;
  const initial = Array.from({ length: system.initialCount }, (_, i) => i).find((each) => {
    system.begin(each);
    return first !== undefined && hasKey(snapshots, first);
  });
  if (initial === undefined) throw lost(system);
  system.begin(initial);
  return { initial, actions: others.map((key) => actionTo(system, snapshots, key)) };
}

/** Performs the first action that leads to a key. */
function actionTo(system: System, snapshots: Snapshots, key: Int32Array): number {
  const before = new Uint8Array(new ArrayBuffer(snapshots.sizeBytes()));
  snapshots.save(before);
  const count = system.actionCount();
  for (let action = 0; action < count; action++) {
    if (!system.apply(action)) continue;
    if (hasKey(snapshots, key)) return action;
    snapshots.restore(before);
  }
  throw lost(system);
}

function hasKey(snapshots: Snapshots, key: Int32Array): boolean {
  const found = new Int32Array(snapshots.keyWords);
  snapshots.writeKey(found);
  return found.every((word, i) => word === key[i]);
}

function lost({ name }: System): UnfaithfulSystemError {
  return new UnfaithfulSystemError(
    `the way to a state of ${name} was not found again: what an action does there depends on more than the state and the action, or restore does not bring back all that save was given`,
  );
}
