// What kinds of commands a program is made of. A mistake that takes many steps takes them of few kinds, and each command of
// another kind is a chance to lose what was built up: to free what is registered, to close its socket, to end its
// process. So some programs do without many kinds, and are longer. Others may use everything, since the mistakes that
// need few steps need any; the first programs of a run are all like that.
//
// What it is worth is measured: docs/decisions/0019.

import type { Random } from "fast-check";
import type { Claims } from "../model/config.ts";
import { choosable, type Choosable } from "./choice.ts";
import { commands } from "./commands.ts";

/** What a program draws from, and how long it may become. */
export interface Focus {
  readonly rows: Choosable;
  /** The part of the most commands of any program that this one may have: above 0, at most 1. */
  readonly length: number;
}

/** Programs that keep each command with the same chance. */
interface Mix {
  readonly keptPercent: number;
  readonly length: number;
  /** Of seven programs so many. Length and share make up for each other: each mix gets as many commands to execute. */
  readonly share: number;
}

const everything: Mix = { keptPercent: 100, length: 1 / 4, share: 4 };
const mixes: readonly Mix[] = [
  everything,
  { keptPercent: 50, length: 1 / 2, share: 2 },
  { keptPercent: 25, length: 1, share: 1 },
];

/** Without these nothing is registered, and no program is about anything. */
const central: ReadonlySet<string> = new Set([
  "VirtualAlloc",
  "WSPRegisterMemory",
  "WSPRegisterRdmaMemory",
  "WSPDeregisterMemory",
  "WSPDeregisterRdmaMemory",
]);

const cacheRows = commands.filter((row) => row.subjects.includes("cache"));
const forCaches = choosable(cacheRows);
const forDrivers = choosable(commands.filter((row) => row.subjects.includes("driver")));

/** Everything there is for such a subject, at full length. */
export function unfocused(claims: Claims | null): Focus {
  return { rows: claims === null ? forDrivers : forCaches, length: 1 };
}

/** The bias factor of the first nine programs of a run. */
const UNTIL_TENTH = 2;

const SHARES = mixes.reduce((sum, { share }) => sum + share, 0);

/**
 * Draws one. `biasFactor` is fast-check's: it grows with the number of programs that the run has made.
 *
 * Drivers have few kinds of commands, and need all of them; only their lengths differ.
 */
export function drawFocus(
  random: Random,
  claims: Claims | null,
  biasFactor: number | undefined,
): Focus {
  const { keptPercent, length } = biasFactor === UNTIL_TENTH ? everything : drawMix(random);
  if (claims === null) return { rows: forDrivers, length };
  if (keptPercent === 100) return { rows: forCaches, length };
  const kept = cacheRows.filter(
    ({ name }) => central.has(name) || random.nextInt(1, 100) <= keptPercent,
  );
  return { rows: choosable(kept), length };
}

function drawMix(random: Random): Mix {
  let left = random.nextInt(1, SHARES);
  return mixes.find(({ share }) => (left -= share) <= 0) ?? everything;
}

/** What part of the most commands a program has on the average: one has from a quarter of what it may have to all of it. */
export const MEAN_PART: number =
  ((5 / 8) * mixes.reduce((sum, { share, length }) => sum + share * length, 0)) / SHARES;
