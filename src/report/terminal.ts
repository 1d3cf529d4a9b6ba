// A whole report on a terminal: every counterexample, what a recommendation says, then the summary.

import type { Counterexample, Report } from "../kit/report.ts";
import { failureBlock, programBlock, type FailureDetails, type Page } from "./failure-block.ts";
import { failureOf } from "./failure.ts";
import { summary } from "./summary.ts";

/** `tracePaths`: where the trace of each counterexample is, in their order. */
export function terminalReport(
  report: Report,
  tracePaths: readonly (string | null)[],
  page: Page,
): string {
  const blocks = report.counterexamples.map((each, i) =>
    counterexampleBlock(report.subject, each, tracePaths[i] ?? null, page),
  );
  return [...blocks, summary(report, page)].join("\n\n");
}

/** One counterexample: the rule, the program, what was expected, how to see it again. */
export function counterexampleBlock(
  subject: string,
  counterexample: Counterexample,
  tracePath: string | null,
  page: Page,
): string {
  const { shrunkFrom, seed, path, trace, rule, fails, program } = counterexample;
  const details: FailureDetails = { subject, fails, shrunkFrom, seed, path, tracePath };
  // Something milder of the same rule may come before what fails.
  const failure =
    failureOf(trace, (each) => each.rule === rule && each.fails).failure ??
    failureOf(trace, (each) => each.rule === rule).failure;
  return failure === null
    ? programBlock(rule, program, details, page)
    : failureBlock(failure, details, page);
}
