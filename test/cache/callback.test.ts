// Literal cases of the callback, also of one that comes inside a host call.

import { describe, expect, it } from "vitest";
import { deregister, keep, pages, register, scene } from "./recording-host.ts";

const fault = { ok: false, error: "WSAEFAULT" };
const invalid = { ok: false, error: "WSAEINVAL" };
const ok = { ok: true };

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
  it("LAW-3: when one of two that begin side by side has gone, the other is still found", () => {
    const { world, cache } = scene();
    const [first, second] = [register(cache, pages(16, 7)), register(cache, pages(17, 7))];
    cache.invalidate(pages(16));
    deregister(cache, first);
    deregister(cache, second);
    expect([...world.locks.values()]).toEqual([pages(17, 7)]);
    expect(cache.invalidate(pages(23))).toEqual(ok);
    expect(world.balance).toEqual([0, 0, 0, 0]);
  });
  it("LAW-3: a range far larger than the entries in it finds them all", () => {
    const { world, cache } = scene();
    for (let i = 0; i < 100; i++) keep(cache, pages(1 + i * i * 1000, 1 + (i % 7)));
    expect(cache.invalidate(pages(0, 2 ** 30))).toEqual(ok);
    expect(world.balance).toEqual([0, 0, 0, 0]);
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
  it("SPI-5: answers 0 when an inner callback released what the outer one could not", () => {
    const { world, cache } = scene();
    keep(cache, pages(1));
    keep(cache, pages(2));
    world.answers.set("nic.deregister", ["BUSY"]);
    const answers: unknown[] = [];
    world.inside.set("unlock", () => answers.push(cache.invalidate(pages(1))));
    expect(cache.invalidate(pages(1, 2))).toEqual(ok);
    expect(answers).toEqual([ok]);
    expect(world.balance).toEqual([0, 0, 0, 0]);
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
