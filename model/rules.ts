// The rule catalogue: every verdict names one of these rules, and nothing else can be broken.
//
// The rows are data, in one file per group under `rules/`; docs/rules.md is generated from them by
// src/report/rules-page.ts. Not here: how a rule is decided (the judge) and how it is provoked.

import { accessRules } from "./rules/access.ts";
import { lawRules } from "./rules/law.ts";
import { localRules } from "./rules/local.ts";
import { mmRules } from "./rules/mm.ts";
import { ownRules } from "./rules/own.ts";
import { remoteRules } from "./rules/remote.ts";
import type { Rule, RuleId } from "./rules/rule.ts";
import { spiRules } from "./rules/spi.ts";

export type { Rule, RuleId, RuleLevel, RuleNeed, SubjectKind } from "./rules/rule.ts";

/** Every rule once, in the order of the documentation. */
export const rules: readonly Rule[] = [
  ...localRules,
  ...remoteRules,
  ...ownRules,
  ...accessRules,
  ...spiRules,
  ...mmRules,
  ...lawRules,
];

/**
 * Which rule is the primary one when one event breaks several: the one that stands first here. The cause
 * comes before its consequence: a resource released wrongly before what it makes stale, what a document
 * states before what we derive from it, and what decides conformance before what does not.
 */
export const precedence: readonly RuleId[] = [
  "LAW-4",
  "LAW-5",
  "LAW-6",
  "LOCAL-2",
  "LOCAL-4",
  "REMOTE-1",
  "REMOTE-2",
  "REMOTE-4",
  "OWN-1",
  "OWN-2",
  "OWN-3",
  "OWN-4",
  "OWN-5",
  "ACCESS-1",
  "ACCESS-2",
  "ACCESS-3",
  "ACCESS-4",
  "ACCESS-5",
  "SPI-1",
  "SPI-2",
  "SPI-3",
  "SPI-4",
  "SPI-5",
  "SPI-6",
  "SPI-7",
  "LAW-1",
  "LAW-2",
  "LAW-3",
  "LAW-7",
  "LAW-13",
  "LAW-9",
  "LAW-10",
  "LAW-11",
  "LAW-12",
  "MM-1",
  "MM-2",
  "MM-3",
  "MM-4",
  "LOCAL-1",
  "LOCAL-3",
  "LOCAL-5",
  "REMOTE-3",
  "LAW-3b",
  "LAW-8",
];

const byId: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** The rule of that id, spelled as in the catalogue; undefined if there is none. */
export function ruleOf(id: string): Rule | undefined {
  return byId.get(id);
}

/** The anchor of a rule in docs/rules.md, without the `#`: `law-1` for LAW-1. */
export function ruleAnchor(id: RuleId): string {
  return id.toLowerCase();
}
