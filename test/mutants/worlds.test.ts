import { describe, expect, it } from "vitest";
import { runIn } from "../../gallery/conviction.ts";
import { mutantLine } from "../../gallery/matrix-page.ts";
import { brokenWorld } from "../../gallery/mutant.ts";
import { worldMutants } from "../../gallery/mutants/worlds.ts";
import { referenceWorld } from "../../model/world.ts";
import { storedLine } from "./stored-matrix.ts";

describe("a world with one rule broken", () => {
  for (const mutant of worldMutants) {
    const { rule, change, program, observed } = mutant;
    it(`${rule}: is broken by a world that ${change}`, async () => {
      const { violation, broken } = await runIn(brokenWorld(mutant), mutant);
      expect(broken).toBeNull();
      const finding = violation?.find((each) => each.rule === rule);
      expect(finding?.observed).toContain(observed);
      expect(finding?.fails).toBe(true);
      const rules = violation?.map((each) => each.rule) ?? [];
      expect(storedLine(mutant)).toBe(mutantLine({ mutant, broken: rules }));

      const right = await runIn(referenceWorld, mutant);
      expect(right).toMatchObject({ violation: null, broken: null, skipped: {} });
      expect(right.executed).toBe(program.length);
    });
  }
});
