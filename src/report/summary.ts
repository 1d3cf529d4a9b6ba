// The answer of a run, for people: what became of each rule, what was not tried, what is not covered, and
// last the verdict with its bounds. Counterexamples are printed by failure-block.ts.

import type { RaceBounds, Report, RuleReport, RuleVerdict, SubjectVerdict } from "../kit/report.ts";
import { coverageOf } from "../../model/families.ts";
import { ruleOf } from "../../model/rules.ts";
import { titlesOf, type Page } from "./failure-block.ts";
import { exploredExtent, exploredHow, exploredWhat } from "./explored.ts";
import { counted, figure, listed, secondsText, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** The lines for one report; the verdict comes last. */
export function summary(report: Report, page: Page): string {
  const parts = [
    report.rules.length > 0 && (report.verdict === "conformant" || report.verdict === "unknown")
      ? rulesTable(report.rules, page)
      : tally(report, page),
    skippedLine(report, page),
    familyLine(report, page),
    notCovered(report, page),
    engineLine(report, page),
    domainLines(report, page),
    verdictLines(report, page),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const verdictStyle: Readonly<Record<RuleVerdict, Parameters<Paint>[0]>> = {
  pass: "good",
  fail: "bad",
  "non-strict": "doubtful",
  "not applicable": "faint",
  unknown: "doubtful",
  broken: "bad",
};

const subjectStyle: Readonly<Record<SubjectVerdict, Parameters<Paint>[0]>> = {
  conformant: "good",
  "not conformant": "bad",
  unknown: "doubtful",
  broken: "bad",
};

/** What became of each rule; those that do not apply by the reason. */
export function rulesTable(rules: readonly RuleReport[], page: Page): string {
  return [judgedRules(rules, page), notApplicable(rules, page)]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** One line a rule, a blank line between the groups. */
function judgedRules(rules: readonly RuleReport[], { paint, widthColumns }: Page): string {
  const title = `  ${"RULE".padEnd(9)} ${"NAME".padEnd(13)} ${"LEVEL".padEnd(8)} ${"VERDICT".padEnd(14)} EXERCISED`;
  const lines: string[] = [paint("faint", title)];
  let open = "";
  for (const rule of rules.filter((each) => each.verdict !== "not applicable")) {
    const group = rule.id.slice(0, rule.id.indexOf("-"));
    if (group !== open && open !== "") lines.push("");
    open = group;
    const name = ruleOf(rule.id)?.name ?? "";
    const head = `  ${rule.id.padEnd(9)} ${name.padEnd(13)} ${rule.level.padEnd(8)} `;
    const count = rule.exercised > 0 ? figure(rule.exercised) : "";
    const tail = ` ${count.padStart(9)}`;
    const why = whyOf(rule);
    const [first = "", ...rest] = wrap(
      why,
      widthColumns,
      `${head}${rule.verdict.padEnd(14)}${tail}  `,
      " ".repeat(head.length + 14 + tail.length + 2),
    );
    lines.push(
      (
        paint("faint", first.slice(0, head.length)) +
        paint(verdictStyle[rule.verdict], first.slice(head.length, head.length + 14)) +
        first.slice(head.length + 14)
      ).trimEnd(),
      ...rest,
    );
  }
  return lines.join("\n");
}

/** A line for each reason. */
function notApplicable(rules: readonly RuleReport[], { paint, widthColumns }: Page): string {
  const byReason = new Map<string, string[]>();
  for (const { id, verdict, reason } of rules) {
    if (verdict !== "not applicable") continue;
    const known = byReason.get(reason ?? "") ?? [];
    byReason.set(reason ?? "", [...known, id]);
  }
  const lines = [...byReason].flatMap(([reason, ids]) =>
    wrap(`${ids.join(", ")}: ${reason}`, widthColumns, "  ", "    "),
  );
  const title = "not applicable";
  return lines.length === 0 ? "" : [title, ...lines].map((line) => paint("faint", line)).join("\n");
}

/** What was not reached, or why the rule was not judged. */
function whyOf(rule: RuleReport): string {
  if (rule.verdict === "unknown" && !rule.witnessed) {
    const witness = ruleOf(rule.id)?.witness ?? "";
    return rule.reason ?? `not reached: ${witness}`;
  }
  return rule.reason ?? "";
}

/** When a rule is broken the run stops, and the counts of the others mean little. */
function tally(report: Report, { widthColumns }: Page): string {
  if (report.rules.length === 0) return "";
  const order: readonly RuleVerdict[] = [
    "fail",
    "broken",
    "non-strict",
    "pass",
    "unknown",
    "not applicable",
  ];
  const counts = order.flatMap((verdict) => {
    const of = report.rules.filter((rule) => rule.verdict === verdict);
    if (of.length === 0) return [];
    const names = of.length <= 4 ? ` (${of.map((rule) => rule.id).join(", ")})` : "";
    return [`${of.length} ${verdict}${names}`];
  });
  return wrap(`rules: ${counts.join(", ")}`, widthColumns, "", "  ").join("\n");
}

function skippedLine(report: Report, { widthColumns }: Page): string {
  const skipped = Object.entries(report.skipped).filter(([, count]) => count > 0);
  if (skipped.length === 0) return "";
  const each = skipped.map(([command, count]) => `${command} ${figure(count)}`).join(", ");
  const text = `skipped, because they were no longer possible (the subject had refused what they need, or its process was gone): ${each}`;
  return wrap(text, widthColumns, "", "  ").join("\n");
}

const ofCaches =
  "how long locks are held; data races inside one segment between two host calls; other changes of a mapping";

/** What no run says anything about, by the kind of subject. */
const uncoveredOf: Readonly<Record<Report["kind"], string>> = {
  cache: ofCaches,
  provider: `${ofCaches}; operations that are queued before they are posted; transfers of a part of a buffer`,
  driver:
    "what happens between two kernel calls of one request; requests that are served at the same time",
};

function notCovered(report: Report, { widthColumns, paint }: Page): string {
  if (report.rules.length === 0) return "";
  const text = `not covered: ${uncoveredOf[report.kind]}`;
  const lines = wrap(text, widthColumns, "", "  ");
  return lines.map((line) => paint("faint", line)).join("\n");
}

/** Two worlds, and how much was seen on both. */
function engineLine(
  { rules, engine, exploration, race }: Report,
  { widthColumns, paint }: Page,
): string {
  if (rules.length === 0 || race !== undefined) return "";
  const { name, compared } = engine;
  const [ran, other] = name === "flat" ? ["flat world", "reference"] : ["reference", "flat world"];
  const text =
    compared.programs === 0
      ? `${ran}; nothing ran on the ${other} as well`
      : `${ran}; ${counted(compared.programs, "program")} (${counted(compared.commands, "command")}) ran on the ${other} as well, with the same answers and verdicts`;
  const texts =
    exploration === undefined
      ? [`engine: ${text}`]
      : [`engine: ${exploredHow(exploration)}; ${text}`, exploredWhat(exploration)];
  const lines = texts.flatMap((each) => wrap(each, widthColumns, "", "  "));
  return lines.map((line) => paint("faint", line)).join("\n");
}

/** What a verdict on a cache is relative to. */
function familyLine({ rules, capabilities }: Report, { widthColumns, paint }: Page): string {
  if (rules.length === 0 || capabilities === null) return "";
  const { notification, coverage } = capabilities;
  const changes = coverageOf(notification, coverage).promised;
  const declared = coverage === undefined ? "all that it is answerable for" : "as declared";
  const text = `judged in the family ${notification}, after ${changes.length === 0 ? "no change of a mapping" : `the changes ${changes.join(", ")}`} (${declared})`;
  const lines = wrap(text, widthColumns, "", "  ");
  return lines.map((line) => paint("faint", line)).join("\n");
}

function verdictLines(report: Report, { widthColumns, paint }: Page): string {
  const { subject, verdict } = report;
  const lead = verdict === "unknown" ? `${subject}: unknown` : `${subject} is ${verdict}`;
  const [first = "", ...rest] = wrap(`${lead}${verdictText(report)}`, widthColumns, "", "  ");
  const painted = first.startsWith(lead)
    ? paint(subjectStyle[verdict], lead) + first.slice(lead.length)
    : first;
  return [painted, ...rest].join("\n");
}

/** The programs of a race, by what they begin with. */
function domainLines({ race, verdict }: Report, { widthColumns, paint }: Page): string {
  if (race === undefined || race.programs.length === 0) return "";
  if (verdict !== "conformant" && verdict !== "unknown") return "";
  const byBeginning = new Map<string, string[]>();
  for (const program of race.programs) {
    const [beginning = "", threads = ""] = program.split(": ");
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), threads]);
  }
  return ["raced (docs/races.md says what the names stand for)"]
    .concat(
      [...byBeginning].flatMap(([beginning, programs]) =>
        wrap(`${beginning}: ${programs.join(", ")}`, widthColumns, "  ", "    "),
      ),
    )
    .map((line) => paint("faint", line))
    .join("\n");
}

/** "75 programs of 2 threads with up to 2 calls, each schedule with up to 2 preemptions". */
function raceText({
  threads,
  calls,
  preemptions,
  programs,
  schedules,
  complete,
}: RaceBounds): string {
  const which =
    preemptions === null
      ? "every schedule"
      : `every schedule with up to ${counted(preemptions, "preemption")}`;
  const size = `${counted(programs.length, "program")} of ${counted(threads, "thread")} with up to ${counted(calls, "call")}`;
  return `${size}, ${complete ? which : `not ${which}`}, ${counted(schedules, "run")}`;
}

function verdictText(report: Report): string {
  const { bounds, race } = report;
  const seed = `seed ${report.seed}`;
  const unit = race === undefined ? "command" : "move";
  const done = `${counted(report.commands, unit)} executed in ${secondsText(report.seconds)}; ${seed}`;
  const size =
    race === undefined
      ? `preset ${bounds.preset}, ${counted(bounds.runs, "run")} of up to ${counted(bounds.commands, "command")}`
      : raceText(race);
  const within = report.exploration === undefined ? `${size}, ${done}` : exploredExtent(report);
  switch (report.verdict) {
    case "conformant":
      return `, within these bounds: ${within}`;
    case "not conformant": {
      // In the order of the counterexample, the cause first.
      const failures = report.counterexamples.filter((each) => each.fails);
      const failing = report.rules.filter((rule) => rule.verdict === "fail");
      const ids = [
        ...new Set([...failures.flatMap((each) => each.broken), ...failing.map(({ id }) => id)]),
      ];
      const which =
        ids.length === 0 ? "" : `: ${titlesOf(ids)} ${ids.length === 1 ? "is" : "are"} broken`;
      return `${which} (${report.exploration === undefined ? `preset ${bounds.preset}, ${done}` : within})`;
    }
    case "unknown": {
      if (report.rules.length === 0) return `: ${report.problem ?? "nothing was judged."}`;
      const open = report.rules.filter((rule) => rule.verdict === "unknown").map(({ id }) => id);
      const which = open.length === 0 ? "" : ` Not reached: ${listed(open)}.`;
      return `: ${report.problem ?? "nothing is broken, and not everything was reached"}.${which} Bounds: ${within}`;
    }
    case "broken":
      return `: ${report.problem ?? "it broke its contract."}`;
  }
}
