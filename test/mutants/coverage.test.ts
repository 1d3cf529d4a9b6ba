import { describe, expect, it } from "vitest";
import { rules } from "../../model/rules.ts";
import { doctored } from "../judge/doctored.ts";
import { bugMutants } from "./bug-mutants.ts";
import { lawMutants, unlikeItself } from "./law-mutants.ts";
import { ruleMutants } from "./rule-mutants.ts";
import { worldAndDriverRules } from "./world-and-driver.ts";

const cacheMutants = [...ruleMutants, ...lawMutants, ...bugMutants, unlikeItself];

describe("the mutants", () => {
  it("every rule that a cache can break has a mutant", () => {
    const killed = new Set(cacheMutants.map((each) => each.rule));
    const unbroken = rules
      .filter((each) => each.notJudged === null && each.appliesTo.includes("cache"))
      .map((each) => each.id)
      .filter((id) => !killed.has(id));
    expect(unbroken).toEqual([]);
  });

  it("every id names one mutant", () => {
    const ids = cacheMutants.map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("every rule that a provider alone can break is broken by a literal scene", () => {
    const literal = new Set(doctored.map((each) => each.rule));
    const unbroken = rules
      .filter((each) => each.notJudged === null && each.appliesTo.includes("provider"))
      .filter((each) => !each.appliesTo.includes("cache"))
      .map((each) => each.id)
      .filter((id) => !literal.has(id));
    expect(unbroken).toEqual([]);
  });

  it("every rule that is judged is broken by something", () => {
    const broken = new Set([
      ...[...cacheMutants, ...doctored].map((each) => each.rule),
      ...worldAndDriverRules,
    ]);
    const unbroken = rules
      .filter((each) => each.notJudged === null && !broken.has(each.id))
      .map((each) => each.id);
    expect(unbroken).toEqual([]);
  });
});
