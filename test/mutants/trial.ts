// A mutant before the checker: it is run as a user's cache would be, and what the checker says of it is looked
// at twice: as it was said, and by replaying the trace alone. Then the unbroken cache does the same.

import { expect, it } from "vitest";
import { presets, type WorldConfig } from "../../model/config.ts";
import type { Subject } from "../../model/contract.ts";
import type { Finding } from "../../model/judge.ts";
import { ruleOf } from "../../model/rules.ts";
import { programOf, replay, type Command, type Trace } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../../properties/agreement.ts";
import { players } from "../../src/kit/player.ts";
import type { Counterexample } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { underTest } from "../../src/kit/subject.ts";
import { mutated, subjectOf, type Base, type Mutant } from "./mutant.ts";

export const SEED = 1;

const isStrict = ({ rule }: Mutant): boolean => ruleOf(rule)?.level === "should";

/** Tests that every mutant breaks its rule at the first violation, and by its change only. */
export function testMutants(mutants: readonly Mutant[]): void {
  for (const mutant of mutants) {
    const origin = mutant.bug === undefined ? "" : ` (${mutant.bug.from})`;
    it(`${mutant.rule}: is broken by a cache that ${mutant.change}${origin}`, async () => {
      const { broken, fails, trace } = await counterexampleOf(mutant);
      expect(broken).toContain(mutant.rule);
      expect(fails).toBe(!isStrict(mutant));

      const first = firstFindings(mutant, trace);
      const finding = first.find((each) => each.rule === mutant.rule);
      expect(finding?.observed).toContain(mutant.observed);
      expect(finding?.expected).not.toBe("");

      const base = mutant.base === "by-the-book" ? "exact-match" : mutant.base;
      const unbroken = runOn(await shipped(base), programOf(trace), trace.header.config);
      expect(unbroken.violation).toBeNull();
      expect(unbroken.broken).toBeNull();
      // Innocent of the same deed: the command that convicts the mutant is not one that it skips.
      const performed = unbroken.steps.flatMap((step) => ("command" in step ? [step.command] : []));
      expect(performed.at(-1)).toEqual(programOf(trace).at(-1));
    });
  }
}

/** What the checker found: for a must the first violation, for a should the program that it gives as an example. */
async function counterexampleOf(mutant: Mutant): Promise<Counterexample> {
  const { id, base, edits, rule, runs = 0, shadowed, program, preset = "small" } = mutant;
  const report = run(await subjectOf(id, mutated(base, edits)), {
    seed: SEED,
    runs,
    preset,
    ...(runs === 0 ? { commands: 10 } : {}),
    ...(shadowed === undefined ? {} : { rules: [rule] }),
    ...(program === undefined ? {} : { earlier: [await traceOf(program, presets[preset])] }),
  });
  expect(report.problem).toBeNull();
  const found = report.counterexamples.find(
    (each) => each.fails || (isStrict(mutant) && each.rule === rule),
  );
  if (found === undefined) throw new Error(`${id} survived all ${report.commands} commands`);
  return found;
}

/** The findings of the first event that breaks a rule, by replaying the trace: nothing of the mutant is needed. */
function firstFindings(mutant: Mutant, trace: Trace): readonly Finding[] {
  const { rule, shadowed } = mutant;
  for (const { findings, disagreement, index } of replay(trace)) {
    expect(disagreement, `answer to step ${index}`).toBeNull();
    const counted = findings.filter(
      (each) => (each.fails || isStrict(mutant)) && (shadowed === undefined || each.rule === rule),
    );
    if (counted.length > 0) return counted;
  }
  return [];
}

/** One run of a program, in which should-rules count as well. */
function runOn(subject: Subject, program: readonly Command[], config: WorldConfig): RunResult {
  const player = players(underTest(subject), config)();
  return runProgram(
    {
      world: referenceWorld(configFor(config, player), claimsOf(player)),
      player,
      counts: () => true,
      strict: true,
    },
    program,
  );
}

/** A cache as it is shipped. */
export const shipped = (base: Base): Promise<Subject> => subjectOf(base, mutated(base, []));

/** A program as an earlier failure, which is what the checker takes a program as. */
async function traceOf(program: readonly Command[], config: WorldConfig): Promise<Trace> {
  const subject = await shipped("exact-match");
  return {
    header: {
      stalemate: "trace",
      version: 1,
      subject: subject.name,
      config,
      claims: { ...subject.capabilities, callback: true },
      seed: SEED,
      path: null,
    },
    steps: program.map((command) => ({ command })),
  };
}
