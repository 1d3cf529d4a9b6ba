// The profile of a random policy: its odds at each choice point, and what it declares. Odds are drawn from a few values,
// so that extremes occur; declarations are drawn too, and made to fit.

import type { Capabilities } from "../../model/contract.ts";
import { Chance } from "./chance.ts";
import { points, type Point } from "./choice-points.ts";
import type { Flaw } from "./flaws.ts";

/** How often a policy does what a choice point, or a planted flaw, says: 0 never, 1 always. */
type Odds = Readonly<Record<Point, number> & Partial<Record<Flaw, number>>>;

export interface Profile {
  readonly odds: Odds;
  readonly capabilities: Capabilities;
  /** Whether its caches have a callback; without one they keep nothing. */
  readonly callback: boolean;
  /** Whether its caches can be saved and restored. */
  readonly snapshot: boolean;
}

const SELDOM = 0.15;
const ODDS = [0, SELDOM, 0.5, 1] as const;

/** Once in so many policies there is no callback. */
const WITHOUT_CALLBACK = 10;

const withOdds = (odds: (point: Point) => number): Record<Point, number> =>
  Object.fromEntries(points.map((point) => [point, odds(point)])) as Record<Point, number>;

/** The plain thing everywhere: a provider that never caches, and says so. */
export const plainProfile: Profile = {
  odds: withOdds(() => 0),
  capabilities: {
    caches: { local: false, remote: false },
    hit: "exact",
    inUse: "refuse",
    limits: { entries: 0, pages: 0, pending: null },
    notification: "refuse-notify-retry",
  },
  callback: false,
  snapshot: false,
};

/** A profile at random. The same seed gives the same one. */
export function drawnProfile(seed: number): Profile {
  const chance = new Chance(seed);
  const odds = withOdds(() => chance.oneOf(ODDS));
  const callback = chance.below(WITHOUT_CALLBACK) > 0;
  if (!callback) disarm(odds);
  const keeps = odds.keeps > 0;
  // What has a callback secures now and then, or it would never be called back. What never blames the range for a
  // failure, or is never content with one, has one error less than a register can answer.
  if (callback && odds.securesFirst === 0) odds.securesFirst = SELDOM;
  if (odds.blamesResources === 1) odds.blamesResources = SELDOM;
  if (odds.triesAgain === 1) odds.triesAgain = SELDOM;
  const limits = keeps ? limitsFor(odds, chance) : { entries: 0, pages: 0, pending: null };
  // Where one buffer in use is all there ever is, nothing is registered twice.
  if (limits.entries === 1 && odds.refusesWhenFull === 1) odds.refusesWhenFull = SELDOM;
  const scopes = chance.oneOf(["local", "remote", "both"] as const);
  const capabilities: Capabilities = {
    caches: { local: keeps && scopes !== "remote", remote: keeps && scopes !== "local" },
    hit: chance.oneOf(["exact", "containment"]),
    inUse: chance.oneOf(["refuse", "defer"]),
    limits,
    notification: "refuse-notify-retry",
  };
  return { odds, capabilities, callback, snapshot: chance.below(2) === 0 };
}

/** Limits of entries, of pages, of both, or none. A limit that is seldom reached is not tested, so it is a small one. */
function limitsFor(odds: Odds, chance: Chance): Capabilities["limits"] {
  // What drops every idle entry at the next call never has two; nor, nearly, does what keeps one in a few.
  const hasOne = odds.evicts === 1 || odds.keeps === SELDOM;
  const most = odds.keeps < 1 || odds.evicts > SELDOM ? 1 : 3;
  return {
    entries: hasOne ? 1 : chance.oneOf([null, 1 + chance.below(most)]),
    pages: chance.oneOf([null, null, 4, 8]),
    pending: chance.oneOf([null, 0, 1, 2]),
  };
}

/** Nobody would tell it to let go: without a callback nothing stays secured, and nothing stays when its use is over. */
function disarm(odds: Record<Point, number>): void {
  for (const point of ["keeps", "securesFirst", "keepsRegion", "leavesSecure"] as const) {
    odds[point] = 0;
  }
}
