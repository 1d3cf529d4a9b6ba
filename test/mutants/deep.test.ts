import { describe, expect, it } from "vitest";
import { convict } from "../../gallery/conviction.ts";
import { deepMutants } from "../../gallery/mutants/deep.ts";
import { quarryOf } from "../../gallery/quarry.ts";
import { hunt } from "../../gallery/hunt.ts";
import { programOf } from "../../model/trace.ts";
import { programs } from "../../properties/arbitraries.ts";
import { testMutants } from "./trial.ts";

const FEWEST = 8;

describe("a cache with a mistake that only a long program shows", () => {
  testMutants(deepMutants);

  it.each(deepMutants)(
    "takes all of its commands, and shrinks to no fewer: $id",
    async (mutant) => {
      const { program = [] } = mutant;
      expect(program.length).toBeGreaterThanOrEqual(FEWEST);
      const quarry = await quarryOf(mutant);
      for (const i of program.keys()) {
        expect(quarry.meet(program.toSpliced(i, 1)).broken, `without command ${i}`).toEqual([]);
      }
      const { trace } = await convict(mutant);
      expect(trace && programOf(trace).length).toBe(program.length);
    },
  );

  it.each(deepMutants)("survives programs of seven commands: $id", async (mutant) => {
    const quarry = await quarryOf(mutant);
    const { config, claims } = quarry;
    const short = programs({ config, claims, maxCommands: FEWEST - 1 });
    expect(hunt(quarry, { seed: 1, limit: 2000, programs: short })).toEqual({
      first: null,
      named: null,
    });
  });
});
