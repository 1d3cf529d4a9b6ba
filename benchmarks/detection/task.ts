// What is compared: ways to make programs, on every mutant, on many seeds.

import type { RuleId } from "../../model/rules.ts";

/**
 * `ours`: as the checker does. `unstaged`: so, but every program begins with nothing. `unfocused`: as the checker, but every program may use every command. `unrelated`: the same commands,
 * about ranges that have nothing to do with each other. `uniform`: the same commands, about nothing in particular.
 * `plain`: fast-check's own commands.
 */
export const arms = ["ours", "unstaged", "unfocused", "unrelated", "uniform", "plain"] as const;
export type Arm = (typeof arms)[number];

export interface DetectionTask {
  /** Seeds 1 to this. */
  readonly seeds: number;
  /** Commands to execute on each seed before a mutant is given up. */
  readonly limit: number;
  /** Only the mutants with such an id; null: all. */
  readonly mutant: string | null;
}

/** A mutant on one arm. */
export interface ArmRow {
  /** Commands to the first failure, for each seed; null: none within the limit. */
  readonly commands: readonly (number | null)[];
  /** Commands that shrinking leaves, for each seed; null: nothing was found, or the arm's programs are not ours. */
  readonly shrunk: readonly (number | null)[];
  /** Of all seeds, without shrinking. */
  readonly seconds: number;
}

/** A mutant on every arm. */
export interface DetectionRow {
  /** The row of the list of bugs; null: it is an image of none. */
  readonly row: number | null;
  readonly mutant: string;
  readonly rule: RuleId;
  /** Null: the arm has nothing to do with such a subject. */
  readonly arms: Readonly<Record<Arm, ArmRow | null>>;
}

/** Everything that was measured: what docs/detection.json holds, and the page and the plot are made of. */
export interface DetectionReport {
  readonly seeds: number;
  readonly limit: number;
  readonly rows: readonly DetectionRow[];
}
