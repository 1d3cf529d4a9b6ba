import { describe, expect, it } from "vitest";
import { run } from "../../src/kit/run.ts";
import { legalVariants } from "./legal-variants.ts";
import { mutated, subjectOf } from "./mutant.ts";

describe("a cache that does otherwise, and rightly", () => {
  it.each(legalVariants)("breaks no rule: $id", async ({ id, edits }) => {
    const report = run(await subjectOf(id, mutated("exact-match", edits)), { seed: 2, runs: 60 });
    expect(report.counterexamples.map((each) => [each.broken, each.program])).toEqual([]);
    expect(report.problem).toBeNull();
  });
});
