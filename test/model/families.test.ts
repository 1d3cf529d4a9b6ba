import { describe, expect, it } from "vitest";
import type { MappingChange, NotificationFamily } from "../../model/contract.ts";
import type { CallOutcome, HostAnswer } from "../../model/events.ts";
import { coverageOf, families } from "../../model/families.ts";
import { brand } from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import {
  allocate,
  claims,
  drive,
  fails,
  instance0,
  instance1,
  lab,
  mdlOf,
  ok,
  process0,
  range,
  release,
  resultOf,
  write,
  type Lab,
} from "./support.ts";

/** A world of the family with two written regions, 0x10000 and 0x20000, of four pages. */
function begun(notification: NotificationFamily, coverage?: readonly MappingChange[]): Lab {
  const declared = { ...claims, notification, ...(coverage === undefined ? {} : { coverage }) };
  const one = lab({ notification }, declared);
  for (const address of [0x10000, 0x20000]) {
    one.os(allocate(address, 0x4000));
    one.os(write(address, 1, 0x4000));
  }
  return one;
}

const watch = (one: Lab, start: number, lengthBytes: number, instance = instance0): HostAnswer =>
  one.host({ name: "watch", range: range(start, lengthBytes) }, instance);
const unwatch = (one: Lab, start: number, lengthBytes: number): HostAnswer =>
  one.host({ name: "unwatch", range: range(start, lengthBytes) });
const poll = (one: Lab, instance = instance0): HostAnswer => one.host({ name: "poll" }, instance);
const generation = (one: Lab, start: number, lengthBytes: number): unknown => {
  const result = one.host({ name: "generation", range: range(start, lengthBytes) });
  return result.ok ? result.value : result.error;
};

const discard = (address: number, sizeBytes: number): OsOperation => ({
  name: "madvise",
  address: brand(address),
  sizeBytes,
});
const move = (address: number, target: number): OsOperation => ({
  name: "mremap",
  address: brand(address),
  target: brand(target),
  sizeBytes: 0x1000,
});

/** Performs the operation: which ranges each instance was called for, what they saw mapped there, and how it ended. */
function operate(
  one: Lab,
  operation: OsOperation,
  outcome: CallOutcome = ok,
): { called: unknown[]; result: unknown } {
  const called: unknown[] = [];
  const played = drive(one.world, { type: "os", process: process0, operation }, (call, _, id) => {
    if (call.name !== "invalidate") throw new Error(`${call.name} was called`);
    const { start, lengthBytes } = call.range;
    called.push([id, start, lengthBytes, one.frame(start) !== null]);
    return outcome;
  });
  const last = played.filter((each) => each.answer?.kind === "os").at(-1)?.answer;
  return { called, result: last?.kind === "os" ? resultOf(last.answer) : null };
}

describe("notify-before", () => {
  it("calls whoever watches before the mapping changes, and goes on whatever it answers", () => {
    for (const outcome of [ok, fails("WSAEFAULT"), fails("WSAEINVAL")]) {
      const one = begun("notify-before");
      watch(one, 0x11000, 1);
      expect(operate(one, release(0x10000), outcome)).toEqual({
        called: [[instance0, 0x10000, 0x4000, true]],
        result: null,
      });
      expect(one.frame(0x11000)).toBeNull();
    }
  });

  it("calls nobody for pages that nobody watches, or watches no more", () => {
    const one = begun("notify-before");
    watch(one, 0x20000, 0x4000);
    watch(one, 0x10000, 0x2000);
    // A page is watched or not: nobody counts.
    watch(one, 0x10000, 0x1000);
    unwatch(one, 0x10000, 0x1000);
    expect(operate(one, discard(0x10000, 0x1000)).called).toEqual([]);
    expect(operate(one, discard(0x10000, 0x2000)).called).toHaveLength(1);
  });

  it("calls only the provider that watches", () => {
    const one = begun("notify-before");
    watch(one, 0x10000, 1, instance1);
    expect(operate(one, release(0x10000)).called).toEqual([[instance1, 0x10000, 0x4000, true]]);
  });

  it("tells of the source of a move, then of its target, and then moves", () => {
    const one = begun("notify-before");
    watch(one, 0x10000, 0x4000);
    watch(one, 0x20000, 0x4000);
    const frame = one.frame(0x10000);
    expect(operate(one, move(0x10000, 0x22000))).toEqual({
      called: [
        [instance0, 0x10000, 0x1000, true],
        [instance0, 0x22000, 0x1000, true],
      ],
      result: 0x22000,
    });
    expect(one.frame(0x22000)).toBe(frame);
  });

  it("tells nobody of what was not subscribed to", () => {
    const one = begun("notify-before", ["unmap", "move-source"]);
    watch(one, 0x10000, 0x4000);
    watch(one, 0x20000, 0x4000);
    expect(operate(one, discard(0x10000, 0x1000)).called).toEqual([]);
    expect(operate(one, move(0x11000, 0x22000)).called).toHaveLength(1);
  });

  it("has nothing to secure", () => {
    const one = begun("notify-before");
    expect(one.secure(0x10000, 1)).toEqual(fails("STATUS_INVALID_PARAMETER"));
    expect(one.world.view.secures()).toEqual([]);
  });
});

describe("notify-after-blocked", () => {
  it("calls whoever watches once the mapping has changed", () => {
    const one = begun("notify-after-blocked");
    watch(one, 0x11000, 1);
    expect(operate(one, release(0x10000))).toEqual({
      called: [[instance0, 0x10000, 0x4000, false]],
      result: null,
    });
    expect(one.world.view.unheard(instance0)).toEqual([]);
  });
});

describe("notify-before-queued", () => {
  it("calls nobody, and lets the cache hear of every change once, in order", () => {
    const one = begun("notify-before-queued");
    watch(one, 0x10000, 0x4000);
    watch(one, 0x10000, 0x1000, instance1);
    expect(operate(one, discard(0x12000, 0x1000)).called).toEqual([]);
    expect(operate(one, release(0x10000)).called).toEqual([]);
    const first = range(0x12000, 0x1000);
    const second = range(0x10000, 0x4000);
    expect(poll(one)).toEqual({ ok: true, value: [first, second] });
    expect(poll(one)).toEqual({ ok: true, value: [] });
    expect(poll(one, instance1)).toEqual({ ok: true, value: [second] });
  });

  it("lets it hear of both ranges of a move", () => {
    const one = begun("notify-before-queued");
    watch(one, 0x10000, 0x4000);
    watch(one, 0x20000, 0x4000);
    operate(one, move(0x10000, 0x22000));
    const heard = [range(0x10000, 0x1000), range(0x22000, 0x1000)];
    expect(poll(one)).toEqual({ ok: true, value: heard });
  });

  it("forgets what an instance watched and has not heard when it ends", () => {
    const one = begun("notify-before-queued");
    watch(one, 0x10000, 0x4000);
    operate(one, release(0x10000));
    one.world.apply({ type: "stopped", instance: instance0 });
    expect(one.world.view.unheard(instance0)).toEqual([]);
    expect(one.world.view.isWatched(instance0, brand(0x10))).toBe(false);
  });
});

describe("validate-on-hit", () => {
  it("counts every change of a page, and no other event", () => {
    const one = begun("validate-on-hit");
    expect(generation(one, 0x10000, 0x4000)).toBe(0);
    operate(one, discard(0x11000, 0x1000));
    expect(generation(one, 0x10000, 0x1000)).toBe(0);
    expect(generation(one, 0x11000, 1)).toBe(1);
    one.os({ name: "fork" });
    one.os(write(0x10000, 5, 0x1000));
    one.os(write(0x10000, 6, 0x1000));
    expect(generation(one, 0x10000, 0x4000)).toBe(2);
  });

  it("answers nothing about what is no range of user addresses", () => {
    const one = begun("validate-on-hit");
    expect(generation(one, 0, 1)).toBe("STATUS_INVALID_PARAMETER");
  });
});

describe("the coverage set", () => {
  it("is what the family sees, unless another is declared; more than that is not heard", () => {
    expect(coverageOf("refuse-notify-retry", undefined)).toEqual({
      heard: ["unmap", "protect"],
      promised: ["unmap", "protect"],
    });
    expect(coverageOf("refuse-notify-retry", ["unmap", "copy-on-write"])).toEqual({
      heard: ["unmap"],
      promised: ["unmap", "copy-on-write"],
    });
  });

  it("decides which changes a lock is marked by", () => {
    const one = begun("notify-before", ["unmap"]);
    const mdl = mdlOf(one.lock(0x10000, 0x4000));
    operate(one, discard(0x10000, 0x1000));
    expect(one.world.view.lock(mdl)?.changed).toEqual([]);
    operate(one, release(0x10000));
    expect(one.world.view.lock(mdl)?.changed).toEqual([0x10, 0x11, 0x12, 0x13]);
  });

  it("of a family is what it sees, or, where nothing is seen, what a disciplined application spares it", () => {
    for (const { sees, promises, delivery } of Object.values(families)) {
      expect(delivery === "never" ? sees : promises).toEqual(sees);
    }
    expect(families.none.promises).toContain("unmap");
  });
});
