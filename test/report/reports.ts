// Reports made by hand, for those who print them.

import { rules } from "../../model/rules.ts";
import type { Counterexample, Report, RuleReport } from "../../src/kit/report.ts";
import { allocate, deregister, oneEntryCache, recordedTrace, register } from "./recorded-trace.ts";

const passed = rules.map(({ id, level }): RuleReport => ({
  id,
  level,
  verdict: "pass",
  exercised: 1234,
  witnessed: true,
  reason: null,
}));

/** Every rule passes. */
export const conformant: Report = {
  subject: "my-cache",
  kind: "cache",
  verdict: "conformant",
  problem: null,
  rules: passed,
  capabilities: {
    caches: { local: true, remote: false },
    hit: "exact",
    inUse: "refuse",
    limits: { entries: null, pages: null, pending: null },
    notification: "refuse-notify-retry",
  },
  bounds: { preset: "small", runs: 1000, commands: 60 },
  skipped: {},
  counterexamples: [],
  commands: 41873,
  seconds: 7.21,
  seed: 1842107356,
  engine: { name: "flat", compared: { programs: 20, commands: 812 } },
};

/** LOCAL-2 is broken. */
export const counterexample: Counterexample = {
  rule: "LOCAL-2",
  broken: ["LOCAL-2"],
  fails: true,
  commands: 3,
  shrunkFrom: 61,
  program: ["one", "two", "three"],
  trace: recordedTrace(
    [allocate(1), register("mr_1"), deregister("mr_1")],
    oneEntryCache({ secures: false }),
  ),
  seed: 7,
  path: "96:5",
};

/** The same, but for one rule. */
export const withRule = (id: string, changed: Partial<RuleReport>): Report => ({
  ...conformant,
  rules: passed.map((rule) => (rule.id === id ? { ...rule, ...changed } : rule)),
});
