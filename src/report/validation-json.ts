// What became of a trace that was judged, as JSON: one object, with a schema number as a report has one.

import type { Event } from "../../model/events.ts";
import type { RuleId } from "../../model/rules.ts";
import { lineOf } from "../../model/trace.ts";
import { printProgram } from "../../properties/commands.ts";
import type { Continuation } from "../../properties/continuations.ts";
import type { Alias } from "../../properties/renaming.ts";
import type { Rejection } from "../../properties/validation.ts";
import type { RuleReport } from "../kit/report.ts";
import { unfinished, type ValidatedTrace } from "./validation.ts";

export interface JsonValidation {
  readonly schema: 1;
  /** Null: the trace could not be judged, and `problem` says why. */
  readonly accepted: boolean | null;
  readonly problem: string | null;
  readonly subject: string | null;
  /** Events of the trace, and how many of them, from the first, were accepted. */
  readonly events: number;
  readonly acceptedPrefix: number;
  /** One line a command, as printed; the last one is what was rejected, if it began before that. */
  readonly program: readonly string[];
  /** A sentence, if the trace ends while something is open. */
  readonly unfinished: string | null;
  readonly rejected: {
    /** Counted from 1, the header. */
    readonly line: number;
    /** As the trace has it. */
    readonly event: Event;
    /** `rule`: it breaks one. The others: the world's answer, its place, or the contract forbids it. */
    readonly because: Rejection["because"];
    readonly rules: readonly RuleId[];
    readonly expected: string;
    readonly observed: string;
  } | null;
  /** What could stand in place of the rejected event: each a list of events with their answers. */
  readonly wouldAccept: readonly Continuation[];
  /** Not everything was tried, and more may have been accepted. */
  readonly mayAcceptMore: boolean;
  /** What `program`, `expected` and `observed` call by another number than the trace. */
  readonly numbers: readonly Alias[];
  /** Recommendations that were not kept, and rejected nothing. */
  readonly nonStrict: readonly RuleId[];
  readonly rules: readonly RuleReport[];
}

export function jsonValidation({ trace, validation, rules }: ValidatedTrace): JsonValidation {
  const { events, accepted, rejection, performed, nonStrict, position, aliases, recorded } =
    validation;
  return {
    schema: 1,
    accepted: rejection === null,
    problem: null,
    subject: trace.header.subject,
    events,
    acceptedPrefix: accepted,
    program: printProgram(performed),
    unfinished: rejection === null ? unfinished(position) : null,
    rejected: rejection && {
      line: lineOf(rejection.index),
      event: rejection.event,
      because: rejection.because,
      rules: rejection.findings.map(({ rule }) => rule),
      expected: rejection.expected,
      observed: rejection.observed,
    },
    wouldAccept: (rejection?.wouldAccept ?? []).map((steps) =>
      steps.map(({ event, answer }) => ({ event: recorded(event), answer })),
    ),
    mayAcceptMore: rejection?.isCut ?? false,
    numbers: aliases,
    nonStrict: nonStrict.map(({ rule }) => rule),
    rules,
  };
}

/** The object for something that is no trace. */
export function notJudged(problem: string): JsonValidation {
  return {
    schema: 1,
    accepted: null,
    problem,
    subject: null,
    events: 0,
    acceptedPrefix: 0,
    program: [],
    unfinished: null,
    rejected: null,
    wouldAccept: [],
    mayAcceptMore: false,
    numbers: [],
    nonStrict: [],
    rules: [],
  };
}
