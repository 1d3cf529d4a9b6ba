// Literal moves of a cache, event by event, and what the judge says of them. Pages of 64 bytes; pages 2 to 5 of process 0
// are committed.

import { presets, type Claims } from "../../model/config.ts";
import type { Access, InvalidateOutcome, SecureMode } from "../../model/contract.ts";
import type { CallOutcome, Event, HostCall } from "../../model/events.ts";
import { judge, type Finding } from "../../model/judge.ts";
import { brand, type AddressRange, type InstanceId } from "../../model/units.ts";
import type { WorldFactory } from "../../model/world.ts";

const instance: InstanceId = brand(0);

export const pages = (first: number, count: number): AddressRange => ({
  start: brand(first * 64),
  lengthBytes: count * 64,
});

const host = (call: HostCall): Event => ({ type: "host", instance, call });

export const lock = (range: AddressRange, access: Access = "readwrite"): Event =>
  host({ name: "lock", range, access });
export const unlock = (mdl: number): Event => host({ name: "unlock", mdl: brand(mdl) });
export const secure = (range: AddressRange, mode: SecureMode = "readwrite"): Event =>
  host({ name: "secure", range, mode });
export const unsecure = (handle: number): Event =>
  host({ name: "unsecure", handle: brand(handle) });
export const enter = (mdl: number, access: Access = "readwrite"): Event =>
  host({ name: "nicRegister", mdl: brand(mdl), access });
export const drop = (region: number): Event =>
  host({ name: "nicDeregister", region: brand(region) });
/** The next `drop` is BUSY. */
export const busy: Event = { type: "arm", fault: { kind: "fail", call: "nicDeregister" } };

export const returns = (outcome: CallOutcome): Event => ({ type: "return", instance, outcome });
export const answers = (error: (InvalidateOutcome & { ok: false })["error"]): Event =>
  returns({ ok: false, error });
export const done: Event = returns({ ok: true });

/** A register begins. */
export const register = (as: string, range: AddressRange): Event => ({
  type: "call",
  instance,
  call: {
    name: "register",
    as,
    request: { socket: brand(1), range, access: "readwrite", scope: "local" },
  },
});
/** It returns a region that begins where the range does. */
export const registered = (region: number): Event =>
  returns({ ok: true, handle: brand(region), region: brand(region), offsetBytes: 0 });
/** A deregister begins. */
export const deregister = (registration: string, region: number, range: AddressRange): Event => ({
  type: "call",
  instance,
  call: {
    name: "deregister",
    registration,
    region: brand(region),
    range,
    request: { socket: brand(1), handle: brand(region), scope: "local" },
  },
});
/** A callback begins. */
export const callback = (range: AddressRange): Event => ({
  type: "call",
  instance,
  call: { name: "invalidate", range, reason: "notify" },
});
/** Before a host call of the call in progress, another thread has a callback come. */
export const interrupts = (range: AddressRange): readonly Event[] => [
  {
    type: "arm",
    fault: {
      kind: "interrupt",
      process: brand(0),
      afterHostCalls: 0,
      what: { kind: "notify", range },
    },
  },
  { type: "interrupt", instance, at: { name: "frames", mdl: brand(1) } },
  { type: "notify", process: brand(0), range },
  callback(range),
];

const claims: Claims = {
  caches: { local: true, remote: true },
  hit: "containment",
  inUse: "defer",
  limits: { entries: null, pages: null, pending: null },
  notification: "refuse-notify-retry",
  callback: true,
};

/** What of the moves breaks a rule of conformance, by a cache that claims what it is said to. */
export function convictionsOf(
  make: WorldFactory,
  moves: readonly Event[],
  claimed: Partial<Claims> = {},
): readonly Finding[] {
  const { view, apply } = make(
    { ...presets.small, pageSizeBytes: 64, granularityPages: 2 },
    { ...claims, ...claimed },
  );
  apply({
    type: "os",
    process: brand(0),
    operation: {
      name: "VirtualAlloc",
      address: brand(128),
      sizeBytes: 256,
      type: "reserve|commit",
      protection: "READWRITE",
      guard: false,
    },
  });
  return moves.flatMap((event) => {
    const { answer } = apply(event);
    return judge(view, event, answer).filter((each) => each.fails);
  });
}
