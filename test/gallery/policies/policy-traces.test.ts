// What a policy does, compared call by call with what another subject does on the same programs.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import uncached from "../../../examples/uncached.ts";
import { legalPolicy, plainPolicy } from "../../../gallery/policies/legal-policy.ts";
import { presets, type PresetName } from "../../../model/config.ts";
import type { JsonValue, RegistrationCache, Subject } from "../../../model/contract.ts";
import type { TraceStep } from "../../../model/trace.ts";
import { claimsOf, configFor, runProgram } from "../../../properties/agreement.ts";
import { programs } from "../../../properties/arbitraries.ts";
import { casesFor } from "../../../properties/cases.ts";
import { difference } from "../../../src/kit/determinism.ts";
import { players } from "../../../src/kit/player.ts";
import { underTest } from "../../../src/kit/subject.ts";
import { flatWorld } from "../../../src/world/world.ts";

/** What was observed of the literal programs and of some generated ones, each on a new cache. */
function tracesOf(subject: Subject, preset: PresetName): readonly (readonly TraceStep[])[] {
  const makePlayer = players(underTest(subject), presets[preset]);
  const config = configFor(presets[preset], makePlayer());
  const claims = claimsOf(makePlayer());
  const literal = casesFor(config).filter((each) => each.subject === "cache");
  const generated = sample(programs({ config, claims, maxCommands: 60 }), { numRuns: 20, seed: 5 });
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
          current.restore?.(JSON.parse(saved) as JsonValue);
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
  it.each([7, 11, 14, 40])("is the whole of its state: policy %d", (seed) => {
    expect(differences(migrating(legalPolicy(seed)), legalPolicy(seed), "tiny")).toEqual([]);
  });
});
