import { describe, expect, it } from "vitest";
import { bugChecks } from "../../model/errors.ts";
import type { Event } from "../../model/events.ts";
import type { SocketId } from "../../model/units.ts";
import {
  allocate,
  drive,
  idle,
  instance0,
  instance1,
  instance2,
  lab,
  mapView,
  mdlOf,
  process0,
  process1,
  provider0,
  provider1,
  range,
  read,
  regionOf,
  release,
  secureOf,
  socket,
  uncached,
  write,
  type Lab,
} from "./support.ts";

/** Both processes hold memory, locks, secures and regions of provider 0; process 0 of provider 1 too. */
function busy(): Lab {
  const one = lab();
  for (const process of [process0, process1]) {
    one.os(allocate(0x10000, 0x1000), process);
    one.os(write(0x10000, 5), process);
  }
  for (const instance of [instance0, instance1, instance2]) {
    const mdl = mdlOf(one.lock(0x10000, 1, "readwrite", instance));
    secureOf(one.secure(0x10000, 1, "readonly", instance));
    const region = regionOf(one.host({ name: "nicRegister", mdl, access: "read" }, instance));
    const expose = { range: range(0x10000, 1), socket: socket(1), access: "read" } as const;
    one.host({ name: "expose", region, ...expose }, instance);
  }
  return one;
}

const exit = (process = process0): Event => ({ type: "exit", process });
const statusOf = (one: Lab, id: SocketId): string | undefined =>
  one.world.view.sockets().find((each) => each.id === id)?.status;

describe("the end of a process", () => {
  it("releases its locks and secures, in every driver, and those of no other process", () => {
    const one = busy();
    drive(one.world, exit(), idle);
    expect(one.world.view.locked().map((each) => each.process)).toEqual([1]);
    expect(one.world.view.secures().map((each) => each.process)).toEqual([1]);
    expect(one.world.state().drivers.map((tables) => tables.locks.length)).toEqual([1, 0]);
    expect(one.world.view.bugCheck()).toBeNull();
  });
  it("takes its regions and exposures from every NIC, and those of no other process", () => {
    const one = busy();
    drive(one.world, exit(), idle);
    const owners = [provider0, provider1].map((provider) => [
      ...one.world.view.regions(provider).map((each) => each.process),
      ...one.world.view.exposures(provider).map((each) => each.process),
    ]);
    expect(owners).toEqual([[1, 1], []]);
  });
  it("gives its frames back; a section keeps its own", () => {
    const one = busy();
    one.os(mapView(0, 0x20000));
    one.os(write(0x20000, 6));
    const frames = (): number =>
      one.world.state().memory.physical.frames.filter((each) => each !== null).length;
    expect(frames()).toBe(3);
    drive(one.world, exit(), idle);
    expect(frames()).toBe(2);
    one.os(mapView(0, 0x20000), process1);
    expect(one.os(read(0x20000), process1)).toEqual([6]);
  });
  it("leaves no address of it", () => {
    const one = busy();
    drive(one.world, exit(), idle);
    expect(one.world.view.isAlive(process0)).toBe(false);
    expect(one.world.view.isAlive(process1)).toBe(true);
    expect(one.os(read(0x10000))).toBe(0xc0000005);
    expect(one.os(read(0x10000), process1)).toEqual([5]);
  });
  it("closes its connections and stops its providers", () => {
    const one = busy();
    drive(one.world, exit(), idle);
    expect([1, 4, 5].map((id) => statusOf(one, socket(id)))).toEqual([
      "closed",
      "closed",
      "connected",
    ]);
    expect(one.world.view.instances().map((each) => each.started)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
  it("ends its transfers and forgets its registrations", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    const register = { name: "WSPRegisterMemory", as: "a", range: range(0x10000, 1) } as const;
    const call = { ...register, socket: socket(1), flags: 1 };
    drive(one.world, { type: "wsp", function: call }, uncached());
    const send = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
    one.world.apply({ type: "transferStart", ...send });
    drive(one.world, exit(), idle);
    expect(one.world.view.transfers()).toEqual([]);
    expect(one.world.view.instance(instance0).registrations).toEqual([]);
  });
  it("happens inside a call: the call is gone with it", () => {
    const one = lab();
    const call = { name: "closeSocket", socket: socket(1) } as const;
    one.world.apply({ type: "call", instance: instance0, call });
    drive(one.world, exit(), idle);
    expect(one.world.view.instance(instance0).calls).toEqual([]);
  });
  it("calls no callback: nothing is refused any more", () => {
    const played = drive(busy().world, exit(), idle);
    expect(played.map(({ event }) => event.type)).toEqual(["exit", "exited"]);
  });
  it("disarms the faults that waited for it, and no other", () => {
    const one = lab();
    const interrupt = (process = process0): Event => ({
      type: "arm",
      fault: {
        kind: "interrupt",
        process,
        afterHostCalls: 1,
        what: { kind: "operation", operation: release(0x10000) },
      },
    });
    one.world.apply({ type: "arm", fault: { kind: "kill", process: process0 } });
    one.world.apply(interrupt());
    drive(one.world, exit(process1), idle);
    expect(one.world.view.faults()).toMatchObject({ kill: 0, interrupt: { process: 0 } });
    drive(one.world, exit(process0), idle);
    expect(one.world.view.faults()).toMatchObject({ kill: null, interrupt: null });
  });
});

describe("a driver under test", () => {
  /** Process 0 has locked one page, and secured it. */
  function driven(): Lab {
    const one = lab({}, null);
    one.os(allocate(0x10000, 0x1000));
    one.kernel({ name: "mmProbeAndLockPages", args: [process0, range(0x10000, 1), "read"] });
    one.kernel({ name: "mmSecureVirtualMemory", args: [process0, range(0x10000, 1), "readonly"] });
    return one;
  }

  it("is told of the end before the address space goes", () => {
    const { then } = driven().world.apply(exit());
    expect(then.map((event) => event.type)).toEqual(["processExit", "exited"]);
  });
  it("that leaves pages locked is bug check 0x76", () => {
    const one = driven();
    one.world.apply({ type: "exited", process: process0 });
    expect(one.world.view.bugCheck()).toBe("PROCESS_HAS_LOCKED_PAGES");
    expect(bugChecks.PROCESS_HAS_LOCKED_PAGES).toBe(0x76);
  });
  it("that unlocks them is none", () => {
    const one = driven();
    const [mdl] = one.world.view.locked();
    if (mdl !== undefined) one.kernel({ name: "mmUnlockPages", args: [mdl.handle] });
    one.world.apply({ type: "exited", process: process0 });
    expect(one.world.view.bugCheck()).toBeNull();
  });
  it("need not unsecure: the system does, and the handle is no longer good", () => {
    const one = driven();
    const [secure] = one.world.view.secures();
    one.world.apply({ type: "exited", process: process0 });
    expect(one.world.view.secures()).toEqual([]);
    if (secure === undefined) throw new Error("nothing was secured");
    const late = one.kernel({ name: "mmUnsecureVirtualMemory", args: [process0, secure.handle] });
    expect(late.bugCheck).toBe("INVALID_SECURE_HANDLE");
  });
});
