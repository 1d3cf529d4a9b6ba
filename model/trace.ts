// Traces: what happened, event by event, with the world's answers; and the commands that made it happen.
// Written as JSON lines, the first of which is a header with the version. Replaying a trace needs no subject:
// the model performs the events, compares the answers, and judges.

import type { Claims, WorldConfig } from "./config.ts";
import type { JsonValue } from "./contract.ts";
import type { Answer, Event } from "./events.ts";
import { judge, type Finding } from "./judge.ts";
import type { RuleId } from "./rules.ts";
import { referenceWorld, type WorldFactory } from "./world.ts";
import type { WorldView } from "./view.ts";

export const TRACE_VERSION = 1;

/** One step of a program: a command by name, with resolved arguments. */
export interface Command {
  readonly name: string;
  readonly args: { readonly [key: string]: JsonValue };
}

export interface TraceHeader {
  readonly stalemate: "trace";
  readonly version: typeof TRACE_VERSION;
  /** The name of the subject that produced it. */
  readonly subject: string;
  readonly config: WorldConfig;
  /** Null: the subject is a proxy driver. */
  readonly claims: Claims | null;
  readonly seed: number | null;
  readonly path: string | null;
}

export type TraceStep =
  { readonly command: Command } | { readonly event: Event; readonly answer: Answer };

export interface Trace {
  readonly header: TraceHeader;
  readonly steps: readonly TraceStep[];
}

/** Bad trace text: one sentence that says what was given, what was wanted and what to do. */
export class TraceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TraceError";
  }
}

export function encodeTrace(trace: Trace): string {
  return [trace.header, ...trace.steps].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * Reads a trace.
 * @throws {TraceError} for another version, a truncated file, or a line that is not a step.
 */
export function decodeTrace(text: string): Trace {
  const lines = text.split("\n");
  if (lines.pop() !== "") {
    throw new TraceError(
      "the trace is truncated: its last line has no end. Write the file again, or delete its last line.",
    );
  }
  const [first, ...rest] = lines.map((line, i) => parseLine(line, i + 1));
  const header = readHeader(first);
  const steps = rest.map((line, i) => {
    if (isRecord(line) && ("command" in line || ("event" in line && "answer" in line))) {
      return line as unknown as TraceStep;
    }
    throw new TraceError(
      `line ${i + 2} of the trace is neither a command nor an event with its answer. Use a file that stalemate wrote.`,
    );
  });
  return { header, steps };
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TraceError(
      `line ${number} of the trace is not JSON: the file is truncated or damaged. Use a file that stalemate wrote.`,
    );
  }
}

function readHeader(value: unknown): TraceHeader {
  if (!isRecord(value) || value["stalemate"] !== "trace") {
    throw new TraceError(
      "the file is not a stalemate trace: its first line is no trace header. Give a .jsonl file that check wrote.",
    );
  }
  if (value["version"] !== TRACE_VERSION) {
    throw new TraceError(
      `the trace has version ${String(value["version"])}, and this stalemate reads version ${TRACE_VERSION}. Replay it with the release that wrote it, or run check again.`,
    );
  }
  return value as unknown as TraceHeader;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The commands of a trace, in order. */
export function programOf(trace: Trace): Command[] {
  return trace.steps.flatMap((step) => ("command" in step ? [step.command] : []));
}

/** What replaying one step showed. `view` reads the world after the step, until the next one. */
export interface Replayed {
  readonly index: number;
  readonly step: TraceStep;
  readonly findings: readonly Finding[];
  /** The answer of the model, where the trace has another one. */
  readonly disagreement: { readonly traced: Answer; readonly model: Answer } | null;
  readonly view: WorldView;
}

/** Performs the events of a trace on a new world and judges each; nothing of the subject is needed. */
export function* replay(
  trace: Trace,
  makeWorld: WorldFactory = referenceWorld,
): Generator<Replayed> {
  const world = makeWorld(trace.header.config, trace.header.claims);
  for (const [index, step] of trace.steps.entries()) {
    if ("command" in step) {
      yield { index, step, findings: [], disagreement: null, view: world.view };
      continue;
    }
    const { answer } = world.apply(step.event);
    const same = JSON.stringify(answer) === JSON.stringify(step.answer);
    yield {
      index,
      step,
      findings: judge(world.view, step.event, answer),
      disagreement: same ? null : { traced: step.answer, model: answer },
      view: world.view,
    };
  }
}

/** The first violation that replaying a trace shows, by the rules of conformance (or of strictness); null if none. */
export function firstViolation(
  trace: Trace,
  strict = false,
): {
  readonly index: number;
  readonly findings: readonly Finding[];
  readonly rules: readonly RuleId[];
} | null {
  for (const { index, findings } of replay(trace)) {
    const broken = findings.filter((each) => strict || each.fails);
    if (broken.length > 0)
      return { index, findings: broken, rules: broken.map((each) => each.rule) };
  }
  return null;
}
