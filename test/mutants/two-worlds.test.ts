// Every mutant of the galleries before both worlds: what is wrong with a cache, a driver or the operating system is found
// by the same event, and said in the same words, whichever world it runs on.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets, type PresetName } from "../../model/config.ts";
import type { DriverSubject, Subject } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import { walkingWorld, type WorldFactory } from "../../model/world.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { casesFor } from "../../properties/cases.ts";
import { compareWorlds } from "../../properties/equivalence.ts";
import type { Player } from "../../properties/stage.ts";
import { isDriver, players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
import { reusedFlatWorlds } from "../../src/world/world.ts";
import { bugMutants } from "./bug-mutants.ts";
import { driverMutants } from "./driver-mutants.ts";
import { lawMutants } from "./law-mutants.ts";
import { legalVariants } from "./legal-variants.ts";
import { driverOf, mutated, subjectOf } from "./mutant.ts";
import { ruleMutants } from "./rule-mutants.ts";
import { worldMutants } from "./world-and-driver-worlds.ts";

const MOST_COMMANDS = 40;
const GENERATED = 6;

interface Trial {
  readonly preset: PresetName;
  readonly programs: readonly (readonly Command[])[];
}

/** The literal cases for the subject, and some generated programs. */
function trialOf(subject: Subject | DriverSubject, preset: PresetName): Trial {
  const player = players(underTest(subject), presets[preset])();
  const config = configFor(presets[preset], player);
  const kind = isDriver(subject) ? "driver" : "cache";
  const literal = casesFor(config).filter((each) => each.subject === kind);
  const arbitrary = programs({ config, claims: claimsOf(player), maxCommands: MOST_COMMANDS });
  const drawn = sample(arbitrary, { numRuns: GENERATED, seed: 11 });
  return { preset, programs: [...literal.map((each) => each.program), ...drawn] };
}

/** How many of the programs end in a violation; on each world the same ones, in the same way. */
function convictions(subject: Subject | DriverSubject, { preset, programs }: Trial): number {
  const make = players(underTest(subject), presets[preset]);
  const config = configFor(presets[preset], make());
  const flat = reusedFlatWorlds();
  let convicted = 0;
  for (const program of programs) {
    const run = (makeWorld: WorldFactory): RunResult => {
      const player: Player = make();
      const world = makeWorld(config, claimsOf(player));
      return runProgram({ world, player, counts: () => true, strict: true }, program);
    };
    const reference = run(walkingWorld);
    expect(run(flat)).toEqual(reference);
    if (reference.violation === null) continue;
    convicted++;
    const settings = { config, makeWorld: flat, player: make(), wholeEvery: 1, goOn: true };
    expect(compareWorlds(settings, program).disagreement).toBeNull();
  }
  return convicted;
}

describe("a wrong cache on both worlds", () => {
  const caches = [...bugMutants, ...lawMutants, ...ruleMutants];
  it.each(caches)("$rule: is convicted alike: $id", async (mutant) => {
    const { id, base, edits, preset = "small", program, runs = 0 } = mutant;
    const subject = await subjectOf(id, mutated(base, edits));
    const trial = trialOf(subject, preset);
    const own = program === undefined ? [] : [program];
    const convicted = convictions(subject, { ...trial, programs: [...own, ...trial.programs] });
    expect(convicted).toBeGreaterThanOrEqual(runs === 0 ? 1 : 0);
  });
});

describe("a legal variant on both worlds", () => {
  it.each(legalVariants)("is let go alike: $id", async ({ id, edits }) => {
    const subject = await subjectOf(id, mutated("exact-match", edits));
    for (const preset of ["tiny", "windows"] as const) {
      expect(convictions(subject, trialOf(subject, preset))).toBe(0);
    }
  });
});

describe("a wrong driver on both worlds", () => {
  it.each(driverMutants)("$rule: is convicted alike: $id", async ({ id, edits }) => {
    const subject = await driverOf(id, mutated("proxy-driver", edits));
    expect(convictions(subject, trialOf(subject, "small"))).toBeGreaterThan(0);
  });
});

describe("the programs on which a wrong operating system is convicted", () => {
  it.each(worldMutants)(
    "$rule: lead both worlds to the same: $id",
    ({ preset, subject, program }) => {
      expect(convictions(subject, { preset, programs: [program] })).toBe(0);
      const player = players(underTest(subject), presets[preset])();
      const config = configFor(presets[preset], player);
      const settings = { config, makeWorld: reusedFlatWorlds(), player, wholeEvery: 1 };
      const { executed, disagreement } = compareWorlds(settings, program);
      expect([executed, disagreement]).toEqual([program.length, null]);
    },
  );
});
