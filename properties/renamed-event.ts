// Which parts of an event are numbers that the world handed out: those that change when a trace numbers things otherwise.

import type { Event, EventOf, HostCall, KernelCall } from "../model/events.ts";
import { brand, type MdlHandle, type SecureHandle } from "../model/units.ts";

export type NumberKind = "lock" | "secure" | "region" | "key";

/** One number for another of the same kind. */
type Rename = (kind: NumberKind, number: number) => number;

/** The event with other numbers. What the subject chooses, its handles, is left as it is. */
export function renamed(event: Event, rename: Rename): Event {
  switch (event.type) {
    case "host":
      return { ...event, call: renamedCall(event.call, rename) };
    case "interrupt":
      return { ...event, at: renamedCall(event.at, rename) };
    case "call":
      return renamedDeregister(event, rename);
    case "return":
      return renamedReturn(event, rename);
    case "kernel":
      return { ...event, call: renamedKernelCall(event.call, rename) };
    default:
      return event;
  }
}

function renamedCall(call: HostCall, rename: Rename): HostCall {
  switch (call.name) {
    case "unlock":
    case "frames":
    case "nicRegister":
      return { ...call, mdl: brand(rename("lock", call.mdl)) };
    case "unsecure":
      return { ...call, handle: brand(rename("secure", call.handle)) };
    case "nicDeregister":
    case "expose":
    case "post":
      return { ...call, region: brand(rename("region", call.region)) };
    case "unexpose":
      return { ...call, key: brand(rename("key", call.key)) };
    case "lock":
    case "secure":
    case "watch":
    case "unwatch":
    case "generation":
    case "poll":
    case "cancel":
    case "complete":
      return call;
  }
}

function renamedDeregister(event: EventOf<"call">, rename: Rename): Event {
  const { call } = event;
  if (call.name !== "deregister" && call.name !== "deregisterInvalid") return event;
  const { remoteKey } = call.request;
  const request =
    remoteKey === undefined
      ? call.request
      : { ...call.request, remoteKey: brand<typeof remoteKey>(rename("key", remoteKey)) };
  if (call.name === "deregisterInvalid") return { ...event, call: { ...call, request } };
  return { ...event, call: { ...call, region: brand(rename("region", call.region)), request } };
}

function renamedReturn(event: EventOf<"return">, rename: Rename): Event {
  const { outcome } = event;
  if (outcome === null || !("region" in outcome)) return event;
  const { remoteKey } = outcome;
  const region = brand<typeof outcome.region>(rename("region", outcome.region));
  return {
    ...event,
    outcome:
      remoteKey === undefined
        ? { ...outcome, region }
        : { ...outcome, region, remoteKey: brand<typeof remoteKey>(rename("key", remoteKey)) },
  };
}

function renamedKernelCall(call: KernelCall, rename: Rename): KernelCall {
  switch (call.name) {
    case "mmUnlockPages":
      return { ...call, args: [brand<MdlHandle>(rename("lock", call.args[0]))] };
    case "mmUnsecureVirtualMemory":
      return { ...call, args: [call.args[0], brand<SecureHandle>(rename("secure", call.args[1]))] };
    default:
      return call;
  }
}
