// Literal cases: what is found, what it costs, and what goes when a limit is reached or a socket closes.

import { describe, expect, it } from "vitest";
import { brand, type BufferHandle } from "../../model/units.ts";
import { deregister, keep, pages, register, s1, s2, scene } from "./recording-host.ts";

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
  it("SPI-4: the first of two deregisters leaves a buffer in use", () => {
    const { world, cache } = scene({ inUse: "refuse", limits: { entries: 0 } });
    const [first, second] = [register(cache, pages(1)), register(cache, pages(1))];
    deregister(cache, first);
    expect(cache.invalidate(pages(1))).toEqual({ ok: false, error: "WSAEFAULT" });
    expect(world.balance).toEqual([1, 1, 1, 0]);
    deregister(cache, second);
    expect(world.balance).toEqual([0, 0, 0, 0]);
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
  it("ACCESS-4: a hit exposes with the rights that are asked for, not with those of the entry", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    register(cache, pages(1), { scope: "remote", access: "read" });
    expect(world.exposedFor).toEqual(["read"]);
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
