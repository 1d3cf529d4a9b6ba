// A counterexample as a story: the program, what each command made happen, and the event that broke a rule.
// Everything comes from replaying the trace through the model; nothing was recorded while it ran.

import type { Answer, Event } from "../../model/events.ts";
import type { Finding } from "../../model/judge.ts";
import { replay, type Trace } from "../../model/trace.ts";
import { brand, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { printCommand } from "../../properties/commands.ts";
import { annotator } from "./annotations.ts";
import type { BufferNames } from "./buffer-names.ts";
import type { Annotations } from "./note-sheet.ts";

export interface StoryLine extends Annotations {
  readonly text: string;
}

/** The first violation that a trace shows. */
export interface Failure {
  /** The program up to the command that broke the rule, which is the last. */
  readonly lines: readonly StoryLine[];
  /** Every rule broken at that event, the one that was looked for first. */
  readonly findings: readonly [Finding, ...Finding[]];
  /** Commands of the trace that come after it. */
  readonly commandsAfter: number;
  readonly disagreement: Disagreement | null;
}

/** The first event that the model answers in another way than the trace says. */
export interface Disagreement {
  /** Counted from 1, the header not counted. */
  readonly step: number;
  readonly traced: Answer;
  readonly model: Answer;
}

/** What replaying showed: a violation, or none. */
export interface Replayed {
  readonly failure: Failure | null;
  readonly disagreement: Disagreement | null;
}

/**
 * Replays the trace up to the first event with a finding that is looked for; it becomes the primary one.
 * @throws {Error} whatever the model says about events that cannot be performed: the trace is damaged.
 */
export function failureOf(trace: Trace, isWanted: (finding: Finding) => boolean): Replayed {
  const lines: StoryLine[] = [];
  const notes = annotator();
  let text: string | null = null;
  let disagreement: Disagreement | null = null;
  const endLine = (): void => {
    if (text !== null) lines.push({ text, ...notes.end() });
  };
  for (const { index, step, findings, disagreement: differs, view } of replay(trace)) {
    if ("command" in step) {
      endLine();
      text = printCommand(view, step.command);
      notes.begin();
      continue;
    }
    if (differs !== null) disagreement ??= { step: index + 1, ...differs };
    notes.add(view, step.event, step.answer);
    const wanted = findings.find(isWanted);
    if (wanted === undefined) continue;
    const process = processOf(view, step.event);
    const [first, ...others] = [wanted, ...findings.filter((each) => each !== wanted)].map((each) =>
      named(each, view, process, notes.names),
    );
    if (first === undefined) continue;
    text ??= "(before the first command)";
    endLine();
    const commandsAfter = trace.steps.slice(index).filter((each) => "command" in each).length;
    const failure: Failure = { lines, findings: [first, ...others], commandsAfter, disagreement };
    return { failure, disagreement };
  }
  return { failure: null, disagreement };
}

function named(finding: Finding, view: WorldView, process: ProcessId, names: BufferNames): Finding {
  const { expected, observed } = finding;
  return {
    ...finding,
    expected: names.inText(view, process, expected),
    observed: names.inText(view, process, observed),
  };
}

/** Whose addresses an event is about. */
function processOf(view: WorldView, event: Event): ProcessId {
  if ("process" in event) return event.process;
  if ("instance" in event) return view.instance(event.instance).process;
  const id = "socket" in event ? event.socket : null;
  return view.sockets().find((each) => each.id === id)?.process ?? brand(0);
}
