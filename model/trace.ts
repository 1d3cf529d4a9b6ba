// Traces: what happened, event by event, with the world's answers; and the commands that made it happen.
// Written as JSON lines, the first of which is a header with the version. Replaying a trace needs no subject:
// the model performs the events, compares the answers, and judges.

import type { Claims, WorldConfig } from "./config.ts";
import type { JsonValue } from "./contract.ts";
import type { Answer, Event } from "./events.ts";
import {
  exactly,
  figure,
  FormatError,
  nullable,
  object,
  record,
  text,
  type Format,
} from "./format.ts";
import { answerFormat } from "./format/answers.ts";
import { eventFormat } from "./format/events.ts";
import { claimsFormat, configFormat } from "./format/world.ts";
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

/** What a command's arguments are is the command's own business. */
const commandFormat: Format<Command> = record<Command>({
  name: text,
  args: object<Command["args"]>(),
});

const headerFormat: Format<TraceHeader> = record<TraceHeader>({
  stalemate: exactly("trace"),
  version: exactly(TRACE_VERSION),
  subject: text,
  config: configFormat,
  claims: claimsFormat,
  seed: nullable(figure),
  path: nullable(text),
});

export function encodeTrace(trace: Trace): string {
  return [trace.header, ...trace.steps].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** The line of the file on which the step stands: the header is line 1. */
export function lineOf(index: number): number {
  return index + 2;
}

/**
 * Reads a trace. Fields that the format does not have are left out, whoever wrote them.
 * @throws {TraceError} for another version, a truncated file, or a line that is not what the format says.
 */
export function decodeTrace(json: string): Trace {
  const lines = json.split("\n");
  if (lines.pop() !== "") {
    throw new TraceError(
      "the trace is truncated: its last line has no end. Write the file again, or delete its last line.",
    );
  }
  const [first, ...rest] = lines.map((line, i) => parseLine(line, i + 1));
  const header = readHeader(first);
  const steps = rest.map((line, index) => readStep(line, lineOf(index)));
  return { header, steps };
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new TraceError(
      `line ${number} of the trace is not JSON: the file is truncated or damaged. Write it again.`,
    );
  }
}

function readHeader(value: unknown): TraceHeader {
  if (!isRecord(value) || value["stalemate"] !== "trace") {
    throw new TraceError(
      "the file is not a stalemate trace: its first line is no trace header. Give a .jsonl file that check wrote, or one that docs/traces.md describes.",
    );
  }
  if (value["version"] !== TRACE_VERSION) {
    throw new TraceError(
      `the trace has version ${String(value["version"])}, and this stalemate reads version ${TRACE_VERSION}. Replay it with the release that wrote it, or run check again.`,
    );
  }
  return readField(headerFormat, value, "header", 1);
}

function readStep(value: unknown, line: number): TraceStep {
  if (isRecord(value) && "command" in value) {
    return { command: readField(commandFormat, value["command"], "command", line) };
  }
  if (isRecord(value) && "event" in value && "answer" in value) {
    return {
      event: readField(eventFormat, value["event"], "event", line),
      answer: readField(answerFormat, value["answer"], "answer", line),
    };
  }
  throw new TraceError(
    `line ${line} of the trace is neither a command nor an event with its answer. docs/traces.md says what a line can be.`,
  );
}

function readField<T>(format: Format<T>, value: unknown, at: string, line: number): T {
  try {
    return format.read(value, at);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new TraceError(
      `line ${line} of the trace cannot be read: ${error.message}. docs/traces.md says what a line can be.`,
    );
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The commands of a trace, in order. */
export function programOf(trace: Trace): Command[] {
  return trace.steps.flatMap((step) => ("command" in step ? [step.command] : []));
}

/** True if several threads act in the trace. */
export const hasThreads = ({ steps }: Trace): boolean =>
  steps.some((step) => "event" in step && step.event.type === "resume");

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
