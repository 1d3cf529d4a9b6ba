// A schedule that broke a rule, as a counterexample: its trace, and the commands with their threads.

import type { Claims, WorldConfig } from "../../../model/config.ts";
import type { Finding } from "../../../model/judge.ts";
import { programOf, TRACE_VERSION, type Trace } from "../../../model/trace.ts";
import { printProgram } from "../../../properties/commands.ts";
import type { Counterexample } from "../report.ts";
import { scheduleOf, wayTo, type Place } from "./place.ts";
import { pathOf } from "./replay.ts";
import type { RaceProgram } from "./stage.ts";

/** Where it was found. */
export interface Origin {
  readonly subject: string;
  readonly config: WorldConfig;
  readonly claims: Claims;
  readonly seed: number;
}

export function counterexampleOf(
  end: Place,
  findings: readonly Finding[],
  { before, threads, after }: RaceProgram,
  { subject, config, claims, seed }: Origin,
): Counterexample {
  const path = pathOf(scheduleOf(end));
  const steps = wayTo(end).flatMap((place) => place.steps);
  const header = { subject, config, claims, seed, path };
  const trace: Trace = {
    header: { stalemate: "trace", version: TRACE_VERSION, ...header },
    steps,
  };
  const [primary] = findings;
  if (primary === undefined) throw new RangeError("a violation has at least one finding");
  return {
    rule: primary.rule,
    broken: findings.map((each) => each.rule),
    fails: findings.some((each) => each.fails),
    commands: programOf(trace).length,
    shrunkFrom: before.length + threads.flat().length + after.length,
    program: printed(trace),
    trace,
    seed,
    path,
  };
}

/** One line a command, with the thread that it is of. */
function printed(trace: Trace): readonly string[] {
  const lines = printProgram(trace);
  let thread = 0;
  return trace.steps.flatMap((step) => {
    if ("event" in step) {
      if (step.event.type === "resume") ({ thread } = step.event);
      return [];
    }
    const line = lines.shift() ?? "";
    return [thread === 0 ? line : `thread ${thread}: ${line}`];
  });
}
