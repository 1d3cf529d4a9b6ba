// What became of a trace that was judged, for people: how far it was accepted, which event was not, why, and what would
// have been.

import type { Finding } from "../../model/judge.ts";
import { lineOf, replay, type Trace } from "../../model/trace.ts";
import type { Position } from "../../properties/agenda.ts";
import { eventWords } from "../../properties/event-words.ts";
import type { Rejection, Validation } from "../../properties/validation.ts";
import type { RuleReport } from "../kit/report.ts";
import { continuationText } from "./continuation-text.ts";
import {
  expectationLines,
  findingLines,
  headingLines,
  programLines,
  titlesOf,
  type Page,
} from "./failure-block.ts";
import { counted, cut, listed, wrap } from "./layout.ts";
import { newStory, type Story, type StoryLine } from "./story.ts";
import { rulesTable } from "./summary.ts";

/** A trace and what became of it. */
export interface ValidatedTrace {
  /** Where the trace is. */
  readonly path: string;
  readonly trace: Trace;
  readonly validation: Validation;
  readonly rules: readonly RuleReport[];
  /** A recommendation that is not kept rejects as well. */
  readonly strict: boolean;
}

/** More lines of a program are left out, the first ones. */
const MOST_LINES = 40;
/** So many ways to go on are shown. */
const MOST_WAYS = 12;

/** The answer on a terminal; what it comes to stands last. */
export function validationReport(validated: ValidatedTrace, page: Page): string {
  const { rejection } = validated.validation;
  return rejection === null
    ? acceptance(validated, page)
    : rejectionBlock(validated, rejection, page);
}

function acceptance({ path, trace, validation, rules }: ValidatedTrace, page: Page): string {
  const { widthColumns, paint } = page;
  const { events, nonStrict, position } = validation;
  const end = unfinished(position);
  const applicable = rules.filter((each) => each.verdict !== "not applicable");
  const exercised = applicable.filter((each) => each.exercised > 0).map(({ id }) => id);
  const open = rules.filter((each) => each.verdict === "unknown").length;
  const lead = `${path}: ${counted(events, "event")} of ${trace.header.subject} accepted`;
  const reached = exercised.length === 0 ? "no rule exercised" : `exercised ${listed(exercised)}`;
  const unknown =
    open === 0
      ? ""
      : `; ${counted(open, "rule")} unknown, not passed: the trace does not get there`;
  const text = `${lead}; ${reached}${unknown}.`;
  const [first = "", ...rest] = wrap(text, widthColumns, "", "  ");
  const painted = first.startsWith(lead) ? paint("good", lead) + first.slice(lead.length) : first;
  const parts = [
    rulesTable(rules, page),
    recommendations(nonStrict, page),
    end === null
      ? ""
      : wrap(`${end} What comes next was not judged.`, widthColumns, "", "  ").join("\n"),
    [painted, ...rest].join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function recommendations(nonStrict: readonly Finding[], { widthColumns, paint }: Page): string {
  return nonStrict
    .flatMap(({ rule, expected, observed }) =>
      wrap(
        `recommended, and not kept: ${titlesOf([rule])}, expected ${expected}; observed ${observed}`,
        widthColumns,
        "",
        "  ",
      ),
    )
    .map((line) => paint("doubtful", line))
    .join("\n");
}

/** What is open at the end of a trace, as a sentence; null if nothing is. */
export function unfinished(position: Position): string | null {
  switch (position.kind) {
    case "idle":
      return null;
    case "due":
      return `The trace ends before ${eventWords(position.event)}, which has to follow.`;
    case "call":
      return `The trace ends inside ${position.call.name} of provider instance ${position.instance}.`;
    case "dispatch":
      return "The trace ends inside a request to the driver.";
  }
}

function rejectionBlock(validated: ValidatedTrace, rejection: Rejection, page: Page): string {
  const { path, trace, validation, strict } = validated;
  const { widthColumns, paint } = page;
  const { story, lines } = told(validation, rejection);
  const shown = lines.slice(-MOST_LINES);
  const hidden = lines.length - shown.length;
  const [first, ...others] = story.findings;
  const fails = strict || first?.fails !== false;
  const heading =
    first === undefined
      ? otherHeading(validated, rejection, page)
      : headingLines(first.rule, { fails, subject: trace.header.subject }, page);
  const block = [
    ...heading,
    "",
    ...(hidden === 0 ? [] : [`  not shown: ${counted(hidden, "earlier command")}; --json has all`]),
    ...(shown.length === 0 ? [] : programLines(shown, page, hidden)),
    ...(first === undefined
      ? expectationLines(rejection, true, page)
      : findingLines([first, ...others], fails, page)),
    ...insteadLines(rejection, story.words, page),
  ];
  const event = JSON.stringify(rejection.event);
  const aliases = aliasLines(validation, block.join("\n"), page);
  const end = `${path}: line ${lineOf(rejection.index)} is rejected, after ${counted(validation.accepted, "accepted event")} of ${validation.events}`;
  return [
    ...block,
    "",
    ...aliases,
    `  line ${lineOf(rejection.index)}: ${cut(event, widthColumns - 12)}`,
    "",
    ...wrap(`${end}.`, widthColumns, "", "  ").map((line) => paint("bad", line)),
  ].join("\n");
}

/** No rule is broken: the trace is none of this world, or the subject answers what is no answer. */
function otherHeading(
  { path, trace }: ValidatedTrace,
  { index, because }: Rejection,
  { widthColumns, paint }: Page,
): string[] {
  const line = `line ${lineOf(index)} of ${path}`;
  const text =
    because === "outcome"
      ? `No answer by ${trace.header.subject}: ${line} is not what the call is answered with, by the contract.`
      : because === "answer"
        ? `Not a trace of this world: ${line} has an answer that the world does not give.`
        : `Not a trace of this world: ${line} cannot come where it stands.`;
  return wrap(text, widthColumns, "", "  ").map((each) => paint("heading", each));
}

interface Told {
  readonly lines: readonly StoryLine[];
  readonly story: {
    /** Those of the rejected event, with the names of the program. */
    readonly findings: readonly Finding[];
    readonly words: (continuation: Rejection["wouldAccept"][number]) => string;
  };
}

/** The accepted prefix as a program, with the rejected event as far as it was performed. */
function told({ performed }: Validation, { findings, event }: Rejection): Told {
  const story: Story = newStory();
  let view: Parameters<Story["named"]>[1] | null = null;
  for (const step of replay(performed)) {
    story.add(step);
    ({ view } = step);
  }
  const lines = story.end();
  const seen = view;
  return {
    lines,
    story: {
      findings: seen === null ? findings : findings.map((each) => story.named(each, seen, event)),
      words: (continuation) =>
        continuationText(continuation, (each, range) =>
          seen === null ? "" : story.nameOf(seen, each, range),
        ),
    },
  };
}

function insteadLines(
  { because, wouldAccept, isCut }: Rejection,
  words: Told["story"]["words"],
  { widthColumns, paint }: Page,
): string[] {
  const first = "       instead   ";
  const rest = " ".repeat(first.length);
  const shown = wouldAccept.slice(0, MOST_WAYS).map(words);
  const more = wouldAccept.length - shown.length;
  const untried = isCut ? ["not everything was tried: there may be more"] : [];
  const none = because === "rule" && !isCut ? ["nothing: what led to it came before"] : [];
  const texts = [
    ...(shown.length === 0 ? none : shown),
    ...(more === 0 ? [] : [`… and ${more} more; --json has all`]),
    ...untried,
  ];
  return texts
    .flatMap((text, i) => wrap(text, widthColumns, i === 0 ? first : rest, `${rest}  `))
    .map((line) => paint("faint", line));
}

/** What the lines above call otherwise than the trace does. */
function aliasLines(
  { aliases, performed }: Validation,
  block: string,
  { widthColumns }: Page,
): string[] {
  const { providersPerProcess } = performed.header.config;
  const mentioned = aliases.filter(({ kind, model }) =>
    new RegExp(`\\b${kind} ${model}\\b`).test(block),
  );
  if (mentioned.length === 0) return [];
  const texts = mentioned.map(({ kind, model, trace, provider }) => {
    const whose = providersPerProcess > 1 ? ` of provider ${provider}` : "";
    return `${kind} ${model}${whose} is ${trace} in the trace`;
  });
  return wrap(`numbers: ${texts.join(", ")}`, widthColumns, "  ", "    ");
}
