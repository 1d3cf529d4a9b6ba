import { describe, expect, it } from "vitest";
import { hunt, shrunkLength } from "../../gallery/hunt.ts";
import { deepMutants } from "../../gallery/mutants/deep.ts";
import { quarryOf } from "../../gallery/quarry.ts";
import { programs } from "../../properties/arbitraries.ts";
import { testMutants } from "./trial.ts";

/** Commands of the shortest program that breaks one. */
const FEWEST = 8;

describe("a cache with a mistake that only a long program shows", () => {
  testMutants(deepMutants);

  it.each(deepMutants)(
    "takes all of its program, which shrinks no further: $id",
    async (mutant) => {
      const { program = [] } = mutant;
      expect(program.length).toBeGreaterThanOrEqual(FEWEST);
      const quarry = await quarryOf(mutant);
      for (const i of program.keys()) {
        expect(quarry.meet(program.toSpliced(i, 1)).broken, `without command ${i}`).toEqual([]);
      }
      const { broken } = quarry.meet(program);
      expect(shrunkLength(quarry, { commands: program.length, broken, program })).toBe(
        program.length,
      );
    },
  );

  it.each(deepMutants)("survives programs of seven commands: $id", async (mutant) => {
    const quarry = await quarryOf(mutant);
    const { config, claims } = quarry;
    const short = programs({ config, claims, maxCommands: FEWEST - 1 });
    const hunted = hunt(quarry, { seed: 1, limit: 2000, programs: short });
    expect(hunted).toEqual({ first: null, named: null });
  });
});
