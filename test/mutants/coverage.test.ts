import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules, type RuleId } from "../../model/rules.ts";
import { doctored } from "../judge/doctored.ts";
import { bugMutants } from "./bug-mutants.ts";
import { ruleMutants, unlikeItself } from "./rule-mutants.ts";

const cacheMutants = [...ruleMutants, ...bugMutants, unlikeItself];

/** Rules that mutants of the world and of the driver break; null where there are none of them. */
async function rulesBrokenElsewhere(): Promise<readonly RuleId[] | null> {
  const module = new URL("world-and-driver.ts", import.meta.url);
  if (!existsSync(module)) return null;
  const loaded = (await import(module.href)) as { worldAndDriverRules: readonly RuleId[] };
  return loaded.worldAndDriverRules;
}

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

  it("every rule that is judged is broken by something", async () => {
    const elsewhere = await rulesBrokenElsewhere();
    const broken = new Set([...cacheMutants, ...doctored].map((each) => each.rule));
    const unbroken = rules
      .filter((each) => each.notJudged === null && !broken.has(each.id))
      .filter((each) =>
        elsewhere === null
          ? each.appliesTo.includes("cache") || each.appliesTo.includes("provider")
          : !elsewhere.includes(each.id),
      )
      .map((each) => each.id);
    expect(unbroken).toEqual([]);
  });
});
