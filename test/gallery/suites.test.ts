import { describe, expect, it } from "vitest";
import { mutants } from "../../gallery/mutants.ts";
import { suites } from "../../gallery/suites.ts";
import { isCovered, type CoveredCase } from "../../gallery/suites/suite-case.ts";
import { tryMutant, tryOut } from "../../gallery/suites/trial.ts";
import type { RuleId } from "../../model/rules.ts";

const covered = suites.flatMap(({ project, cases }) =>
  cases.filter(isCovered).map((each): [string, CoveredCase] => [`${project}: ${each.checks}`, each]),
);

describe("a case of another suite that is covered", () => {
  it.each(covered)("%s", async (_name, each) => {
    const { result, answers, met } = await tryOut(each);
    expect(result.violation).toBeNull();
    expect(result.broken).toBeNull();
    expect(result.skipped).toEqual({});
    expect(answers).toEqual(each.answers);
    for (const [rule, names] of Object.entries(each.rules)) {
      expect(met.get(rule as RuleId), rule).toEqual(expect.arrayContaining(names.slice()));
    }
  });

  const convicting = covered.flatMap(([, each]) =>
    Object.entries(each.convicts ?? {}).map(([id, rule]) => ({ id, rule, each, checks: each.checks })),
  );
  it.each(convicting)("$rule: $id is convicted by: $checks", async ({ id, rule, each }) => {
    const mutant = mutants.find((other) => other.id === id);
    if (mutant === undefined) throw new RangeError(`there is no mutant ${id}`);
    const { wrong, right } = await tryMutant(each, mutant, rule);
    expect(wrong.broken).toBeNull();
    expect(wrong.violation?.map((finding) => finding.rule) ?? []).toContain(rule);
    expect(right.violation).toBeNull();
    expect(right.broken).toBeNull();
  });
});
