// A report as JUnit XML, as continuous integration reads it: a test suite for the subject, a test case for each rule.
//
//   pass            passed
//   fail            failure, with the counterexample as text
//   non-strict      passed, with the counterexample as output: it fails nothing
//   not applicable  skipped, with the reason
//   unknown         error, if that is why the subject is not conformant; else skipped
//   broken          error
//
// What concerns the check as a whole, such as a subject that hangs, is an error of a case of its own.

import { ruleOf } from "../../model/rules.ts";
import type { Report, RuleReport } from "../kit/report.ts";
import { titleOf, type Page } from "./failure-block.ts";
import { plain } from "./paint.ts";
import { counterexampleBlock } from "./terminal.ts";
import { element, xmlText } from "./xml.ts";

const page: Page = { widthColumns: 120, paint: plain };

export interface JunitOptions {
  /** A broken or unknown should-rule counts. */
  readonly strict: boolean;
  /** Where the trace of each counterexample is, in their order. */
  readonly tracePaths: readonly (string | null)[];
}

/** What kind of failure or error it is, in a word. */
type Type = Extract<RuleReport["verdict"], "fail" | "unknown" | "broken">;

interface Result {
  readonly status: "passed" | "failure" | "error" | "skipped";
  readonly type?: Type;
  /** In a line; of a passed one nothing. */
  readonly message?: string;
  /** At length. */
  readonly details?: string;
}

interface TestCase extends Result {
  readonly name: string;
}

/** The whole document. */
export function junitReport(report: Report, options: JunitOptions): string {
  const cases = [
    ...report.rules.map((rule) => ruleCase(report, rule, options)),
    ...wholeCase(report),
  ];
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ status }) => status === "failure").length,
    errors: cases.filter(({ status }) => status === "error").length,
    skipped: cases.filter(({ status }) => status === "skipped").length,
    time: report.seconds.toFixed(3),
  };
  const suite = element("testsuite", { name: report.subject, ...counts }, [
    `\n    ${properties(report)}`,
    ...cases.map((each) => `\n    ${caseElement(report.subject, each)}`),
    "\n  ",
  ]);
  const suites = element("testsuites", { name: "stalemate", ...counts }, [`\n  ${suite}\n`]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites}\n`;
}

/** What leads to this report again. */
function properties({ seed, bounds, verdict, engine }: Report): string {
  const values = {
    verdict,
    seed,
    preset: bounds.preset,
    runs: bounds.runs,
    commands: bounds.commands,
    engine: engine.name,
  };
  const each = Object.entries(values).map(([name, value]) => element("property", { name, value }));
  return element("properties", {}, each);
}

/** The check as a whole, if there is something to say. */
function wholeCase({ verdict, problem }: Report): readonly TestCase[] {
  if (problem === null) return [];
  const type = verdict === "unknown" ? "unknown" : "broken";
  return [{ name: "the check itself", status: "error", type, message: problem, details: problem }];
}

function ruleCase(report: Report, rule: RuleReport, options: JunitOptions): TestCase {
  const name = `${titleOf(rule.id)}: ${ruleOf(rule.id)?.sentence ?? ""}`;
  return { name, ...resultOf(report, rule, options) };
}

function resultOf(report: Report, rule: RuleReport, options: JunitOptions): Result {
  const reason = rule.reason ?? "";
  switch (rule.verdict) {
    case "pass":
      return { status: "passed" };
    case "non-strict":
      return { status: "passed", details: blockOf(report, rule, options) };
    case "fail": {
      const message = `${titleOf(rule.id)} is broken by ${report.subject}`;
      const details = blockOf(report, rule, options);
      return { status: "failure", type: "fail", message, details };
    }
    case "not applicable":
      return { status: "skipped", message: reason };
    case "unknown": {
      const message = `unknown: ${reason}`;
      const decides = report.verdict === "unknown" && (options.strict || rule.level !== "should");
      return decides
        ? { status: "error", type: "unknown", message, details: reason }
        : { status: "skipped", message };
    }
    case "broken": {
      const message = report.problem ?? "it broke its contract";
      return { status: "error", type: "broken", message, details: message };
    }
  }
}

/** The counterexamples of the rule, as `check` prints them. */
function blockOf(report: Report, { id }: RuleReport, { tracePaths }: JunitOptions): string {
  return report.counterexamples
    .flatMap((each, i) =>
      each.broken.includes(id)
        ? [counterexampleBlock(report.subject, each, tracePaths[i] ?? null, page)]
        : [],
    )
    .join("\n\n");
}

function caseElement(subject: string, result: TestCase): string {
  const { name, status, type = "", message = "", details = "" } = result;
  const children: Readonly<Record<Result["status"], () => readonly string[]>> = {
    passed: () => (details === "" ? [] : [element("system-out", {}, [xmlText(details)])]),
    skipped: () => [element("skipped", { message })],
    failure: () => [element("failure", { message, type }, [xmlText(details)])],
    error: () => [element("error", { message, type }, [xmlText(details)])],
  };
  return element("testcase", { classname: subject, name }, children[status]());
}
