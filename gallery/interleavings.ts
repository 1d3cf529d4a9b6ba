// Bugs that shipped in real registration caches and that no program of one thread can play: they need two inside the cache
// at once, and are in mutants/races.ts. Most races have an order that one thread can have as well, by a callback at a host call of the call in
// progress; those are in mutants/re-entrancy-bugs.ts.

import type { Bug } from "./mutant.ts";

/** A bug that only a race shows. */
export interface Interleaving extends Bug {
  /** Why a callback inside a call does not show it. */
  readonly reason: string;
}

/** The bugs that two threads are needed for. */
export const interleavingOnly: readonly Interleaving[] = [
  {
    row: 31,
    from: "Open MPI, issue 7303",
    unjudged: "LAW-11",
    reason:
      "an eviction and a callback take two locks in opposite orders, and each waits for the other; on one thread both locks are its own, and what is left is a lock that the cache finds taken by itself, as in locked-by-itself",
  },
];
