// stalemate check: runs a subject, writes the traces of its failures, prints the report, and says in the exit
// code what came of it.

import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Trace } from "../../model/trace.ts";
import type { Report } from "../kit/report.ts";
import { jsonReport } from "../report/json.ts";
import { junitReport } from "../report/junit.ts";
import { terminalReport } from "../report/terminal.ts";
import { requireFile } from "./arguments.ts";
import { messageOf } from "./error-text.ts";
import { printLine, progressLine, stdoutPage, warn } from "./screen.ts";
import { readTraces, writeTrace } from "./trace-files.ts";
import type { RaceTask } from "./race.ts";
import type { CheckOptions, SearchOptions } from "./worker-messages.ts";
import { watchWorker, type Outcome } from "./worker-watch.ts";

/** 0: conformant. 1: not conformant. 2: unknown, broken, or asked in a way that makes no sense. */
export type ExitCode = 0 | 1 | 2;

export interface CheckRequest {
  readonly module: string;
  readonly options: CheckOptions;
  /** Search exhaustively instead; null: no. */
  readonly explore: SearchOptions | null;
  /** The folder of traces. */
  readonly out: string;
  readonly json: boolean;
  /** Where the JUnit report goes; null: nowhere. */
  readonly junit: string | null;
  readonly watchdogSeconds: number;
  /** Run the program of this trace and nothing else. */
  readonly only: Trace | null;
  /** Set: the subject is asynchronous, and is raced. */
  readonly race?: RaceTask;
}

/** @throws {UsageError} if there is no such module. */
export async function check(request: CheckRequest): Promise<ExitCode> {
  requireFile(request.module, "the module that exports the subject");
  // Chosen here, so that it is known even if the run never ends.
  const seed = request.options.seed ?? randomInt(0x80000000);
  const options: CheckOptions =
    request.explore === null ? { ...request.options, seed } : request.options;
  const progress = progressLine();
  const outcome = await watchWorker(
    {
      file: resolve(request.module),
      shown: request.module,
      options,
      explore: request.explore,
      race: request.race === undefined ? null : { ...request.race, seed },
      earlier: earlierFor(request),
      earlierByName: request.only === null,
    },
    { watchdogSeconds: request.watchdogSeconds, onProgress: progress.show },
  );
  progress.clear();
  const report = reportOf(outcome, request.module, options);
  if (!("report" in outcome) && outcome.nothingJudged && !request.json) {
    writeJunit(report, [], request);
    warn(outcome.problem);
    return 2;
  }
  return request.only === null || report.verdict === "broken"
    ? printReport(report, request)
    : printReplayed(report, request, request.only);
}

/** A search runs no programs but its own. */
function earlierFor({ only, explore, out }: CheckRequest): readonly Trace[] {
  if (only !== null) return [only];
  return explore === null ? readTraces(out, warn) : [];
}

/** A run that made no report gets one: broken or unknown, and why. */
function reportOf(outcome: Outcome, module: string, options: CheckOptions): Report {
  if ("report" in outcome) return outcome.report;
  const { verdict, problem, last } = outcome;
  return {
    ...brokenReport(outcome.subject ?? module, problem, options),
    verdict,
    commands: last?.commands ?? 0,
    seconds: last?.seconds ?? 0,
  };
}

/** The report of a check that could not be made. */
export function brokenReport(subject: string, problem: string, options: CheckOptions): Report {
  return {
    subject,
    kind: "cache",
    verdict: "broken",
    problem,
    rules: [],
    capabilities: null,
    bounds: {
      preset: options.preset ?? "small",
      runs: options.runs ?? 0,
      commands: options.commands ?? 0,
    },
    skipped: {},
    counterexamples: [],
    commands: 0,
    seconds: 0,
    seed: options.seed ?? 0,
    engine: { name: options.engine ?? "flat", compared: { programs: 0, commands: 0 } },
  };
}

function printReport(report: Report, request: CheckRequest): ExitCode {
  const { out, json } = request;
  const tracePaths = report.counterexamples.map(({ rule, trace }) => {
    try {
      return writeTrace(out, rule, trace);
    } catch (error) {
      warn(
        `the trace of ${rule} was not written: ${messageOf(error)}. Give another folder by --out.`,
      );
      return null;
    }
  });
  writeJunit(report, tracePaths, request);
  if (json) {
    printLine(JSON.stringify(jsonReport(report, tracePaths), null, 2));
    if (report.problem !== null) warn(report.problem);
  } else {
    printLine(terminalReport(report, tracePaths, stdoutPage()));
  }
  return exitCodeOf(report);
}

/** Like a trace that cannot be written, a report that cannot be changes no verdict. */
function writeJunit(
  report: Report,
  tracePaths: readonly (string | null)[],
  { junit, options }: CheckRequest,
): void {
  if (junit === null) return;
  try {
    mkdirSync(dirname(junit), { recursive: true });
    writeFileSync(junit, junitReport(report, { strict: options.strict ?? false, tracePaths }));
  } catch (error) {
    warn(`the JUnit report was not written: ${messageOf(error)}. Give another file by --junit.`);
  }
}

/** One program was run: what it broke, and nothing about the rules that it does not reach. */
function printReplayed(report: Report, request: CheckRequest, trace: Trace): ExitCode {
  const { seed, path } = trace.header;
  // The literal cases are run as well; what they break is not this program's doing.
  const counterexamples = report.counterexamples.filter(
    (each) => each.path === (path ?? "") && each.seed === (seed ?? report.seed),
  );
  if (!counterexamples.some((each) => each.fails)) {
    printLine(`${report.subject}: the program of the trace breaks no rule of conformance.`);
    return 0;
  }
  return printReport({ ...report, verdict: "not conformant", counterexamples }, request);
}

function exitCodeOf(report: Report): ExitCode {
  switch (report.verdict) {
    case "conformant":
      return 0;
    case "not conformant":
      return 1;
    case "unknown":
    case "broken":
      return 2;
  }
}
