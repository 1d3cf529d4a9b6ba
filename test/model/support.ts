// A world to ask questions of: the operations in a few words, and `drive`, which plays what an event leads
// to, with a script in the place of the registration cache.
//
// Addresses are those of the `windows` preset: pages of 0x1000 bytes, granularity 0x10000, user addresses
// from 0x10000 to 0x4ffff.

import type { BaseProtection } from "../../model/address-space.ts";
import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import type { Access, IoctlRequest, IoctlResult, SecureMode } from "../../model/contract.ts";
import { exceptions, win32 } from "../../model/errors.ts";
import type {
  Answer,
  CacheCall,
  CallOutcome,
  Event,
  EventOf,
  HostAnswer,
  HostCall,
} from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type BufferHandle,
  type InstanceId,
  type MdlHandle,
  type PageNumber,
  type Pfn,
  type ProcessId,
  type ProviderId,
  type RegionKey,
  type RemoteKey,
  type SecureHandle,
  type SocketId,
} from "../../model/units.ts";
import type { OsAnswer } from "../../model/performed.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { referenceWorld, type ReferenceWorld } from "../../model/world.ts";

export const process0: ProcessId = brand(0);
export const process1: ProcessId = brand(1);
export const provider0: ProviderId = brand(0);
export const provider1: ProviderId = brand(1);
/** Provider 0 and 1 in process 0, provider 0 in process 1. */
export const instance0: InstanceId = brand(0);
export const instance1: InstanceId = brand(1);
export const instance2: InstanceId = brand(2);

export const socket = (id: number): SocketId => brand(id);
export const range = (start: number, lengthBytes: number): AddressRange => ({
  start: brand(start),
  lengthBytes,
});
export const pageOf = (address: number): PageNumber => brand(Math.floor(address / 0x1000));

export const claims: Claims = {
  caches: { local: true, remote: true },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};

// ── Operations ──────────────────────────────────────────────────────────────────────────────────────

type Alloc = Extract<OsOperation, { name: "VirtualAlloc" }>;

type Allocate = (
  address: number | null,
  sizeBytes: number,
  protection?: BaseProtection,
  guard?: boolean,
) => OsOperation;

const allocation =
  (type: Alloc["type"]): Allocate =>
  (address, sizeBytes, protection = "READWRITE", guard = false) => ({
    name: "VirtualAlloc",
    address: address === null ? null : brand(address),
    sizeBytes,
    type,
    protection,
    guard,
  });

export const reserve: Allocate = allocation("reserve");
export const commit: Allocate = allocation("commit");
export const allocate: Allocate = allocation("reserve|commit");

type Free = Extract<OsOperation, { name: "VirtualFree" }>;

export const virtualFree = (
  address: number,
  sizeBytes: number,
  type: Free["type"],
): OsOperation => ({ name: "VirtualFree", address: brand(address), sizeBytes, type });
export const release = (address: number): OsOperation => virtualFree(address, 0, "release");
export const decommit = (address: number, sizeBytes: number): OsOperation =>
  virtualFree(address, sizeBytes, "decommit");

export const protect = (
  address: number,
  sizeBytes: number,
  protection: BaseProtection,
  guard = false,
): OsOperation => ({
  name: "VirtualProtect",
  address: brand(address),
  sizeBytes,
  protection,
  guard,
});
export const mapView = (
  section: number,
  address: number | null,
  protection: BaseProtection = "READWRITE",
): OsOperation => ({
  name: "MapViewOfFile",
  address: address === null ? null : brand(address),
  section,
  protection,
});
export const unmapView = (address: number): OsOperation => ({
  name: "UnmapViewOfFile",
  address: brand(address),
});
export const read = (start: number, lengthBytes = 1): OsOperation => ({
  name: "read",
  range: range(start, lengthBytes),
});
export const write = (start: number, stamp: number, lengthBytes = 1): OsOperation => ({
  name: "write",
  range: range(start, lengthBytes),
  stamp,
});
export const trim = (address: number): OsOperation => ({ name: "trim", page: pageOf(address) });
export const failNextPageIn = (address: number): OsOperation => ({
  name: "failNextPageIn",
  page: pageOf(address),
});

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────────

/** The value of an operation that was done; the number of its error or exception; or how else it ended. */
export function resultOf(answer: OsAnswer): unknown {
  switch (answer.status) {
    case "done":
      return answer.value;
    case "failed":
      return win32[answer.error];
    case "raised":
      return exceptions[answer.exception];
    case "refused":
      return "refused";
  }
}

/** The value of a host call or request that must have succeeded. */
function valueOf(result: HostAnswer | IoctlResult): number {
  if (!result.ok) throw new Error(`it failed: ${result.error}`);
  if (typeof result.value !== "number") throw new Error("its value is no number");
  return result.value;
}

export const mdlOf = (result: HostAnswer | IoctlResult): MdlHandle => brand(valueOf(result));
export const secureOf = (result: HostAnswer | IoctlResult): SecureHandle => brand(valueOf(result));
export const regionOf = (result: HostAnswer): RegionKey => brand(valueOf(result));
export const keyOf = (result: HostAnswer): RemoteKey => brand(valueOf(result));

export const ok: { readonly ok: true } = { ok: true };
export const fails = <E extends string>(error: E): { ok: false; error: E } => ({
  ok: false,
  error,
});

/** A call of a driver into the kernel. */
export type KernelCall = EventOf<"kernel">["call"];

// ── The world ───────────────────────────────────────────────────────────────────────────────────────

/** Plays the cache of every provider instance: what it does with a call, and what it returns. */
export type Script = (
  call: CacheCall,
  host: (call: HostCall) => HostAnswer,
  instance: InstanceId,
) => CallOutcome;

export interface Played {
  readonly event: Event;
  readonly answer: Answer;
}

/** Performs the event and all that must follow, depth first, in order. */
export function drive(world: ReferenceWorld, event: Event, script: Script): Played[] {
  const { answer, then } = world.apply(event);
  const played: Played[] = [{ event, answer }];
  if (event.type === "call") {
    const { instance, call } = event;
    const host = (call: HostCall): HostAnswer => {
      const event: Event = { type: "host", instance, call };
      const { answer } = world.apply(event);
      played.push({ event, answer });
      if (answer?.kind !== "host") throw new Error("a host call was not answered");
      return answer.result;
    };
    const outcome = script(call, host, instance);
    played.push(...drive(world, { type: "return", instance, outcome }, script));
  }
  for (const next of then) played.push(...drive(world, next, script));
  return played;
}

/** A cache that does nothing: its callback finds nothing. */
export const idle: Script = (call) => (call.name === "invalidate" ? fails("WSAEINVAL") : null);

/** A provider that never caches: it locks, registers and exposes, and takes all of it back. */
export function uncached(): Script {
  const held = new Map<number, MdlHandle>();
  return (call, host) => {
    switch (call.name) {
      case "register": {
        const { range, access, scope, socket } = call.request;
        const locked = host({ name: "lock", range, access });
        if (!locked.ok) return fails("WSAEFAULT");
        const mdl = mdlOf(locked);
        const region = regionOf(host({ name: "nicRegister", mdl, access }));
        held.set(region, mdl);
        const buffer = { ok: true, handle: brand<BufferHandle>(region), region } as const;
        const offsetBytes = range.start % 0x1000;
        if (scope === "local") return { ...buffer, offsetBytes };
        const remoteKey = keyOf(host({ name: "expose", region, range, socket, access }));
        return { ...buffer, offsetBytes, remoteKey };
      }
      case "deregister": {
        const { handle } = call.request;
        const mdl = held.get(handle);
        if (mdl === undefined) return fails("WSAEINVAL");
        held.delete(handle);
        host({ name: "nicDeregister", region: brand(handle) });
        host({ name: "unlock", mdl });
        return ok;
      }
      case "invalidate":
        return fails("WSAEINVAL");
      default:
        return null;
    }
  };
}

export interface Lab {
  readonly world: ReferenceWorld;
  /** One operation of process 0 (or another), without what follows: the result by `resultOf`. */
  os(operation: OsOperation, process?: ProcessId): unknown;
  /** One host call of provider 0 in process 0 (or another instance). */
  host(call: HostCall, instance?: InstanceId): HostAnswer;
  lock(start: number, lengthBytes: number, access?: Access, instance?: InstanceId): HostAnswer;
  secure(start: number, lengthBytes: number, mode?: SecureMode, instance?: InstanceId): HostAnswer;
  ioctl(request: IoctlRequest, process?: ProcessId, provider?: ProviderId): IoctlResult;
  /** One call of a driver under test into the kernel (`claims` null). */
  kernel(call: KernelCall): Extract<Answer, { kind: "kernel" }>;
  /** The frame that the page of the address maps. */
  frame(address: number, process?: ProcessId): Pfn | null;
}

export function lab(config: Partial<WorldConfig> = {}, declared: Claims | null = claims): Lab {
  const world = referenceWorld({ ...presets.windows, ...config }, declared);
  const host: Lab["host"] = (call, instance = instance0) => {
    const { answer } = world.apply({ type: "host", instance, call });
    if (answer?.kind !== "host") throw new Error("a host call was not answered");
    return answer.result;
  };
  return {
    world,
    os(operation, process = process0): unknown {
      const { answer } = world.apply({ type: "os", process, operation });
      if (answer?.kind !== "os") throw new Error("an operation was not answered");
      return resultOf(answer.answer);
    },
    host,
    lock: (start, lengthBytes, access = "readwrite", instance = instance0) =>
      host({ name: "lock", range: range(start, lengthBytes), access }, instance),
    secure: (start, lengthBytes, mode = "readwrite", instance = instance0) =>
      host({ name: "secure", range: range(start, lengthBytes), mode }, instance),
    ioctl(request, process = process0, provider = provider0): IoctlResult {
      const { answer } = world.apply({ type: "ioctl", process, provider, request });
      if (answer?.kind !== "ioctl") throw new Error("a request was not answered");
      return answer.result;
    },
    kernel(call): Extract<Answer, { kind: "kernel" }> {
      const { answer } = world.apply({ type: "kernel", call });
      if (answer?.kind !== "kernel") throw new Error("a kernel call was not answered");
      return answer;
    },
    frame: (address, process = process0) => world.view.mappedFrame(process, pageOf(address)),
  };
}
