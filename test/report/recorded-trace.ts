// Traces made by hand: commands are performed on a stage, where a script plays the cache or a driver under
// test. Nothing is judged, so that a trace may go on after a violation.

import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import type { DriverSubject } from "../../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import { TRACE_VERSION, type Command, type Trace } from "../../model/trace.ts";
import {
  brand,
  type BufferHandle,
  type InstanceId,
  type MdlHandle,
  type RegionKey,
} from "../../model/units.ts";
import { referenceWorld } from "../../model/world.ts";
import { runProgram } from "../../properties/agreement.ts";
import type { Player } from "../../properties/stage.ts";
import { driverShell } from "../../src/provider/driver-shell.ts";

type Host = (call: HostCall) => HostAnswer;
type Script = (call: CacheCall, host: Host) => CallOutcome;

const claims: Claims = {
  caches: { local: true, remote: false },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};

/** One process, 16-byte pages and two sockets. */
const config: WorldConfig = presets.tiny;

export function recordedTrace(commands: readonly Command[], script: Script): Trace {
  const hosts = new Map<InstanceId, Host>();
  const provider = {
    start: (instance: InstanceId, host: Host): void => void hosts.set(instance, host),
    call(instance: InstanceId, call: CacheCall): CallOutcome {
      const host = hosts.get(instance);
      if (host === undefined) throw new Error("the provider instance was not started");
      return script(call, host);
    },
  };
  return traceOf(commands, { kind: "cache", provider, claims }, claims);
}

export function recordedDriverTrace(commands: readonly Command[], driver: DriverSubject): Trace {
  return traceOf(commands, { kind: "driver", driver: driverShell(driver) }, null);
}

function traceOf(commands: readonly Command[], player: Player, declared: Claims | null): Trace {
  const world = referenceWorld(config, declared);
  const { steps, broken } = runProgram(
    { world, player, counts: () => false, strict: false },
    commands,
  );
  if (broken !== null) throw new Error(broken);
  const seed = { seed: 1842107356, path: "96:5" };
  return {
    header: {
      stalemate: "trace",
      version: TRACE_VERSION,
      subject: "my-cache",
      config,
      claims: declared,
      ...seed,
    },
    steps,
  };
}

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────

/** The first user address of the world. */
const base = 0x10;

const os = (operation: Command["args"] & { readonly name: string }): Command => ({
  name: operation.name,
  args: { process: 0, operation, type: "os" },
});

export const allocate = (pages: number): Command =>
  os({
    name: "VirtualAlloc",
    address: base,
    sizeBytes: pages * 16,
    type: "reserve|commit",
    protection: "READWRITE",
    guard: false,
  });

export const free: Command = os({
  name: "VirtualFree",
  address: base,
  sizeBytes: 0,
  type: "release",
});

export const register = (as: string, lengthBytes = 16, page = 0): Command => ({
  name: "WSPRegisterMemory",
  args: {
    type: "wsp",
    function: {
      name: "WSPRegisterMemory",
      as,
      socket: 1,
      range: { start: base + page * 16, lengthBytes },
      flags: 3,
    },
  },
});

export const deregister = (registration: string): Command => ({
  name: "WSPDeregisterMemory",
  args: { type: "wsp", function: { name: "WSPDeregisterMemory", registration, socket: 1 } },
});

/** VirtualFree of the buffer, by another thread, at the first host call of a later call. */
export const freeAtHostCall: Command = {
  name: "interruptAtHostCall",
  args: {
    type: "arm",
    fault: {
      kind: "interrupt",
      process: 0,
      afterHostCalls: 1,
      what: {
        kind: "operation",
        operation: { name: "VirtualFree", address: base, sizeBytes: 0, type: "release" },
      },
    },
  },
};

export const closeSocket: Command = {
  name: "WSPCloseSocket",
  args: { type: "close", socket: 1 },
};

export const killAtHostCall: Command = {
  name: "killAtHostCall",
  args: { type: "arm", fault: { kind: "kill", process: 0 } },
};

/** A request of the application that makes the driver read the buffer. */
export const copyFromUser: Command = {
  name: "driverCopy",
  args: {
    type: "ioctl",
    process: 0,
    provider: 0,
    request: { code: "copyFromUser", range: { start: base, lengthBytes: 16 } },
  },
};

// ── Caches ──────────────────────────────────────────────────────────────────────────────────────────

function valueOf(result: HostAnswer): number {
  if (!result.ok || typeof result.value !== "number") throw new Error("a host call failed");
  return result.value;
}

/** One entry at most, kept after its last deregister; what it leaves out is what is wrong with it. */
export function oneEntryCache(faulty: { secures?: boolean; releases?: boolean } = {}): Script {
  const { secures = true, releases = true } = faulty;
  let entry: { mdl: MdlHandle; region: RegionKey; secure: number | null } | null = null;
  return (call, host) => {
    switch (call.name) {
      case "register": {
        const { range, access } = call.request;
        if (entry === null) {
          const secure = secures
            ? valueOf(host({ name: "secure", range, mode: "readwrite" }))
            : null;
          const mdl = brand<MdlHandle>(valueOf(host({ name: "lock", range, access })));
          const region = brand<RegionKey>(valueOf(host({ name: "nicRegister", mdl, access })));
          entry = { mdl, region, secure };
        }
        const handle = brand<BufferHandle>(entry.region);
        return { ok: true, handle, region: entry.region, offsetBytes: 0 };
      }
      case "deregister":
        return { ok: true };
      case "invalidate": {
        if (entry === null) return { ok: false, error: "WSAEINVAL" };
        const { mdl, region, secure } = entry;
        if (secure !== null) host({ name: "unsecure", handle: brand(secure) });
        entry = { ...entry, secure: null };
        if (!releases) return { ok: true };
        host({ name: "nicDeregister", region });
        host({ name: "unlock", mdl });
        entry = null;
        return { ok: true };
      }
      default:
        return null;
    }
  };
}
