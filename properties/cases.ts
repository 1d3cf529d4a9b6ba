// Literal programs, one or more a rule, that lead straight to what the rule is about. They run before anything is
// generated, so that a plain mistake is found by a program that a person would have written, and so that the
// situations of the rules are met in every run.

import type { WorldConfig } from "../model/config.ts";
import type { Access } from "../model/contract.ts";
import { DESCRIPTOR_BYTES, type Fault, type TransferKind } from "../model/events.ts";
import type { RuleId } from "../model/rules.ts";
import { flagsOfAccess } from "../model/switch.ts";
import type { Command } from "../model/trace.ts";
import type { AddressRange } from "../model/units.ts";
import type { OsOperation } from "../model/virtual-memory.ts";

export interface Case {
  readonly rule: RuleId;
  readonly name: string;
  readonly subject: "cache" | "driver";
  readonly program: readonly Command[];
}

/** Words for the programs: addresses are pages of process 0, counted from the first user page. */
export function wordsFor(config: WorldConfig): Words {
  const { pageSizeBytes, granularityPages } = config;
  const base = granularityPages * pageSizeBytes;
  const address = (page: number): number => base + Math.round(page * pageSizeBytes);
  const range = (from: number, to: number): AddressRange => ({
    start: address(from) as AddressRange["start"],
    lengthBytes: address(to) - address(from),
  });
  const os = (operation: object, process = 0): Command => ({
    name: (operation as OsOperation).name,
    args: { process, operation: operation as never },
  });
  const wsp = (call: object): Command => ({
    name: (call as { name: string }).name,
    args: { function: call as never },
  });
  return {
    alloc: (from, to, protection = "READWRITE") =>
      os({
        name: "VirtualAlloc",
        address: address(from),
        sizeBytes: range(from, to).lengthBytes,
        type: "reserve|commit",
        protection,
        guard: false,
      }),
    free: (from) =>
      os({ name: "VirtualFree", address: address(from), sizeBytes: 0, type: "release" }),
    decommit: (from, to) =>
      os({
        name: "VirtualFree",
        address: address(from),
        sizeBytes: range(from, to).lengthBytes,
        type: "decommit",
      }),
    protect: (from, to, protection) =>
      os({
        name: "VirtualProtect",
        address: address(from),
        sizeBytes: range(from, to).lengthBytes,
        protection,
        guard: false,
      }),
    write: (from, to) => os({ name: "write", range: range(from, to), stamp: 7 }),
    failPageIn: (page) =>
      os({ name: "failNextPageIn", page: Math.floor(address(page) / pageSizeBytes) }),
    register: (as, from, to, access = "readwrite", socket = 1) =>
      wsp({
        name: "WSPRegisterMemory",
        as,
        socket,
        range: range(from, to),
        flags: flagsOfAccess(access),
      }),
    registerRdma: (as, from, to, access = "readwrite", socket = 1) =>
      wsp({
        name: "WSPRegisterRdmaMemory",
        as,
        socket,
        range: range(from, to),
        flags: flagsOfAccess(access),
        descriptorBytes: DESCRIPTOR_BYTES,
      }),
    deregister: (registration, socket = 1) =>
      wsp({ name: "WSPDeregisterMemory", registration, socket }),
    deregisterRdma: (registration, socket = 1) =>
      wsp({ name: "WSPDeregisterRdmaMemory", registration, socket }),
    notify: (from, to) => ({ name: "notify", args: { process: 0, range: { ...range(from, to) } } }),
    start: (as, registration, kind = "send", socket = 1) => ({
      name: "startTransfer",
      args: { type: "transferStart", as, kind, registration, socket },
    }),
    complete: (transfer) => ({
      name: "completeTransfer",
      args: { type: "transferComplete", transfer, stamp: 9 },
    }),
    peer: (descriptor, access = "read", socket = 1) => ({
      name: "peerAccess",
      args: { type: "peerAccess", socket, descriptor, access, stamp: 5 },
    }),
    close: (socket = 1) => ({ name: "WSPCloseSocket", args: { type: "close", socket } }),
    cleanup: () => ({ name: "WSPCleanup", args: { type: "cleanup", instance: 0 } }),
    exit: (process = 0) => ({ name: "exitProcess", args: { type: "exit", process } }),
    fail: (call) => ({ name: "failNext", args: { type: "arm", fault: { kind: "fail", call } } }),
    interrupt: (afterHostCalls, what) => ({
      name: "interruptAtHostCall",
      args: {
        type: "arm",
        fault: { kind: "interrupt", process: 0, afterHostCalls, what: what as never },
      },
    }),
    ioctl: (name, request, process = 0) => ({
      name,
      args: { type: "ioctl", process, provider: 0, request: request as never },
    }),
    range,
    address,
  };
}

export interface Words {
  alloc(from: number, to: number, protection?: string): Command;
  free(from: number): Command;
  decommit(from: number, to: number): Command;
  protect(from: number, to: number, protection: string): Command;
  write(from: number, to: number): Command;
  failPageIn(page: number): Command;
  register(as: string, from: number, to: number, access?: Access, socket?: number): Command;
  registerRdma(as: string, from: number, to: number, access?: Access, socket?: number): Command;
  deregister(registration: string, socket?: number): Command;
  deregisterRdma(registration: string, socket?: number): Command;
  notify(from: number, to: number): Command;
  start(as: string, registration: string, kind?: TransferKind, socket?: number): Command;
  complete(transfer: string): Command;
  peer(descriptor: string, access?: "read" | "write", socket?: number): Command;
  close(socket?: number): Command;
  cleanup(): Command;
  exit(process?: number): Command;
  fail(call: (Fault & { kind: "fail" })["call"]): Command;
  interrupt(afterHostCalls: number, what: (Fault & { kind: "interrupt" })["what"]): Command;
  ioctl(name: string, request: object, process?: number): Command;
  range(from: number, to: number): AddressRange;
  address(page: number): number;
}

/** The programs for a world. A program that the world is too small for loses the steps that are impossible. */
export function casesFor(config: WorldConfig): readonly Case[] {
  const words = wordsFor(config);
  const cache = (rule: RuleId, name: string, ...program: Command[]): Case => ({
    rule,
    name,
    subject: "cache",
    program,
  });
  const driver = (rule: RuleId, name: string, ...program: Command[]): Case => ({
    rule,
    name,
    subject: "driver",
    program,
  });
  return [
    ...freshCases(words, cache),
    ...localCases(words, cache),
    ...remoteCases(words, cache),
    ...lawCases(words, cache),
    ...driverCases(words, driver),
  ];
}

type Make = (rule: RuleId, name: string, ...program: Command[]) => Case;

/** The reason for all of it comes first: no stale registration after a remap. */
function freshCases(w: Words, make: Make): Case[] {
  return [
    make(
      "LAW-1",
      "freed and allocated again after the deregister",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.free(0),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
    ),
    make(
      "LAW-1",
      "freed and allocated again while registered",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.free(0),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_3", 0, 1),
    ),
    make(
      "LAW-1",
      "freed between two host calls of the register",
      w.alloc(0, 1),
      w.interrupt(1, {
        kind: "operation",
        operation: {
          name: "VirtualFree",
          address: w.address(0) as never,
          sizeBytes: 0,
          type: "release",
        },
      }),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
    ),
  ];
}

function localCases(w: Words, make: Make): Case[] {
  const kept = [w.alloc(0, 4), w.register("mr_1", 0, 2), w.deregister("mr_1")];
  return [
    make("LOCAL-1", "the last deregister keeps the buffer", ...kept),
    make("LOCAL-2", "a kept buffer is secured", ...kept),
    make(
      "LOCAL-3",
      "a repeat does no work",
      ...kept,
      w.register("mr_2", 0, 2),
      w.deregister("mr_2"),
    ),
    make("LOCAL-4", "a free of a kept buffer", ...kept, w.free(0)),
    make(
      "LOCAL-4",
      "a free of a buffer in use",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.free(0),
      w.deregister("mr_1"),
    ),
    make("LOCAL-5", "a close with kept buffers", ...kept, w.close()),
    make(
      "OWN-1",
      "a decommit of the last page of one and a half",
      w.alloc(0, 4),
      w.register("mr_1", 0, 1.5),
      w.deregister("mr_1"),
      w.decommit(1, 2),
    ),
    make(
      "OWN-2",
      "a free and a second notification",
      ...kept,
      w.free(0),
      w.notify(0, 2),
      w.cleanup(),
    ),
    make(
      "SPI-1",
      "a range that is not valid",
      w.alloc(0, 2),
      w.register("mr_1", 1, 3),
      w.register("mr_2", 4, 5),
    ),
    make(
      "SPI-1",
      "a host call that fails",
      w.alloc(0, 2),
      w.fail("lock"),
      w.register("mr_1", 0, 1),
    ),
    make(
      "SPI-4",
      "two registers, one deregister",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.deregister("mr_1"),
      w.start("t_1", "mr_2", "send", 2),
      w.complete("t_1"),
      w.deregister("mr_2", 2),
    ),
    make(
      "SPI-5",
      "a notification over nothing",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.notify(1, 2),
    ),
    make(
      "SPI-5",
      "a decommit of a part that is in use",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.decommit(1, 2),
    ),
    make("SPI-6", "the last deregister", ...kept),
    make(
      "ACCESS-4",
      "read, then read and write",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1, "read"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.start("t_1", "mr_2", "receive"),
      w.complete("t_1"),
      w.deregister("mr_2"),
    ),
    make(
      "ACCESS-4",
      "pages that forbid writing",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1, "read"),
      w.protect(0, 1, "READONLY"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.register("mr_3", 0, 1, "read"),
    ),
    make(
      "ACCESS-5",
      "a close with a transfer in flight",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1"),
      w.close(),
    ),
  ];
}

function remoteCases(w: Words, make: Make): Case[] {
  const kept = [w.alloc(0, 4), w.registerRdma("mr_1", 0, 1), w.deregisterRdma("mr_1")];
  return [
    make("REMOTE-1", "a peer after the deregister", ...kept, w.peer("mr_1")),
    make("REMOTE-2", "a kept remote buffer is secured", ...kept),
    make(
      "REMOTE-3",
      "a repeat of a remote buffer",
      ...kept,
      w.registerRdma("mr_2", 0, 1),
      w.peer("mr_2", "write"),
    ),
    make("REMOTE-4", "a free of a kept remote buffer", ...kept, w.free(0)),
    make(
      "ACCESS-2",
      "another socket's peer",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.peer("mr_1", "read", 2),
      w.deregisterRdma("mr_1"),
      w.registerRdma("mr_2", 0, 1, "readwrite", 2),
      w.peer("mr_2", "read", 2),
    ),
    make(
      "ACCESS-3",
      "a close of a connection with an exposed buffer",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.close(),
    ),
    make(
      "LAW-13",
      "a remote buffer inside a kept one",
      w.alloc(0, 4),
      w.registerRdma("mr_1", 0, 3),
      w.deregisterRdma("mr_1"),
      w.registerRdma("mr_2", 1, 2, "read"),
      w.peer("mr_2"),
    ),
    make(
      "REMOTE-1",
      "the NIC is busy",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.fail("nicDeregister"),
      w.deregisterRdma("mr_1"),
      w.close(),
    ),
  ];
}

function lawCases(w: Words, make: Make): Case[] {
  const neighbours = [
    w.alloc(0, 4),
    w.register("mr_1", 0, 1),
    w.register("mr_2", 1, 2),
    w.register("mr_3", 2, 3),
    w.deregister("mr_1"),
    w.deregister("mr_2"),
    w.deregister("mr_3"),
  ];
  const filling = Array.from({ length: 10 }, (_, i) => [
    w.register(`mr_${i + 1}`, i / 2, i / 2 + 0.5),
    w.deregister(`mr_${i + 1}`),
  ]).flat();
  return [
    make(
      "LAW-2",
      "overlap, adjacency, sub-page neighbours",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 1, 3),
      w.register("mr_3", 2, 3),
      w.register("mr_4", 3, 3.5),
      w.register("mr_5", 3.5, 4),
    ),
    make(
      "LAW-2",
      "inside a larger buffer",
      w.alloc(0, 4),
      w.register("mr_1", 0, 4),
      w.deregister("mr_1"),
      w.register("mr_2", 1, 2),
    ),
    make("LAW-3", "one free over several kept buffers", ...neighbours, w.free(0)),
    make(
      "LAW-3",
      "a decommit of the middle of a kept buffer",
      w.alloc(0, 4),
      w.register("mr_1", 0, 3),
      w.deregister("mr_1"),
      w.decommit(1, 2),
    ),
    make("LAW-3b", "a decommit of the middle one of three", ...neighbours, w.decommit(1, 2)),
    ...(["lock", "secure", "nicRegister"] as const).map((call) =>
      make(
        "LAW-4",
        `${call} fails`,
        w.alloc(0, 2),
        w.fail(call),
        w.register("mr_1", 0, 1),
        w.register("mr_2", 0, 1),
        w.deregister("mr_2"),
        w.deregister("mr_1"),
      ),
    ),
    make(
      "LAW-4",
      "the NIC is busy at a callback",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.fail("nicDeregister"),
      w.free(0),
      w.free(0),
    ),
    make(
      "LAW-4",
      "the NIC is busy at the last deregister",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.fail("nicDeregister"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1),
      w.deregister("mr_2"),
      w.cleanup(),
    ),
    make("LAW-4", "clean-up", ...neighbours, w.cleanup()),
    make(
      "LAW-5",
      "a transfer across a free",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1", "receive"),
      w.free(0),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
    make(
      "LAW-5",
      "a register with other rights while in use",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1, "read"),
      w.start("t_1", "mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.complete("t_1"),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ),
    make(
      "LAW-6",
      "a zombie",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.notify(0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ),
    make("LAW-7", "more buffers than a limit", w.alloc(0, 5), ...filling),
    make(
      "LAW-8",
      "two users alternate rights",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1, "read"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.deregister("mr_2"),
      w.register("mr_3", 0, 1, "read"),
      w.deregister("mr_3"),
    ),
    make(
      "LAW-9",
      "data that is sent is the data that was written",
      w.alloc(0, 1),
      w.write(0, 1),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1"),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
  ];
}

function driverCases(w: Words, make: Make): Case[] {
  const copy = (from: number, to: number): Command =>
    w.ioctl("driverCopy", { code: "copyFromUser", range: w.range(from, to) });
  const lock = (from: number, to: number): Command =>
    w.ioctl("driverLock", { code: "lock", range: w.range(from, to), access: "readwrite" });
  const secure = (from: number, to: number): Command =>
    w.ioctl("driverSecure", { code: "secure", range: w.range(from, to), mode: "readwrite" });
  const release = (request: object, process = 0): Command =>
    w.ioctl("driverRelease", request, process);
  return [
    make(
      "OWN-2",
      "secure, unsecure, unsecure again",
      w.alloc(0, 2),
      secure(0, 2),
      release({ code: "unsecure", handle: 1 }),
      release({ code: "unsecure", handle: 1 }),
    ),
    make("OWN-3", "a copy from a freed buffer", w.alloc(0, 1), w.free(0), copy(0, 1)),
    make(
      "OWN-3",
      "a copy with an in-page error",
      w.alloc(0, 1),
      w.write(0, 1),
      w.failPageIn(0),
      copy(0, 1),
    ),
    make("OWN-4", "a lock of a range that is half valid", w.alloc(0, 1), lock(0, 2), w.exit()),
    make(
      "OWN-4",
      "a copy to a page that meets a bad block",
      w.alloc(0, 2),
      w.write(0, 1),
      w.failPageIn(0),
      w.ioctl("driverCopy", { code: "copyToUser", range: w.range(0, 2), stamp: 3 }),
    ),
    make(
      "OWN-5",
      "a handle of another process",
      w.alloc(0, 2),
      secure(0, 1),
      lock(0, 1),
      release({ code: "unsecure", handle: 1 }, 1),
      release({ code: "unlock", mdl: 1 }, 1),
    ),
    make(
      "OWN-5",
      "a length that wraps around",
      w.alloc(0, 1),
      w.ioctl("driverLock", {
        code: "lock",
        range: { start: w.address(0), lengthBytes: Number.MAX_SAFE_INTEGER },
        access: "read",
      }),
      copy(100, 101),
    ),
    make(
      "MM-4",
      "a process ends with something locked and secured",
      w.alloc(0, 2),
      secure(0, 2),
      lock(0, 2),
      w.exit(),
    ),
  ];
}
