// The options of a run: what stands for one that is not given, and whether one that is makes sense.

import { presets, type WorldConfig } from "../../model/config.ts";
import { MisuseError } from "./misuse.ts";
import type { ExploreOptions } from "./report.ts";

export const defaults = { runs: 1000, commands: 240, preset: "small", engine: "flat" } as const;

/** Of an exhaustive search. */
export const exploreDefaults: Readonly<
  Required<Pick<ExploreOptions, "preset" | "depth" | "memoryBytes">>
> = { preset: "micro", depth: 5, memoryBytes: 2 ** 30 };

/** @throws {MisuseError} if there is no such preset. */
export function presetOf(name: string): WorldConfig {
  const config = (presets as Record<string, WorldConfig>)[name];
  if (config !== undefined) return config;
  throw new MisuseError(
    `there is no preset "${name}"; give one of ${Object.keys(presets).join(", ")}`,
  );
}

/** @throws {MisuseError} if the value is not a whole number, or is too small. */
export function wholeNumber(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new MisuseError(`${name} is ${value}; it must be a whole number of ${least} or more`);
  }
  return value;
}
