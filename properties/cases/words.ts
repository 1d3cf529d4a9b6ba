// Words for literal programs: addresses are pages of process 0, counted from the first user page.

import type { BaseProtection } from "../../model/address-space.ts";
import type { WorldConfig } from "../../model/config.ts";
import type { Access, JsonValue, TransferKind } from "../../model/contract.ts";
import { DESCRIPTOR_BYTES, type Fault, type WspFunction } from "../../model/events.ts";
import { flagsOfAccess } from "../../model/switch.ts";
import type { Command } from "../../model/trace.ts";
import { brand, type AddressRange, type VirtualAddress } from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";

/** Interfaces have no index signature, so TypeScript does not see that they are JSON. */
const jsonOf = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

export interface Words {
  alloc(from: number, to: number, protection?: BaseProtection): Command;
  free(from: number): Command;
  decommit(from: number, to: number): Command;
  protect(from: number, to: number, protection: BaseProtection): Command;
  write(from: number, to: number): Command;
  failPageIn(page: number): Command;
  register(as: string, from: number, to: number, access?: Access, socket?: number): Command;
  registerRdma(
    as: string,
    from: number,
    to: number,
    access?: Access,
    socket?: number,
    descriptorBytes?: number,
  ): Command;
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
  address(page: number): VirtualAddress;
  /** One byte, in pages. */
  readonly byte: number;
  /** How many regions the NIC takes. */
  readonly nicRegions: number;
  /** A socket of another process, on the same provider; in a world of one process it does not exist. */
  readonly foreignSocket: number;
}

/** Words for the programs of a world. */
export function wordsFor(config: WorldConfig): Words {
  const { pageSizeBytes, granularityPages } = config;
  const base = granularityPages * pageSizeBytes;
  const address = (page: number): VirtualAddress => brand(base + Math.round(page * pageSizeBytes));
  const range = (from: number, to: number): AddressRange => ({
    start: address(from),
    lengthBytes: address(to) - address(from),
  });
  const places: Places = { range, address, byte: 1 / pageSizeBytes, pageSizeBytes };
  return {
    ...memoryWords(places),
    ...registrationWords(places),
    ...otherWords,
    range,
    address,
    byte: places.byte,
    nicRegions: config.nic.regions,
    foreignSocket: config.providersPerProcess * config.socketsPerInstance + 1,
  };
}

interface Places {
  readonly range: (from: number, to: number) => AddressRange;
  readonly address: (page: number) => VirtualAddress;
  readonly byte: number;
  readonly pageSizeBytes: number;
}

type MemoryWords = Pick<Words, "alloc" | "free" | "decommit" | "protect" | "write" | "failPageIn">;

function memoryWords({ range, address, pageSizeBytes }: Places): MemoryWords {
  const os = (operation: OsOperation): Command => ({
    name: operation.name,
    args: { process: 0, operation: jsonOf(operation) },
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
      os({ name: "failNextPageIn", page: brand(Math.floor(address(page) / pageSizeBytes)) }),
  };
}

type RegistrationWords = Pick<
  Words,
  "register" | "registerRdma" | "deregister" | "deregisterRdma" | "notify"
>;

function registrationWords({ range }: Places): RegistrationWords {
  const wsp = (call: WspFunction): Command => ({
    name: call.name,
    args: { function: jsonOf(call) },
  });
  return {
    register: (as, from, to, access = "readwrite", socket = 1) =>
      wsp({
        name: "WSPRegisterMemory",
        as,
        socket: brand(socket),
        range: range(from, to),
        flags: flagsOfAccess(access),
      }),
    registerRdma: (
      as,
      from,
      to,
      access = "readwrite",
      socket = 1,
      descriptorBytes = DESCRIPTOR_BYTES,
    ) =>
      wsp({
        name: "WSPRegisterRdmaMemory",
        as,
        socket: brand(socket),
        range: range(from, to),
        flags: flagsOfAccess(access),
        descriptorBytes,
      }),
    deregister: (registration, socket = 1) =>
      wsp({ name: "WSPDeregisterMemory", registration, socket: brand(socket) }),
    deregisterRdma: (registration, socket = 1) =>
      wsp({ name: "WSPDeregisterRdmaMemory", registration, socket: brand(socket) }),
    notify: (from, to) => ({ name: "notify", args: { process: 0, range: { ...range(from, to) } } }),
  };
}

type OtherWords = Omit<
  Words,
  | keyof MemoryWords
  | keyof RegistrationWords
  | "range"
  | "address"
  | "byte"
  | "nicRegions"
  | "foreignSocket"
>;

const otherWords: OtherWords = {
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
      fault: { kind: "interrupt", process: 0, afterHostCalls, what: jsonOf(what) },
    },
  }),
  ioctl: (name, request, process = 0) => ({
    name,
    args: { type: "ioctl", process, provider: 0, request: jsonOf(request) },
  }),
};
