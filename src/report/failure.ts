// A counterexample: the program as a story, and the event that broke a rule.

import type { Answer } from "../../model/events.ts";
import type { Finding } from "../../model/judge.ts";
import { hasThreads, replay, type Trace } from "../../model/trace.ts";
import { raceStory } from "./race-story.ts";
import { newStory, type StoryLine } from "./story.ts";

/** The first violation that a trace shows. */
export interface Failure {
  /** The program up to the command that broke the rule, which is the last. */
  readonly lines: readonly StoryLine[];
  /** Commands of the program up to there. */
  readonly commands: number;
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
  const story = hasThreads(trace) ? raceStory() : newStory();
  let disagreement: Disagreement | null = null;
  for (const replayed of replay(trace)) {
    const { index, step, findings, disagreement: differs, view } = replayed;
    story.add(replayed);
    if ("command" in step) continue;
    if (differs !== null) disagreement ??= { step: index + 1, ...differs };
    const wanted = findings.find(isWanted);
    if (wanted === undefined) continue;
    const [first, ...others] = [wanted, ...findings.filter((each) => each !== wanted)].map((each) =>
      story.named(each, view, step.event),
    );
    if (first === undefined) continue;
    const countFrom = (from: number, to: number): number =>
      trace.steps.slice(from, to).filter((each) => "command" in each).length;
    const failure: Failure = {
      lines: story.end(),
      findings: [first, ...others],
      commands: countFrom(0, index),
      commandsAfter: countFrom(index, trace.steps.length),
      disagreement,
    };
    return { failure, disagreement };
  }
  return { failure: null, disagreement };
}
