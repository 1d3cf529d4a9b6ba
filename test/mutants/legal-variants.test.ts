import { describe, expect, it } from "vitest";
import { loadMutant } from "../../gallery/loading.ts";
import { legalVariants } from "../../gallery/variants.ts";
import { run } from "../../src/kit/run.ts";

describe("a cache that does otherwise, and rightly", () => {
  it.each(legalVariants)("breaks no rule: $id", async (variant) => {
    const report = run(await loadMutant(variant), { seed: 2, runs: 60 });
    expect(report.counterexamples.map((each) => [each.broken, each.program])).toEqual([]);
    expect(report.problem).toBeNull();
  });
});
