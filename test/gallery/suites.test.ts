import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutants } from "../../gallery/mutants.ts";
import { renderSuitesPage, suitesPagePath } from "../../gallery/suites-page.ts";
import { suites } from "../../gallery/suites.ts";
import { isCovered, type CoveredCase } from "../../gallery/suites/suite-case.ts";
import { tryMutant, trySuites, type Trial } from "../../gallery/suites/trial.ts";
import type { RuleId } from "../../model/rules.ts";

const trials = trySuites(suites);

async function trialOf(each: CoveredCase): Promise<Trial> {
  const trial = (await trials).get(each);
  if (trial === undefined) throw new RangeError(`${each.checks} was not tried`);
  return trial;
}

const covered = suites.flatMap(({ project, cases }) =>
  cases.filter(isCovered).map((each) => ({
    title: `${Object.keys(each.rules).join(", ")}: ${project}: ${each.checks}`,
    each,
  })),
);

describe("a test case of another project that is covered", () => {
  it.each(covered)("$title", async ({ each }) => {
    const { result, answers, met } = await trialOf(each);
    expect(result.violation).toBeNull();
    expect(result.broken).toBeNull();
    expect(result.skipped).toEqual({});
    expect(answers).toEqual(each.answers);
    const named = Object.entries(each.rules);
    expect(named).not.toEqual([]);
    const missed = named.flatMap(([rule, names]) =>
      names.filter((name) => !met.get(rule as RuleId)?.includes(name)),
    );
    expect(missed).toEqual([]);
  });
});

describe("a mutant that the program of a case convicts", () => {
  const convicting = covered.flatMap(({ each }) =>
    Object.entries(each.convicts ?? {}).map(([id, rule]) => ({
      title: `${rule}: ${id}: ${each.checks}`,
      id,
      rule,
      each,
    })),
  );

  it.each(convicting)("$title", async ({ id, rule, each }) => {
    const mutant = mutants.find((other) => other.id === id);
    if (mutant === undefined) throw new RangeError(`there is no mutant ${id}`);
    const { wrong, right } = await tryMutant(each, mutant, rule);
    expect(wrong.broken).toBeNull();
    expect(wrong.violation?.map((finding) => finding.rule) ?? []).toContain(rule);
    expect(right.broken).toBeNull();
    expect(right.violation).toBeNull();
  });
});

describe("docs/other-test-suites.md", () => {
  it("is what comes of the programs, to the letter", async () => {
    // When this fails after a change of a case or a subject: npm run docs.
    const page = readFileSync(suitesPagePath, "utf8").replaceAll("\r\n", "\n");
    expect(page).toBe(renderSuitesPage(suites, await trials));
  });

  it("has each test once", () => {
    const all = suites.flatMap(({ id, cases }) =>
      cases.flatMap(({ tests }) => tests.map((test) => `${id}: ${test}`)),
    );
    expect(all.filter((test, i) => all.indexOf(test) !== i)).toEqual([]);
  });
});
