// What the options of the command line mean. A value that cannot be meant is refused with a sentence.

import { existsSync, statSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { rules, type RuleId } from "../../model/rules.ts";
import { engineNames } from "../kit/engines.ts";
import type { EngineName } from "../kit/report.ts";

/** Nothing was run: one sentence that says what was given, what was wanted and what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It has to be a whole number, 1 or more.");
}

/** A seed, as reports print it: 32 bits, with a sign. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && (value | 0) === value) return value;
  throw new InvalidArgumentError(
    "It has to be a whole number from -2147483648 to 2147483647, as a report prints it.",
  );
}

export function positiveSeconds(text: string): number {
  const value = Number(text);
  // A timer takes no more than 2^31 milliseconds.
  if (/^\d*\.?\d+$/.test(text) && value > 0 && value <= 2_000_000) return value;
  throw new InvalidArgumentError("It has to be a number of seconds above 0 and up to 2000000.");
}

export function engineName(text: string): EngineName {
  const engine = engineNames.find((each) => each === text);
  if (engine !== undefined) return engine;
  throw new InvalidArgumentError(`It has to be one of ${engineNames.join(", ")}.`);
}

/** "LAW-1,LOCAL-4", in any case. */
export function ruleIds(text: string): readonly RuleId[] {
  return text.split(",").map((part) => {
    const rule = findRule(part);
    if (rule === undefined) {
      throw new InvalidArgumentError(
        `There is no rule ${JSON.stringify(part.trim())}. "stalemate rules" lists all of them; separate several by commas.`,
      );
    }
    return rule.id;
  });
}

/** The rule of that id, in any case. */
export function findRule(id: string): (typeof rules)[number] | undefined {
  const wanted = id.trim().toLowerCase();
  return rules.find((rule) => rule.id.toLowerCase() === wanted);
}

/** @throws {UsageError} unless there is a file at the path. */
export function requireFile(path: string, what: string): void {
  if (!existsSync(path)) {
    throw new UsageError(`there is no file ${path}: give the path of ${what}.`);
  }
  if (!statSync(path).isFile()) {
    throw new UsageError(`${path} is not a file: give the path of ${what}.`);
  }
}
