// Literal cases: what a cache asks of its host, in which order, and what is left.

import { describe, expect, it } from "vitest";
import { brand, type BufferHandle } from "../../model/units.ts";
import {
  createRegistrationCache,
  type RegistrationCacheOptions,
} from "../../src/cache/registration-cache.ts";
import { deregister, keep, pages, RecordingHost, register, s1, s2 } from "./recording-host.ts";

function scene(options: RegistrationCacheOptions = {}) {
  const world = new RecordingHost();
  return { world, cache: createRegistrationCache(world.host, options) };
}

const fault = { ok: false, error: "WSAEFAULT" };
const noBuffers = { ok: false, error: "WSAENOBUFS" };
const invalid = { ok: false, error: "WSAEINVAL" };
const ok = { ok: true };

describe("a miss and a hit", () => {
  it("LOCAL-2: a miss secures before it locks", () => {
    const { world, cache } = scene();
    register(cache, pages(1));
    expect(world.told()).toEqual(["secure 1", "lock 1", "nic.register 1"]);
  });
  it("LOCAL-1: the last deregister releases nothing", () => {
    const { world, cache } = scene();
    const [first, second] = [register(cache, pages(1)), register(cache, pages(1))];
    world.told();
    deregister(cache, first);
    deregister(cache, second);
    expect(world.told()).toEqual([]);
    expect(world.balance).toEqual([1, 1, 1, 0]);
  });
  it("LOCAL-3: a hit asks the host for nothing", () => {
    const { world, cache } = scene();
    const region = keep(cache, pages(1));
    world.told();
    expect(register(cache, pages(1)).region).toBe(region);
    expect(world.told()).toEqual([]);
  });
  it("LOCAL-3: a range inside an entry is a hit, at its offset in bytes", () => {
    const { cache } = scene();
    const region = keep(cache, pages(1, 3));
    const inside = register(cache, { start: brand(2 * 16 + 5), lengthBytes: 4 });
    expect(inside).toMatchObject({ region, offsetBytes: 16 + 5 });
  });
  it("LAW-2: ranges that overlap or adjoin an entry are entries of their own", () => {
    const { world, cache } = scene();
    keep(cache, pages(2, 2));
    const others = [pages(1, 2), pages(3, 2), pages(1, 4), pages(5), pages(0)];
    const regions = others.map((range) => keep(cache, range));
    expect(new Set(regions).size).toBe(others.length);
    expect(world.balance).toEqual([6, 6, 6, 0]);
    world.told();
    for (const [i, range] of others.entries()) {
      // The first two lie inside the third; an entry of their own size is found first.
      expect(register(cache, range).region).toBe(regions[i]);
    }
    expect(world.told()).toEqual([]);
  });
  it("LAW-2: two adjacent entries do not hold a range across both", () => {
    const { cache } = scene();
    const regions = [keep(cache, pages(1)), keep(cache, pages(2))];
    expect(regions).not.toContain(register(cache, pages(1, 2)).region);
  });
  it("ACCESS-4: an entry is found for its rights only", () => {
    const { cache } = scene();
    const read = keep(cache, pages(1), { access: "read" });
    const write = keep(cache, pages(1), { access: "write" });
    expect(write).not.toBe(read);
    const both = keep(cache, pages(1), { access: "readwrite" });
    expect([read, write]).not.toContain(both);
    expect(keep(cache, pages(1), { access: "read" })).toBe(read);
    expect(keep(cache, pages(1), { access: "write" })).toBe(write);
  });
  it("LAW-8: readwrite serves read, and write", () => {
    const { cache } = scene();
    const both = keep(cache, pages(1));
    expect(keep(cache, pages(1), { access: "read" })).toBe(both);
    expect(keep(cache, pages(1), { access: "write" })).toBe(both);
  });
  it("SPI-4: handles are counted, and an unknown one is WSAEINVAL", () => {
    const { cache } = scene();
    const made = register(cache, pages(1));
    deregister(cache, made);
    for (const handle of [made.handle, 77, 0, 1, -1, 1.5]) {
      const request = { socket: s1, handle: handle as BufferHandle, scope: "local" } as const;
      expect(cache.deregister(request)).toEqual(invalid);
    }
  });
  it("SPI-1: a range of more pages than an MDL can describe is refused", () => {
    const { world, cache } = scene();
    const range = pages(0, 2 ** 31);
    expect(cache.register({ socket: s1, range, access: "read", scope: "local" })).toEqual(
      noBuffers,
    );
    expect(world.told()).toEqual([]);
  });
});

describe("limits", () => {
  it("LAW-7: the least recently released goes first", () => {
    const { world, cache } = scene({ limits: { entries: 2 } });
    keep(cache, pages(1));
    keep(cache, pages(2));
    keep(cache, pages(1));
    world.told();
    keep(cache, pages(3));
    expect(world.told().slice(3)).toEqual(["nic.deregister 2", "unlock 2", "unsecure 2"]);
  });
  it("LAW-7: pages count as well as entries", () => {
    const { world, cache } = scene({ limits: { pages: 3 } });
    keep(cache, pages(1, 2));
    keep(cache, pages(5));
    expect(world.balance).toEqual([2, 2, 2, 0]);
    keep(cache, pages(9));
    expect([...world.locks.values()]).toEqual([pages(5), pages(9)]);
  });
  it("LAW-8: an entry too large to keep does not drive out the others", () => {
    const { world, cache } = scene({ limits: { pages: 3 } });
    keep(cache, pages(1));
    keep(cache, pages(10, 4));
    expect([...world.locks.values()]).toEqual([pages(1)]);
  });
  it("LAW-7: entries in use do not count, and eviction resumes when they are released", () => {
    const { world, cache } = scene({ limits: { entries: 1 } });
    const made = [1, 2, 3].map((page) => register(cache, pages(page)));
    expect(world.locks.size).toBe(3);
    for (const each of made) deregister(cache, each);
    expect([...world.locks.values()]).toEqual([pages(3)]);
  });
  it("LAW-7: with a limit of 0 nothing is kept", () => {
    const { world, cache } = scene({ limits: { entries: 0 } });
    keep(cache, pages(1));
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
  it("LAW-7: invalidated entries wait for their release up to `pending`", () => {
    const { world, cache } = scene({ limits: { pending: 1 } });
    const made = [1, 2].map((page) => register(cache, pages(page)));
    expect(cache.invalidate(pages(1, 2))).toEqual(ok);
    for (const each of made) deregister(cache, each);
    // The deregister of the second one tries the first one's release before.
    expect(world.balance).toEqual([1, 0, 1, 0]);
    register(cache, pages(8));
    expect([...world.locks.values()]).toEqual([pages(8)]);
  });
});

describe("the callback", () => {
  it("LOCAL-4: releases idle entries that share a page, and no other", () => {
    const { world, cache } = scene();
    for (const range of [pages(3), pages(1, 2), pages(2, 4), pages(8)]) keep(cache, range);
    expect(cache.invalidate(pages(2))).toEqual(ok);
    expect([...world.locks.values()]).toEqual([pages(3), pages(8)]);
    expect(world.balance).toEqual([2, 2, 2, 0]);
  });
  it("SPI-5: answers WSAEINVAL where nothing is, and asks the host for nothing", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.told();
    expect(cache.invalidate(pages(2, 6))).toEqual(invalid);
    expect(world.told()).toEqual([]);
  });
  it("SPI-5: refuse leaves what is in use as it is, and releases the idle", () => {
    const { world, cache } = scene({ inUse: "refuse" });
    const held = register(cache, pages(1));
    keep(cache, pages(2));
    expect(cache.invalidate(pages(1, 2))).toEqual(fault);
    expect([...world.secures.values()]).toEqual([pages(1)]);
    expect(register(cache, pages(1)).region).toBe(held.region);
  });
  it("LAW-6: defer unsecures what is in use, and never finds it again", () => {
    const { world, cache } = scene();
    const held = register(cache, pages(1));
    expect(cache.invalidate(pages(1))).toEqual(ok);
    expect(world.balance).toEqual([1, 0, 1, 0]);
    expect(cache.invalidate(pages(1))).toEqual(invalid);
    expect(keep(cache, pages(1))).not.toBe(held.region);
    world.told();
    deregister(cache, held);
    expect(world.told()).toEqual(["nic.deregister 1", "unlock 1"]);
  });
  it("LAW-3: a range far larger than the entries in it finds them all", () => {
    const { world, cache } = scene();
    for (let i = 0; i < 100; i++) keep(cache, pages(1 + i * i * 1000, 1 + (i % 7)));
    expect(cache.invalidate(pages(0, 2 ** 30))).toEqual(ok);
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
});

describe("remote buffers", () => {
  it("REMOTE-1: each deregister takes its exposure away", () => {
    const { world, cache } = scene();
    const [first, second] = [1, 2].map(() => register(cache, pages(1), { scope: "remote" }));
    expect(world.exposures.size).toBe(2);
    if (first === undefined || second === undefined) throw new Error("not made");
    deregister(cache, first);
    expect([...world.exposures.keys()]).toEqual([second.remoteKey]);
    deregister(cache, second);
    expect(world.balance).toEqual([1, 1, 1, 0]);
  });
  it("REMOTE-3: a hit exposes what is asked for, and does nothing else", () => {
    const { world, cache } = scene();
    keep(cache, pages(1, 3));
    world.told();
    register(cache, pages(2), { scope: "remote" });
    expect(world.told()).toEqual(["nic.expose 2"]);
    expect([...world.exposures.values()]).toEqual([pages(2)]);
  });
  it("REMOTE-3: a region given back to a full NIC is entered again on the kept lock", () => {
    const { world, cache } = scene();
    keep(cache, pages(1), { scope: "remote" });
    world.answer("nic.register", "NO_RESOURCES");
    keep(cache, pages(2));
    expect(world.balance).toEqual([2, 2, 1, 0]);
    world.told();
    register(cache, pages(1), { scope: "remote" });
    expect(world.told()).toEqual(["nic.register 1", "nic.expose 1"]);
  });
  it("LOCAL-3: a larger entry with its region is preferred to one that kept only its lock", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    world.answer("nic.register", "NO_RESOURCES");
    const larger = register(cache, pages(1, 2));
    world.told();
    expect(register(cache, pages(1)).region).toBe(larger.region);
    expect(world.told()).toEqual([]);
  });
  it("REMOTE-1: a key that the NIC is too busy to take back is tried again", () => {
    const { world, cache } = scene();
    const made = register(cache, pages(1), { scope: "remote" });
    world.answer("nic.unexpose", "BUSY");
    deregister(cache, made);
    expect(world.exposures.size).toBe(1);
    cache.closeSocket(s2);
    expect(world.exposures.size).toBe(0);
  });
});

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

describe("sockets", () => {
  it("LOCAL-5: a close releases what only that socket used", () => {
    const { world, cache } = scene();
    keep(cache, pages(1), { socket: s1 });
    keep(cache, pages(2), { socket: s2 });
    keep(cache, pages(3), { socket: s1 });
    keep(cache, pages(3), { socket: s2 });
    cache.closeSocket(s1);
    expect([...world.locks.values()]).toEqual([pages(2), pages(3)]);
    cache.closeSocket(s2);
    expect([...world.locks.values()]).toEqual([pages(3)]);
  });
  it("LOCAL-5: the second user may be the first to come back", () => {
    const { world, cache } = scene();
    keep(cache, pages(1), { socket: s1 });
    keep(cache, pages(1), { socket: s2 });
    keep(cache, pages(1), { socket: s1 });
    cache.closeSocket(s1);
    expect(world.locks.size).toBe(1);
  });
  it("ACCESS-5: a number of a closed socket is used for another one", () => {
    const { world, cache } = scene();
    keep(cache, pages(1), { socket: s1 });
    cache.closeSocket(s1);
    keep(cache, pages(1), { socket: s2 });
    cache.closeSocket(s1);
    expect(world.locks.size).toBe(1);
    cache.closeSocket(s2);
    expect(world.locks.size).toBe(0);
  });
});

describe("a callback inside a host call", () => {
  it.each(["secure", "lock", "nic.register", "nic.expose"] as const)(
    "LAW-10: over what a register is acquiring, at %s: WSAEFAULT, and nothing changes",
    (step) => {
      const { world, cache } = scene();
      const answers: unknown[] = [];
      world.inside.set(step, () => answers.push(cache.invalidate(pages(1))));
      register(cache, pages(1), { scope: "remote" });
      expect(answers).toEqual([fault]);
      expect(world.balance).toEqual([1, 1, 1, 1]);
    },
  );
  it.each(["nic.deregister", "unlock", "unsecure"] as const)(
    "LAW-4: over what is being released, at %s: it is released once",
    (step) => {
      const { world, cache } = scene();
      keep(cache, pages(1));
      const answers: unknown[] = [];
      world.inside.set(step, () => answers.push(cache.invalidate(pages(1))));
      expect(cache.invalidate(pages(1))).toEqual(ok);
      expect(answers).toEqual([fault]);
      expect(world.balance).toEqual([0, 0, 0, 0]);
    },
  );
  it("LAW-3: an inner callback takes what the outer one was about to", () => {
    const { world, cache } = scene();
    for (const page of [1, 2, 3]) keep(cache, pages(page));
    const answers: unknown[] = [];
    world.inside.set("nic.deregister", () => answers.push(cache.invalidate(pages(3))));
    expect(cache.invalidate(pages(1, 3))).toEqual(ok);
    expect(answers).toEqual([ok]);
    expect(world.balance).toEqual([0, 0, 0, 0]);
    keep(cache, pages(3));
    expect(cache.invalidate(pages(3))).toEqual(ok);
  });
  it("LAW-1: what an owed release lets in is gone before the register looks", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    const made = register(cache, pages(2), { scope: "remote" });
    world.answer("nic.unexpose", "BUSY");
    deregister(cache, made);
    world.inside.set("nic.unexpose", () => cache.invalidate(pages(1)));
    expect(world.locks.size).toBe(2);
    register(cache, pages(1), { scope: "remote" });
    expect(world.balance).toEqual([2, 2, 2, 1]);
  });
  it("LAW-3: idle entries beside what a register is acquiring are released all the same", () => {
    const { world, cache } = scene();
    keep(cache, pages(2));
    const answers: unknown[] = [];
    world.inside.set("lock", () => answers.push(cache.invalidate(pages(1, 2))));
    register(cache, pages(1));
    expect(answers).toEqual([fault]);
    expect([...world.locks.values()]).toEqual([pages(1)]);
  });
  it("LAW-10: over a region that is being dropped for a full NIC: WSAEFAULT, and it is dropped once", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    const answers: unknown[] = [];
    world.answer("nic.register", "NO_RESOURCES");
    world.inside.set("nic.deregister", () => answers.push(cache.invalidate(pages(1))));
    register(cache, pages(2));
    expect(answers).toEqual([fault]);
    expect(world.balance).toEqual([2, 2, 1, 0]);
    expect(cache.invalidate(pages(1))).toEqual(ok);
  });
  it("LAW-10: over a buffer whose deregister is at the NIC, it goes with that deregister", () => {
    const { world, cache } = scene();
    const made = register(cache, pages(1), { scope: "remote" });
    const answers: unknown[] = [];
    world.inside.set("nic.unexpose", () => answers.push(cache.invalidate(pages(1))));
    deregister(cache, made);
    expect(answers).toEqual([ok]);
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
});
