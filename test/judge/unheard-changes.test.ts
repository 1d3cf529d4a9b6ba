// Frames that count as mapped, although the range maps others: since a change of which nobody had to tell the cache.

import { describe, expect, it } from "vitest";
import openmpiRcache from "../../gallery/subjects/openmpi-rcache.ts";
import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import type { JsonValue, Subject } from "../../model/contract.ts";
import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";
import { brand, type Pfn, type RegionKey } from "../../model/units.ts";
import { referenceWorld, type WorldFactory } from "../../model/world.ts";
import { runProgram } from "../../properties/agreement.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { underTest } from "../../src/kit/subject.ts";
import { shell } from "../../src/provider/shell.ts";
import { flatWorld } from "../../src/world/world.ts";

const w = wordsFor(presets.small);

const os = (operation: { readonly name: string; readonly [key: string]: JsonValue }): Command => ({
  name: operation.name,
  args: { process: 0, operation },
});

/** The rules that the subject breaks first, the same in both worlds; none if it gets to the end. */
function brokenBy(subject: Subject, program: readonly Command[]): readonly RuleId[] {
  const claims: Claims = { ...subject.capabilities, callback: underTest(subject).callback };
  const config: WorldConfig = { ...presets.small, notification: claims.notification };
  const rulesIn = (make: WorldFactory): RuleId[] => {
    const provider = shell(subject, config.pageSizeBytes);
    const player = { kind: "cache", provider, claims } as const;
    const world = make(config, claims);
    const result = runProgram({ world, player, counts: () => true, strict: false }, program);
    expect(result.broken).toBeNull();
    expect(result.skipped).toEqual({});
    return (result.violation ?? []).map(({ rule }) => rule);
  };
  const broken = rulesIn(referenceWorld);
  expect(rulesIn(flatWorld)).toEqual(broken);
  return broken;
}

describe("a copy after a fork, of which no hook tells", () => {
  const operation = {
    name: "VirtualFree",
    address: w.address(0),
    sizeBytes: 0,
    type: "release",
  } as const;
  const kept = [w.alloc(0, 1), w.registerRdma("mr_1", 0, 1), os({ name: "fork" }), w.write(0, 1)];

  it("LAW-1: leaves what is cached as good as before", () => {
    expect(brokenBy(openmpiRcache, [...kept, w.registerRdma("mr_2", 0, 1)])).toEqual([]);
  });

  it("LAW-1: is no staleness either where the range is freed within the register", () => {
    const freed = w.interrupt(0, { kind: "operation", operation });
    expect(brokenBy(openmpiRcache, [...kept, freed, w.registerRdma("mr_2", 0, 1)])).toEqual([]);
  });

  it("LAW-1: is staleness where it was freed before", () => {
    const deaf: Subject = {
      ...openmpiRcache,
      create: (host) => ({ ...openmpiRcache.create(host), invalidate: () => refusal }),
    };
    const freed = [...kept, os(operation), w.alloc(0, 1), w.write(0, 1)];
    expect(brokenBy(deaf, [...freed, w.registerRdma("mr_2", 0, 1)])).toContain("LAW-1");
  });
});

const refusal = { ok: false, error: "WSAEFAULT" } as const;

/** Compares what it finds with the mapping once, secures it then, and trusts it from there on. */
const comparesOnce: Subject = {
  name: "compares-once",
  capabilities: {
    caches: { local: true, remote: false },
    hit: "exact",
    inUse: "refuse",
    limits: { entries: null, pages: null, pending: null },
    notification: "refuse-notify-retry",
  },
  create({ driver, nic }) {
    let found: { readonly region: RegionKey; readonly frames: string; isSure: boolean } | null =
      null;
    return {
      register({ range }) {
        if (found?.isSure !== true) {
          if (found !== null) driver.secure(range, "readonly");
          const mdl = driver.lock(range, "read");
          if (!mdl.ok) return { ok: false, error: "WSAEFAULT" };
          const frames = driver.frames(mdl.value).join();
          if (found?.frames === frames) {
            driver.unlock(mdl.value);
            found.isSure = true;
          } else {
            const region = nic.register(mdl.value, "read");
            if (!region.ok) return { ok: false, error: "WSAENOBUFS" };
            found = { region: region.value, frames, isSure: false };
          }
        }
        const { region } = found;
        return { ok: true, handle: brand(Number(region)), region, offsetBytes: 0 };
      },
      deregister: () => ({ ok: true }),
      invalidate: () => refusal,
      closeSocket() {},
      cleanup() {},
    };
  },
};

describe("a copy-on-write in a view that shows the same frame again, of which nobody tells", () => {
  const view = (protection: string): Command =>
    os({ name: "MapViewOfFile", address: w.address(0), section: 0, protection });
  const unmap = os({ name: "UnmapViewOfFile", address: w.address(0) });
  const shownAgain = [
    view("READWRITE"),
    w.register("mr_1", 0, 1, "read"),
    unmap,
    view("WRITECOPY"),
    w.register("mr_2", 0, 1, "read"),
  ];

  it("LAW-1: leaves what was compared since as good as it was", () => {
    const program = [...shownAgain, w.write(0, 1), w.register("mr_3", 0, 1, "read")];
    expect(brokenBy(comparesOnce, program)).toEqual([]);
  });

  it("LAW-1: is staleness where the view gave way to other memory", () => {
    const program = [...shownAgain.slice(0, 3), w.alloc(0, 1), w.write(0, 1)];
    const trusting: Subject = {
      ...comparesOnce,
      create(host) {
        const frames = (): readonly Pfn[] => [];
        return comparesOnce.create({ ...host, driver: { ...host.driver, frames } });
      },
    };
    expect(brokenBy(trusting, [...program, w.register("mr_2", 0, 1, "read")])).toContain("LAW-1");
  });
});
