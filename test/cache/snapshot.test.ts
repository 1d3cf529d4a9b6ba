import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../model/contract.ts";
import { createRegistrationCache } from "../../src/cache/registration-cache.ts";
import { deregister, keep, pages, RecordingHost, register, s1, s2 } from "./recording-host.ts";

/** A cache with something of everything: idle, bare, held, invalidated, owed and shared entries. */
function lived() {
  const world = new RecordingHost();
  const cache = createRegistrationCache(world.host, { limits: { pending: 1 } });
  keep(cache, pages(1));
  world.answer("nic.register", "NO_RESOURCES");
  keep(cache, pages(2, 3), { socket: s2 });
  keep(cache, pages(2, 3), { socket: s1, access: "read" });
  register(cache, pages(7), { access: "read", scope: "remote" });
  const zombie = register(cache, pages(9));
  cache.invalidate(pages(9));
  keep(cache, pages(11));
  world.answer("nic.deregister", "BUSY", "BUSY", "BUSY", "BUSY");
  cache.invalidate(pages(11));
  keep(cache, pages(13), { socket: s2 });
  return { world, cache, zombie };
}

type Scene = ReturnType<typeof lived>;

/** What the cache asks of its host from here on, and answers. */
function goOn({ world, cache, zombie }: Scene): unknown[] {
  world.told();
  const outcomes = [
    register(cache, pages(1)),
    register(cache, pages(3)),
    register(cache, pages(20)),
    cache.invalidate(pages(0, 4)),
    cache.invalidate(pages(7, 8)),
    register(cache, pages(7), { access: "read" }),
  ];
  deregister(cache, zombie);
  cache.closeSocket(s2);
  cache.closeSocket(s1);
  cache.cleanup();
  return [...outcomes, ...world.told(), world.balance];
}

describe("a snapshot", () => {
  it("is JSON", () => {
    const { cache } = lived();
    expect(JSON.parse(JSON.stringify(cache.snapshot()))).toEqual(cache.snapshot());
  });
  it("LAW-12: a cache that is restored goes on as the one that was not", () => {
    const before = goOn(lived());
    const scene = lived();
    const snapshot = scene.cache.snapshot();
    scene.cache.restore(JSON.parse(JSON.stringify(snapshot)) as JsonValue);
    expect(scene.cache.snapshot()).toEqual(snapshot);
    expect(goOn(scene)).toEqual(before);
  });
  it("LAW-12: restoring into another cache replaces what it had", () => {
    const before = goOn(lived());
    const { cache, ...scene } = lived();
    const other = createRegistrationCache(scene.world.host, { limits: { pending: 1 } });
    const foreign = new RecordingHost();
    const spare = createRegistrationCache(foreign.host);
    for (let page = 0; page < 50; page++) register(spare, pages(page, 3));
    other.restore(spare.snapshot());
    other.restore(cache.snapshot());
    expect(other.snapshot()).toEqual(cache.snapshot());
    expect(goOn({ ...scene, cache: other })).toEqual(before);
  });
  it("is the same for a state that was reached on another way", () => {
    const straight = createRegistrationCache(new RecordingHost().host);
    const world = new RecordingHost();
    const winding = createRegistrationCache(world.host);
    for (let page = 0; page < 100; page++) keep(winding, pages(page));
    winding.invalidate(pages(0, 100));
    for (const cache of [straight, winding]) {
      register(cache, pages(5));
      keep(cache, pages(6, 2));
      keep(cache, pages(4, 9));
    }
    const shape = (snapshot: unknown) =>
      JSON.stringify(snapshot, (key, value: unknown) =>
        // The host's names for things are not the cache's.
        key === "region" || key === "mdl" || key === "secure" ? typeof value : value,
      );
    expect(shape(winding.snapshot())).toBe(shape(straight.snapshot()));
  });
  it("tells states apart that go on differently", () => {
    const states = [[1, 2], [2, 1], [1], []].map((order) => {
      const cache = createRegistrationCache(new RecordingHost().host);
      for (const page of [1, 2]) register(cache, pages(page));
      for (const page of order) {
        const made = register(cache, pages(page));
        deregister(cache, made);
        deregister(cache, made);
      }
      return JSON.stringify(cache.snapshot());
    });
    expect(new Set(states).size).toBe(states.length);
  });
  it("of something else is refused", () => {
    const { cache } = lived();
    expect(() => cache.restore([1, 2])).toThrow(TypeError);
  });
});
