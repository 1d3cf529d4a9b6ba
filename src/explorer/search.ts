// The front of all searches: one set of options, one kind of answer.

import { courseOf } from "./courses.ts";
import type { Model } from "./model.ts";
import { DEFAULT_PROGRESS_MS, type SearchOptions } from "./options.ts";
import { collisionProbability, type Ending, type SearchResult, type Violation } from "./outcome.ts";
import type { System } from "./system.ts";

/** How long a search keeps the thread before others may have it. */
const TURN_MS = 20;

/**
 * Searches all states that can be reached.
 *
 * @param subject A compiled model, or a system.
 * @returns What was covered, and what was found.
 * @throws TypeError if options ask for what the subject does not have; RangeError if a number makes no sense, or an action
 *   of the model leaves a domain.
 */
export function search(subject: Model | System, options: SearchOptions = {}): SearchResult {
  const run = begin(subject, options);
  for (;;) {
    const ending = run.advance();
    if (ending !== null) return run.result(ending);
  }
}

/** The same search, in turns with whatever else the thread has to do: timers and signals are heard. */
export async function searchInTurns(
  subject: Model | System,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const run = begin(subject, options);
  for (let turn = performance.now(); ;) {
    const ending = run.advance();
    if (ending !== null) return run.result(ending);
    if (performance.now() - turn < TURN_MS) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}

interface Run {
  advance(): Ending | null;
  result(ending: Ending): SearchResult;
}

function begin(subject: Model | System, options: SearchOptions): Run {
  const { signal, onProgress, progressMs = DEFAULT_PROGRESS_MS } = options;
  const { course, system, exactKeys, keyWords } = courseOf(subject, options);
  const start = performance.now();
  let told = start;
  const secondsUntil = (now: number): number => (now - start) / 1000;
  return {
    advance() {
      if (signal?.aborted === true) return { kind: "unknown", reason: "stopped" };
      const ending = course.advance();
      const now = onProgress === undefined ? told : performance.now();
      if (now - told >= progressMs) {
        told = now;
        const coverage = course.coverage();
        const seconds = secondsUntil(now);
        onProgress?.({ ...coverage, seconds, statesPerSecond: coverage.states / seconds });
      }
      return ending;
    },
    result(ending) {
      const coverage = course.coverage();
      return {
        outcome: ending.kind,
        reason: ending.kind === "unknown" ? ending.reason : null,
        violation: ending.kind === "violation" ? toldViolation(system, ending) : null,
        ...coverage,
        collisionProbability: exactKeys ? 0 : collisionProbability(coverage.states, keyWords),
        seconds: secondsUntil(performance.now()),
      };
    },
  };
}

/** Performs the way of a violation once more, and says what is seen on it. */
function toldViolation(
  system: System,
  { broken, initial, actions, shortest }: Ending & { readonly kind: "violation" },
): Violation {
  system.begin(initial);
  const initialState = system.describeState();
  const steps = actions.map((number) => {
    const action = system.describe(number);
    system.apply(number);
    return { action, state: system.describeState() };
  });
  return { broken, initialState, steps, initial, actions, shortest };
}
