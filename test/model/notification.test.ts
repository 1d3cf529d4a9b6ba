import { describe, expect, it } from "vitest";
import type { CallOutcome } from "../../model/events.ts";
import type { InstanceId, SecureHandle } from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import {
  allocate,
  claims,
  commit,
  decommit,
  drive,
  fails,
  idle,
  instance0,
  instance1,
  lab,
  mapView,
  ok,
  process0,
  process1,
  protect,
  range,
  read,
  release,
  reserve,
  resultOf,
  secureOf,
  trim,
  unmapView,
  write,
  type Lab,
  type Played,
  type Script,
} from "./support.ts";

const inval = fails("WSAEINVAL");
const fault = fails("WSAEFAULT");

/** Four committed pages at 0x10000; provider 0 secured the third. */
function secured(): { one: Lab; handle: SecureHandle } {
  const one = lab();
  one.os(allocate(0x10000, 0x4000));
  return { one, handle: secureOf(one.secure(0x12000, 1)) };
}

/** What the application sees in the end, and the events by name. */
function operate(
  one: Lab,
  operation: OsOperation,
  script: Script = idle,
): { result: unknown; played: readonly string[]; all: readonly Played[] } {
  const all = drive(one.world, { type: "os", process: process0, operation }, script);
  const last = all.at(-1)?.answer;
  return {
    result: last?.kind === "os" ? resultOf(last.answer) : null,
    played: all.map(nameOf),
    all,
  };
}

function nameOf({ event }: Played): string {
  if (event.type === "call") return `${event.call.name} ${event.instance}`;
  return event.type === "host" ? event.call.name : event.type;
}

/** Callbacks answer by instance; an answer may be something to do first. */
const answering =
  (answers: Record<number, CallOutcome | (() => CallOutcome)>): Script =>
  (call, _host, instance) => {
    if (call.name !== "invalidate") return null;
    const answer = answers[instance] ?? inval;
    return typeof answer === "function" ? answer() : answer;
  };

const releasing =
  (handle: SecureHandle, outcome: CallOutcome, whose: InstanceId = instance0): Script =>
  (call, host, instance) => {
    if (call.name !== "invalidate") return null;
    if (instance !== whose) return inval;
    host({ name: "unsecure", handle });
    return outcome;
  };

describe("an operation that a secure forbids", () => {
  it("is refused and changes nothing of the memory", () => {
    const { one } = secured();
    const { memory } = one.world.state();
    expect(one.os(release(0x10000))).toBe("refused");
    expect(one.world.state().memory).toBe(memory);
  });
  it("calls every provider of the process, in order, and then is retried", () => {
    const { one, handle } = secured();
    const { result, played } = operate(one, release(0x10000), releasing(handle, ok));
    expect(played).toEqual([
      "os",
      "invalidate 0",
      "unsecure",
      "return",
      "invalidate 1",
      "return",
      "retry",
    ]);
    expect(result).toBeNull();
    expect(one.os(read(0x10000))).toBe(0xc0000005);
  });
  it("calls the second provider also after the first failed; its 0 is enough", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x4000));
    const handle = secureOf(one.secure(0x12000, 1, "readonly", instance1));
    const script: Script = (call, host, instance) =>
      instance === instance0 ? fault : releasing(handle, ok, instance1)(call, host, instance);
    const { result, played } = operate(one, release(0x10000), script);
    expect(played).toEqual([
      "os",
      "invalidate 0",
      "return",
      "invalidate 1",
      "unsecure",
      "return",
      "retry",
    ]);
    expect(result).toBeNull();
  });
  it("calls the second provider also after the first answered 0", () => {
    const { one, handle } = secured();
    const { played } = operate(one, release(0x10000), releasing(handle, ok));
    expect(played).toContain("invalidate 1");
  });
  it("fails with STATUS_INVALID_PAGE_PROTECTION when every provider answers WSAEINVAL", () => {
    const { one } = secured();
    const { memory } = one.world.state();
    const { all, played } = operate(one, release(0x10000));
    expect(all.at(-1)?.answer).toEqual({
      kind: "os",
      answer: { status: "failed", error: "ERROR_INVALID_PAGE_PROTECTION" },
    });
    expect(played.at(-1)).toBe("retry");
    expect(one.world.state().memory).toBe(memory);
  });
  it("fails when a provider answers WSAEFAULT and no other answers 0", () => {
    const { one } = secured();
    const { memory } = one.world.state();
    expect(operate(one, release(0x10000), answering({ 0: fault })).result).toBe(998);
    expect(one.world.state().memory).toBe(memory);
  });
  it("is not tried again unless a provider answered 0, even if nothing is secured any more", () => {
    const first = secured();
    expect(operate(first.one, release(0x10000), releasing(first.handle, fault)).result).toBe(998);
    const second = secured();
    expect(operate(second.one, release(0x10000), releasing(second.handle, inval)).result).toBe(998);
    expect(second.one.os(release(0x10000))).toBeNull();
  });
  it("is retried once: refused again, it fails and the mapping is as it was", () => {
    const { one } = secured();
    one.os(write(0x10000, 5));
    const { memory } = one.world.state();
    const { result, played } = operate(one, release(0x10000), answering({ 0: ok, 1: ok }));
    expect(result).toBe(998);
    expect(played.filter((name) => name.startsWith("invalidate"))).toHaveLength(2);
    expect(one.world.state().memory).toBe(memory);
  });
  it("that another secure forbids too stays refused until both are gone", () => {
    const { one, handle } = secured();
    const second = secureOf(one.secure(0x10000, 1, "readonly", instance1));
    expect(operate(one, release(0x10000), releasing(handle, ok)).result).toBe(998);
    expect(operate(one, release(0x10000), releasing(second, ok, instance1)).result).toBeNull();
  });
  it("answers, at the retry, whatever the operation answers then", () => {
    const { one, handle } = secured();
    const script: Script = (call, host, instance) => {
      const outcome = releasing(handle, ok)(call, host, instance);
      if (instance === instance0) one.os(release(0x10000));
      return outcome;
    };
    expect(operate(one, release(0x10000), script).result).toBe(487);
  });
});

describe("the range that a callback is given", () => {
  it.each([
    ["a release names the whole region", release(0x10000), range(0x10000, 0x4000)],
    ["a decommit names whole pages", decommit(0x11fff, 2), range(0x11000, 0x2000)],
    ["a decommit of size 0 names the whole region", decommit(0x10000, 0), range(0x10000, 0x4000)],
    ["a protect names whole pages", protect(0x12800, 1, "NOACCESS"), range(0x12000, 0x1000)],
    ["a commit names whole pages", commit(0x12800, 1, "READONLY"), range(0x12000, 0x1000)],
  ])("%s", (_, operation, expected) => {
    const { one } = secured();
    const { all } = operate(one, operation);
    const calls = all.flatMap(({ event }) => (event.type === "call" ? [event.call] : []));
    const call = { name: "invalidate", range: expected, reason: "attempt" };
    expect(calls).toEqual([call, call]);
  });
  it("unmapping names the whole view", () => {
    const one = lab();
    one.os(mapView(0, 0x20000));
    secureOf(one.secure(0x21000, 1));
    const { then } = one.world.apply({
      type: "os",
      process: process0,
      operation: unmapView(0x20000),
    });
    expect(then[0]).toMatchObject({ call: { range: range(0x20000, 0x4000) } });
  });
});

describe("who is called", () => {
  it("nobody, if nobody secured any of the range", () => {
    const { one } = secured();
    expect(operate(one, decommit(0x10000, 0x2000))).toMatchObject({ result: null, played: ["os"] });
  });
  it("nobody, for an operation that fails of itself", () => {
    const { one } = secured();
    expect(operate(one, release(0x12000))).toMatchObject({ result: 487, played: ["os"] });
  });
  it("no provider without a callback; the operation fails", () => {
    const one = lab({}, { ...claims, callback: false });
    one.os(allocate(0x10000, 0x1000));
    secureOf(one.secure(0x10000, 1));
    const { result, played } = operate(one, release(0x10000), answering({ 0: ok }));
    expect({ result, played }).toEqual({ result: 998, played: ["os", "retry"] });
  });
  it("no provider that was cleaned up", () => {
    const { one } = secured();
    one.world.apply({ type: "stopped", instance: instance1 });
    expect(operate(one, release(0x10000)).played).toEqual([
      "os",
      "invalidate 0",
      "return",
      "retry",
    ]);
  });
  it("the providers of the process that operates, and of no other", () => {
    const { one } = secured();
    one.os(allocate(0x10000, 0x1000), process1);
    const all = drive(
      one.world,
      { type: "os", process: process1, operation: release(0x10000) },
      idle,
    );
    expect(all).toHaveLength(1);
  });
});

describe("nobody is notified", () => {
  it.each([
    ["of a first touch", write(0x12000, 1)],
    ["of trimming", trim(0x12000)],
    ["of a guard", protect(0x12000, 1, "READWRITE", true)],
    ["of a commit that keeps the access", commit(0x12000, 1)],
  ])("%s", (_, operation) => {
    const { one } = secured();
    expect(operate(one, operation).played).toEqual(["os"]);
  });
  it("of WRITECOPY, nor of the breaking of it by a write", () => {
    const one = lab();
    one.os(mapView(0, 0x20000));
    secureOf(one.secure(0x20000, 1));
    expect(operate(one, protect(0x20000, 1, "WRITECOPY")).played).toEqual(["os"]);
    expect(operate(one, write(0x20000, 1)).played).toEqual(["os"]);
  });
  it("of a change that widens", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READONLY"));
    secureOf(one.secure(0x10000, 1, "readonly"));
    expect(operate(one, protect(0x10000, 1, "READWRITE")).played).toEqual(["os"]);
  });
});

describe("the attempt", () => {
  it("records who is due and who answered what, until the retry ends it", () => {
    const { one } = secured();
    const operation = release(0x10000);
    const seen: unknown[] = [];
    operate(one, operation, (call, host, instance) => {
      seen.push(one.world.view.attempts().map((each) => each.answers.length));
      return answering({ 0: fault, 1: ok })(call, host, instance);
    });
    expect(seen).toEqual([[0], [1]]);
    expect(one.world.view.attempts()).toEqual([]);
    expect(one.world.view.lastAttempt()).toEqual({
      process: 0,
      operation,
      span: { first: 0x10, count: 4 },
      told: [],
      due: [0, 1],
      answers: [
        { instance: 0, outcome: fault },
        { instance: 1, outcome: ok },
      ],
    });
  });
  it("may hold another one inside a callback; each gets its own answers", () => {
    const { one, handle } = secured();
    one.os(allocate(0x20000, 0x1000));
    secureOf(one.secure(0x20000, 1));
    const inner: unknown[] = [];
    const outer = operate(one, release(0x10000), (call, host, instance) => {
      if (instance === instance0) inner.push(operate(one, release(0x20000)).result);
      return releasing(handle, ok)(call, host, instance);
    });
    expect({ inner, outer: outer.result }).toEqual({ inner: [998], outer: null });
  });
  it("is needed for a retry", () => {
    expect(() => lab().world.apply({ type: "retry", process: process0 })).toThrow(
      "process 0 has no refused operation",
    );
  });
});

it("a notification that no operation waits for calls every provider and retries nothing", () => {
  const { one } = secured();
  const { then } = one.world.apply({
    type: "notify",
    process: process0,
    range: range(0x12000, 8),
  });
  const call = { name: "invalidate", range: range(0x12000, 8), reason: "notify" };
  expect(then).toEqual([
    { type: "call", instance: 0, call },
    { type: "call", instance: 1, call },
  ]);
});

it("reserving again, in the same place, what was released in an attempt gives fresh pages", () => {
  const { one, handle } = secured();
  one.os(write(0x12000, 5));
  operate(one, release(0x10000), releasing(handle, ok));
  one.os(reserve(0x10000, 0x4000));
  one.os(commit(0x12000, 1));
  expect(one.os(read(0x12000))).toEqual([0]);
});
