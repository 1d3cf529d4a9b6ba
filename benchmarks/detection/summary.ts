// What the comparison comes to: a mutant on an arm, an arm over all mutants, one arm against another.

import { median } from "../figures.ts";
import { arms, type Arm, type ArmRow, type DetectionReport, type DetectionRow } from "./task.ts";

/** A mutant on an arm. */
export interface ArmSummary {
  /** Seeds on which something failed. */
  readonly seedsFound: number;
  /** Null: not found on that many seeds. */
  readonly medianCommands: number | null;
  /** Null: not found on every seed. */
  readonly worstCommands: number | null;
  readonly shrunkMedian: number | null;
  readonly shrunkWorst: number | null;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const numbers = (values: readonly (number | null)[]): number[] =>
  values.flatMap((value) => value ?? []);

/** What was not found took for ever. */
export function summaryOf({ commands, shrunk }: ArmRow): ArmSummary {
  const censored = commands.map((value) => value ?? Infinity);
  const lengths = numbers(shrunk);
  return {
    seedsFound: numbers(commands).length,
    medianCommands: finite(median(censored)),
    worstCommands: finite(Math.max(...censored)),
    shrunkMedian: lengths.length === 0 ? null : median(lengths),
    shrunkWorst: lengths.length === 0 ? null : Math.max(...lengths),
  };
}

/** What was measured, with the summary of each mutant on each arm beside it. */
export function withSummaries({ rows, ...rest }: DetectionReport): object {
  const both = (row: ArmRow | null): object | null => row && { ...row, ...summaryOf(row) };
  return {
    ...rest,
    rows: rows.map(({ arms: own, ...row }) => ({
      ...row,
      arms: Object.fromEntries(arms.map((arm) => [arm, both(own[arm])])),
      shortest: shortestOf({ ...row, arms: own }),
    })),
  };
}

/** The shortest program that is known to break the mutant, and on how many seeds the checker's is as short. */
export function shortestOf({ arms: own }: DetectionRow): {
  readonly commands: number | null;
  readonly seeds: number;
} {
  const lengths = arms.flatMap((arm) => numbers(own[arm]?.shrunk ?? []));
  const commands = finite(Math.min(...lengths));
  const seeds = numbers(own.ours?.shrunk ?? []).filter((each) => each === commands).length;
  return { commands, seeds };
}

/** An arm over the mutants that it has to do with. */
export interface ArmTotal {
  readonly arm: Arm;
  readonly mutants: number;
  readonly onEverySeed: number;
  readonly onNoSeed: number;
  /** The median over the mutants of their medians; null: not found. */
  readonly medianCommands: number | null;
  readonly seconds: number;
}

/** Each arm over the given mutants. */
export function totalsOf(rows: readonly DetectionRow[], seeds: number): ArmTotal[] {
  return arms.map((arm) => {
    const own = rows.flatMap(({ arms }) => arms[arm] ?? []);
    const summaries = own.map(summaryOf);
    const medians = summaries.map(({ medianCommands }) => medianCommands ?? Infinity);
    return {
      arm,
      mutants: own.length,
      onEverySeed: summaries.filter(({ seedsFound }) => seedsFound === seeds).length,
      onNoSeed: summaries.filter(({ seedsFound }) => seedsFound === 0).length,
      medianCommands: own.length === 0 ? null : finite(median(medians)),
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  });
}

/** The checker against another arm, mutant by mutant, by their medians. */
export interface Duel {
  readonly against: Arm;
  readonly won: number;
  readonly lost: number;
  readonly tied: number;
  /** The geometric mean of how many times the commands the other takes; what was not found counts as the limit. */
  readonly ratio: number;
}

/** Over the mutants that both arms have to do with; null if there are none. */
export function duelOf(against: Arm, rows: readonly DetectionRow[], limit: number): Duel | null {
  const pairs = rows.flatMap(({ arms }) => {
    const [ours, other] = [arms.ours, arms[against]];
    if (ours === null || other === null) return [];
    const cost = (row: ArmRow): number => summaryOf(row).medianCommands ?? limit;
    return [[cost(ours), cost(other)] as const];
  });
  if (pairs.length === 0) return null;
  const logs = pairs.map(([ours, other]) => Math.log(other / ours));
  return {
    against,
    won: pairs.filter(([ours, other]) => ours < other).length,
    lost: pairs.filter(([ours, other]) => ours > other).length,
    tied: pairs.filter(([ours, other]) => ours === other).length,
    ratio: Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length),
  };
}

/** Mutants whose shortest known program has so many commands are deep. */
export const DEEP_COMMANDS = 8;

/** The deep mutants: shallow ones do not tell strategies apart. */
export function deepOf({ rows }: DetectionReport): readonly DetectionRow[] {
  return rows.filter((row) => (shortestOf(row).commands ?? 0) >= DEEP_COMMANDS);
}
