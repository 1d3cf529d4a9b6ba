import { describe, expect, it } from "vitest";
import type { DriverSubject } from "../../model/contract.ts";
import type {
  Answer,
  CacheCall,
  CallOutcome,
  Event,
  HostAnswer,
  HostCall,
} from "../../model/events.ts";
import type { Trace, TraceStep } from "../../model/trace.ts";
import { brand, type MdlHandle, type RegionKey, type SecureHandle } from "../../model/units.ts";
import { validate, type Rejection } from "../../properties/validation.ts";
import {
  allocate,
  copyFromUser,
  deregister,
  free,
  freeAtHostCall,
  killAtHostCall,
  oneEntryCache,
  recordedDriverTrace,
  recordedTrace,
  register,
} from "../report/recorded-trace.ts";

const instance0 = brand<never>(0);
const kept = recordedTrace(
  [allocate(1), register("mr_1"), deregister("mr_1"), free],
  oneEntryCache(),
);

const at = (trace: Trace, isIt: (event: Event) => boolean): number =>
  trace.steps.findIndex((step) => "event" in step && isIt(step.event));
const isHost =
  (name: string) =>
  (event: Event): boolean =>
    event.type === "host" && event.call.name === name;

/** The trace with one step in place of another, and of all that follow. */
const until = (trace: Trace, index: number, event: Event, answer: Answer = null): Trace => ({
  ...trace,
  steps: [...trace.steps.slice(0, index), { event, answer }],
});

function rejectionOf(trace: Trace): Rejection {
  const { rejection } = validate(trace);
  if (rejection === null) throw new Error("the trace is accepted");
  return rejection;
}

/** What may come instead: returns by their outcome, host calls by their call, other events whole. */
const ways = ({ wouldAccept }: Rejection): readonly (readonly unknown[])[] =>
  wouldAccept.map((steps) =>
    steps.map(({ event }) =>
      event.type === "return" ? event.outcome : event.type === "host" ? event.call : event,
    ),
  );

const range = { start: brand<never>(0x10), lengthBytes: 16 };
const mdl = brand<MdlHandle>(1);
const region = brand<RegionKey>(1);
const handle = brand<SecureHandle>(1);
const success = { ok: true, handle: 1, region: 1, offsetBytes: 0 } as const;

describe("in place of a return", () => {
  const returns = at(kept, ({ type }) => type === "return");

  it("the answers of the call that break no rule", () => {
    const outcome = { ok: false, error: "WSAEFAULT" } as const;
    const rejection = rejectionOf(
      until(kept, returns, { type: "return", instance: instance0, outcome }),
    );
    expect(rejection).toMatchObject({
      because: "rule",
      findings: [{ rule: "LAW-4" }, { rule: "SPI-1" }],
    });
    expect(ways(rejection)).toEqual([[success]]);
  });

  it("the same for what is no answer at all", () => {
    const rejection = rejectionOf(
      until(kept, returns, { type: "return", instance: instance0, outcome: null }),
    );
    expect(rejection.because).toBe("outcome");
    expect(ways(rejection)).toEqual([[success]]);
  });

  it("the shortest ways to a legal answer, if there is none yet", () => {
    const early = at(kept, isHost("nicRegister"));
    const outcome = { ...success, handle: brand<never>(1), region };
    const rejection = rejectionOf(
      until(kept, early, { type: "return", instance: instance0, outcome }),
    );
    expect(rejection.findings.map(({ rule }) => rule)).toEqual(["LAW-2"]);
    const nicRegister = { name: "nicRegister", mdl, access: "readwrite" };
    expect(ways(rejection)).toEqual([[nicRegister, success]]);
  });

  it("a callback that leaves what it had: what it has to release, in order", () => {
    const unsecured = at(kept, isHost("nicDeregister"));
    const outcome = { ok: true } as const;
    const rejection = rejectionOf(
      until(kept, unsecured, { type: "return", instance: instance0, outcome }),
    );
    expect(ways(rejection)).toEqual([
      [{ name: "nicDeregister", region }, { name: "unlock", mdl }, { ok: true }],
    ]);
  });
});

describe("a search that does not end soon", () => {
  /** Keeps every page by itself, secured, and lets go of nothing. */
  const hoarder = (call: CacheCall, host: (call: HostCall) => HostAnswer): CallOutcome => {
    if (call.name !== "register") return call.name === "closeSocket" ? null : { ok: true };
    const { range, access } = call.request;
    host({ name: "secure", range, mode: "readwrite" });
    const lock = host({ name: "lock", range, access });
    const mdl = brand<MdlHandle>(lock.ok ? Number(lock.value) : 0);
    const entered = host({ name: "nicRegister", mdl, access });
    const region = brand<RegionKey>(entered.ok ? Number(entered.value) : 0);
    return { ok: true, handle: brand(region), region, offsetBytes: 0 };
  };

  it("is cut, and that is said: a callback over two buffers has to release six things", () => {
    const twoBuffers = [allocate(2), register("mr_1"), register("mr_2", 16, 1)];
    const ends = [deregister("mr_1"), deregister("mr_2"), free];
    const rejection = rejectionOf(recordedTrace([...twoBuffers, ...ends], hoarder));
    expect(rejection.findings.map(({ rule }) => rule)).toContain("LOCAL-4");
    expect(rejection).toMatchObject({ wouldAccept: [], isCut: true });
  });

  it("is not cut by two calls that come to the same, whatever their order", () => {
    const ends = [deregister("mr_1"), free];
    const rejection = rejectionOf(recordedTrace([allocate(1), register("mr_1"), ...ends], hoarder));
    expect(rejection.isCut).toBe(false);
    expect(ways(rejection)).toEqual([
      [
        { name: "nicDeregister", region },
        { name: "unlock", mdl },
        { name: "unsecure", handle },
        { ok: true },
      ],
    ]);
  });
});

describe("in place of a host call", () => {
  it("those that break no rule, of what the cache has and what it is asked for; or a legal answer", () => {
    const trace = recordedTrace([allocate(1), register("mr_1"), register("mr_2")], oneEntryCache());
    const second = trace.steps.findLastIndex(
      (step) => "event" in step && step.event.type === "return",
    );
    const call = { name: "nicDeregister", region } as const;
    const released: Answer = { kind: "host", result: { ok: true, value: null } };
    const rejection = rejectionOf(
      until(trace, second, { type: "host", instance: instance0, call }, released),
    );
    expect(rejection.findings.map(({ rule }) => rule)).toEqual(["LAW-5"]);
    expect(ways(rejection)).toEqual([
      [{ name: "lock", range, access: "readwrite" }],
      [{ name: "nicRegister", mdl, access: "readwrite" }],
      [{ name: "secure", range, mode: "readwrite" }],
      [{ name: "unsecure", handle }],
      [success],
    ]);
  });

  it("what it may do, though the host of the trace accepted what it did", () => {
    const twice = at(kept, isHost("unlock")) + 1;
    const call = { name: "unlock", mdl } as const;
    const released: Answer = { kind: "host", result: { ok: true, value: null } };
    const rejection = rejectionOf(
      until(kept, twice, { type: "host", instance: instance0, call }, released),
    );
    expect(rejection.findings.map(({ rule }) => rule)).toEqual(["LAW-4"]);
    expect(ways(rejection)).toEqual([[{ ok: true }]]);
  });

  it("what was armed for it", () => {
    const killed = recordedTrace([allocate(1), killAtHostCall, register("mr_1")], oneEntryCache());
    const secure = { name: "secure", range, mode: "readwrite" } as const;
    const host: Event = { type: "host", instance: instance0, call: secure };
    const ended = rejectionOf(
      until(
        killed,
        at(killed, ({ type }) => type === "exit"),
        host,
      ),
    );
    expect(ways(ended)).toEqual([[{ type: "exit", process: 0 }]]);

    const interrupted = recordedTrace(
      [allocate(1), freeAtHostCall, register("mr_1")],
      oneEntryCache(),
    );
    const lock = { name: "lock", range, access: "readwrite" } as const;
    const interrupt = at(interrupted, ({ type }) => type === "interrupt");
    const late = rejectionOf(until(interrupted, interrupt, { ...host, call: lock }));
    expect(ways(late)).toEqual([[{ type: "interrupt", instance: 0, at: lock }]]);
  });
});

describe("in place of what cannot come where it stands", () => {
  it("what is due", () => {
    const call = at(kept, (event) => event.type === "call" && event.call.name === "invalidate");
    const rejection = rejectionOf(until(kept, call, { type: "retry", process: brand<never>(0) }));
    const [due] = kept.steps.slice(call, call + 1);
    expect(rejection.because).toBe("order");
    expect(rejection.wouldAccept).toEqual([[due]]);
  });

  it("no particular thing, if nothing is in progress", () => {
    const rejection = rejectionOf(until(kept, 0, { type: "retry", process: brand<never>(0) }));
    expect(rejection).toMatchObject({ because: "order", wouldAccept: [], isCut: false });
  });
});

describe("in place of an answer that the world does not give", () => {
  it("the world's own; for a failure of the host also that it is armed before", () => {
    const secure = at(kept, isHost("secure"));
    const failed = { ok: false, error: "STATUS_INSUFFICIENT_RESOURCES" } as const;
    const step = kept.steps[secure] as Extract<TraceStep, { event: Event }>;
    const rejection = rejectionOf(
      until(kept, secure, step.event, { kind: "host", result: failed }),
    );
    expect(rejection.because).toBe("answer");
    const arm: Event = { type: "arm", fault: { kind: "fail", call: "secure" } };
    expect(rejection.wouldAccept).toEqual([
      [step],
      [
        { event: arm, answer: null },
        { event: step.event, answer: { kind: "host", result: failed } },
      ],
    ]);
  });

  it("the world's own, also where the answer breaks a rule of providers", () => {
    const unknown = { name: "WSPDeregisterMemory", registration: "mr_9", socket: 1 } as const;
    const wsp: Event = { type: "wsp", function: { ...unknown, socket: brand<never>(1) } };
    const rejection = rejectionOf(until(kept, 2, wsp, { kind: "wsp", error: null }));
    expect(rejection).toMatchObject({ because: "rule", findings: [{ rule: "SPI-3" }] });
    expect(rejection.wouldAccept).toEqual([
      [{ event: wsp, answer: { kind: "wsp", error: "WSAEINVAL" } }],
    ]);
  });
});

describe("in place of what a driver completes a request with", () => {
  const careless: DriverSubject = {
    name: "careless",
    createDriver: (kernel) => ({
      dispatch: (process, { code, ...request }) =>
        code === "copyFromUser" && "range" in request
          ? { ok: true, value: kernel.readUser(process, request.range) }
          : { ok: false, error: "STATUS_INVALID_HANDLE" },
      processExit: () => undefined,
    }),
  };

  it("the results that break no rule", () => {
    const trace = recordedDriverTrace([allocate(1), free, copyFromUser], careless);
    const rejection = rejectionOf(trace);
    expect(rejection.findings.map(({ rule }) => rule)).toEqual(["OWN-3"]);
    expect(ways(rejection)).toEqual(
      [
        "STATUS_ACCESS_VIOLATION",
        "STATUS_INSUFFICIENT_RESOURCES",
        "STATUS_INVALID_HANDLE",
        "STATUS_INVALID_PARAMETER",
      ].map((error) => [{ type: "completed", result: { ok: false, error }, escaped: null }]),
    );
  });
});
