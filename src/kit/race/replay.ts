// A schedule as data: the trace of a race holds the commands of each thread, and in its path the threads in the order in
// which they moved.

import type { Command, Trace } from "../../../model/trace.ts";
import type { Place } from "./place.ts";
import type { RaceProgram, RaceStage } from "./stage.ts";

const PREFIX = "schedule ";

/** The schedule as the path of a trace. */
export const pathOf = (schedule: readonly number[]): string => PREFIX + schedule.join(" ");

/** The threads in the order in which they moved. */
export const scheduleOfTrace = ({ header }: Trace): readonly number[] =>
  (header.path ?? "").slice(PREFIX.length).split(" ").map(Number);

/** What each thread did. */
export function programOfTrace({ steps }: Trace): RaceProgram {
  const before: Command[] = [];
  const after: Command[] = [];
  const threads: Command[][] = [];
  let thread = 0;
  for (const step of steps) {
    if ("command" in step) {
      const single = threads.length === 0 ? before : after;
      (thread === 0 ? single : (threads[thread - 1] as Command[])).push(step.command);
    } else if (step.event.type === "resume") {
      thread = step.event.thread;
      while (threads.length < thread) threads.push([]);
    }
  }
  return { before, threads, after };
}

/** Runs the program by the schedule; where a thread of it cannot move, and behind its end, the first that can does. */
export async function runSchedule(stage: RaceStage, schedule: readonly number[]): Promise<Place> {
  let place = await stage.begin();
  let at = place.moves;
  for (;;) {
    const movable = stage.movable(place);
    const [first] = movable;
    if (first === undefined) return place;
    const wanted = schedule[at++];
    place = await stage.move(wanted !== undefined && movable.includes(wanted) ? wanted : first);
  }
}
