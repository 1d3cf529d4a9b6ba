import { describe, expect, it } from "vitest";
import type { CacheCall, Event, Fault, HostCall } from "../../model/events.ts";
import type { ActiveCall } from "../../model/ledger.ts";
import type { BufferHandle } from "../../model/units.ts";
import {
  allocate,
  decommit,
  drive,
  fails,
  idle,
  instance0,
  instance1,
  lab,
  mdlOf,
  ok,
  process0,
  process1,
  protect,
  range,
  read,
  regionOf,
  release,
  secureOf,
  socket,
  write,
  type Lab,
} from "./support.ts";

const register: CacheCall = {
  name: "register",
  as: "a",
  request: { socket: socket(1), range: range(0x10000, 1), access: "readwrite", scope: "local" },
};

/** A register of the page at 0x10000 has begun. */
function inside(call: CacheCall = register): Lab {
  const one = lab();
  one.os(allocate(0x10000, 0x1000));
  begin(one, call);
  return one;
}

function begin(one: Lab, call: CacheCall): void {
  one.world.apply({ type: "call", instance: instance0, call });
}

function active(one: Lab): ActiveCall {
  const call = one.world.view.instance(instance0).calls.at(-1);
  if (call === undefined) throw new Error("no call is in progress");
  return call;
}

function arm(one: Lab, fault: Fault): void {
  one.world.apply({ type: "arm", fault });
}

describe("a fault that is armed", () => {
  const lock: HostCall = { name: "lock", range: range(0x10000, 1), access: "read" };
  it.each([
    ["lock", lock, "STATUS_INSUFFICIENT_RESOURCES"],
    [
      "secure",
      { name: "secure", range: range(0x10000, 1), mode: "readonly" },
      "STATUS_INSUFFICIENT_RESOURCES",
    ],
    ["nicRegister", { name: "nicRegister", mdl: 1, access: "read" }, "NO_RESOURCES"],
    ["nicDeregister", { name: "nicDeregister", region: 1 }, "BUSY"],
  ] as const)("fails the next %s, once, and does nothing", (name, call, error) => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    const mdl = mdlOf(one.host(lock));
    regionOf(one.host({ name: "nicRegister", mdl, access: "read" }));
    arm(one, { kind: "fail", call: name });
    const { memory, nics } = one.world.state();
    expect(one.host(call as HostCall)).toEqual(fails(error));
    expect(one.world.state()).toMatchObject({ memory, nics });
    expect(one.host(call as HostCall).ok).toBe(true);
  });
  it("waits for a call of its name", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    arm(one, { kind: "fail", call: "secure" });
    expect(one.host(lock).ok).toBe(true);
    expect(one.secure(0x10000, 1).ok).toBe(false);
  });
  it("twice fails two", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    arm(one, { kind: "fail", call: "lock" });
    arm(one, { kind: "fail", call: "lock" });
    expect([1, 2, 3].map(() => one.host(lock).ok)).toEqual([false, false, true]);
  });
});

describe("an armed interruption", () => {
  const operation = read(0x10000);
  const interruption = (what: (Fault & { kind: "interrupt" })["what"]): Fault => ({
    kind: "interrupt",
    process: process0,
    afterHostCalls: 2,
    what,
  });
  const arrives: Event = {
    type: "interrupt",
    instance: instance0,
    at: { name: "lock", range: range(0x10000, 1), access: "read" },
  };
  const left = (one: Lab): number | undefined => one.world.view.faults().interrupt?.afterHostCalls;

  it("comes nearer with every host call of its process, down to 0", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000), process1);
    arm(one, interruption({ kind: "operation", operation }));
    one.lock(0x10000, 1, "read", one.world.view.instances()[2]?.id);
    expect(left(one)).toBe(2);
    const counts = [1, 2, 3].map(() => {
      one.lock(0x10000, 1, "read", instance1);
      return left(one);
    });
    expect(counts).toEqual([1, 0, 0]);
  });
  it("is, when it arrives, an operation of its process", () => {
    const one = lab();
    arm(one, interruption({ kind: "operation", operation }));
    const { then } = one.world.apply(arrives);
    expect(then).toEqual([{ type: "os", process: 0, operation }]);
    expect(one.world.view.faults().interrupt).toBeNull();
  });
  it("is, when it arrives, a notification to its process", () => {
    const one = lab();
    arm(one, interruption({ kind: "notify", range: range(0x10000, 1) }));
    const { then } = one.world.apply(arrives);
    expect(then).toEqual([{ type: "notify", process: 0, range: range(0x10000, 1) }]);
  });
  it("arrives only if it is armed", () => {
    expect(() => lab().world.apply(arrives)).toThrow("no interruption is armed");
  });
});

describe("a call in progress", () => {
  it("counts the host calls that succeeded, and lists those that failed", () => {
    const one = inside();
    mdlOf(one.lock(0x10000, 1));
    one.lock(0x20000, 1);
    arm(one, { kind: "fail", call: "secure" });
    one.secure(0x10000, 1);
    expect(active(one).work).toMatchObject({ lock: 1, secure: 0 });
    expect(active(one).failures).toEqual([
      { call: "lock", error: "STATUS_ACCESS_VIOLATION", injected: false, badBlock: false },
      { call: "secure", error: "STATUS_INSUFFICIENT_RESOURCES", injected: true, badBlock: false },
    ]);
  });
  it("owns the locks and secures that it acquired until it releases them", () => {
    const one = inside();
    const mdl = mdlOf(one.lock(0x10000, 1));
    const handle = secureOf(one.secure(0x10000, 1));
    expect(active(one).acquired).toEqual({ mdls: [mdl], secures: [handle] });
    one.host({ name: "unlock", mdl });
    one.host({ name: "unsecure", handle });
    expect(active(one).acquired).toEqual({ mdls: [], secures: [] });
  });
  it("inside another one gets its host calls; the outer one keeps its own", () => {
    const one = inside();
    one.lock(0x10000, 1);
    begin(one, { name: "invalidate", range: range(0x10000, 1), reason: "notify" });
    one.lock(0x10000, 1);
    one.secure(0x10000, 1);
    expect(active(one).work).toMatchObject({ lock: 1, secure: 1 });
    one.world.apply({ type: "return", instance: instance0, outcome: ok });
    expect(active(one).work).toMatchObject({ lock: 1, secure: 0 });
    expect(one.world.view.instance(instance0).lastCall?.call.name).toBe("invalidate");
  });
  it("was not interrupted until an operation of its process came", () => {
    const one = inside();
    one.os(allocate(0x20000, 0x1000), process1);
    expect(active(one).interrupted).toBe(false);
    one.os(allocate(0x20000, 0x1000));
    expect(active(one).interrupted).toBe(true);
  });
  it("is needed for a return", () => {
    const event: Event = { type: "return", instance: instance0, outcome: null };
    expect(() => lab().world.apply(event)).toThrow("provider instance 0 has no call in progress");
  });
});

describe("a register in progress", () => {
  it("notes each distinct mapping that its range had since it began", () => {
    const one = inside();
    one.os(write(0x10000, 1));
    const first = one.frame(0x10000);
    one.os(read(0x10000));
    one.os(release(0x10000));
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 1));
    expect(active(one).mappings).toEqual(
      [null, first, null, one.frame(0x10000)].map((pfn) => ({ frames: [pfn], spared: [] })),
    );
  });
  it("notes whether its range was ever invalid for the access", () => {
    const one = inside();
    expect(active(one).wasInvalid).toBe(false);
    one.os(protect(0x10000, 1, "READONLY"));
    expect(active(one).wasInvalid).toBe(true);
  });
  it("of a range whose end overflows was invalid, and maps nothing", () => {
    const call = { name: "register", as: "a" } as const;
    const { request } = register;
    const wide = { ...request, range: range(0x10000, Number.MAX_SAFE_INTEGER) };
    const one = inside({ ...call, request: wide });
    expect(active(one)).toMatchObject({ wasInvalid: true, mappings: [{ frames: [], spared: [] }] });
  });
  it("of a decommitted page was invalid", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(decommit(0x10000, 1));
    begin(one, register);
    expect(active(one).wasInvalid).toBe(true);
  });
});

describe("a deregister in progress", () => {
  it.each([
    ["its range, and its region if that is larger", 0x4000, [1, 4]],
    ["its range, if its region is no larger", 1, [1]],
  ])("has touched %s", (_what, lengthBytes, counts) => {
    const one = lab();
    one.os(allocate(0x10000, 0x4000));
    begin(one, register);
    const mdl = mdlOf(one.lock(0x10000, lengthBytes));
    const region = regionOf(one.host({ name: "nicRegister", mdl, access: "readwrite" }));
    const handle = 0 as BufferHandle;
    const outcome = { ok: true, handle, region, offsetBytes: 0 } as const;
    one.world.apply({ type: "return", instance: instance0, outcome });
    const request = { socket: socket(1), handle, scope: "local" } as const;
    const named = { registration: "a", region, range: range(0x10000, 1), request };
    begin(one, { name: "deregister", ...named });
    expect(active(one).touched.map((each) => each.count)).toEqual(counts);
  });
});

describe("a release that failed", () => {
  it("is owed until the lock is gone", () => {
    const one = inside();
    const mdl = mdlOf(one.lock(0x10000, 1));
    const region = regionOf(one.host({ name: "nicRegister", mdl, access: "read" }));
    const owed = (): unknown =>
      one.world.view.instance(instance0).unreleased.map((each) => each.mdl);
    arm(one, { kind: "fail", call: "nicDeregister" });
    one.host({ name: "nicDeregister", region });
    one.host({ name: "nicDeregister", region });
    expect(owed()).toEqual([mdl]);
    one.host({ name: "unlock", mdl });
    expect(owed()).toEqual([]);
  });
  it("of nothing that exists is not owed", () => {
    const one = inside();
    one.host({ name: "nicDeregister", region: regionOf({ ok: true, value: 5 }) });
    one.host({ name: "unlock", mdl: mdlOf({ ok: true, value: 5 }) });
    expect(one.world.view.instance(instance0).unreleased).toEqual([]);
  });
});

it("a callback that answers 0 over a held region makes it a zombie, until it is deregistered", () => {
  const one = inside();
  const mdl = mdlOf(one.lock(0x10000, 1));
  const region = regionOf(one.host({ name: "nicRegister", mdl, access: "readwrite" }));
  const handle = { ok: true, handle: 0 as never, region, offsetBytes: 0 } as const;
  one.world.apply({ type: "return", instance: instance0, outcome: handle });
  const zombies = (): unknown => one.world.state().instances[instance0]?.zombies;
  const notify: Event = { type: "notify", process: process0, range: range(0x10000, 1) };
  drive(one.world, notify, idle);
  expect(zombies()).toEqual([]);
  drive(one.world, notify, (_call, _host, instance) =>
    instance === instance0 ? ok : fails("WSAEINVAL"),
  );
  expect(zombies()).toEqual([region]);
  one.host({ name: "nicDeregister", region });
  expect(zombies()).toEqual([]);
});
