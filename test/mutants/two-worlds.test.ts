// Every mutant of the gallery before both worlds: what is wrong with a cache, a driver or the operating system is found
// by the same event, and said in the same words, whichever world it runs on.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { loadMutant, loadSubject } from "../../gallery/loading.ts";
import { isUnlikeItself, presetFor } from "../../gallery/mutant.ts";
import { cacheMutants } from "../../gallery/mutants.ts";
import { deafWorlds } from "../../gallery/mutants/deaf-worlds.ts";
import { driverMutants } from "../../gallery/mutants/drivers.ts";
import { providerMutants } from "../../gallery/mutants/providers.ts";
import { worldMutants } from "../../gallery/mutants/worlds.ts";
import { legalVariants } from "../../gallery/variants.ts";
import { presets, type PresetName } from "../../model/config.ts";
import type { AnySubject } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import { walkingWorld, type WorldFactory } from "../../model/world.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { casesOf } from "../../properties/cases.ts";
import { compareWorlds } from "../../properties/equivalence.ts";
import type { Player } from "../../properties/stage.ts";
import { kindOf, players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
import { reusedFlatWorlds } from "../../src/world/world.ts";
const MOST_COMMANDS = 40;
const GENERATED = 6;

interface Trial {
  readonly preset: PresetName;
  readonly programs: readonly (readonly Command[])[];
}

/** The literal cases for the subject, and some generated programs. */
function trialOf(subject: AnySubject, preset: PresetName): Trial {
  const player = players(underTest(subject), presets[preset])();
  const config = configFor(presets[preset], player);
  const literal = casesOf(kindOf(subject), config);
  const arbitrary = programs({ config, claims: claimsOf(player), maxCommands: MOST_COMMANDS });
  const drawn = sample(arbitrary, { numRuns: GENERATED, seed: 11 });
  return { preset, programs: [...literal.map((each) => each.program), ...drawn] };
}

/** How many of the programs end in a violation; on each world the same ones, in the same way. */
function convictions(subject: AnySubject, { preset, programs }: Trial): number {
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

describe("a wrong subject on both worlds", () => {
  const found = [...cacheMutants, ...providerMutants, ...driverMutants].filter(
    (each) => !isUnlikeItself(each),
  );
  it.each(found)("$rule: is convicted alike: $id", async (mutant) => {
    const { program } = mutant;
    const subject = await loadMutant(mutant);
    const trial = trialOf(subject, presetFor(mutant));
    const own = program === undefined ? [] : [program];
    const convicted = convictions(subject, { ...trial, programs: [...own, ...trial.programs] });
    expect(convicted).toBeGreaterThan(0);
  });
});

describe("a legal variant on both worlds", () => {
  it.each(legalVariants)("is let go alike: $id", async (variant) => {
    const subject = await loadMutant(variant);
    for (const preset of ["tiny", "windows"] as const) {
      expect(convictions(subject, trialOf(subject, preset))).toBe(0);
    }
  });
});

describe("the programs on which a wrong operating system is convicted", () => {
  it.each([...worldMutants, ...deafWorlds])(
    "$rule: lead both worlds to the same: $id",
    async (mutant) => {
      const { base, program } = mutant;
      const preset = presetFor(mutant);
      const subject = await loadSubject(base);
      expect(convictions(subject, { preset, programs: [program] })).toBe(0);
      const player = players(underTest(subject), presets[preset])();
      const config = configFor(presets[preset], player);
      const settings = { config, makeWorld: reusedFlatWorlds(), player, wholeEvery: 1 };
      const { executed, disagreement } = compareWorlds(settings, program);
      expect([executed, disagreement]).toEqual([program.length, null]);
    },
  );
});
