// No false alarm: caches that pick any legal option at each choice point are convicted of nothing. The deep run of the same
// is `npm run policies`.

import { sample } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import uncached from "../../examples/uncached.ts";
import { choicePoints, points } from "../../gallery/policies/choice-points.ts";
import { flaws, type Flaw } from "../../gallery/policies/flaws.ts";
import { flawedPolicy, legalPolicy, plainPolicy } from "../../gallery/policies/legal-policy.ts";
import { drawnProfile } from "../../gallery/policies/profile.ts";
import { checkPolicy, type PolicyCheck } from "../../gallery/policies/check/check-policy.ts";
import { tally } from "../../gallery/policies/check/tally.ts";
import { presets, type PresetName } from "../../model/config.ts";
import type { RegistrationCache, Subject } from "../../model/contract.ts";
import { rules, type RuleId } from "../../model/rules.ts";
import type { TraceStep } from "../../model/trace.ts";
import { claimsOf, configFor, runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { casesFor } from "../../properties/cases.ts";
import { difference } from "../../src/kit/determinism.ts";
import { players } from "../../src/kit/player.ts";
import { run } from "../../src/kit/run.ts";
import { underTest } from "../../src/kit/subject.ts";
import { flatWorld } from "../../src/world/world.ts";

/** Twenty that have occasion for every option within so few commands. */
const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, i) => i + 31);
const COMMANDS = 500;

/** What was observed of the literal programs and of some generated ones, each on a new cache. */
function tracesOf(subject: Subject, preset: PresetName): readonly (readonly TraceStep[])[] {
  const makePlayer = players(underTest(subject), presets[preset]);
  const config = configFor(presets[preset], makePlayer());
  const claims = claimsOf(makePlayer());
  const literal = casesFor(config).filter((each) => each.subject === "cache");
  const generated = sample(programs({ config, claims, maxCommands: 60 }), { numRuns: 40, seed: 5 });
  return [...literal.map((each) => each.program), ...generated].map((program) => {
    const settings = { world: flatWorld(config, claims), player: makePlayer() };
    return runProgram({ ...settings, counts: () => true, strict: false }, program).steps;
  });
}

/** The first difference between what two subjects do, program by program. */
const differences = (a: Subject, b: Subject, preset: PresetName): readonly string[] => {
  const others = tracesOf(b, preset);
  return tracesOf(a, preset).flatMap((steps, i) => difference(steps, others[i] ?? []) ?? []);
};

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

describe("the plain policy", () => {
  it("declares what the provider that never caches declares", () => {
    expect(plainPolicy().capabilities).toEqual(uncached.capabilities);
  });
  it.each(["tiny", "small", "windows"] as const)(
    "does what the provider that never caches does, on %s",
    (preset) => {
      expect(differences(plainPolicy(), uncached, preset)).toEqual([]);
    },
  );
  it("does otherwise than a random one", () => {
    expect(differences(legalPolicy(1), uncached, "tiny")).not.toEqual([]);
  });
});

/** Between any two calls the cache is put away as JSON, and a new one goes on from there. */
function migrating(subject: Subject): Subject {
  return {
    ...subject,
    create(host): RegistrationCache {
      let current = subject.create(host);
      let depth = 0;
      const during = <T>(work: (cache: RegistrationCache) => T): T => {
        if (depth === 0) {
          const saved = JSON.stringify(current.snapshot?.());
          current = subject.create(host);
          current.restore?.(JSON.parse(saved));
        }
        depth++;
        const result = work(current);
        depth--;
        return result;
      };
      return {
        register: (request) => during((cache) => cache.register(request)),
        deregister: (request) => during((cache) => cache.deregister(request)),
        closeSocket: (socket) => during((cache) => cache.closeSocket(socket)),
        cleanup: () => during((cache) => cache.cleanup()),
        invalidate: (range) =>
          during((cache) => cache.invalidate?.(range) ?? { ok: false, error: "WSAEINVAL" }),
      };
    },
  };
}

describe("the snapshot of a policy", () => {
  const saved = SEEDS.filter((seed) => drawnProfile(seed).snapshot && drawnProfile(seed).callback);

  it.each(saved)("is the whole of its state: policy %d", (seed) => {
    expect(differences(migrating(legalPolicy(seed)), legalPolicy(seed), "tiny")).toEqual([]);
  });
});

/** A policy for each flaw, and the rule that it then breaks. */
const convictions: readonly {
  readonly flaw: Flaw;
  readonly seed: number;
  readonly rule: RuleId;
}[] = [
  { flaw: "skipsSecure", seed: 33, rule: "LOCAL-2" },
  { flaw: "skipsComparison", seed: 41, rule: "LAW-1" },
  { flaw: "forgetsRegion", seed: 31, rule: "LAW-5" },
  { flaw: "keepsExposure", seed: 31, rule: "REMOTE-1" },
  { flaw: "findsInvalidated", seed: 38, rule: "LAW-6" },
  { flaw: "overrunsLimits", seed: 37, rule: "LAW-7" },
];

describe("a policy that does what no policy may", () => {
  const options = {
    seed: 1,
    runs: 60,
    preset: "small",
    rules: rules.filter(({ level }) => level !== "should").map(({ id }) => id),
  };
  const convicting = (subject: Subject): readonly RuleId[] =>
    run(subject, options).counterexamples.flatMap((each) => (each.fails ? each.broken : []));

  it("is here for every flaw", () => {
    expect(convictions.map(({ flaw }) => flaw)).toEqual(Object.keys(flaws));
  });
  it.each(convictions)("$rule: now and then it has the flaw $flaw", ({ flaw, seed, rule }) => {
    expect(convicting(flawedPolicy(seed, flaw, 0.3))).toContain(rule);
    expect(convicting(legalPolicy(seed))).toEqual([]);
  });
});
