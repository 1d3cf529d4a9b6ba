// The report as JSON, for programs: one object, with a schema number that changes when a field changes its
// meaning or goes. Traces are files of their own; the object names them.

import type { Capabilities } from "../../model/contract.ts";
import type { RuleId, RuleLevel } from "../../model/rules.ts";
import type {
  Exploration,
  RaceBounds,
  Report,
  RuleVerdict,
  SubjectVerdict,
} from "../kit/report.ts";

export const JSON_SCHEMA = 1;

export interface JsonReport {
  readonly schema: typeof JSON_SCHEMA;
  readonly subject: string;
  readonly verdict: SubjectVerdict;
  /** One sentence for `broken` and `unknown`; else null. */
  readonly problem: string | null;
  readonly rules: readonly {
    readonly id: RuleId;
    readonly level: RuleLevel;
    readonly verdict: RuleVerdict;
    readonly exercised: number;
    readonly witnessed: boolean;
  }[];
  /** Null: none were declared, or the subject is a proxy driver. */
  readonly capabilities: Capabilities | null;
  readonly bounds: Report["bounds"];
  readonly skipped: Readonly<Record<string, number>>;
  readonly counterexamples: readonly {
    readonly rule: RuleId;
    readonly broken: readonly RuleId[];
    /** False: only recommendations are broken. */
    readonly fails: boolean;
    readonly commands: number;
    readonly program: readonly string[];
    /** Null: it could not be written. */
    readonly trace: string | null;
    readonly seed: number;
    readonly path: string;
  }[];
  readonly commands: number;
  readonly seconds: number;
  readonly seed: number;
  /** The world that the subject ran on, and how much of it ran on the other one too, with the same result. */
  readonly engine: Report["engine"];
  /** Of a race only: runs to an end or to what was known, and whether nothing within the bounds is left out. */
  readonly schedules?: number;
  readonly complete?: boolean;
  readonly race?: RaceBounds;
}

/** `tracePaths`: where the trace of each counterexample is, in their order. */
export function jsonReport(
  report: Report,
  tracePaths: readonly (string | null)[],
): JsonReport & Partial<Exploration> {
  const { race } = report;
  return {
    schema: JSON_SCHEMA,
    subject: report.subject,
    verdict: report.verdict,
    problem: report.problem,
    rules: report.rules.map(({ id, level, verdict, exercised, witnessed }) => ({
      id,
      level,
      verdict,
      exercised,
      witnessed,
    })),
    capabilities: report.capabilities,
    bounds: report.bounds,
    skipped: report.skipped,
    counterexamples: report.counterexamples.map((each, i) => ({
      rule: each.rule,
      broken: each.broken,
      fails: each.fails,
      commands: each.commands,
      program: each.program,
      trace: tracePaths[i] ?? null,
      seed: each.seed,
      path: each.path,
    })),
    commands: report.commands,
    seconds: report.seconds,
    seed: report.seed,
    engine: report.engine,
    // An exhaustive search adds what it covered.
    ...report.exploration,
    ...(race === undefined ? {} : { schedules: race.schedules, complete: race.complete, race }),
  };
}
