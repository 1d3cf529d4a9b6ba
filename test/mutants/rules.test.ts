import { describe, expect, it } from "vitest";
import { run } from "../../src/kit/run.ts";
import { mutated, subjectOf } from "./mutant.ts";
import { lawMutants, unlikeItself } from "./law-mutants.ts";
import { ruleMutants } from "./rule-mutants.ts";
import { SEED, shipped, testMutants } from "./trial.ts";

describe("a cache with one rule broken", () => {
  testMutants(ruleMutants);
  testMutants(lawMutants);
});

describe("a cache that differs from itself", () => {
  it(`LAW-12: is broken by a cache that ${unlikeItself.change}`, async () => {
    const { id, base, edits, observed } = unlikeItself;
    const report = run(await subjectOf(id, mutated(base, edits)), { seed: SEED, runs: 0 });
    expect(report.problem).toContain(observed);
    expect(report.verdict).toBe("broken");
    expect(report.rules.find((each) => each.id === "LAW-12")?.verdict).toBe("broken");
  });
});

describe("a cache that is not broken", () => {
  it.each(["exact-match", "uncached"] as const)(
    "%s breaks no rule in the programs that break the others",
    async (base) => {
      const report = run(await shipped(base), { seed: SEED, runs: 130 });
      expect(report.counterexamples).toEqual([]);
      expect(report.problem).toBeNull();
    },
  );
});
