// Verdicts that are other ones where a cache watches than they are on Windows.

import { describe, expect, it } from "vitest";
import kdreg2 from "../../gallery/subjects/kdreg2.ts";
import libfabricMemhooks from "../../gallery/subjects/libfabric-memhooks.ts";
import libfabricUffd from "../../gallery/subjects/libfabric-uffd.ts";
import openmpiRcache from "../../gallery/subjects/openmpi-rcache.ts";
import ucxQueued from "../../gallery/subjects/ucx-queued.ts";
import { presets, type Claims } from "../../model/config.ts";
import type { InvalidateOutcome, Subject } from "../../model/contract.ts";
import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { runProgram, type RunResult } from "../../properties/agreement.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { underTest } from "../../src/kit/subject.ts";
import { shell } from "../../src/provider/shell.ts";

const w = wordsFor(presets.small);

function play(subject: Subject, program: readonly Command[]): RunResult {
  const claims: Claims = { ...subject.capabilities, callback: underTest(subject).callback };
  const config = { ...presets.small, notification: claims.notification };
  const player = { kind: "cache", provider: shell(subject, config.pageSizeBytes), claims } as const;
  const world = referenceWorld(config, claims);
  const result = runProgram({ world, player, counts: () => true, strict: false }, program);
  expect(result.broken).toBeNull();
  expect(result.skipped).toEqual({});
  return result;
}

/** The rules of conformance that the subject breaks first; none if it gets to the end. */
const brokenBy = (subject: Subject, program: readonly Command[]): readonly RuleId[] =>
  (play(subject, program).violation ?? []).map((each) => each.rule);

/** The recommendations that it does not follow on the way. */
const notFollowedBy = (subject: Subject, program: readonly Command[]): readonly RuleId[] =>
  play(subject, program).nonStrict.map((each) => each.rule);

/** The subject with a callback that does nothing but answer. */
const deaf = (subject: Subject, outcome: InvalidateOutcome): Subject => ({
  ...subject,
  create: (host) => ({ ...subject.create(host), invalidate: () => outcome }),
});

describe("a buffer that lost a right while it was kept", () => {
  const program = [
    w.alloc(0, 1),
    w.register("mr_1", 0, 1),
    w.deregister("mr_1"),
    w.protect(0, 1, "READONLY"),
    w.register("mr_2", 0, 1),
  ];

  it("ACCESS-4: may be found again where nobody tells a cache of protections", () => {
    expect(brokenBy(libfabricUffd, program)).toEqual([]);
  });

  it("ACCESS-4: may not where hooks tell it", () => {
    expect(brokenBy(libfabricMemhooks, program)).toEqual([]);
    expect(brokenBy(deaf(libfabricMemhooks, { ok: true }), program)).toContain("ACCESS-4");
  });
});

describe("a callback over a buffer in use and another one", () => {
  const program = [
    w.alloc(0, 2),
    w.register("mr_1", 0, 1),
    w.register("mr_2", 1, 2),
    w.deregister("mr_2"),
    w.notify(0, 2),
  ];

  it("LAW-3: may put the other one aside, if the cache declares that it does so", () => {
    expect(brokenBy(openmpiRcache, program)).toEqual([]);
  });

  it("LAW-3: has to release it if the cache declares that nothing waits", () => {
    const { capabilities } = openmpiRcache;
    const prompt: Subject = {
      ...openmpiRcache,
      capabilities: { ...capabilities, limits: { ...capabilities.limits, pending: 0 } },
    };
    expect(brokenBy(prompt, program)).toContain("LAW-3");
  });

  it("LAW-1: may not find it again once it is another mapping", () => {
    const again = [
      ...program.slice(0, -1),
      w.free(0),
      w.alloc(0, 2),
      w.write(0, 2),
      w.register("mr_3", 1, 2),
    ];
    expect(brokenBy(openmpiRcache, again)).toEqual([]);
    const unmoved = deaf(openmpiRcache, { ok: false, error: "WSAEFAULT" });
    expect(brokenBy(unmoved, again)).toContain("LAW-1");
  });
});

describe("a buffer that a cache found out to be another mapping, by asking", () => {
  const kept = [w.alloc(0, 2), w.alloc(2, 4), w.register("mr_1", 0, 1), w.deregister("mr_1")];
  const remapped = [...kept, w.free(0), w.alloc(0, 2)];

  /** Forgets everything before each register. */
  const forgetful = (subject: Subject): Subject => ({
    ...subject,
    create(host) {
      const cache = subject.create(host);
      return {
        ...cache,
        register(request) {
          cache.cleanup();
          return cache.register(request);
        },
      };
    },
  });

  it("LAW-8: may be dropped by any call", () => {
    const unrelated = [...remapped, w.register("mr_2", 2, 3), w.register("mr_3", 3, 4)];
    expect(notFollowedBy(ucxQueued, unrelated)).toEqual([]);
    expect(
      notFollowedBy(forgetful(libfabricMemhooks), [...kept, w.register("mr_2", 2, 3)]),
    ).toEqual(["LAW-8"]);
  });

  it("LOCAL-3: is no hit when it is registered again", () => {
    const again = [...remapped, w.register("mr_2", 0, 1)];
    expect(notFollowedBy(kdreg2, again)).toEqual([]);
    expect(
      notFollowedBy(forgetful(libfabricMemhooks), [...kept, w.register("mr_2", 0, 1)]),
    ).toContain("LOCAL-3");
  });
});
