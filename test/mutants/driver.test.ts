import { describe, expect, it } from "vitest";
import { rules } from "../../model/rules.ts";
import { presets } from "../../model/config.ts";
import { programOf, replay, type Trace } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import example from "../../examples/proxy-driver.ts";
import { runProgram, type RunResult } from "../../properties/agreement.ts";
import { casesFor } from "../../properties/cases.ts";
import { players } from "../../src/kit/player.ts";
import type { Report } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { driverMutants, unlikeItself, type DriverMutant } from "./driver-mutants.ts";
import { driverOf, mutated } from "./mutant.ts";

const SEED = 1;

/** What the checker says of the mutant, by the literal programs alone. */
async function reportOf({ id, edits }: DriverMutant): Promise<Report> {
  return run(await driverOf(id, mutated("proxy-driver", edits)), { seed: SEED, runs: 0 });
}

/** The shipped driver on a program. */
function unbroken(program: Parameters<typeof runProgram>[1]): RunResult {
  const player = players({ subject: example, callback: false }, presets.small)();
  const world = referenceWorld(presets.small, null);
  return runProgram({ world, player, counts: () => true, strict: true }, program);
}

/** The findings of the first event that breaks a rule, from the trace alone. */
function firstFindings(trace: Trace): readonly { rule: string; observed: string }[] {
  for (const { findings, disagreement, index } of replay(trace)) {
    expect(disagreement, `answer to step ${index}`).toBeNull();
    if (findings.length > 0) return findings;
  }
  return [];
}

describe("a proxy driver with one rule broken", () => {
  for (const mutant of driverMutants) {
    it(`${mutant.rule}: is broken by a driver that ${mutant.change}`, async () => {
      const { problem, verdict, counterexamples } = await reportOf(mutant);
      expect([problem, verdict]).toEqual([null, "not conformant"]);
      const [found] = counterexamples;
      if (found === undefined) throw new Error(`${mutant.id} survived`);
      expect(found.broken).toContain(mutant.rule);
      expect(found.fails).toBe(true);

      const first = firstFindings(found.trace);
      expect(first.map((each) => each.rule)).toEqual(found.broken);
      expect(first.find((each) => each.rule === mutant.rule)?.observed).toContain(mutant.observed);

      const { violation, broken, executed } = unbroken(programOf(found.trace));
      expect([violation, broken]).toEqual([null, null]);
      expect(executed).toBe(found.commands);
    });
  }

  it("every id names one mutant, and every rule that is for drivers alone has one", () => {
    const ids = driverMutants.map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    const killed = new Set(driverMutants.map((each) => each.rule));
    const unkilled = rules
      .filter((each) => each.notJudged === null && each.appliesTo.includes("driver"))
      .map((each) => each.id)
      .filter((id) => !killed.has(id));
    expect(unkilled).toEqual(["LAW-12"]);
  });
});

describe("a proxy driver that differs from itself", () => {
  it(`LAW-12: is broken by a driver that ${unlikeItself.change}`, async () => {
    const { verdict, problem, rules: reports } = await reportOf(unlikeItself);
    expect(verdict).toBe("broken");
    expect(problem).toContain(unlikeItself.observed);
    expect(reports.find((each) => each.id === "LAW-12")?.verdict).toBe("broken");
  });
});

describe("the shipped proxy driver", () => {
  it("is conformant in a run of 200 programs, and every rule on drivers passes with its witness", () => {
    const report = run(example, { seed: SEED, runs: 200 });
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
    const { verdict, rules: reports } = run(example, { seed: SEED, runs: 0 });
    expect(verdict).toBe("conformant");
    expect(reports.filter((each) => each.verdict === "unknown")).toEqual([]);
  });

  it("no step of a literal program is impossible on it", () => {
    const skipped = casesFor(presets.small)
      .filter((each) => each.subject === "driver")
      .map(({ name, program }) => [name, unbroken(program).skipped])
      .filter(([, each]) => JSON.stringify(each) !== "{}");
    expect(skipped).toEqual([]);
  });
});
