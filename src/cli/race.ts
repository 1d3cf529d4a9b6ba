// stalemate race: what may be asked of it.

import { InvalidArgumentError } from "commander";
import type { RaceOptions } from "../kit/race/options.ts";

/** What the worker is given of it. */
export type RaceTask = Omit<RaceOptions, "onProgress">;

/** "2", or "all". */
export function preemptionCount(text: string): number {
  if (text === "all") return Infinity;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It has to be a whole number, 0 or more, or "all".');
}
