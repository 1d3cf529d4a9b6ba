// What the gallery is asked for, and what is measured of a mutant or a subject.

import type { NotificationFamily } from "../../model/contract.ts";
import type { RuleId } from "../../model/rules.ts";
import { mutants } from "../../gallery/mutants.ts";
import type { Mutant } from "../../gallery/mutant.ts";
import { subjects } from "../../gallery/subjects.ts";
import type { SubjectVerdict } from "../../src/kit/report.ts";

export interface Task {
  /** Seeds 1 to this. */
  readonly seeds: number;
  /** Commands to execute on each seed before a mutant is given up. */
  readonly limit: number;
  /** How many random legal policies to judge, each over so many commands as a mutant is given. */
  readonly policies: number;
  /** Only the mutants of this row of the list of bugs; null: all. */
  readonly row: number | null;
  /** Only the mutant of this id; null: all. */
  readonly mutant: string | null;
}

/** A random policy that is legal: seed N makes the N-th. */
export interface PolicyRow {
  readonly policy: number;
  /** It was convicted, or called broken. */
  readonly isAlarm: boolean;
}

/** A mutant over all seeds. */
export interface MutantRow {
  /** The row of the list of bugs; null: it is an image of none. */
  readonly row: number | null;
  readonly mutant: string;
  readonly rule: RuleId;
  /**
   * The rules broken by the first event that breaks any, and by the first that breaks the named one, on any seed; the
   * named one first, then by how often.
   */
  readonly killedBy: readonly RuleId[];
  readonly seeds: number;
  /** Seeds on which the named rule was broken within the limit. */
  readonly seedsFound: number;
  /** Seeds on which a program before broke other rules only. */
  readonly seedsByOthers: number;
  /** Commands to the event that broke the named rule; null: not found on that many seeds. */
  readonly medianCommands: number | null;
  /** Null: not found on every seed. */
  readonly worstCommands: number | null;
  /** Commands that were left, over the seeds that found it; null: none did. */
  readonly shrunk: { readonly median: number | null; readonly worst: number | null };
}

/** A subject that is right, over all seeds. */
export interface SubjectRow {
  readonly name: string;
  /** Null: a proxy driver. */
  readonly family: NotificationFamily | null;
  /** The worst one of all seeds. */
  readonly verdict: SubjectVerdict;
  readonly commands: number;
}

/** The mutants that are asked for. */
export function wantedMutants({ row, mutant }: Task): readonly Mutant[] {
  return mutants.filter(
    ({ id, bug }) => (mutant === null || id === mutant) && (row === null || bug?.row === row),
  );
}

/** How many policies are asked for: none if it is about one mutant or row. */
export function wantedPolicies({ row, mutant, policies }: Task): number {
  return row === null && mutant === null ? policies : 0;
}

/** The subjects that are asked for: all of them, unless it is about one mutant or row. */
export function wantedSubjects({ row, mutant }: Task): readonly string[] {
  return row === null && mutant === null ? subjects : [];
}
