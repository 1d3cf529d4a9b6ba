// A counterexample as a story: the program, what each command made happen, and the event that broke a rule.
// Everything comes from replaying the trace through the model; nothing was recorded while it ran.

import type { Answer } from "../../model/events.ts";
import type { Finding } from "../../model/judge.ts";
import { precedence } from "../../model/rules.ts";
import { replay, type Trace } from "../../model/trace.ts";
import { printCommand } from "../../properties/commands.ts";
import { annotator, type Annotations } from "./annotations.ts";

export interface StoryLine extends Annotations {
  readonly text: string;
}

/** The first violation that a trace shows. */
export interface Failure {
  /** The program up to the command that broke the rule, which is the last. */
  readonly lines: readonly StoryLine[];
  /** Every rule broken at that event, the primary one first. */
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
 * Replays the trace up to the first event that breaks a rule of conformance; with `strict`, any rule.
 * @throws {Error} whatever the model says about events that cannot be performed: the trace is damaged.
 */
export function failureOf(trace: Trace, strict: boolean): Replayed {
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
      notes.begin(text);
      continue;
    }
    if (differs !== null) disagreement ??= { step: index + 1, ...differs };
    notes.add(view, step.event, step.answer);
    const [first, ...others] = inOrder(findings);
    if (first === undefined || !findings.some((each) => strict || each.fails)) continue;
    endLine();
    const commandsAfter = trace.steps.slice(index).filter((each) => "command" in each).length;
    const failure: Failure = { lines, findings: [first, ...others], commandsAfter, disagreement };
    return { failure, disagreement };
  }
  return { failure: null, disagreement };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => precedence.indexOf(a.rule) - precedence.indexOf(b.rule));
}
