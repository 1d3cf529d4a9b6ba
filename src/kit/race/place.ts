// A point of a schedule: everything that decides how it can go on, and the way there.

import type { Finding } from "../../../model/judge.ts";
import type { State } from "../../../model/state.ts";
import type { TraceStep } from "../../../model/trace.ts";
import type { Given } from "./contest.ts";
import type { Lane } from "./lanes.ts";

/** How a schedule ended before its threads did. */
export type Verdict =
  /** Rules of conformance were broken, or any rules if that was asked for. */
  | { readonly kind: "violation"; readonly findings: readonly Finding[] }
  /** The cache left the contract. */
  | { readonly kind: "broken"; readonly problem: string };

/** A point of a schedule, which nobody changes. */
export interface Place {
  /** Null where the schedule begins. */
  readonly before: Place | null;
  /** The thread that moved last; 0 before the threads begin, and after they end. */
  readonly thread: number;
  /** Moves up to here. */
  readonly moves: number;
  /** What the cache was given in the last move. */
  readonly given: readonly Given[];
  /** What happened in it. */
  readonly steps: readonly TraceStep[];
  readonly world: State;
  readonly lanes: readonly Lane[];
  /** What the cache did in the last move, as text: made again, it has to do the same. */
  readonly did: string;
  /** The cache's state, if it shows it. */
  readonly snapshot: string | null;
  readonly key: number | null;
  readonly verdict: Verdict | null;
}

/** From where the schedule begins to the place. */
export function wayTo(place: Place): readonly Place[] {
  const way: Place[] = [];
  for (let at: Place | null = place; at !== null; at = at.before) way.push(at);
  return way.toReversed();
}

/** The threads in the order in which they moved: the schedule as data. */
export const scheduleOf = (place: Place): readonly number[] =>
  wayTo(place)
    .slice(1)
    .map(({ thread }) => thread);
