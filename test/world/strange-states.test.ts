// States where no legal cache leads, in which two worlds once disagreed. Judging goes on behind a violation in searches
// and in the comparison of worlds, so what is answered there is specified as well.

import { describe, expect, it } from "vitest";
import { presets, type Claims } from "../../model/config.ts";
import type { CacheCall, Event, HostCall, KernelCall } from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type InstanceId,
  type MdlHandle,
  type PageNumber,
  type ProcessId,
  type RegionKey,
  type SocketId,
  type VirtualAddress,
} from "../../model/units.ts";
import { referenceWorld, type World, type WorldFactory } from "../../model/world.ts";
import { flatWorld } from "../../src/world/world.ts";

const claims: Claims = {
  caches: { local: true, remote: true },
  hit: "containment",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};

const pages = (first: number, count: number): AddressRange => ({
  start: brand(first * 64),
  lengthBytes: count * 64,
});

const instance0: InstanceId = brand(0);
const begin = (call: CacheCall, instance = instance0): Event => ({ type: "call", instance, call });
const host = (call: HostCall, instance = instance0): Event => ({ type: "host", instance, call });

const register = (as: string, range: AddressRange, socket = 1): Event =>
  begin({
    name: "register",
    as,
    request: { socket: brand(socket), range, access: "readwrite", scope: "local" },
  });
const answer = (region: number): Event => ({
  type: "return",
  instance: instance0,
  outcome: { ok: true, handle: brand(0), region: brand(region), offsetBytes: 0 },
});
const lock = (range: AddressRange): Event => host({ name: "lock", range, access: "readwrite" });
const enter = (mdl: number): Event =>
  host({ name: "nicRegister", mdl: brand(mdl), access: "readwrite" });
const unlock = (mdl: number): Event => host({ name: "unlock", mdl: brand(mdl) });
const drop = (region: number): Event => host({ name: "nicDeregister", region: brand(region) });
const expose = (socket: number): Event =>
  host({
    name: "expose",
    region: brand(1),
    range: pages(2, 1),
    socket: brand(socket),
    access: "read",
  });

/** Pages of 64 bytes; four committed ones at page 2 of each process. */
function begun(make: WorldFactory, preset: "small" | "windows" = "small"): World {
  const config = { ...presets[preset], pageSizeBytes: 64, granularityPages: 2 };
  const world = make(config, claims);
  for (let process = 0; process < config.processes; process++) {
    world.apply({
      type: "os",
      process: brand(process),
      operation: {
        name: "VirtualAlloc",
        address: brand(128),
        sizeBytes: 256,
        type: "reserve|commit",
        protection: "READWRITE",
        guard: false,
      },
    });
  }
  return world;
}

describe.each([
  ["the reference", referenceWorld],
  ["the flat world", flatWorld],
] as const)("%s", (_, make) => {
  it("forgets who used an entry when the last region goes after the lock", () => {
    const { view, apply } = begun(make);
    const range = pages(2, 1);
    // The lock goes, the region is registered again, and then goes too.
    for (const event of [register("mr_1", range), lock(range), enter(1), unlock(1)]) apply(event);
    for (const event of [answer(1), register("mr_2", range), drop(1)]) apply(event);
    for (const event of [lock(range), enter(2), answer(2)]) apply(event);
    expect(view.entriesOnlyOf(instance0, brand(1)).map((each) => each.mdl)).toEqual([2]);
    expect(view.entriesOnlyOf(instance0, brand(2))).toEqual([]);
  });

  it("takes several regions without a lock for as many entries", () => {
    const { view, apply } = begun(make);
    const range = pages(2, 1);
    for (const event of [register("mr_1", range), lock(range), enter(1), enter(1)]) apply(event);
    for (const event of [unlock(1), answer(1), register("mr_2", range), answer(2)]) apply(event);
    const { lastCall } = view.instance(instance0);
    if (lastCall === null) throw new Error("the call returned");
    expect(view.entries(instance0).map((each) => each.locked)).toEqual([false, false]);
    expect(view.before(instance0, lastCall).diminished()).toEqual([]);
  });

  it("keeps the number of a socket that was never there, and what is exposed to it", () => {
    const { view, apply } = begun(make);
    const range = pages(2, 1);
    const unknown = 2 ** 40 + 1;
    for (const event of [register("mr_1", range), lock(range), enter(1)]) apply(event);
    apply(expose(unknown));
    expect(view.exposure(brand(0), 1)?.socket).toBe(unknown);
    expect(view.belongings(brand(unknown)).exposures.map((each) => each.key)).toEqual([1]);
    expect(view.belongings(brand(1)).exposures).toEqual([]);
  });

  it("lists what is exposed to a socket one NIC after the other", () => {
    const { view, apply } = begun(make, "windows");
    const unknown = 1000;
    for (const instance of [brand<InstanceId>(1), instance0]) {
      const range = pages(2 + instance, 1);
      apply(begin({ name: "closeSocket", socket: brand(1) }, instance));
      apply(host({ name: "lock", range, access: "readwrite" }, instance));
      const mdl = brand<MdlHandle>(view.counters().mdl - 1);
      apply(host({ name: "nicRegister", mdl, access: "readwrite" }, instance));
      for (const to of [1, unknown]) {
        const socket = brand<SocketId>(to);
        const region = brand<RegionKey>(1);
        apply(host({ name: "expose", region, range, socket, access: "read" }, instance));
      }
    }
    for (const socket of [1, unknown]) {
      const { exposures } = view.belongings(brand(socket));
      expect(exposures).toEqual([
        ...view.exposures(brand(0)).filter((each) => each.socket === socket),
        ...view.exposures(brand(1)).filter((each) => each.socket === socket),
      ]);
    }
  });

  it("gives a new socket what was exposed to it before", () => {
    const { view, apply } = begun(make);
    const range = pages(2, 1);
    for (const event of [register("mr_1", range), lock(range), enter(1)]) apply(event);
    apply(expose(9));
    apply({ type: "connect", socket: brand(9), process: brand(0), provider: brand(0) });
    expect(view.belongings(brand(9)).exposures.map((each) => each.key)).toEqual([1]);
    apply(host({ name: "unexpose", key: brand(1) }));
    expect(view.belongings(brand(9)).exposures).toEqual([]);
  });

  it("transfers the part of a region that a registration covers, if it begins before the region", () => {
    const { view, apply } = begun(make);
    for (const event of [register("mr_1", pages(2, 3)), lock(pages(4, 1)), enter(1)]) apply(event);
    apply(answer(1));
    apply({
      type: "os",
      process: brand(0),
      operation: { name: "write", range: pages(4, 1), stamp: 7 },
    });
    apply({
      type: "transferStart",
      as: "t_1",
      kind: "send",
      registration: "mr_1",
      socket: brand(1),
    });
    const done = apply({ type: "transferComplete", transfer: "t_1", stamp: 8 });
    expect(done.answer).toEqual({ kind: "transfer", stamps: [7], error: null });
    expect(view.lastTransfer()?.span).toEqual({ first: 2, count: 3 });
  });

  it("takes no secure of another provider for one that an entry has", () => {
    const { view, apply } = begun(make, "windows");
    const other: InstanceId = brand(1);
    const range = pages(2, 1);
    apply(register("mr_1", range));
    for (const event of [lock(range), enter(1), answer(1)]) apply(event);
    apply(begin({ name: "closeSocket", socket: brand(3) }, other));
    apply(host({ name: "secure", range, mode: "readwrite" }, other));
    apply({ type: "return", instance: other, outcome: null });
    apply({ type: "arm", fault: { kind: "fail", call: "nicDeregister" } });
    apply(begin({ name: "invalidate", range, reason: "notify" }));
    apply(drop(1));
    expect(view.securesOver(brand(0), { first: brand(2), count: 1 })).toHaveLength(1);
    expect(view.entries(instance0).map((each) => each.unsecurable)).toEqual([true]);
  });

  it("completes a transfer that was aborted with an error", () => {
    const { apply } = begun(make);
    const range = pages(2, 1);
    for (const event of [register("mr_1", range), lock(range), enter(1), answer(1)]) apply(event);
    const socket: SocketId = brand(1);
    apply({ type: "transferStart", as: "t_1", kind: "receive", registration: "mr_1", socket });
    apply({ type: "nicReset", provider: brand(0) });
    const { answer: completed } = apply({ type: "transferComplete", transfer: "t_1", stamp: 8 });
    expect(completed).toEqual({ kind: "transfer", stamps: null, error: "WSA_OPERATION_ABORTED" });
  });

  it("lets an instance owe nothing that is another process's", () => {
    const { view, apply } = begun(make);
    const other: InstanceId = brand(1);
    apply(register("mr_1", pages(2, 1)));
    for (const event of [lock(pages(2, 1)), enter(1), answer(1)]) apply(event);
    apply(begin({ name: "closeSocket", socket: brand(3) }, other));
    apply(host({ name: "nicDeregister", region: brand(1) }, other));
    apply(host({ name: "unlock", mdl: brand(1) }, other));
    expect(view.instance(other).unreleased).toEqual([]);
    expect(view.instance(instance0).unreleased).toEqual([]);
  });

  it.each([
    ["over the end of the user's pages", pages(12, 3), pages(12, 1), true],
    [
      "in no address space",
      { start: brand<VirtualAddress>(2 ** 46), lengthBytes: 2 ** 30 },
      pages(2, 1),
      false,
    ],
  ] as const)("knows a registration that lies %s", (_where, range, over, isThere) => {
    const { view, apply } = begun(make);
    apply(register("mr_1", range));
    apply(answer(1));
    const span = { first: brand<PageNumber>(over.start / 64), count: 1 };
    expect(view.registrationsOver(instance0, span)).toHaveLength(isThere ? 1 : 0);
    expect(view.wasRegistered(brand(0), span)).toBe(isThere);
    const socket: SocketId = brand(1);
    apply({ type: "transferStart", as: "t_1", kind: "send", registration: "mr_1", socket });
    expect(view.transfer("t_1")?.span).toEqual({
      first: range.start / 64,
      count: range.lengthBytes / 64,
    });
    apply(
      begin({
        name: "deregister",
        registration: "mr_1",
        region: brand(1),
        range,
        request: { socket, handle: brand(0), scope: "local" },
      }),
    );
    apply({ type: "return", instance: instance0, outcome: { ok: true } });
    expect(view.registrationsOver(instance0, span)).toEqual([]);
  });

  it("knows registrations behind the user's pages, in the order in which they were made, until they end", () => {
    const { view, apply } = begun(make);
    const ranges = [pages(20, 2), pages(12, 12), pages(2, 1)];
    for (const [k, range] of ranges.entries()) {
      apply(register(`mr_${k}`, range));
      apply(answer(1));
    }
    const process: ProcessId = brand(0);
    const over = (first: number, count: number): string[] =>
      view.registrationsOver(instance0, { first: brand(first), count }).map((each) => each.name);
    expect(over(21, 1)).toEqual(["mr_0", "mr_1"]);
    expect(over(22, 1)).toEqual(["mr_1"]);
    expect(over(2, 30)).toEqual(["mr_0", "mr_1", "mr_2"]);
    expect(view.wasRegistered(process, { first: brand(23), count: 1 })).toBe(true);
    expect(view.wasRegistered(process, { first: brand(24), count: 1 })).toBe(false);
    expect(view.registrationsOver(brand(1), { first: brand(21), count: 1 })).toEqual([]);
    apply({ type: "stopped", instance: instance0 });
    expect(over(21, 1)).toEqual([]);
    expect(view.wasRegistered(process, { first: brand(23), count: 1 })).toBe(false);
  });

  it("has no pages for a process that is not there, whatever it keeps where they would be", () => {
    const { apply } = make(presets.small, null);
    const range = pages(2, 12);
    const whole = {
      name: "VirtualAlloc",
      address: range.start,
      sizeBytes: 768,
      guard: false,
    } as const;
    apply({
      type: "os",
      process: brand(0),
      operation: { ...whole, type: "reserve|commit", protection: "READWRITE" },
    });
    // The low word of such a stamp reads as a page that is committed and may be written.
    for (let page = 2; page < 14; page++) {
      const write = { name: "write", range: pages(page, 1), stamp: 2 ** 52 + 33 } as const;
      apply({ type: "os", process: brand(0), operation: write });
    }
    const nobody: ProcessId = brand(presets.small.processes);
    const kernel = (call: KernelCall): unknown => {
      const { answer } = apply({ type: "kernel", call });
      return answer?.kind === "kernel" ? (answer.raised ?? answer.value) : answer;
    };
    for (let page = 2; page < 12; page++) {
      const args = [nobody, pages(page, 1), "readonly"] as const;
      expect(kernel({ name: "mmSecureVirtualMemory", args })).toBeNull();
      const read = kernel({ name: "readUser", args: [nobody, pages(page, 1)] });
      expect(read).toBe("STATUS_ACCESS_VIOLATION");
      const locked = kernel({
        name: "mmProbeAndLockPages",
        args: [nobody, pages(page, 1), "read"],
      });
      expect(locked).toBe("STATUS_ACCESS_VIOLATION");
    }
  });
});
