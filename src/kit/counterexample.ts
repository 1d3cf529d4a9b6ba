// A program that breaks a rule, as the report has it: what was seen of it, and what the trace file begins with.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { Finding } from "../../model/judge.ts";
import type { RuleId } from "../../model/rules.ts";
import { TRACE_VERSION, programOf, type Trace } from "../../model/trace.ts";
import type { RunResult } from "../../properties/agreement.ts";
import { printProgram } from "../../properties/commands.ts";
import type { Counterexample } from "./report.ts";

/** Where a counterexample comes from. */
export interface Provenance extends Pick<Counterexample, "shrunkFrom" | "seed" | "path"> {
  readonly subject: string;
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  /** The rule that it is a counterexample to, if it breaks only recommendations. */
  readonly wanted: RuleId;
}

/** The counterexample that a recorded run is. */
export function counterexampleOf(
  { steps, violation, nonStrict }: RunResult,
  { subject, config, claims, wanted, shrunkFrom, seed, path }: Provenance,
): Counterexample {
  const findings = violation ?? nonStrict.filter((each) => each.rule === wanted);
  const trace: Trace = {
    header: {
      stalemate: "trace",
      version: TRACE_VERSION,
      subject,
      config,
      claims,
      seed,
      path,
    },
    steps,
  };
  return {
    rule: violation === null ? wanted : primary(violation),
    broken: findings.map((each) => each.rule),
    fails: violation !== null,
    commands: programOf(trace).length,
    shrunkFrom,
    program: printProgram(trace),
    trace,
    seed,
    path,
  };
}

/** The rule that a violation is named by. */
export function primary(findings: readonly Finding[]): RuleId {
  const [first] = findings;
  if (first === undefined) throw new RangeError("a violation has at least one finding");
  return first.rule;
}
