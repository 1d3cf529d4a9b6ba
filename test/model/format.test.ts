import { describe, expect, it } from "vitest";
import {
  anything,
  choice,
  count,
  exactly,
  figure,
  flag,
  FormatError,
  hasField,
  list,
  nullable,
  object,
  oneOf,
  optional,
  record,
  size,
  tagged,
  text,
  tuple,
  type Format,
} from "../../model/format.ts";
import { decodeTrace, encodeTrace, TraceError, type Trace } from "../../model/trace.ts";
import { drawnTraces } from "../properties/drawn-traces.ts";

interface Point {
  readonly x: number;
  readonly name?: string;
}
type Figure =
  | { readonly kind: "dot" | "spot"; readonly at: number }
  | { readonly kind: "line"; readonly ends: readonly number[] };
type Done = { readonly ok: true; readonly value: number } | { readonly ok: false };

const point: Format<Point> = record<Point>({ x: figure, name: optional(text) });
const drawing: Format<Figure> = tagged<Figure, "kind">("kind", {
  dot: { at: count() },
  spot: { at: count() },
  line: { ends: list(figure) },
});
const done: Format<Done> = tagged<Done, "ok">("ok", { true: { value: figure }, false: {} });

describe("a format", () => {
  it.each<[string, Format<unknown>, readonly unknown[], readonly unknown[]]>([
    ["text", text, ["", "a"], [1, null, undefined]],
    ["flag", flag, [true, false], ["true", 0, null]],
    ["figure", figure, [0, -1.5], ["1", null]],
    ["count", count(), [0, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, "1", null]],
    ["size", size, [1, 7], [0, -1, 1.5]],
    ["anything", anything(), [null, 0, [], {}], [undefined]],
    ["object", object(), [{}, { a: 1 }], [[], null, "a"]],
    ["exactly", exactly(true), [true], [false, "true", 1]],
    ["one of", oneOf({ a: true, b: true }), ["a", "b"], ["c", "", "toString", null]],
    ["nullable", nullable(text), [null, "a"], [undefined, 1]],
    ["list", list(count()), [[], [1, 2]], [[1, -2], {}, null]],
    ["tuple", tuple(text, count()), [["a", 1]], [["a"], ["a", 1, 2], [1, "a"], "a"]],
    ["record", point, [{ x: 1 }, { x: 1, name: "a" }], [{}, { x: 1, name: 2 }, [], null]],
    ["choice", choice(hasField("x"), point, flag), [{ x: 1 }, true], [{ x: "1" }, { y: 1 }]],
    ["tagged", drawing, [{ kind: "spot", at: 1 }], [{ kind: "line", at: 1 }, { at: 1 }, "dot"]],
    [
      "tagged by truth",
      done,
      [{ ok: true, value: 1 }, { ok: false }],
      [{ ok: "false" }, { ok: 0 }],
    ],
  ])("%s reads what is of its type and nothing else", (_name, format, good, bad) => {
    for (const value of good) expect(format.read(value, "it")).toEqual(value);
    for (const value of bad) expect(() => format.read(value, "it")).toThrow(FormatError);
  });

  it("answers the fields of the type in one order, and no others", () => {
    const read = point.read({ age: 7, name: "a", x: 1 }, "it");
    expect(JSON.stringify(read)).toBe('{"x":1,"name":"a"}');
  });

  it("says where, what was given and what was wanted", () => {
    const lines = list(drawing);
    expect(() =>
      lines.read(
        [
          { kind: "dot", at: 1 },
          { kind: "dot", at: -1 },
        ],
        "figures",
      ),
    ).toThrow("figures[1].at is -1, and must be a whole number from 0 to 2^53 - 1");
    expect(() => drawing.read({ kind: "blot" }, "figure")).toThrow(
      'figure.kind is "blot", and must be one of dot, spot, line',
    );
    expect(() => point.read({}, "point")).toThrow("point.x is missing, and must be a number");
  });

  it("cuts what was given if it is long", () => {
    expect(() => count().read("a".repeat(500), "it")).toThrow(/^it is "a{59}…, and must be/);
  });
});

describe("the format of traces", () => {
  it.each([
    { preset: "tiny", kind: "cache", count: 40, seed: 1 },
    { preset: "windows", kind: "cache", count: 40, seed: 2 },
    { preset: "small", kind: "driver", count: 40, seed: 3 },
  ] as const)("has every field that $kind traces of $preset have", (drawing) => {
    const answers = ({ steps }: Trace): string =>
      JSON.stringify(steps.map((step) => ("answer" in step ? step.answer : null)));
    for (const trace of drawnTraces(drawing)) {
      const decoded = decodeTrace(encodeTrace(trace));
      expect(decoded).toEqual(trace);
      // Replaying compares answers as JSON.
      expect(answers(decoded)).toBe(answers(trace));
    }
  });

  it("does not depend on the order of fields, nor on fields that it does not have", () => {
    const [trace] = drawnTraces({ preset: "tiny", kind: "cache", count: 1, seed: 4 });
    if (trace === undefined) throw new Error("one trace was drawn");
    const reversed = encodeTrace(trace)
      .trimEnd()
      .split("\n")
      .map((line) => `${JSON.stringify(turned(JSON.parse(line)))}\n`)
      .join("");
    expect(reversed).not.toBe(encodeTrace(trace));
    const decoded = decodeTrace(reversed);
    const expected = decodeTrace(encodeTrace(trace));
    const isEvent = (step: object): boolean => "event" in step;
    expect(JSON.stringify(decoded.header)).toBe(JSON.stringify(expected.header));
    expect(JSON.stringify(decoded.steps.filter(isEvent))).toBe(
      JSON.stringify(expected.steps.filter(isEvent)),
    );
  });

  it.each([
    [
      '"type":"wsp"',
      '"type":"wsb"',
      /^line \d+ of the trace .*: event\.type is "wsb", and must be/,
    ],
    ['"lengthBytes":', '"lengthBites":', /: event\..*lengthBytes is missing, and must be a whole/],
    ['"kind":"host"', '"kind":"most"', /: answer\.kind is "most", and must be one of os, wsp/],
    [
      '"pageCount":4',
      '"pageCount":"4"',
      /^line 1 .*: header\.config\.pageCount is "4", and must be a whole/,
    ],
    [
      '"hit":"containment"',
      '"hit":"near"',
      /^line 1 .*: header\.claims\.hit is "near", and must be "exact"/,
    ],
  ])("refuses %s for %s with the line and the way to it", (good, bad, says) => {
    const traces = drawnTraces({ preset: "tiny", kind: "cache", count: 5, seed: 5 });
    const lines = traces.flatMap((trace) => encodeTrace(trace).trimEnd().split("\n"));
    const line = lines.find((each) => !each.startsWith('{"command"') && each.includes(good)) ?? "";
    const header = line.startsWith('{"stalemate"') ? [] : lines.slice(0, 1);
    const damaged = [...header, line.replace(good, bad), ""].join("\n");
    expect(() => decodeTrace(damaged)).toThrow(TraceError);
    expect(() => decodeTrace(damaged)).toThrow(says);
  });
});

/** The same value with every object's fields in the other order, and one more. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, each]): [string, unknown] => [
    name,
    turned(each),
  ]);
  return Object.fromEntries([["seenAt", 17], ...fields.toReversed()]);
}
