import { describe, expect, it } from "vitest";
import type { CallOutcome, Event } from "../../model/events.ts";
import type { Trace } from "../../model/trace.ts";
import { brand, type BufferHandle, type RegionKey, type RemoteKey } from "../../model/units.ts";
import { referenceWorld } from "../../model/world.ts";
import { Agenda, type Position, type Refusal } from "../../properties/agenda.ts";
import { commandOf } from "../../properties/stimuli.ts";
import {
  allocate,
  deregister,
  free,
  freeAtHostCall,
  killAtHostCall,
  oneEntryCache,
  recordedTrace,
  register,
} from "../report/recorded-trace.ts";
import { drawnTraces } from "./drawn-traces.ts";

const cacheTraces = [
  ...drawnTraces({ preset: "small", kind: "cache", count: 60, seed: 1 }),
  ...drawnTraces({ preset: "windows", kind: "cache", count: 30, seed: 2 }),
];
const driverTraces = drawnTraces({ preset: "small", kind: "driver", count: 30, seed: 3 });

const eventsOf = ({ steps }: Trace): readonly Event[] =>
  steps.flatMap((step) => ("event" in step ? [step.event] : []));

interface Followed {
  /** Events before the first that was refused. */
  readonly admitted: number;
  readonly refusal: Refusal | null;
  readonly position: Position;
}

function follow({ header }: Trace, events: readonly Event[]): Followed {
  const world = referenceWorld(header.config, header.claims);
  const agenda = new Agenda(world.view);
  for (const [admitted, event] of events.entries()) {
    const refusal = agenda.refusal(event);
    if (refusal !== null) return { admitted, refusal, position: agenda.position() };
    agenda.note(event, world.apply(event).then);
  }
  return { admitted: events.length, refusal: null, position: agenda.position() };
}

const isConsequence = (event: Event): boolean => commandOf(event) === null;

/** It comes sooner or later, whatever the subject does. */
const isEnd = (event: Event | undefined): boolean =>
  event !== undefined &&
  ["return", "completed", "retry", "closed", "exited", "stopped", "call"].includes(event.type);

describe("the agenda", () => {
  it.each([
    ["caches", cacheTraces],
    ["drivers", driverTraces],
  ])("admits every event of a right trace of %s, and is idle at its end", (_kind, traces) => {
    for (const trace of traces) {
      const events = eventsOf(trace);
      const { admitted, refusal, position } = follow(trace, events);
      expect({ refusal, admitted }).toEqual({ refusal: null, admitted: events.length });
      expect(position.kind).toBe("idle");
    }
  });

  it.each([
    ["caches", cacheTraces],
    ["drivers", driverTraces],
  ])("misses an event of %s that is left out, before the next thing begins", (_kind, traces) => {
    const missed = traces.flatMap((trace) => {
      const events = eventsOf(trace);
      const ends = [...events.keys()].filter((i) => isEnd(events[i]));
      const at = ends[Math.floor(ends.length / 2)];
      if (at === undefined) return [];
      return [{ at, ...follow(trace, events.toSpliced(at, 1)) }];
    });
    expect(missed.length).toBeGreaterThan(20);
    for (const { at, admitted, refusal, position } of missed) {
      // At the end of a trace it shows in that something is still open.
      expect(refusal !== null || position.kind !== "idle").toBe(true);
      expect(admitted).toBeGreaterThanOrEqual(at);
    }
  });

  it("refuses a consequence that comes a second time", () => {
    const again = [...cacheTraces, ...driverTraces].map((trace) => {
      const events = eventsOf(trace);
      const at = events.findLastIndex((event) => isConsequence(event) && event.type !== "kernel");
      const twice = [...events.slice(0, at + 1), ...events.slice(at)];
      return { at, ...follow(trace, twice) };
    });
    for (const { at, admitted, refusal } of again.filter((each) => each.at >= 0)) {
      expect(admitted).toBe(at + 1);
      expect(refusal).not.toBeNull();
    }
  });
});

/** The free of a kept buffer is refused, and the process is killed in the callback: there is nobody to retry it for. */
const killed = recordedTrace(
  [allocate(1), register("mr_1"), deregister("mr_1"), killAtHostCall, free],
  oneEntryCache(),
);
/** Another thread frees the buffer before the second host call of a register. */
const interrupted = recordedTrace([allocate(1), freeAtHostCall, register("mr_1")], oneEntryCache());

/** The trace with other events in place of those from the first of a type on. */
function instead(
  trace: Trace,
  type: Event["type"],
  events: (old: readonly Event[]) => readonly Event[],
): Followed {
  const all = eventsOf(trace);
  const at = all.findIndex((event) => event.type === type);
  return follow(trace, [...all.slice(0, at), ...events(all.slice(at))]);
}

const hostEvents = (events: readonly Event[]): readonly Event[] =>
  events.filter(({ type }) => type === "host");

describe("a fault that strikes at a host call", () => {
  it("lets what was due for an ended process lapse", () => {
    const events = eventsOf(killed);
    expect(events.at(-1)?.type).toBe("exited");
    expect(follow(killed, events)).toMatchObject({ refusal: null, position: { kind: "idle" } });
  });

  it("comes before the host call, which the killed process does not make", () => {
    const unsecure: Event = {
      type: "host",
      instance: brand(0),
      call: { name: "unsecure", handle: brand(1) },
    };
    const { refusal } = instead(killed, "exit", () => [unsecure]);
    expect(refusal).toEqual({
      expected: "the end of process 0, which is killed now",
      observed: "the host call unsecure of provider instance 0",
    });
  });

  it("is no end that a process comes to by itself inside a call", () => {
    const unarmed = eventsOf(killed).filter(({ type }) => type !== "arm");
    const { refusal } = follow(killed, unarmed);
    expect(refusal).toEqual({
      expected: "provider instance 0 is in invalidate: it calls its host or returns",
      observed: "the end of process 0",
    });
  });

  it("interrupts a host call, which is made when the interruption is over", () => {
    expect(follow(interrupted, eventsOf(interrupted))).toMatchObject({ refusal: null });
    expect(instead(interrupted, "interrupt", hostEvents).refusal).toEqual({
      expected: "the interruption that is due at this host call",
      observed: "the host call lock of provider instance 0",
    });
    const another = instead(interrupted, "interrupt", (events) =>
      events.map((event) =>
        event.type === "host" && event.call.name === "lock"
          ? { ...event, call: { ...event.call, access: "read" } }
          : event,
      ),
    );
    expect(another.refusal).toEqual({
      expected: "the host call lock that was interrupted, with its arguments",
      observed: "the host call lock of provider instance 0",
    });
  });

  it("interrupts only when it is due", () => {
    const early = eventsOf(interrupted);
    const at = early.findIndex(({ type }) => type === "interrupt");
    const first = early.findIndex(({ type }) => type === "host");
    const moved = [...early.slice(0, first), ...early.slice(at)];
    expect(follow(interrupted, moved)).toMatchObject({
      admitted: first,
      refusal: { expected: "an interruption that is armed, and due at this host call" },
    });
  });

  it("may be armed inside a call, just before it strikes", () => {
    const events = eventsOf(interrupted);
    const arm = events.findIndex(({ type }) => type === "arm");
    const at = events.findIndex(({ type }) => type === "interrupt");
    const now = events[arm];
    const fault = now?.type === "arm" && now.fault.kind === "interrupt" ? now.fault : null;
    const late: Event = {
      type: "arm",
      fault: { ...(fault as NonNullable<typeof fault>), afterHostCalls: 0 },
    };
    const moved = events.toSpliced(at, 0, late).toSpliced(arm, 1);
    expect(follow(interrupted, moved)).toMatchObject({ refusal: null, position: { kind: "idle" } });
  });
});

const idle = recordedTrace([allocate(1)], oneEntryCache());

describe("an event that nothing led to", () => {
  it.each<[string, Event, string, string]>([
    [
      "a callback",
      { type: "call", instance: brand(0), call: { name: "cleanup" } },
      "something that comes from the environment: nothing is in progress",
      "the call of cleanup of provider instance 0, which follows from nothing",
    ],
    [
      "a close of a socket that does not exist",
      { type: "close", socket: brand(9) },
      "something that can happen now",
      "the close of s_9: s_9 is not connected",
    ],
    [
      "an operation of a process that does not exist",
      { type: "notify", process: brand(3), range: { start: brand(16), lengthBytes: 16 } },
      "something that can happen now",
      "a notification of process 3: this world has no process 3",
    ],
    [
      "a read of more than there is",
      {
        type: "os",
        process: brand(0),
        operation: { name: "read", range: { start: brand(16), lengthBytes: 2 ** 40 } },
      },
      "something that can happen now",
      "read in process 0: an address space has no more than 80 bytes",
    ],
    [
      "a completion of what was never started",
      { type: "transferComplete", transfer: "t_1", stamp: 1 },
      "something that can happen now",
      "the completion of t_1: no transfer t_1 is in flight",
    ],
    [
      "a lock that the application asks the driver for",
      {
        type: "ioctl",
        process: brand(0),
        provider: brand(0),
        request: { code: "unlock", mdl: brand(1) },
      },
      "something that can happen now",
      "the request unlock of process 0: unlock is for the cache under test to ask for",
    ],
  ])("is refused: %s", (_what, event, expected, observed) => {
    const events = [...eventsOf(idle), event];
    expect(follow(idle, events).refusal).toEqual({ expected, observed });
  });

  it("gives each name once", () => {
    const trace = recordedTrace(
      [allocate(1), register("mr_1"), deregister("mr_1"), register("mr_1")],
      oneEntryCache(),
    );
    expect(follow(trace, eventsOf(trace)).refusal).toEqual({
      expected: "a name that was not given before",
      observed: "mr_1 a second time",
    });
  });
});

describe("a return", () => {
  const trace = recordedTrace([allocate(1), register("mr_1"), deregister("mr_1")], oneEntryCache());
  const refusalOf = (outcome: CallOutcome): Refusal | null =>
    instead(trace, "return", () => [{ type: "return", instance: brand(0), outcome }]).refusal;
  const success = {
    ok: true,
    handle: brand<BufferHandle>(1),
    region: brand<RegionKey>(1),
  } as const;

  it("answers what the call asked, by the contract", () => {
    expect(refusalOf({ ok: false, error: "WSAEFAULT" })).toBeNull();
    expect(refusalOf({ ...success, offsetBytes: 0 })).toBeNull();
    for (const outcome of [
      null,
      { ok: true },
      { ok: false, error: "WSAEINVAL" },
      { ...success, offsetBytes: 0, remoteKey: brand<RemoteKey>(1) },
    ] as const) {
      expect(refusalOf(outcome)).toEqual({
        expected:
          'an answer of register: { ok: true, handle, region, offsetBytes }, or { ok: false, error: "WSAENOBUFS" | "WSAEFAULT" }',
        observed: JSON.stringify(outcome),
        isNoAnswer: true,
      });
    }
  });
});
