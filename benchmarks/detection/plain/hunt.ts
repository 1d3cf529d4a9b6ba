// The plain model's hunt: programs of its commands, until one fails.

import { check, commands, modelRun, property } from "fast-check";
import type { Subject } from "../../../model/contract.ts";
import { commandArbitraries, tearDown } from "./commands.ts";
import { setUp } from "./model.ts";

/** Of one program. By default fast-check executes less than one command a program: nobody would be content with that. */
const MOST_COMMANDS = 60;

/** What a plain hunt came to. */
export interface PlainHunt {
  /** Commands executed until something failed; null: nothing did within the limit. */
  readonly commands: number | null;
  /** What failed, in its words. */
  readonly message: string | null;
}

/** Runs programs of the plain model until one fails, or so many commands were executed. */
export function plainHunt(subject: Subject, seed: number, limit: number): PlainHunt {
  let executed = 0;
  let message: string | null = null;
  const programs = commands(commandArbitraries, { maxCommands: MOST_COMMANDS, size: "max" });
  check(
    property(programs, (program) => {
      const { model, real } = setUp(subject, () => executed++);
      try {
        modelRun(() => ({ model, real }), program);
        tearDown(model, real);
      } catch (error) {
        message = error instanceof Error ? error.message : String(error);
        return false;
      }
      return executed < limit;
    }),
    { seed, numRuns: limit, endOnFailure: true },
  );
  const isFound = message !== null && executed <= limit;
  return { commands: isFound ? executed : null, message: isFound ? message : null };
}
