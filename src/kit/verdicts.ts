// From what was seen to verdicts: one a rule, one for the subject.

import type { Claims, WorldConfig } from "../../model/config.ts";
import { rules, type Rule, type RuleId, type SubjectKind } from "../../model/rules.ts";
import { situations } from "../../properties/witnesses.ts";
import { whyOutOfReach } from "../../properties/witnesses/provider.ts";
import type { RuleReport, RuleVerdict, SubjectVerdict } from "./report.ts";

/** What was seen of a subject in all its runs. */
export interface Evidence {
  readonly config: WorldConfig;
  /** Null: a proxy driver. */
  readonly claims: Claims | null;
  /** How often each situation of the witness table was met. */
  readonly situations: ReadonlyMap<number, number>;
  readonly failed: ReadonlySet<RuleId>;
  readonly nonStrict: ReadonlySet<RuleId>;
  readonly broken: boolean;
  /** Commands run twice to compare, for LAW-12. */
  readonly compared: number;
  /** Null: all rules. */
  readonly selected: readonly RuleId[] | null;
}

export function ruleReports(evidence: Evidence): RuleReport[] {
  return rules.map((rule) => reportOf(rule, evidence));
}

function reportOf(rule: Rule, evidence: Evidence): RuleReport {
  const { id, level } = rule;
  const exercised = id === "LAW-12" ? evidence.compared : exercisedCount(id, evidence);
  const missing = id === "LAW-12" ? [] : missingSituations(id, evidence);
  const witnessed = exercised > 0 && missing.length === 0;
  const verdictOf = (): { verdict: RuleVerdict; reason: string | null } => {
    if (evidence.failed.has(id)) return { verdict: "fail", reason: null };
    const excluded = whyNotApplicable(rule, evidence);
    if (excluded !== null) return { verdict: "not applicable", reason: excluded };
    if (evidence.nonStrict.has(id)) return { verdict: "non-strict", reason: null };
    if (id === "LAW-12" && evidence.broken) return { verdict: "broken", reason: null };
    return witnessed
      ? { verdict: "pass", reason: null }
      : { verdict: "unknown", reason: `not met: ${missing.join("; ") || rule.witness}` };
  };
  return { id, level, exercised, witnessed, ...verdictOf() };
}

function exercisedCount(id: RuleId, { situations: met }: Evidence): number {
  return situations.reduce(
    (sum, each, index) => sum + (each.rule === id ? (met.get(index) ?? 0) : 0),
    0,
  );
}

/** The situations that this subject's declarations make necessary and that were not met. */
function missingSituations(id: RuleId, { situations: met, claims, config }: Evidence): string[] {
  return situations.flatMap((each, index) => {
    if (each.rule !== id || (met.get(index) ?? 0) > 0) return [];
    const isRequired =
      claims === null
        ? each.forDriver === true
        : each.forDriver !== true &&
          (each.forProvider !== true || claims.whole === true) &&
          (each.required?.(claims, config) ?? true);
    return isRequired ? [each.name] : [];
  });
}

/** A whole provider has a cache inside, and owes what a cache owes. */
function kindsOf(claims: Claims | null): readonly SubjectKind[] {
  if (claims === null) return ["driver"];
  return claims.whole === true ? ["cache", "provider"] : ["cache"];
}

const lackOf: Record<Rule["needs"][number], string> = {
  "caches.local": "the subject declares that it keeps no local buffers",
  "caches.remote": "the subject declares that it keeps no remote buffers",
  invalidate: "the subject has no callback (invalidate)",
  "no invalidate": "for subjects without a callback, and this one has one (invalidate)",
  limits: "the subject declares no limits",
  defer: 'the subject declares inUse: "refuse"',
  refuse: 'the subject declares inUse: "defer"',
};

const aboutPeers: readonly RuleId[] = [
  "REMOTE-1",
  "REMOTE-2",
  "REMOTE-3",
  "REMOTE-4",
  "ACCESS-2",
  "ACCESS-3",
  "LAW-13",
];

/** Why the rule does not apply to the subject; null if it does. */
export function whyNotApplicable(
  rule: Rule,
  { config, claims, selected }: Pick<Evidence, "config" | "claims" | "selected">,
): string | null {
  if (selected !== null && !selected.includes(rule.id)) return "not selected";
  if (rule.notJudged !== null) return `not judged by check: ${rule.notJudged}`;
  if (!kindsOf(claims).some((kind) => rule.appliesTo.includes(kind))) {
    return `for ${rule.appliesTo.join(" and ")} subjects`;
  }
  if (claims === null) return null;
  const outOfReach = whyOutOfReach(rule.id, config);
  if (outOfReach !== null) return outOfReach;
  if (!config.environment.remote && aboutPeers.includes(rule.id)) {
    return `the preset ${config.preset} has no buffers exposed to peers`;
  }
  if (config.environment.pageGranular && rule.id === "OWN-1") {
    return `the preset ${config.preset} has whole pages only`;
  }
  if (rule.families !== "all" && !rule.families.includes(claims.notification)) {
    return `not in the family ${claims.notification}`;
  }
  const has: Record<Rule["needs"][number], boolean> = {
    "caches.local": claims.caches.local,
    "caches.remote": claims.caches.remote,
    invalidate: claims.callback,
    "no invalidate": !claims.callback,
    limits: Object.values(claims.limits).some((limit) => limit !== null),
    defer: claims.inUse === "defer",
    refuse: claims.inUse === "refuse",
  };
  const lacking = rule.needs.find((need) => !has[need]);
  return lacking === undefined ? null : lackOf[lacking];
}

/** Broken before not conformant before unknown; should-rules decide nothing unless strictness is asked for. */
export function subjectVerdict(
  reports: readonly RuleReport[],
  broken: boolean,
  strict: boolean,
): SubjectVerdict {
  if (broken) return "broken";
  const isBroken = (each: RuleReport): boolean =>
    each.verdict === "fail" || (strict && each.verdict === "non-strict");
  if (reports.some(isBroken)) return "not conformant";
  if (reports.every((each) => each.verdict === "not applicable")) return "unknown";
  const decides = (each: RuleReport): boolean => strict || each.level !== "should";
  return reports.some((each) => decides(each) && each.verdict === "unknown")
    ? "unknown"
    : "conformant";
}

/** A sentence if not one rule was judged: nothing was found out. */
export function noneJudged(reports: readonly RuleReport[]): string | null {
  return reports.every((each) => each.verdict === "not applicable")
    ? "none of the selected rules applies to this subject; select others, or leave the selection out"
    : null;
}
