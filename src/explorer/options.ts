// What may be asked of a search.

import type { Coverage } from "./outcome.ts";

/** What tables may take unless options say otherwise. */
export const DEFAULT_MEMORY_BYTES: number = 2 ** 30;
/** Time between two reports of progress unless options say otherwise. */
export const DEFAULT_PROGRESS_MS = 500;

/** What is known while a search runs. */
export interface Progress extends Coverage {
  readonly seconds: number;
  readonly statesPerSecond: number;
}

/** How to search. Nothing given: breadth first, exact, without a bound on depth, within 1 GiB. */
export interface SearchOptions {
  /** Default: breadth first, which alone finds shortest violations. */
  readonly strategy?: "breadth-first" | "depth-first" | "random-walk";
  /** By what states of a model are told apart; a system says so itself. Default: exact. */
  readonly keys?: "exact" | "fingerprint";
  /** Explore one of all states that the declared symmetry of a model makes alike. Default: false. */
  readonly symmetry?: boolean;
  /**
   * Perform independent actions in one order only: the same states at the same distances, by fewer actions. Breadth first,
   * or depth first without snapshots. Default: false.
   */
  readonly sleepSets?: boolean;
  /** Actions on a path, at most. Default: no bound; 100 for random walks. */
  readonly maxDepth?: number;
  /** What the tables of the search may take. What the engine keeps beside them is some megabytes more. Default: 1 GiB. */
  readonly memoryBytes?: number;
  /**
   * Systems, breadth first: the way to each new state of which the number is a multiple of this is performed from its beginning, without restoring
   * anything, and has to lead to a state with the same key. Default: 0, never.
   */
  readonly replayEvery?: number;
  /** Random walks only. Default: 1000, seed 1. */
  readonly walks?: number;
  readonly seed?: number;
  /** Asked between two pieces of work: the search stops, and says what it covered. */
  readonly signal?: AbortSignal;
  /** Called now and then. */
  readonly onProgress?: (progress: Progress) => void;
  /** Milliseconds between two calls of it. Default: 500. */
  readonly progressMs?: number;
}

/** @throws RangeError unless the value is a whole number from `least` on, or Infinity. */
export function whole(name: string, value: number, least: number): void {
  if (value >= least && (Number.isSafeInteger(value) || value === Infinity)) return;
  throw new RangeError(`${name} is ${value}; give a whole number from ${least}, or Infinity`);
}
