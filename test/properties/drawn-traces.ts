// Traces of generated programs, played by subjects that keep their contract: what a right trace can look like.

import { sample } from "fast-check";
import uncached from "../../examples/uncached.ts";
import driver from "../../examples/proxy-driver.ts";
import { presets, type PresetName } from "../../model/config.ts";
import type { NotificationFamily, Subject } from "../../model/contract.ts";
import { TRACE_VERSION, type Trace } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { claimsOf, runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { registrationCache } from "../../src/cache/cache-subject.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";

export interface Drawing {
  readonly preset: PresetName;
  readonly kind: "cache" | "driver";
  readonly count: number;
  readonly seed: number;
  /** Default: the one that the cache declares. */
  readonly family?: NotificationFamily;
}

/** A cache that keeps nothing is right in every family. */
const keepingNothing = (notification: NotificationFamily): Subject => ({
  ...uncached,
  capabilities: { ...uncached.capabilities, notification },
});

/** So many traces, the same for the same seed. */
export function drawnTraces({ preset, kind, count, seed, family }: Drawing): readonly Trace[] {
  const cache = family === undefined ? registrationCache() : keepingNothing(family);
  const config = { ...presets[preset], ...(family === undefined ? {} : { notification: family }) };
  const subject = kind === "cache" ? cache : driver;
  const newPlayer = players(underTest(subject), config);
  const claims = claimsOf(newPlayer());
  const drawn = sample(programs({ config, claims, maxCommands: 40 }), { numRuns: count, seed });
  return drawn.map((program) => {
    const world = referenceWorld(config, claims);
    const player = newPlayer();
    const settings = { world, player, counts: () => false, strict: false };
    const { steps, broken } = runProgram(settings, program);
    if (broken !== null) throw new Error(broken);
    const { name } = subject;
    const header = { stalemate: "trace", version: TRACE_VERSION, subject: name } as const;
    return { header: { ...header, config, claims, seed, path: null }, steps };
  });
}
