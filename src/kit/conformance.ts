// The checker inside somebody's test suite: one suite for a subject, one test for each rule that applies to it.
//
// Any runner will do that has `describe` and `it` with synchronous bodies. What a runner can do beside that is
// used where it is there (skipping a test with a reason, allowing it more time), and missed nowhere.

import { presets, type WorldConfig } from "../../model/config.ts";
import type { AnySubject } from "../../model/contract.ts";
import { rules, type Rule, type RuleId } from "../../model/rules.ts";
import { failureBlock, programBlock, titleOf, type Page } from "../report/failure-block.ts";
import { failureOf } from "../report/failure.ts";
import { plain } from "../report/paint.ts";
import { summary } from "../report/summary.ts";
import { claimsFor } from "./player.ts";
import { explore } from "./explore.ts";
import type { Counterexample, ExploreOptions, Report, RunOptions } from "./report.ts";
import { defaults, exploreDefaults } from "./options.ts";
import { run } from "./run.ts";
import { checkSubject, isDriver, underTest } from "./subject.ts";
import { whyNotApplicable } from "./verdicts.ts";

/** What `conformance` needs of a test runner; those of vitest, node:test, jest and mocha fit as they are. */
export interface TestApi {
  describe(name: string, body: () => void): unknown;
  /** A run takes longer than the few seconds that most runners allow, so a time limit is given as well. */
  it(name: string, body: () => void, timeoutMs?: number): unknown;
}

/** What some runners hand to a test: mocha as `this`, vitest and node:test as its argument. */
interface TestContext {
  skip?(reason: string): void;
  timeout?(timeoutMs: number): void;
}

/** The longest that timers take. What limits a run is `options.timeMs`. */
const NO_LIMIT_MS = 0x7fffffff;

/** Of a run, and of the exhaustive search beside it. */
export interface ConformanceOptions extends RunOptions {
  /**
   * What is searched exhaustively; null: nothing is. Default: `micro`, 3 commands deep (drivers: 2), which takes a second
   * or two.
   */
  readonly exhaustive?: Pick<ExploreOptions, "preset" | "depth" | "memoryBytes" | "timeMs"> | null;
}

const page: Page = { widthColumns: 120, paint: plain };

/**
 * Defines a suite that checks a subject: a test for each rule that applies to it, LAW-12 first, one for an exhaustive
 * search of a small domain, and one for the verdict as a whole. For the rules it is run once, when the first of the tests is.
 *
 * A test fails if its rule is broken, and its message is then the program that breaks it; if the situation that the
 * rule is about was never met; or if the subject left the contract. A broken should-rule fails with
 * `options.strict` only. Nothing stops a subject that does not return: `stalemate check` does.
 *
 * @example
 * ```ts
 * import { conformance } from "stalemate";
 * import { describe, it } from "vitest";
 * import subject from "./my-cache.ts";
 *
 * conformance(subject, { describe, it }, { runs: 200 });
 * ```
 * @throws {MisuseError} if it is no subject. An option that makes no sense fails the tests.
 */
export function conformance(
  subject: AnySubject,
  testApi: TestApi,
  options: ConformanceOptions = {},
): void {
  checkSubject(subject, "the subject");
  let report: Report | null = null;
  const reported = (): Report => (report ??= run(subject, options));
  const tested = rulesFor(subject, options);
  testApi.describe(subject.name, () => {
    for (const rule of tested) {
      const decides = options.strict === true || rule.level !== "should";
      // What holds, in its first sentence.
      const fact = rule.sentence.replace(/\.( .*)?$/, "");
      define(testApi, `${titleOf(rule.id)}: ${fact}`, () => resultOf(rule, reported(), decides));
    }
    if (options.exhaustive !== null) exhaustively(subject, testApi, options);
    define(testApi, "is conformant, within the bounds of the run", () =>
      verdictOf(reported(), tested),
    );
  });
}

/** One test: no program of a small domain breaks a rule. */
function exhaustively(
  subject: AnySubject,
  testApi: TestApi,
  { exhaustive, rules: selected, strict }: ConformanceOptions,
): void {
  const usual = { preset: exploreDefaults.preset, depth: isDriver(subject) ? 2 : 3 };
  const bounds = { ...usual, ...exhaustive };
  const name = `no program breaks a rule: exhaustive to depth ${bounds.depth} in ${bounds.preset}`;
  define(testApi, name, () => {
    const report = explore(subject, {
      ...bounds,
      ...(selected === undefined ? {} : { rules: selected }),
      ...(strict === undefined ? {} : { strict }),
    });
    const found = report.counterexamples.find((each) => each.fails);
    if (found !== undefined) return { kind: "fail", message: printed(report.subject, found) };
    if (report.verdict === "broken") return { kind: "fail", message: summary(report, page) };
    if (report.exploration?.complete === true) return { kind: "pass" };
    return { kind: "open", message: report.problem ?? "the search ended early", otherwise: "fail" };
  });
}

/** The rules that apply, LAW-12 first: nothing else means anything without it. */
function rulesFor(subject: AnySubject, options: RunOptions): Rule[] {
  const selected = options.rules ?? null;
  const claims = isDriver(subject) ? null : claimsFor(subject, underTest(subject).callback);
  // A preset that does not exist is for the run to complain about.
  const known: Readonly<Record<string, WorldConfig>> = presets;
  const config = known[options.preset ?? defaults.preset] ?? presets[defaults.preset];
  const applicable = rules.filter(
    (rule) => whyNotApplicable(rule, { config, claims, selected }) === null,
  );
  const isFirst = ({ id }: Rule): boolean => id === "LAW-12";
  return [...applicable.filter(isFirst), ...applicable.filter((rule) => !isFirst(rule))];
}

/** `open`: neither passed nor to blame, so the test is skipped; a runner that cannot skip it does as said. */
type Result =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly message: string }
  | { readonly kind: "open"; readonly message: string; readonly otherwise: "pass" | "fail" };

function define(testApi: TestApi, name: string, judged: () => Result): void {
  const body = function (this: TestContext | undefined, ...given: readonly TestContext[]): void {
    const context = given[0] ?? this;
    context?.timeout?.(NO_LIMIT_MS);
    const result = judged();
    if (result.kind === "pass") return;
    if (result.kind === "open") {
      // Not a test of ours left out: a rule of the user's cache that nothing put to the test is neither passed nor broken.
      if (context?.skip !== undefined) {
        context.skip(result.message);
        return;
      }
      if (result.otherwise === "pass") return;
    }
    throw new Error(result.message);
  };
  testApi.it(name, body, NO_LIMIT_MS);
}

/** `decides`: the rule is one of conformance, or strictness was asked for. */
function resultOf({ id }: Rule, report: Report, decides: boolean): Result {
  const otherwise = decides ? "fail" : "pass";
  const open = (why: string): Result => ({
    kind: "open",
    message: `${titleOf(id)} ${why}`,
    otherwise,
  });
  const judged = report.rules.find((each) => each.id === id);
  const block = blockOf(report, id);
  if (judged?.verdict === "fail") return { kind: "fail", message: block ?? `${id} is broken.` };
  if (report.verdict === "broken") {
    const why = `${report.subject} is broken: ${report.problem ?? "it left its contract"}`;
    return judged?.verdict === "broken"
      ? { kind: "fail", message: why }
      : open(`is not judged, because ${why}`);
  }
  if (judged?.verdict === "pass") return { kind: "pass" };
  if (judged?.verdict === "non-strict") return { kind: "open", message: block ?? id, otherwise };
  const ended = report.counterexamples.find((each) => each.fails);
  if (ended !== undefined) return open(`is not judged: ${titleOf(ended.rule)} is broken.`);
  const why = `is unknown; ${judged?.reason ?? "its situation was not met"}: allow more runs or time.`;
  return decides ? { kind: "fail", message: `${titleOf(id)} ${why}` } : open(why);
}

/** The verdict as a whole; a counterexample to a rule that has no test of its own is shown here. */
function verdictOf(report: Report, tested: readonly Rule[]): Result {
  if (report.verdict === "conformant") return { kind: "pass" };
  const untested = report.counterexamples.filter(
    (each) => each.fails && !tested.some(({ id }) => each.broken.includes(id)),
  );
  const blocks = untested.map((each) => printed(report.subject, each));
  return { kind: "fail", message: [...blocks, summary(report, page)].join("\n\n") };
}

function blockOf(report: Report, id: RuleId): string | null {
  const found = report.counterexamples.find((each) => each.broken.includes(id));
  return found === undefined ? null : printed(report.subject, found);
}

/** As the command line prints it; the trace is written nowhere, so that there is none to replay. */
function printed(subject: string, counterexample: Counterexample): string {
  const { rule, fails, trace, program, shrunkFrom, seed, path } = counterexample;
  const details = { subject, fails, shrunkFrom, seed, path, tracePath: null };
  // Something milder of the same rule may come before what fails.
  const failure =
    failureOf(trace, (each) => each.rule === rule && each.fails).failure ??
    failureOf(trace, (each) => each.rule === rule).failure;
  return failure === null
    ? programBlock(rule, program, details, page)
    : failureBlock(failure, details, page);
}
