import { describe, expect, it } from "vitest";
import type { Access, TransferKind } from "../../model/contract.ts";
import { DESCRIPTOR_BYTES, type Answer, type Event } from "../../model/events.ts";
import { flagsOfAccess } from "../../model/switch.ts";
import {
  brand,
  type AddressRange,
  type BufferHandle,
  type Pfn,
  type RegionKey,
} from "../../model/units.ts";
import {
  allocate,
  drive,
  instance0,
  lab,
  mdlOf,
  provider0,
  range,
  read,
  regionOf,
  release,
  socket,
  trim,
  uncached,
  write,
  type Lab,
} from "./support.ts";

interface Wire extends Lab {
  register(as: string, access: Access, at?: ReturnType<typeof range>): void;
  expose(as: string, access: Access, at?: ReturnType<typeof range>): void;
  deregister(registration: string): void;
  start(kind: TransferKind, registration: string, on?: number): Answer;
  complete(stamp?: number): Answer;
  peer(descriptor: string, access: "read" | "write", on?: number): Answer;
  play(event: Event): Answer;
}

/** Three committed pages at 0x10000 that hold 1, 2 and 3; the transfer is called t; a peer writes 9. */
function wire(): Wire {
  const one = lab();
  one.os(allocate(0x10000, 0x3000));
  for (const n of [0, 1, 2]) one.os(write(0x10000 + n * 0x1000, n + 1));
  const script = uncached();
  const play = (event: Event): Answer => drive(one.world, event, script)[0]?.answer ?? null;
  const whole = range(0x10000, 0x2000);
  return {
    ...one,
    play,
    register(as, access, at = whole): void {
      const flags = flagsOfAccess(access);
      const call = { name: "WSPRegisterMemory", as, socket: socket(1), range: at, flags } as const;
      play({ type: "wsp", function: call });
    },
    expose(as, access, at = whole): void {
      const flags = flagsOfAccess(access);
      const call = { name: "WSPRegisterRdmaMemory", as, socket: socket(1), range: at } as const;
      const descriptorBytes = DESCRIPTOR_BYTES;
      play({ type: "wsp", function: { ...call, flags, descriptorBytes } });
    },
    deregister(registration): void {
      const name = "WSPDeregisterRdmaMemory";
      play({ type: "wsp", function: { name, registration, socket: socket(1) } });
    },
    start: (kind, registration, on = 1) =>
      play({ type: "transferStart", as: "t", kind, registration, socket: socket(on) }),
    complete: (stamp = 9) => play({ type: "transferComplete", transfer: "t", stamp }),
    peer: (descriptor, access, on = 1) =>
      play({ type: "peerAccess", socket: socket(on), descriptor, access, stamp: 9 }),
  };
}

/** A cache answers a register with the region, whatever that is. */
function answerRegister(one: Lab, as: string, at: AddressRange, region: RegionKey): void {
  const request = { socket: socket(1), range: at, access: "readwrite", scope: "local" } as const;
  const call = { name: "register", as, request } as const;
  const outcome = { ok: true, handle: brand<BufferHandle>(0), region, offsetBytes: 0 } as const;
  drive(one.world, { type: "call", instance: instance0, call }, () => outcome);
}

const moved = (...stamps: (number | null)[]): Answer => ({ kind: "transfer", stamps, error: null });
const begun: Answer = { kind: "transfer", stamps: null, error: null };
const refused = (error: string): Answer => ({ kind: "transfer", stamps: null, error });

describe("a transfer", () => {
  it.each(["send", "rdmaWrite"] as const)("%s reads the buffer and leaves it as it is", (kind) => {
    const one = wire();
    one.register("a", "read");
    expect(one.start(kind, "a")).toEqual(begun);
    expect(one.complete()).toEqual(moved(1, 2));
    expect(one.os(read(0x10000, 0x3000))).toEqual([1, 2, 3]);
  });
  it.each(["receive", "rdmaRead"] as const)("%s writes the buffer and nothing else", (kind) => {
    const one = wire();
    one.register("a", "write");
    expect(one.start(kind, "a")).toEqual(begun);
    expect(one.os(read(0x10000))).toEqual([1]);
    expect(one.complete()).toEqual(moved(9, 9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([9, 9, 3]);
  });
  it("touches every page that holds a byte of its registration", () => {
    const one = wire();
    one.register("a", "readwrite", range(0x11fff, 2));
    one.start("receive", "a");
    expect(one.complete()).toEqual(moved(9, 9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([1, 9, 9]);
  });
  it("touches no page of a larger region beside its registration", () => {
    const one = wire();
    const mdl = mdlOf(one.lock(0x10000, 0x3000));
    const region = regionOf(one.host({ name: "nicRegister", mdl, access: "readwrite" }));
    answerRegister(one, "a", range(0x11000, 1), region);
    one.start("receive", "a");
    expect(one.complete()).toEqual(moved(9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([1, 9, 3]);
  });
  it.each([
    ["send", "write"],
    ["rdmaWrite", "write"],
    ["receive", "read"],
    ["rdmaRead", "read"],
  ] as const)("%s on a buffer registered for %s is WSAEINVAL", (kind, access) => {
    const one = wire();
    one.register("a", access);
    expect(one.start(kind, "a")).toEqual(refused("WSAEINVAL"));
    expect(one.world.view.transfers()).toEqual([]);
  });
  it("on an unknown registration is WSAEINVAL", () => {
    expect(wire().start("send", "a")).toEqual(refused("WSAEINVAL"));
  });
  it("on a registration of another socket is WSAEINVAL", () => {
    const one = wire();
    one.register("a", "read");
    expect(one.start("send", "a", 2)).toEqual(refused("WSAEINVAL"));
  });
  it("from another process is WSAEINVAL", () => {
    const one = wire();
    one.register("a", "read");
    expect(one.start("send", "a", 5)).toEqual(refused("WSAEINVAL"));
  });
  it("on a buffer registered for the peer is WSAEINVAL", () => {
    const one = wire();
    one.expose("a", "read");
    expect(one.start("send", "a")).toEqual(refused("WSAEINVAL"));
  });
  it("on a socket that is closed is WSAENOTCONN", () => {
    const one = wire();
    one.play({ type: "close", socket: socket(1) });
    expect(one.start("send", "a")).toEqual(refused("WSAENOTCONN"));
  });
  it("touches the frames recorded in the region, after the addresses were mapped anew", () => {
    const one = wire();
    one.register("a", "readwrite");
    const recorded = one.frame(0x10000) ?? brand<Pfn>(-1);
    one.os(release(0x10000));
    one.os(allocate(0x10000, 0x3000));
    one.os(write(0x10000, 7, 0x3000));
    one.start("send", "a");
    expect(one.complete()).toEqual(moved(1, 2));
    one.start("receive", "a");
    expect(one.complete()).toEqual(moved(9, 9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([7, 7, 7]);
    expect(one.world.view.frame(recorded)).toEqual({ stamp: 9, mapped: false, lockCount: 1 });
  });
  it("of an unlocked region reads nothing from a frame out of use, and what is there otherwise", () => {
    const one = wire();
    one.register("a", "readwrite", range(0x10000, 1));
    const [mdl] = one.world.view.locked();
    one.host({ name: "unlock", mdl: mdl?.handle ?? brand(-1) });
    const frame = one.frame(0x10000) ?? brand<Pfn>(-1);
    one.os(trim(0x10000));
    one.start("receive", "a");
    expect(one.complete()).toEqual(moved(null));
    expect(one.world.view.frame(frame)).toBeUndefined();
    expect(one.os(read(0x10000))).toEqual([1]);
  });
  it("through a region that the NIC does not have is WSA_OPERATION_ABORTED", () => {
    const one = wire();
    answerRegister(one, "a", range(0x10000, 1), brand(77));
    expect(one.start("send", "a")).toEqual(begun);
    expect(one.complete()).toEqual(refused("WSA_OPERATION_ABORTED"));
  });
  it("is no more in progress once its connection is lost", () => {
    const one = wire();
    one.register("a", "read");
    one.start("send", "a");
    one.play({ type: "nicReset", provider: provider0 });
    expect(() => one.complete()).toThrow("transfer t is not in progress");
  });
  it("that was aborted moves nothing any more: WSA_OPERATION_ABORTED", () => {
    const one = wire();
    one.register("a", "write");
    one.start("receive", "a");
    one.world.apply({ type: "close", socket: socket(1) });
    expect(one.complete()).toEqual(refused("WSA_OPERATION_ABORTED"));
    expect(one.os(read(0x10000))).toEqual([1]);
  });
});

describe("a peer", () => {
  it("reads what is exposed to it for reading, and may not write it", () => {
    const one = wire();
    one.expose("a", "read");
    expect(one.peer("a", "read")).toEqual(moved(1, 2));
    expect(one.peer("a", "write")).toEqual(refused("INVALID_KEY"));
    expect(one.os(read(0x10000))).toEqual([1]);
  });
  it("writes what is exposed to it for writing, and may not read it", () => {
    const one = wire();
    one.expose("a", "write");
    expect(one.peer("a", "read")).toEqual(refused("INVALID_KEY"));
    expect(one.peer("a", "write")).toEqual(moved(9, 9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([9, 9, 3]);
  });
  it("reaches the pages exposed, and no other page of the region", () => {
    const one = wire();
    one.expose("a", "readwrite", range(0x11000, 1));
    expect(one.peer("a", "write")).toEqual(moved(9));
    expect(one.os(read(0x10000, 0x3000))).toEqual([1, 9, 3]);
  });
  it.each([
    ["another socket", 2],
    ["another provider's socket", 3],
    ["a socket of another process", 5],
  ])("of %s has no use for the descriptor: INVALID_KEY", (_, on) => {
    const one = wire();
    one.expose("a", "readwrite");
    expect(one.peer("a", "read", on)).toEqual(refused("INVALID_KEY"));
    expect(one.peer("a", "write", on)).toEqual(refused("INVALID_KEY"));
  });
  it("does not reach the buffer after it was deregistered: INVALID_KEY", () => {
    const one = wire();
    one.expose("a", "readwrite");
    one.deregister("a");
    expect(one.peer("a", "read")).toEqual(refused("INVALID_KEY"));
  });
  it("does not reach it with the old descriptor after it was registered again", () => {
    const one = wire();
    one.expose("a", "readwrite");
    one.deregister("a");
    one.expose("b", "readwrite");
    expect(one.peer("a", "read")).toEqual(refused("INVALID_KEY"));
    expect(one.peer("b", "read")).toEqual(moved(1, 2));
  });
  it("does not reach it after the connection is closed: WSAENOTCONN", () => {
    const one = wire();
    one.expose("a", "readwrite");
    one.play({ type: "close", socket: socket(1) });
    expect(one.peer("a", "read")).toEqual(refused("WSAENOTCONN"));
  });
  it("without a descriptor reaches nothing: WSAENOTCONN", () => {
    const one = wire();
    one.register("a", "readwrite");
    expect(one.peer("a", "read")).toEqual(refused("WSAENOTCONN"));
  });
});
