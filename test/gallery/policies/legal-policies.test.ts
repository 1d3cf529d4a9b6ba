// No false alarm: caches that pick any legal option at each choice point are convicted of nothing. The deep run of the same
// is `npm run policies`.

import { beforeAll, describe, expect, it } from "vitest";
import { checkPolicy, type PolicyCheck } from "../../../gallery/policies/check/check-policy.ts";
import { tally } from "../../../gallery/policies/check/tally.ts";
import { choicePoints, points } from "../../../gallery/policies/choice-points.ts";
import { drawnProfile } from "../../../gallery/policies/profile.ts";

/** Twenty that have occasion for every option within so few commands. */
const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, i) => i + 31);
const COMMANDS = 500;

describe("random legal policies", () => {
  const choices = tally();
  let runs: readonly PolicyCheck[] = [];
  beforeAll(() => {
    runs = SEEDS.map((seed) => checkPolicy(seed, COMMANDS, choices.witness));
  }, 240_000);

  it("are convicted of nothing", () => {
    const convicted = runs.filter(
      ({ verdict }) => verdict === "not conformant" || verdict === "broken",
    );
    expect(convicted).toEqual([]);
    for (const { commands } of runs) expect(commands).toBeGreaterThanOrEqual(COMMANDS);
  });
  it.each(points.map((point) => ({ point, does: choicePoints[point].does })))(
    "take the option and leave it: $does",
    ({ point }) => {
      const { taken, not } = choices.counts()[point];
      expect(taken).toBeGreaterThan(0);
      expect(not).toBeGreaterThan(0);
    },
  );
});

describe("the profile of a policy", () => {
  const profiles = SEEDS.map((seed) => drawnProfile(seed));

  it("is the same for the same seed", () => {
    expect(SEEDS.map((seed) => drawnProfile(seed))).toEqual(profiles);
  });
  it.each([0, 0.15, 0.5, 1])("has the odds %d somewhere", (odds) => {
    expect(profiles.some((each) => Object.values(each.odds).includes(odds))).toBe(true);
  });
  it.each([
    ["a callback", true, false],
    ["a snapshot", true, false],
  ] as const)("has %s, or not", (what, ...values) => {
    const seen = profiles.map(({ callback, snapshot }) =>
      what === "a callback" ? callback : snapshot,
    );
    expect(new Set(seen)).toEqual(new Set(values));
  });
  it("declares what it keeps, and limits or none", () => {
    const declared = profiles.map(({ capabilities }) => capabilities);
    expect(new Set(declared.map(({ hit }) => hit))).toEqual(new Set(["exact", "containment"]));
    expect(new Set(declared.map(({ inUse }) => inUse))).toEqual(new Set(["refuse", "defer"]));
    const scopes = declared.map(({ caches }) => `${caches.local} ${caches.remote}`);
    expect(new Set(scopes)).toEqual(
      new Set(["true true", "true false", "false true", "false false"]),
    );
    for (const limit of ["entries", "pages", "pending"] as const) {
      const values = declared.map(({ limits }) => limits[limit]);
      expect(values).toContain(null);
      expect(values.some((value) => value !== null && value > 0)).toBe(true);
    }
  });
});
