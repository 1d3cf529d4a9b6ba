import { describe, expect, it } from "vitest";
import type { Event } from "../../model/events.ts";
import {
  decodeTrace,
  encodeTrace,
  programOf,
  replay,
  TRACE_VERSION,
  TraceError,
  type Command,
  type Trace,
  type TraceStep,
} from "../../model/trace.ts";
import {
  allocate,
  claims,
  drive,
  lab,
  process0,
  range,
  read,
  release,
  socket,
  uncached,
  write,
} from "./support.ts";

const commands: readonly Command[] = [
  { name: "allocate", args: { sizeBytes: 4096 } },
  { name: "use", args: {} },
];

/** A buffer is allocated, registered, sent and freed. */
function sample(): Trace {
  const { world } = lab();
  const script = uncached();
  const steps = (...events: Event[]): TraceStep[] =>
    events.flatMap((event) => drive(world, event, script));
  const os = (operation: ReturnType<typeof read>): Event => ({
    type: "os",
    process: process0,
    operation,
  });
  const register = { name: "WSPRegisterMemory", as: "a", range: range(0x10000, 1) } as const;
  const send = { as: "t", kind: "send", registration: "a", socket: socket(1) } as const;
  const [first, second] = commands.map((command): TraceStep => ({ command }));
  return {
    header: {
      stalemate: "trace",
      version: TRACE_VERSION,
      subject: "uncached",
      config: world.view.config,
      claims,
      seed: 1,
      path: null,
    },
    steps: [
      ...(first ? [first] : []),
      ...steps(os(allocate(0x10000, 0x1000)), os(write(0x10000, 5))),
      ...(second ? [second] : []),
      ...steps(
        { type: "wsp", function: { ...register, socket: socket(1), flags: 1 } },
        { type: "transferStart", ...send },
        { type: "transferComplete", transfer: "t", stamp: 9 },
        os(release(0x10000)),
        os(read(0x10000)),
      ),
    ],
  };
}

describe("a trace", () => {
  it("is the same after it was written and read", () => {
    expect(decodeTrace(encodeTrace(sample()))).toStrictEqual(sample());
  });
  it("is JSON lines: a header, then a line a step", () => {
    const text = encodeTrace(sample());
    const lines = text.split("\n");
    expect(lines.at(-1)).toBe("");
    expect(lines).toHaveLength(sample().steps.length + 2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ stalemate: "trace", version: 1 });
  });
  it("gives its program back: the commands, in order", () => {
    expect(programOf(sample())).toEqual(commands);
  });
});

describe("bad trace text", () => {
  const good = encodeTrace(sample());
  it("of another version names both versions", () => {
    const text = good.replace(`"version":1`, `"version":2`);
    expect(() => decodeTrace(text)).toThrow(
      "the trace has version 2, and this stalemate reads version 1.",
    );
  });
  it("that ends inside a line is truncated", () => {
    expect(() => decodeTrace(good.slice(0, -1))).toThrow("the trace is truncated");
  });
  it("that is not JSON names the line", () => {
    expect(() => decodeTrace(good.replace("\n", "\n{\n"))).toThrow(
      "line 2 of the trace is not JSON",
    );
  });
  it("that has a line which is no step names the line", () => {
    expect(() => decodeTrace(good.replace("\n", `\n{"event":{}}\n`))).toThrow(
      "line 2 of the trace is neither a command nor an event with its answer",
    );
  });
  it.each(["", "\n", "[]\n", `{"stalemate":"report"}\n`, "null\n"])(
    "without a header is no trace: %j",
    (text) => {
      expect(() => decodeTrace(text)).toThrow(TraceError);
    },
  );
});

describe("replaying", () => {
  it("needs no subject: every answer is the one in the trace", () => {
    const trace = decodeTrace(encodeTrace(sample()));
    const replayed = [...replay(trace)];
    expect(replayed.map(({ index }) => index)).toEqual([...trace.steps.keys()]);
    expect(replayed.map(({ disagreement }) => disagreement)).toEqual(trace.steps.map(() => null));
  });
  it("shows where the model answers otherwise", () => {
    const text = encodeTrace(sample()).replace(`"stamps":[5]`, `"stamps":[6]`);
    const found = [...replay(decodeTrace(text))].filter((each) => each.disagreement !== null);
    expect(found.map(({ disagreement }) => disagreement)).toEqual([
      {
        traced: { kind: "transfer", stamps: [6], error: null },
        model: { kind: "transfer", stamps: [5], error: null },
      },
    ]);
  });
  it("reads the world after each step", () => {
    const trace = sample();
    const mapped: boolean[] = [];
    for (const { view } of replay(trace)) mapped.push(view.vads(process0).length === 1);
    const allocated = mapped.indexOf(true);
    expect(allocated).toBe(1);
    expect(mapped.slice(allocated, -2).every(Boolean)).toBe(true);
    expect(mapped.slice(-2)).toEqual([false, false]);
  });
});
