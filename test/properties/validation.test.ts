import { describe, expect, it } from "vitest";
import { decodeTrace, encodeTrace, type Trace, type TraceStep } from "../../model/trace.ts";
import { validate, type Rejection } from "../../properties/validation.ts";
import { drawnTraces } from "./drawn-traces.ts";
import { renumbered } from "./renumbered.ts";
import { violatingTraces } from "./violating-traces.ts";

const right = [
  ...drawnTraces({ preset: "small", kind: "cache", count: 30, seed: 1 }),
  ...drawnTraces({ preset: "windows", kind: "cache", count: 20, seed: 2 }),
  ...drawnTraces({ preset: "small", kind: "driver", count: 20, seed: 3 }),
];
const wrong = [...violatingTraces("small", 20, 4), ...violatingTraces("windows", 6, 5)];

const written = (trace: Trace): Trace => decodeTrace(encodeTrace(trace));
const withoutCommands = ({ header, steps }: Trace): Trace => ({
  header,
  steps: steps.filter((step) => "event" in step),
});
const eventCount = ({ steps }: Trace): number => withoutCommands({ steps } as Trace).steps.length;

function rejectionOf(trace: Trace, strict = false): Rejection {
  const { rejection } = validate(written(trace), strict);
  if (rejection === null) throw new Error("the trace is accepted");
  return rejection;
}

describe("validating", () => {
  it("accepts every event of a right trace, and performs what is in it", () => {
    for (const trace of right) {
      const { accepted, rejection, performed, position } = validate(written(trace));
      expect({ accepted, rejection }).toEqual({ accepted: eventCount(trace), rejection: null });
      expect(position).toEqual({ kind: "idle" });
      expect(withoutCommands(performed)).toEqual(withoutCommands(trace));
    }
  });

  it("needs no commands: it finds them", () => {
    for (const trace of right) {
      const names = ({ steps }: Trace): readonly string[] =>
        steps.flatMap((step) => ("command" in step ? [step.command.name] : []));
      expect(names(validate(written(withoutCommands(trace))).performed)).toEqual(names(trace));
    }
  });

  it("rejects the event at which a run stopped, for the same rules", () => {
    const rules = new Set<string>();
    for (const { trace, violation } of wrong) {
      const { index, because, findings } = rejectionOf(trace);
      expect({ index, because }).toEqual({ index: trace.steps.length - 1, because: "rule" });
      expect(findings).toEqual(violation);
      for (const { rule } of findings) rules.add(rule);
    }
    expect(wrong.length).toBeGreaterThan(80);
    expect([...rules].toSorted()).toEqual(
      expect.arrayContaining(["LAW-1", "LAW-4", "LAW-7", "LOCAL-2", "OWN-1", "SPI-5", "SPI-6"]),
    );
  });

  it("goes on where a recommendation is not kept, and rejects that if strict", () => {
    const lax = wrong.filter(({ nonStrict }) => nonStrict.length > 0);
    expect(lax.length).toBeGreaterThan(0);
    for (const { trace, nonStrict } of wrong) {
      expect(validate(written(trace)).nonStrict).toEqual(nonStrict);
    }
    for (const { trace, nonStrict } of lax) {
      const { index, findings } = rejectionOf(trace, true);
      expect(findings[0]).toEqual(nonStrict[0]);
      expect(index).toBeLessThan(trace.steps.length - 1);
    }
  });
});

describe("a trace with other numbers", () => {
  it("is accepted like the one with ours, and performed with ours", () => {
    let aliases = 0;
    for (const trace of right.filter(({ header }) => header.claims !== null)) {
      const other = validate(written(renumbered(trace)));
      expect({ rejection: other.rejection }).toEqual({ rejection: null });
      expect(withoutCommands(other.performed)).toEqual(withoutCommands(trace));
      aliases += other.aliases.length;
    }
    expect(aliases).toBeGreaterThan(300);
  });

  it("is rejected like the one with ours", () => {
    for (const { trace, violation } of wrong) {
      const { index, findings } = rejectionOf(renumbered(trace));
      expect(index).toBe(eventCount(trace) - 1);
      expect(findings).toEqual(violation);
    }
  });
});

describe("what would have been accepted", () => {
  it("is accepted, where the rejected event stood, in the numbers of the trace", () => {
    let tried = 0;
    for (const { trace } of wrong) {
      const other = written(renumbered(trace));
      const { rejection, recorded } = validate(other);
      for (const steps of rejection?.wouldAccept ?? []) {
        const instead = steps.map(({ event, answer }) => ({ event: recorded(event), answer }));
        const before = other.steps.slice(0, rejection?.index ?? 0);
        const { rejection: again } = validate(
          written({ ...other, steps: [...before, ...instead] }),
        );
        expect({ again, instead }).toEqual({ again: null, instead });
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(wrong.length);
  });
});

describe("an answer that the world does not give", () => {
  it("is rejected where it stands", () => {
    const altered = right.flatMap((trace) => {
      const { steps } = written(trace);
      const at = steps.findLastIndex((step) => alteredAnswer(step) !== null);
      const step = steps[at];
      const other = step === undefined ? null : alteredAnswer(step);
      return other === null ? [] : [{ trace, at, steps: steps.with(at, other) }];
    });
    expect(altered.length).toBeGreaterThan(30);
    for (const { trace, at, steps } of altered) {
      expect(rejectionOf({ ...trace, steps })).toMatchObject({ index: at, findings: [] });
    }
  });
});

/** The step with a failure of the operating system in place of a success; null for others. */
function alteredAnswer(step: TraceStep): TraceStep | null {
  if (!("event" in step) || step.answer?.kind !== "os") return null;
  if (step.answer.answer.status !== "done") return null;
  return {
    event: step.event,
    answer: { kind: "os", answer: { status: "failed", error: "ERROR_MAPPED_ALIGNMENT" } },
  };
}
