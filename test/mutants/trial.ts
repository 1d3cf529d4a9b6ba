// A mutant before the checker: it is run as a user's subject would be, and what the checker says of it is looked
// at twice: as it was said, and by replaying the trace alone. Then the unbroken subject does the same.

import { expect, it } from "vitest";
import type { Finding } from "../../model/judge.ts";
import { programOf, replay, type Trace } from "../../model/trace.ts";
import { convict, isRecommended, runStrictly } from "../../gallery/conviction.ts";
import { loadSubject } from "../../gallery/loading.ts";
import { mutantLine } from "../../gallery/matrix-page.ts";
import { isUnlikeItself, type TextMutant } from "../../gallery/mutant.ts";
import { underTest } from "../../src/kit/subject.ts";
import { storedLine } from "./stored-matrix.ts";

/** Tests that every mutant breaks its rule at the first violation, and by its change only. */
export function testMutants(mutants: readonly TextMutant[]): void {
  for (const mutant of mutants) {
    const { rule, change, bug } = mutant;
    const origin = bug === undefined ? "" : ` (${bug.from})`;
    it(`${rule}: is broken by a subject that ${change}${origin}`, async () => {
      const { broken, fails, trace } = await convict(mutant);
      expect(broken).toContain(rule);
      expect(fails).toBe(!isRecommended(mutant));
      expect(storedLine(mutant)).toBe(mutantLine({ mutant, broken }));
      expect(trace === null).toBe(isUnlikeItself(mutant));
      if (trace !== null) await lookAgain(mutant, trace);
    });
  }
}

async function lookAgain(mutant: TextMutant, trace: Trace): Promise<void> {
  const first = firstFindings(mutant, trace);
  const finding = first.find((each) => each.rule === mutant.rule);
  expect(finding?.observed).toContain(mutant.observed);
  expect(finding?.expected).not.toBe("");

  const program = programOf(trace);
  const right = await loadSubject(mutant.right ?? mutant.base);
  const unbroken = runStrictly(underTest(right), program, trace.header.config);
  expect(unbroken.violation).toBeNull();
  expect(unbroken.broken).toBeNull();
  // Innocent of the same deed: the command that convicts the mutant is not one that it skips.
  const performed = unbroken.steps.flatMap((step) => ("command" in step ? [step.command] : []));
  expect(performed.at(-1)).toEqual(program.at(-1));
}

/** The findings of the first event that breaks a rule, by replaying the trace: nothing of the mutant is needed. */
function firstFindings(mutant: TextMutant, trace: Trace): readonly Finding[] {
  const { rule, shadowed } = mutant;
  for (const { findings, disagreement, index } of replay(trace)) {
    expect(disagreement, `answer to step ${index}`).toBeNull();
    const counted = findings.filter(
      (each) =>
        (each.fails || isRecommended(mutant)) && (shadowed === undefined || each.rule === rule),
    );
    if (counted.length > 0) return counted;
  }
  return [];
}
