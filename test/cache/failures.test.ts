// Literal cases of host calls that fail: nothing is left, or it is owed.

import { describe, expect, it } from "vitest";
import { deregister, keep, pages, register, s1, scene } from "./recording-host.ts";

const fault = { ok: false, error: "WSAEFAULT" };
const noBuffers = { ok: false, error: "WSAENOBUFS" };
const invalid = { ok: false, error: "WSAEINVAL" };

describe("a full driver or NIC", () => {
  it("LAW-7: a full NIC gets back the oldest region, and its lock stays", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    keep(cache, pages(2));
    world.told();
    world.answer("nic.register", "NO_RESOURCES", "NO_RESOURCES");
    keep(cache, pages(3));
    expect(world.told()).toEqual([
      "secure 3",
      "lock 3",
      "nic.register 3",
      "nic.deregister 1",
      "nic.register 3",
      "nic.deregister 2",
      "nic.register 3",
    ]);
    // Those without a region are older than those with one: they go first.
    cache.invalidate(pages(3));
    world.told();
    world.answer("lock", "STATUS_INSUFFICIENT_RESOURCES");
    keep(cache, pages(4));
    expect(world.told().slice(0, 5)).toEqual([
      "secure 4",
      "lock 4",
      "unlock 1",
      "unsecure 1",
      "lock 4",
    ]);
  });
  it("LAW-7: a driver without resources gets back idle entries, for a secure as well", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.answer("secure", "STATUS_INSUFFICIENT_RESOURCES");
    keep(cache, pages(2));
    expect([...world.locks.values()]).toEqual([pages(2)]);
  });
  it("SPI-1: when nothing is left to give back, the register fails", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.answer("nic.register", "NO_RESOURCES", "NO_RESOURCES");
    const request = { socket: s1, range: pages(2), access: "read", scope: "local" } as const;
    expect(cache.register(request)).toEqual(noBuffers);
    expect(world.balance).toEqual([1, 1, 0, 0]);
  });
  it("SPI-1: a hit whose region cannot be entered again fails, and keeps its lock", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.answer("nic.register", "NO_RESOURCES");
    const held = register(cache, pages(2));
    world.answer("nic.register", "NO_RESOURCES");
    const request = { socket: s1, range: pages(1), access: "read", scope: "local" } as const;
    expect(cache.register(request)).toEqual(noBuffers);
    expect(world.balance).toEqual([2, 2, 1, 0]);
    deregister(cache, held);
    cache.cleanup();
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
});

describe("a step that fails", () => {
  it.each([
    ["secure", "STATUS_ACCESS_VIOLATION", fault],
    ["secure", "STATUS_INVALID_PARAMETER", fault],
    ["secure", "STATUS_INSUFFICIENT_RESOURCES", noBuffers],
    ["lock", "STATUS_ACCESS_VIOLATION", fault],
    ["lock", "STATUS_INVALID_PARAMETER", fault],
    ["lock", "STATUS_INSUFFICIENT_RESOURCES", noBuffers],
    ["nic.register", "NO_RESOURCES", noBuffers],
    ["nic.register", "INVALID_KEY", noBuffers],
    ["nic.expose", "INVALID_KEY", noBuffers],
    ["nic.expose", "NO_RESOURCES", noBuffers],
  ] as const)("LAW-4: %s answers %s: nothing is left", (step, error, answer) => {
    const { world, cache } = scene();
    world.answer(step, error);
    const request = { socket: s1, range: pages(1), access: "readwrite", scope: "remote" } as const;
    expect(cache.register(request)).toEqual(answer);
    expect(world.balance).toEqual([0, 0, 0, 0]);
    expect(cache.invalidate(pages(1))).toEqual(invalid);
  });
  it("LAW-4: a hit that cannot be exposed stays idle", () => {
    const { world, cache } = scene({ limits: { entries: 1 } });
    keep(cache, pages(1));
    world.answer("nic.expose", "INVALID_KEY");
    const request = { socket: s1, range: pages(1), access: "read", scope: "remote" } as const;
    expect(cache.register(request)).toEqual(noBuffers);
    keep(cache, pages(2));
    expect([...world.locks.values()]).toEqual([pages(2)]);
  });
});

describe("a release that fails", () => {
  it.each([
    ["nic.deregister", "BUSY", [1, 1, 1, 0]],
    ["unlock", "STATUS_INSUFFICIENT_RESOURCES", [1, 1, 0, 0]],
    ["unsecure", "STATUS_INSUFFICIENT_RESOURCES", [0, 1, 0, 0]],
  ] as const)("LAW-4: %s: what is left is owed, secured and not found", (step, error, left) => {
    const { world, cache } = scene();
    const region = keep(cache, pages(1));
    world.answer(step, error, error);
    expect(cache.invalidate(pages(1))).toEqual(fault);
    expect(world.balance).toEqual(left);
    expect(cache.invalidate(pages(1))).toEqual(fault);
    expect(world.balance).toEqual(left);
    // Each later call is an opportunity.
    expect(keep(cache, pages(1))).not.toBe(region);
    expect(world.balance).toEqual([1, 1, 1, 0]);
  });
  it("LAW-4: what a failed register could not undo is owed", () => {
    const { world, cache } = scene();
    world.answer("nic.register", "NO_RESOURCES");
    world.answer("unlock", "STATUS_INSUFFICIENT_RESOURCES", "STATUS_INSUFFICIENT_RESOURCES");
    const request = { socket: s1, range: pages(1), access: "read", scope: "local" } as const;
    expect(cache.register(request)).toEqual(noBuffers);
    expect(cache.invalidate(pages(1))).toEqual(fault);
    cache.closeSocket(s1);
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
  it("LAW-7: an entry whose eviction fails is owed, and the next one goes", () => {
    const { world, cache } = scene({ limits: { entries: 1 } });
    keep(cache, pages(1));
    world.answer("nic.deregister", "BUSY", "BUSY");
    keep(cache, pages(2));
    expect(world.balance).toEqual([2, 2, 2, 0]);
    expect(cache.snapshot()).toMatchObject({ idle: [3], owed: [2] });
  });
  it("LAW-7: a register tries a bounded number of owed releases", () => {
    const { world, cache } = scene();
    for (let page = 0; page < 10; page++) keep(cache, pages(page));
    world.answer("nic.deregister", ...Array.from({ length: 100 }, () => "BUSY" as const));
    cache.invalidate(pages(0, 10));
    world.told();
    register(cache, pages(20));
    expect(world.told().filter((call) => call.startsWith("nic.deregister"))).toHaveLength(4);
  });
  it("LAW-4: clean-up tries once more what failed in it", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.answer("nic.deregister", "BUSY");
    cache.cleanup();
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
  it("LAW-6: a buffer in use that cannot be unsecured stays as it was", () => {
    const { world, cache } = scene();
    const held = register(cache, pages(1));
    world.answer("unsecure", "STATUS_INSUFFICIENT_RESOURCES");
    expect(cache.invalidate(pages(1))).toEqual(fault);
    expect(register(cache, pages(1)).region).toBe(held.region);
  });
});
