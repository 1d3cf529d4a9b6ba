import { describe, expect, it } from "vitest";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import { decodeTrace, encodeTrace, type Trace } from "../../model/trace.ts";
import { brand, type MdlHandle } from "../../model/units.ts";
import { validate, type Validation } from "../../properties/validation.ts";
import { allocate, deregister, recordedTrace, register } from "../report/recorded-trace.ts";

type Host = (call: HostCall) => HostAnswer;

function valueOf(result: HostAnswer): number {
  if (!result.ok || typeof result.value !== "number") throw new Error("a host call failed");
  return result.value;
}

/** Keeps nothing, and looks at the frames of what it has locked. */
function curious(): (call: CacheCall, host: Host) => CallOutcome {
  const locks = new Map<number, MdlHandle>();
  return (call, host) => {
    switch (call.name) {
      case "register": {
        const { range, access } = call.request;
        const mdl = brand<MdlHandle>(valueOf(host({ name: "lock", range, access })));
        host({ name: "frames", mdl });
        const region = valueOf(host({ name: "nicRegister", mdl, access }));
        locks.set(region, mdl);
        return { ok: true, handle: brand(region), region: brand(region), offsetBytes: 0 };
      }
      case "deregister": {
        const mdl = locks.get(call.region) ?? brand<MdlHandle>(0);
        host({ name: "nicDeregister", region: call.region });
        host({ name: "unlock", mdl });
        return { ok: true };
      }
      default:
        return call.name === "invalidate" ? { ok: false, error: "WSAEINVAL" } : null;
    }
  };
}

/** Two pages, registered one inside the other; then both again, when the first two are over. */
const trace = recordedTrace(
  [
    allocate(2),
    register("mr_1", 32),
    register("mr_2", 16),
    deregister("mr_1"),
    deregister("mr_2"),
    register("mr_3", 32),
  ],
  curious(),
);

/** The trace with other text in some places, counted from 0 among those where the text is found. */
function edited(
  one: Trace,
  ...edits: readonly (readonly [from: string, to: string, which: readonly number[]])[]
): Validation {
  let json = encodeTrace({ ...one, steps: one.steps.filter((step) => "event" in step) });
  for (const [from, to, which] of edits) {
    const parts = json.split(from);
    if (parts.length === 1) throw new Error(`there is no ${from} in the trace`);
    json = parts.reduce((all, part, i) => all + (which.includes(i - 1) ? to : from) + part);
  }
  return validate(decodeTrace(json));
}

const everywhere = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What a lock hands out, and where it is named. */
const lockNumber = (
  from: number,
  to: number,
): readonly (readonly [string, string, readonly number[]])[] => [
  [
    `"access":"readwrite"}},"answer":{"kind":"host","result":{"ok":true,"value":${from}}}`,
    `"access":"readwrite"}},"answer":{"kind":"host","result":{"ok":true,"value":${to}}}`,
    [0],
  ],
  [`"mdl":${from}`, `"mdl":${to}`, everywhere],
];

describe("numbers of a trace", () => {
  it("are the model's, if they are the same", () => {
    const { rejection, aliases } = edited(trace);
    expect({ rejection, aliases }).toEqual({ rejection: null, aliases: [] });
  });

  it("may be others, as long as they stand for the same", () => {
    const { rejection, aliases } = edited(trace, ...lockNumber(1, 9001));
    expect(rejection).toBeNull();
    expect(aliases).toEqual([{ kind: "lock", provider: 0, model: 1, trace: 9001 }]);
  });

  it("may be given again when what they named is gone", () => {
    const { rejection, aliases } = edited(trace, ...lockNumber(3, 1));
    expect(rejection).toBeNull();
    expect(aliases).toEqual([{ kind: "lock", provider: 0, model: 3, trace: 1 }]);
  });

  it("name one thing while that lasts", () => {
    const { rejection } = edited(trace, ...lockNumber(2, 1));
    expect(rejection).toMatchObject({
      because: "answer",
      event: { call: { name: "lock" } },
      observed: '{"kind":"host","result":{"ok":true,"value":1}}',
    });
  });

  it("name nothing if they were never given, also if the model has something of that number", () => {
    const [handedOut = ["", "", []], named = ["", "", []]] = lockNumber(1, 9001);
    const never = edited(trace, handedOut, [named[0], named[1], [0, 1]]);
    expect(never.rejection).toMatchObject({
      because: "rule",
      findings: [{ rule: "LAW-4", observed: "lock 0 is not live" }],
    });
    expect(never.aliases).toContainEqual({ kind: "lock", provider: 0, model: 0, trace: 1 });
    const unheard = edited(trace, ['"name":"unlock","mdl":1', '"name":"unlock","mdl":77', [0]]);
    expect(unheard.rejection).toMatchObject({
      because: "rule",
      findings: [{ rule: "LAW-4", observed: "lock 77 is not live" }],
    });
  });
});

describe("frames of a trace", () => {
  const both = '"value":[0,1]';
  const first = '"value":[0]';

  it("may have other numbers, the same ones for the same frames while they are locked", () => {
    const { rejection } = edited(
      trace,
      [both, '"value":[70,80]', [0]],
      [first, '"value":[70]', [0]],
    );
    expect(rejection).toBeNull();
  });

  it("are not two numbers for one frame, nor one for two", () => {
    const frames = { because: "answer", event: { call: { name: "frames" } } };
    const two = edited(trace, [both, '"value":[70,80]', [0]], [first, '"value":[90]', [0]]);
    expect(two.rejection).toMatchObject(frames);
    const one = edited(trace, [both, '"value":[70,70]', [0]], [first, '"value":[70]', [0]]);
    expect(one.rejection).toMatchObject(frames);
    const fewer = edited(trace, [both, '"value":[70]', [0]], [first, '"value":[70]', [0]]);
    expect(fewer.rejection).toMatchObject(frames);
    const more = edited(trace, [both, '"value":[0,1,2]', [0]]);
    expect(more.rejection).toMatchObject(frames);
  });

  it("may have yet others when they were unlocked in between", () => {
    const { rejection } = edited(trace, [both, '"value":[1,0]', [1]]);
    expect(rejection).toBeNull();
  });
});
