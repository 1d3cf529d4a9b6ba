import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import { rules } from "../../model/rules.ts";
import { referenceWorld, type WorldFactory } from "../../model/world.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../../properties/agreement.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
import { worldAndDriverRules } from "./world-and-driver.ts";
import { brokenWorld, worldMutants, type WorldMutant } from "./world-and-driver-worlds.ts";

/** The mutant's program in a world, with its cache; should-rules count as well. */
function runIn(makeWorld: WorldFactory, { preset, subject, program }: WorldMutant): RunResult {
  const player = players(underTest(subject), presets[preset])();
  const world = makeWorld(configFor(presets[preset], player), claimsOf(player));
  return runProgram({ world, player, counts: () => true, strict: true }, program);
}

describe("a world with one rule broken", () => {
  for (const mutant of worldMutants) {
    const { rule, change, program, observed } = mutant;
    it(`${rule}: is broken by a world that ${change}`, () => {
      const { violation, broken } = runIn(brokenWorld(mutant), mutant);
      expect(broken).toBeNull();
      const finding = violation?.find((each) => each.rule === rule);
      expect(finding?.observed).toContain(observed);
      expect(finding?.fails).toBe(true);

      const right = runIn(referenceWorld, mutant);
      expect(right).toMatchObject({ violation: null, broken: null, skipped: {} });
      expect(right.executed).toBe(program.length);
    });
  }

  it("every id names one mutant, and every rule on worlds has one", () => {
    const ids = worldMutants.map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    const killed = new Set(worldMutants.map((each) => each.rule));
    const onWorlds = rules.filter((each) => each.appliesTo.includes("world"));
    expect(onWorlds.filter((each) => !killed.has(each.id))).toEqual([]);
  });
});

describe("the other half of the catalogue", () => {
  it("the mutants break what no cache can break", () => {
    expect(worldAndDriverRules.toSorted()).toEqual([
      "MM-1",
      "MM-2",
      "MM-3",
      "MM-4",
      "OWN-2",
      "OWN-3",
      "OWN-4",
      "OWN-5",
    ]);
  });
});
