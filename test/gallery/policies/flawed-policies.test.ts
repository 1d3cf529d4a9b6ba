// A checker that convicts no random policy could be one that convicts nothing: policies with a flaw are found.

import { describe, expect, it } from "vitest";
import { flaws, type Flaw } from "../../../gallery/policies/flaws.ts";
import { flawedPolicy, legalPolicy } from "../../../gallery/policies/legal-policy.ts";
import type { Subject } from "../../../model/contract.ts";
import { rules, type RuleId } from "../../../model/rules.ts";
import { run } from "../../../src/kit/run.ts";

/** A policy for each flaw, and the rule that it then breaks. */
const convictions: readonly {
  readonly flaw: Flaw;
  readonly seed: number;
  readonly rule: RuleId;
}[] = [
  { flaw: "skipsSecure", seed: 33, rule: "LOCAL-2" },
  { flaw: "skipsComparison", seed: 41, rule: "LAW-1" },
  { flaw: "forgetsRegion", seed: 31, rule: "LAW-5" },
  { flaw: "keepsExposure", seed: 31, rule: "REMOTE-1" },
  { flaw: "findsInvalidated", seed: 38, rule: "LAW-6" },
  { flaw: "overrunsLimits", seed: 37, rule: "LAW-7" },
];

describe("a policy that does what no policy may", () => {
  const options = {
    seed: 1,
    runs: 60,
    preset: "small",
    rules: rules.filter(({ level }) => level !== "should").map(({ id }) => id),
  };
  const convicting = (subject: Subject): readonly RuleId[] =>
    run(subject, options).counterexamples.flatMap((each) => (each.fails ? each.broken : []));

  it("is here for every flaw", () => {
    expect(convictions.map(({ flaw }) => flaw)).toEqual(Object.keys(flaws));
  });
  it.each(convictions)("$rule: now and then it has the flaw $flaw", ({ flaw, seed, rule }) => {
    expect(convicting(flawedPolicy(seed, flaw, 0.3))).toContain(rule);
    expect(convicting(legalPolicy(seed))).toEqual([]);
  });
});
