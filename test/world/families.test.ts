// Notification families literally, on both worlds: what programs hardly meet, or meet without showing it.

import { describe, expect, it } from "vitest";
import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import type { MappingChange, NotificationFamily } from "../../model/contract.ts";
import type { CacheCall, Event, HostAnswer, HostCall } from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type InstanceId,
  type MdlHandle,
  type PageNumber,
  type ProcessId,
} from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { referenceWorld, type World, type WorldFactory } from "../../model/world.ts";
import { flatWorld } from "../../src/world/world.ts";

const PAGE = 4096;
const FIRST = 16;
const process0: ProcessId = brand(0);
const instance0: InstanceId = brand(0);
const instance1: InstanceId = brand(1);

const pages = (first: number, count: number): AddressRange => ({
  start: brand(first * PAGE),
  lengthBytes: count * PAGE,
});
const page = (number: number): PageNumber => brand(number);
const place = (
  first: number,
  count: number,
): { address: AddressRange["start"]; sizeBytes: number } => ({
  address: brand(first * PAGE),
  sizeBytes: count * PAGE,
});

const made = [
  ["the reference", referenceWorld],
  ["the flat world", flatWorld],
] as const;

/** A world in which process 0 has 48 committed pages from the first on. */
class Scene {
  readonly world: World;

  constructor(
    make: WorldFactory,
    notification: NotificationFamily,
    coverage?: readonly MappingChange[],
  ) {
    const claims: Claims = {
      caches: { local: true, remote: true },
      hit: "containment",
      inUse: "refuse",
      limits: { entries: null, pages: null, pending: null },
      notification,
      callback: true,
      ...(coverage === undefined ? {} : { coverage }),
    };
    this.world = make({ ...presets.windows, notification }, claims);
    this.os({
      name: "VirtualAlloc",
      ...place(FIRST, 48),
      type: "reserve|commit",
      protection: "READWRITE",
      guard: false,
    });
  }

  apply(event: Event): ReturnType<World["apply"]> {
    return this.world.apply(event);
  }

  os(operation: OsOperation): ReturnType<World["apply"]> {
    return this.apply({ type: "os", process: process0, operation });
  }

  /** Host calls in a call of the instance. */
  host(instance: InstanceId, ...calls: readonly HostCall[]): HostAnswer[] {
    const call: CacheCall = { name: "closeSocket", socket: brand(1) };
    this.apply({ type: "call", instance, call });
    const answers = calls.map((each) => {
      const { answer } = this.apply({ type: "host", instance, call: each });
      if (answer?.kind !== "host") throw new TypeError("a host call has an answer");
      return answer.result;
    });
    this.apply({ type: "return", instance, outcome: null });
    return answers;
  }
}

const watch = (first: number, count: number): HostCall => ({
  name: "watch",
  range: pages(first, count),
});

describe.each(made)("%s", (_, make) => {
  it("calls whoever watches in the order of the providers, whoever began to watch first", () => {
    const scene = new Scene(make, "notify-after-blocked");
    scene.host(instance1, watch(FIRST, 2));
    scene.host(instance0, watch(FIRST + 1, 2));
    const { answer, then } = scene.os({ name: "madvise", ...place(FIRST, 3) });
    expect(answer).toEqual({ kind: "os", answer: { status: "done", value: null } });
    expect(then).toEqual(
      [instance0, instance1].map((instance) => ({
        type: "call",
        instance,
        call: { name: "invalidate", range: pages(FIRST, 3), reason: "notify" },
      })),
    );
  });

  it("waits for the source of a move, then for its target, and is told of each once", () => {
    const scene = new Scene(make, "notify-before");
    scene.host(instance0, watch(FIRST, 1));
    scene.host(instance1, watch(FIRST + 9, 1));
    const move = {
      name: "mremap",
      ...place(FIRST, 2),
      target: place(FIRST + 8, 2).address,
    } as const;
    const { view } = scene.world;
    const first = scene.os(move);
    expect(view.attempts().map(({ due, span, told }) => ({ due, span, told }))).toEqual([
      { due: [instance0], span: { first: FIRST, count: 2 }, told: [] },
    ]);
    expect(first.then).toHaveLength(2);
    const second = scene.apply({ type: "retry", process: process0 });
    expect(view.attempts().map(({ due, span, told }) => ({ due, span, told }))).toEqual([
      {
        due: [instance1],
        span: { first: FIRST + 8, count: 2 },
        told: [{ first: FIRST, count: 2 }],
      },
    ]);
    expect(second.then).toHaveLength(2);
    const last = scene.apply({ type: "retry", process: process0 });
    expect(last.answer).toEqual({
      kind: "os",
      answer: { status: "done", value: (FIRST + 8) * PAGE },
    });
    expect(view.changed()).toEqual({ process: process0, span: { first: FIRST, count: 10 } });
    expect(view.attempts()).toEqual([]);
  });

  it("marks each page of a long lock by itself, and forgets the marks with the lock", () => {
    const scene = new Scene(make, "validate-on-hit");
    scene.host(instance0, { name: "lock", range: pages(FIRST, 40), access: "read" });
    for (const at of [39, 0, 31, 32]) scene.os({ name: "mmap", ...place(FIRST + at, 1) });
    scene.os({
      name: "VirtualProtect",
      ...place(FIRST + 5, 1),
      protection: "READONLY",
      guard: false,
    });
    const mdl: MdlHandle = brand(1);
    const { view } = scene.world;
    expect(view.lock(mdl)?.changed).toEqual([0, 31, 32, 39].map((at) => FIRST + at));
    scene.host(instance0, { name: "unlock", mdl });
    scene.host(instance0, { name: "lock", range: pages(FIRST, 40), access: "read" });
    expect(view.lock(brand(2))?.changed).toEqual([]);
  });

  it("counts every change of a page in every process that shows it, until the process ends", () => {
    const scene = new Scene(make, "validate-on-hit");
    const { view } = scene.world;
    const process1: ProcessId = brand(1);
    for (const process of [process0, process1]) {
      const address = place(FIRST + 48, 1).address;
      const operation = {
        name: "MapViewOfFile",
        address,
        section: 1,
        protection: "WRITECOPY",
      } as const;
      scene.apply({ type: "os", process, operation });
    }
    scene.os({ name: "write", range: pages(FIRST + 49, 1), stamp: 7 });
    scene.os({ name: "fallocate", section: 1, firstPage: 0, pageCount: 2 });
    const counts = (): number[][] =>
      [process0, process1].map((each) =>
        [FIRST + 48, FIRST + 49].map((number) => view.generation(each, page(number))),
      );
    // The page that was written is a private copy: the hole is none of its business.
    expect(counts()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    scene.apply({ type: "exit", process: process1 });
    scene.apply({ type: "exited", process: process1 });
    expect(counts()).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it("lets a cache poll what it watched, oldest first, and once", () => {
    const scene = new Scene(make, "notify-before-queued");
    scene.host(instance0, watch(FIRST, 4), { name: "unwatch", range: pages(FIRST + 1, 2) });
    for (const at of [3, 1, 0]) scene.os({ name: "madvise", ...place(FIRST + at, 1) });
    const poll: HostCall = { name: "poll" };
    expect(scene.host(instance0, poll, poll)).toEqual([
      { ok: true, value: [pages(FIRST + 3, 1), pages(FIRST, 1)] },
      { ok: true, value: [] },
    ]);
  });

  it("forgets what an instance watched, and what it has not heard, when it is cleaned up", () => {
    const scene = new Scene(make, "notify-before-queued");
    const { view } = scene.world;
    for (const each of [instance0, instance1]) scene.host(each, watch(FIRST, 1));
    scene.os({ name: "madvise", ...place(FIRST, 1) });
    scene.apply({ type: "stopped", instance: instance0 });
    const heard = [{ first: FIRST, count: 1 }];
    expect([instance0, instance1].map((each) => view.isWatched(each, page(FIRST)))).toEqual([
      false,
      true,
    ]);
    expect([instance0, instance1].map((each) => view.unheard(each))).toEqual([[], heard]);
  });

  it("answers an error for what is no range of user addresses, and secures nothing outside Windows", () => {
    const scene = new Scene(make, "none");
    const range = pages(FIRST + 60, 6);
    const invalid = { ok: false, error: "STATUS_INVALID_PARAMETER" };
    expect(
      scene.host(
        instance0,
        { name: "watch", range },
        { name: "unwatch", range },
        { name: "generation", range },
        { name: "secure", range: pages(FIRST, 1), mode: "readonly" },
      ),
    ).toEqual([invalid, invalid, invalid, invalid]);
  });

  it("knows who watches on Windows, where nobody is told", () => {
    const scene = new Scene(make, "refuse-notify-retry");
    scene.host(instance1, watch(FIRST, 2));
    const { then } = scene.os({ name: "VirtualFree", ...place(FIRST, 1), type: "decommit" });
    expect(then).toEqual([]);
    expect(scene.world.view.isWatched(instance1, page(FIRST + 1))).toBe(true);
    expect(scene.world.view.generation(process0, page(FIRST))).toBe(0);
  });

  it("gives a page of its own back when it is written after a fork, unless it is locked", () => {
    const scene = new Scene(make, "validate-on-hit");
    const { view } = scene.world;
    scene.os({ name: "write", range: pages(FIRST, 2), stamp: 7 });
    scene.host(instance0, { name: "lock", range: pages(FIRST, 1), access: "read" });
    scene.os({ name: "fork" });
    scene.os({ name: "write", range: pages(FIRST, 2), stamp: 8 });
    const frames = [0, 1, 2, 3].map((pfn) => view.frame(brand(pfn)));
    expect(frames).toEqual([
      { stamp: 7, mapped: false, lockCount: 1 },
      undefined,
      { stamp: 8, mapped: true, lockCount: 0 },
      { stamp: 8, mapped: true, lockCount: 0 },
    ]);
    expect(view.lock(brand(1))?.changed).toEqual([FIRST]);
  });

  it("marks and tells what the cache claims, not what its family promises", () => {
    const scene = new Scene(make, "notify-before-queued", ["discard", "copy-on-write"]);
    const { view } = scene.world;
    scene.host(
      instance0,
      { name: "lock", range: pages(FIRST, 3), access: "write" },
      watch(FIRST, 3),
    );
    scene.os({ name: "mmap", ...place(FIRST, 1) });
    scene.os({ name: "madvise", ...place(FIRST + 1, 1) });
    scene.os({ name: "fork" });
    scene.os({ name: "write", range: pages(FIRST + 2, 1), stamp: 7 });
    expect(view.lock(brand(1))?.changed).toEqual([FIRST + 1, FIRST + 2]);
    // A copy-on-write it claims to survive, and its queue does not tell it of one.
    expect(view.unheard(instance0)).toEqual([{ first: FIRST + 1, count: 1 }]);
  });
});

describe("the flat world", () => {
  it("is not made with more providers than a page has bits for", () => {
    const config: WorldConfig = { ...presets.windows, providersPerProcess: 33 };
    expect(() => flatWorld(config, null)).toThrow("it can have 32");
    expect(() => flatWorld({ ...config, providersPerProcess: 32 }, null)).not.toThrow();
  });
});
