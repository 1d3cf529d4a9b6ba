// What a race says of each rule. It is about calls that overlap: a rule whose situation its programs do not lead to is none
// of its business, and is not called unknown.

import { rules, type Rule, type RuleId } from "../../../model/rules.ts";
import type { RuleReport, SubjectVerdict } from "../report.ts";
import { ruleReports, type Evidence } from "../verdicts.ts";

/** What was seen in all schedules. */
export interface RaceEvidence extends Omit<Evidence, "selected" | "compared"> {
  /** Moves that were made again, with the same answers. */
  readonly repeated: number;
  /** Episodes of more than one call, each of which has an order. */
  readonly episodes: number;
  /** Callbacks that came inside a call, on whatever thread. */
  readonly callbacksInside: number;
}

/** A report on every rule. */
export function raceReports(evidence: RaceEvidence): readonly RuleReport[] {
  const { repeated: compared, failed, nonStrict } = evidence;
  return ruleReports({ ...evidence, selected: null, compared }).map((report): RuleReport => {
    const { id, verdict } = report;
    if (failed.has(id) || nonStrict.has(id)) return report;
    const rule = rules.find((each) => each.id === id);
    if (rule !== undefined && isOfRaces(rule)) return overlapping(report, rule.id, evidence);
    return verdict === "unknown"
      ? {
          ...report,
          verdict: "not applicable",
          reason: "no program of a race leads to its situation",
        }
      : report;
  });
}

/** It is about nothing but calls that overlap. */
const isOfRaces = ({ appliesTo }: Rule): boolean => appliesTo.includes("async-cache");

function overlapping(report: RuleReport, id: RuleId, evidence: RaceEvidence): RuleReport {
  if (id === "LAW-12") return report;
  if (id === "LAW-10" && evidence.claims?.callback !== true) return report;
  const exercised = id === "LAW-11" ? evidence.episodes : evidence.callbacksInside;
  return exercised > 0
    ? { ...report, exercised, witnessed: true, verdict: "pass", reason: null }
    : { ...report, verdict: "unknown", reason: "no two calls overlapped" };
}

/** Broken before not conformant before unknown: what was cut off says nothing of what it did not come to. */
export function raceVerdict(
  reports: readonly RuleReport[],
  isBroken: boolean,
  isCut: boolean,
  strict: boolean,
): SubjectVerdict {
  if (isBroken) return "broken";
  const fails = ({ verdict }: RuleReport): boolean =>
    verdict === "fail" || (strict && verdict === "non-strict");
  if (reports.some(fails)) return "not conformant";
  return isCut || reports.some(({ verdict }) => verdict === "unknown") ? "unknown" : "conformant";
}
