import { describe, expect, it } from "vitest";
import { interleavingOnly } from "../../gallery/interleavings.ts";
import { isOfWorld } from "../../gallery/mutant.ts";
import { cacheMutants, mutants } from "../../gallery/mutants.ts";
import { driverMutants } from "../../gallery/mutants/drivers.ts";
import { providerMutants } from "../../gallery/mutants/providers.ts";
import { ruleOf, rules, type RuleId, type SubjectKind } from "../../model/rules.ts";
import { doctored } from "../judge/doctored.ts";

/** The judged rules that one of the lists does not break. */
function unbroken(
  kind: SubjectKind | null,
  ...lists: readonly (readonly { readonly rule: RuleId }[])[]
): RuleId[] {
  const broken = new Set(lists.flatMap((list) => list.map((each) => each.rule)));
  return rules
    .filter((each) => each.notJudged === null && (kind === null || each.appliesTo.includes(kind)))
    .map((each) => each.id)
    .filter((id) => !broken.has(id));
}

describe("the gallery", () => {
  it("every id names one mutant", () => {
    const ids = mutants.map((each) => each.id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("every rule that a cache can break has a cache that breaks it", () => {
    expect(unbroken("cache", cacheMutants)).toEqual([]);
  });

  it("every rule that a driver can break has a driver that breaks it", () => {
    expect(unbroken("driver", driverMutants)).toEqual([]);
  });

  it("every rule on the played world has a world that breaks it", () => {
    expect(unbroken("world", mutants.filter(isOfWorld))).toEqual([]);
  });

  it("every rule that a provider alone can break has a provider that breaks it", () => {
    expect(unbroken("provider", cacheMutants, providerMutants)).toEqual([]);
  });

  it("every rule that is judged is broken by something", () => {
    expect(unbroken(null, mutants, doctored)).toEqual([]);
  });

  it("a bug that waits for interleavings has no mutant", () => {
    const waiting = interleavingOnly.map((each) => each.row);
    const played = mutants.flatMap(({ bug }) => (bug === undefined ? [] : [bug.row]));
    expect(played.filter((row) => waiting.includes(row))).toEqual([]);
  });

  it("a rule that another stands in for is not judged yet", () => {
    const bugs = [...interleavingOnly, ...mutants.flatMap(({ bug }) => bug ?? [])];
    const replaced = bugs.flatMap(({ unjudged }) => (unjudged === undefined ? [] : [unjudged]));
    expect(new Set(replaced)).toEqual(new Set(["LAW-10", "LAW-11"]));
    expect(replaced.filter((id) => ruleOf(id)?.notJudged === null)).toEqual([]);
  });
});
