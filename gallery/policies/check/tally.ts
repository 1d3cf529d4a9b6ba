// How often policies did what each choice point says, and how often the plain thing.

import { points, type Point } from "../choice-points.ts";
import type { Witness } from "../policy.ts";

type Counts = Readonly<Record<Point, { readonly taken: number; readonly not: number }>>;

/** Counts choices, of any number of policies. */
export interface Tally {
  readonly witness: Witness;
  counts(): Counts;
}

export function tally(): Tally {
  const taken = new Map<string, number>();
  const not = new Map<string, number>();
  return {
    witness(point, isTaken): void {
      const counts = isTaken ? taken : not;
      counts.set(point, (counts.get(point) ?? 0) + 1);
    },
    counts: () =>
      Object.fromEntries(
        points.map((point) => [point, { taken: taken.get(point) ?? 0, not: not.get(point) ?? 0 }]),
      ) as Counts,
  };
}
