import { describe, expect, it } from "vitest";
import example from "../../examples/proxy-driver.ts";
import { runStrictly } from "../../gallery/conviction.ts";
import { driverMutants } from "../../gallery/mutants/drivers.ts";
import { presets } from "../../model/config.ts";
import { casesFor } from "../../properties/cases.ts";
import { run } from "../../src/kit/run.ts";
import { underTest } from "../../src/kit/subject.ts";
import { testMutants } from "./trial.ts";

describe("a proxy driver with one rule broken", () => {
  testMutants(driverMutants);
});

describe("the shipped proxy driver", () => {
  it("is conformant in a run of 200 programs, and every rule on drivers passes with its witness", () => {
    const report = run(example, { seed: 1, runs: 200 });
    expect(report).toMatchObject({ verdict: "conformant", problem: null, counterexamples: [] });
    const judged = report.rules.filter((each) => each.verdict !== "not applicable");
    expect(judged.map((each) => [each.id, each.verdict, each.witnessed])).toEqual([
      ["OWN-2", "pass", true],
      ["OWN-3", "pass", true],
      ["OWN-4", "pass", true],
      ["OWN-5", "pass", true],
      ["MM-4", "pass", true],
      ["LAW-12", "pass", true],
    ]);
  });

  it("the literal programs alone reach every situation", () => {
    const { verdict, rules: reports } = run(example, { seed: 1, runs: 0 });
    expect(verdict).toBe("conformant");
    expect(reports.filter((each) => each.verdict === "unknown")).toEqual([]);
  });

  it("no step of a literal program is impossible on it", () => {
    const skipped = casesFor(presets.small)
      .filter((each) => each.subject === "driver")
      .map(({ name, program }) => [
        name,
        runStrictly(underTest(example), program, presets.small).skipped,
      ])
      .filter(([, each]) => JSON.stringify(each) !== "{}");
    expect(skipped).toEqual([]);
  });
});
