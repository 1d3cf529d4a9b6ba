// Random programs over two processes that share 5 frames and two sections: operations, locks, secures,
// regions, and now and then the end of a process. A step is data; handles are named by their place among
// the live ones, so that a program stays a program when it shrinks.

import fc from "fast-check";
import { presets } from "../../model/config.ts";
import type { Answer, Event, HostCall } from "../../model/events.ts";
import { initialState, type State } from "../../model/state.ts";
import { apply } from "../../model/system.ts";
import { brand, type ProcessId } from "../../model/units.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { allocate, claims, mapView, process0, process1, provider0, range } from "./support.ts";

export const pageBytes = 64;

/** One provider a process, so that a process's number is its instance's. */
const config = { ...presets.small, frameCount: 5 };

export const start = (): State => initialState(config, claims);

export type Step =
  | { readonly does: "operate"; readonly process: ProcessId; readonly operation: OsOperation }
  | { readonly does: "call"; readonly process: ProcessId; readonly call: HostCall }
  | {
      readonly does: "unlock" | "unsecure" | "nicRegister" | "nicDeregister";
      readonly process: ProcessId;
      /** Which one of those alive, whoever's it is. */
      readonly nth: number;
    }
  | { readonly does: "exit"; readonly process: ProcessId };

/** Objects like any other: those without a prototype are not equal to what JSON reads. */
const record = <T>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(parts, { noNullPrototype: true });

const process = fc.constantFrom(process0, process1);
const likely = <T>(arbitrary: fc.Arbitrary<T>): { weight: number; arbitrary: fc.Arbitrary<T> } => ({
  weight: 4,
  arbitrary,
});
const protection = fc.oneof(
  likely(fc.constant("READWRITE")),
  fc.constantFrom("NOACCESS", "READONLY", "WRITECOPY"),
);
const guard = fc.oneof(likely(fc.constant(false)), fc.constant(true));
/** Pages 2 to 13 are the user's; one on either side is not. */
const page = fc.oneof(likely(fc.integer({ min: 2, max: 7 })), fc.integer({ min: 1, max: 14 }));
const address = fc
  .tuple(page, fc.oneof(likely(fc.constant(0)), fc.constantFrom(1, pageBytes - 1)))
  .map(([page, byte]) => page * pageBytes + byte);
const sizeBytes = fc.constantFrom(0, 1, pageBytes, pageBytes + 1, 2 * pageBytes, 3 * pageBytes);
const lengthBytes = fc.constantFrom(1, pageBytes, pageBytes + 1);
const stamp = fc.integer({ min: 1, max: 99 });

const name = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

const operation = fc.oneof(
  record({
    name: name("VirtualAlloc"),
    address: fc.option(address),
    sizeBytes,
    type: fc.constantFrom("reserve", "commit", "reserve|commit", "reserve|commit"),
    protection,
    guard,
  }),
  record({
    name: name("VirtualFree"),
    address,
    sizeBytes,
    type: fc.constantFrom("release", "decommit", "decommit", "release|decommit", "none"),
  }),
  record({ name: name("VirtualProtect"), address, sizeBytes, protection, guard }),
  record({
    name: name("MapViewOfFile"),
    address: fc.option(address),
    section: fc.integer({ min: 0, max: 2 }),
    protection,
  }),
  record({ name: name("UnmapViewOfFile"), address: page.map((n) => n * pageBytes) }),
  record({ name: name("read"), range: record({ start: address, lengthBytes }) }),
  likely(record({ name: name("write"), range: record({ start: address, lengthBytes }), stamp })),
  { weight: 2, arbitrary: record({ name: fc.constantFrom("trim", "failNextPageIn"), page }) },
) as fc.Arbitrary<OsOperation>;

const acquire = fc
  .record({
    name: fc.constantFrom("lock", "secure"),
    start: address,
    lengthBytes: fc.oneof(likely(lengthBytes), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
    access: fc.constantFrom("read", "write", "readwrite"),
  })
  .map(({ name, start, lengthBytes, access }): HostCall => {
    const mode = access === "read" ? "readonly" : "readwrite";
    const at = range(start, lengthBytes);
    return name === "lock" ? { name, range: at, access } : { name: "secure", range: at, mode };
  });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: record({ does: name("operate"), process, operation }) },
  { weight: 20, arbitrary: record({ does: name("call"), process, call: acquire }) },
  {
    weight: 15,
    arbitrary: record({
      does: fc.constantFrom("unlock", "unsecure", "nicRegister", "nicDeregister"),
      process,
      nth: fc.nat(9),
    }),
  },
  { weight: 1, arbitrary: record({ does: name("exit"), process }) },
);

export const programs: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 80, size: "max" });

/** Two pages of private memory and a view of section 0, in either process; copy-on-write in one. */
const prelude: readonly Step[] = [
  { does: "operate", process: process0, operation: allocate(0x80, 2 * pageBytes) },
  { does: "operate", process: process1, operation: allocate(0x80, 2 * pageBytes) },
  { does: "operate", process: process0, operation: mapView(0, 0x100, "WRITECOPY") },
  { does: "operate", process: process1, operation: mapView(0, 0x100) },
];

/** The event that a step is in a state; null if it needs a handle and there is none. */
function eventOf(step: Step, state: State): Event | null {
  switch (step.does) {
    case "operate":
      return { type: "os", process: step.process, operation: step.operation };
    case "exit":
      return { type: "exit", process: step.process };
    case "call":
      return { type: "host", instance: brand(step.process), call: step.call };
    case "unlock":
    case "unsecure":
    case "nicRegister":
    case "nicDeregister": {
      const call = onHandle(step, state);
      return call && { type: "host", instance: brand(step.process), call };
    }
  }
}

/** The call on the handle that the step means; null if there is none. */
function onHandle(step: Extract<Step, { nth: number }>, state: State): HostCall | null {
  const pick = <T>(items: readonly T[]): T | undefined => items[step.nth % (items.length || 1)];
  const mdl = pick(state.memory.locked)?.handle;
  const handle = pick(state.memory.secures)?.handle;
  const region = pick(state.nics[provider0]?.regions ?? [])?.key;
  switch (step.does) {
    case "unlock":
      return mdl === undefined ? null : { name: "unlock", mdl };
    case "unsecure":
      return handle === undefined ? null : { name: "unsecure", handle };
    case "nicRegister":
      return mdl === undefined ? null : { name: "nicRegister", mdl, access: "read" };
    case "nicDeregister":
      return region === undefined ? null : { name: "nicDeregister", region };
  }
}

export interface Transition {
  readonly before: State;
  readonly event: Event;
  readonly answer: Answer;
  readonly after: State;
}

/** The transitions of a program. What would follow a refusal is left out; what follows an exit is not. */
export function transitionsOf(program: readonly Step[]): Transition[] {
  let state = start();
  const transitions: Transition[] = [];
  const perform = (event: Event): void => {
    const before = state;
    const { state: after, answer, then } = apply(before, event);
    state = after;
    transitions.push({ before, event, answer, after });
    if (event.type === "exit") then.forEach(perform);
  };
  for (const step of [...prelude, ...program]) {
    const event = eventOf(step, state);
    if (event !== null) perform(event);
  }
  return transitions;
}
