// Traces made by hand: commands are performed on the model, and a script plays the cache. What an armed
// interruption leads to is performed at its host call.

import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import type { CacheCall, CallOutcome, Event, HostAnswer, HostCall } from "../../model/events.ts";
import { TRACE_VERSION, type Command, type Trace, type TraceStep } from "../../model/trace.ts";
import { brand, type BufferHandle, type MdlHandle, type RegionKey } from "../../model/units.ts";
import { referenceWorld, type ReferenceWorld } from "../../model/world.ts";
import { eventOf } from "../../properties/commands.ts";

export type Host = (call: HostCall) => HostAnswer;
export type Script = (call: CacheCall, host: Host) => CallOutcome;

const claims: Claims = {
  caches: { local: true, remote: false },
  hit: "exact",
  inUse: "refuse",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};

const config: WorldConfig = { ...presets.tiny, nic: { regions: 8, pages: 16 } };

/** Performs the commands in a new world of one process, 16-byte pages and two sockets. */
export function recordedTrace(commands: readonly Command[], script: Script): Trace {
  const world = referenceWorld(config, claims);
  const steps: TraceStep[] = [];
  for (const command of commands) {
    steps.push({ command });
    perform(world, eventOf(command), script, steps);
  }
  return {
    header: {
      stalemate: "trace",
      version: TRACE_VERSION,
      subject: "my-cache",
      config,
      claims,
      seed: 1842107356,
      path: "96:5",
    },
    steps,
  };
}

function perform(world: ReferenceWorld, event: Event, script: Script, steps: TraceStep[]): void {
  const { answer, then } = world.apply(event);
  steps.push({ event, answer });
  if (event.type === "call") {
    const { instance, call } = event;
    const outcome = script(call, (hostCall) => {
      const made: Event = { type: "host", instance, call: hostCall };
      const reply = world.apply(made).answer;
      steps.push({ event: made, answer: reply });
      if (world.view.faults().interrupt?.afterHostCalls === 0) {
        perform(world, { type: "interrupt" }, script, steps);
      }
      if (reply?.kind !== "host") throw new Error("a host call was not answered");
      return reply.result;
    });
    perform(world, { type: "return", instance, outcome }, script, steps);
  }
  for (const next of then) perform(world, next, script, steps);
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

export const register = (as: string, lengthBytes = 16): Command => ({
  name: "WSPRegisterMemory",
  args: {
    type: "wsp",
    function: {
      name: "WSPRegisterMemory",
      as,
      socket: 1,
      range: { start: base, lengthBytes },
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
      case "closeSocket":
      case "cleanup":
        return null;
    }
  };
}
