// The front of all searches: one set of options, one kind of answer.

import { DepthFirst } from "./depth-first.ts";
import { systemOf } from "./model-system.ts";
import type { Model } from "./model.ts";
import {
  collisionProbability,
  type Course,
  type Coverage,
  type Ending,
  type Limits,
  type SearchResult,
  type Violation,
} from "./outcome.ts";
import { loaded, programOf } from "./packed-program.ts";
import { PackedSearch } from "./packed-search.ts";
import { RandomWalk } from "./random-walk.ts";
import { SystemSearch } from "./system-search.ts";
import type { System } from "./system.ts";

/** What tables may take unless options say otherwise. */
export const DEFAULT_MEMORY_BYTES: number = 2 ** 30;
const DEFAULT_WALK_LENGTH = 100;
const DEFAULT_WALKS = 1000;
/** Time between two reports of progress unless options say otherwise. */
export const DEFAULT_PROGRESS_MS = 500;
/** How long a search keeps the thread before others may have it. */
const TURN_MS = 20;

/** What is known while a search runs. */
export interface Progress extends Coverage {
  readonly seconds: number;
  readonly statesPerSecond: number;
}

export interface SearchOptions {
  /** Default: breadth first, which alone finds shortest violations. */
  readonly strategy?: "breadth-first" | "depth-first" | "random-walk";
  /** By what states of a model are told apart; a system says so itself. Default: exact. */
  readonly keys?: "exact" | "fingerprint";
  /** Explore one of all states that the declared symmetry of a model makes alike. Default: false. */
  readonly symmetry?: boolean;
  /** Actions on a path, at most. Default: no bound; 100 for random walks. */
  readonly maxDepth?: number;
  /** What the tables of the search may take. What the engine keeps beside them is some megabytes more. Default: 1 GiB. */
  readonly memoryBytes?: number;
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

interface Prepared {
  readonly course: Course;
  /** The subject, to tell a violation of. */
  readonly system: System;
  readonly exactKeys: boolean;
  readonly keyWords: number;
}

function courseOf(subject: Model | System, options: SearchOptions): Prepared {
  const { strategy = "breadth-first", memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const { maxDepth = strategy === "random-walk" ? DEFAULT_WALK_LENGTH : Infinity } = options;
  const { walks = DEFAULT_WALKS, seed = 1 } = options;
  whole("maxDepth", maxDepth, 0);
  whole("memoryBytes", memoryBytes, 1);
  whole("walks", walks, 1);
  const limits: Limits = { maxDepth, memoryBytes };
  const { system, breadthFirst } =
    "kernel" in subject ? ofModel(subject, options) : ofSystem(subject, options);
  const { snapshots } = system;
  const course = {
    "breadth-first": () => breadthFirst(limits),
    "depth-first": () => new DepthFirst(system, limits),
    "random-walk": () => new RandomWalk(system, limits, { walks, seed }),
  }[strategy]();
  return {
    course,
    system,
    exactKeys: snapshots?.exactKeys ?? true,
    keyWords: snapshots?.keyWords ?? 0,
  };
}

interface Searchable {
  readonly system: System;
  readonly breadthFirst: (limits: Limits) => Course;
}

function ofModel(model: Model, { keys = "exact", symmetry = false }: SearchOptions): Searchable {
  const packed = loaded(programOf(model, { fingerprints: keys === "fingerprint", symmetry }));
  return {
    system: systemOf(model, packed),
    breadthFirst: (limits) => new PackedSearch(model, packed, limits),
  };
}

function ofSystem(system: System, { keys, symmetry = false }: SearchOptions): Searchable {
  const { name, snapshots } = system;
  if (keys !== undefined || symmetry) {
    throw new TypeError(
      `${name} is a system, which writes its own keys; leave out the options keys and symmetry, and write canonical keys instead`,
    );
  }
  return {
    system,
    breadthFirst(limits) {
      if (snapshots !== null) return new SystemSearch(system, snapshots, limits);
      throw new TypeError(
        `${name} has no snapshots, so it cannot be searched breadth first; search it depth first with a bound, or give it snapshots`,
      );
    },
  };
}

/** @throws RangeError unless the value is a whole number from `least` on, or Infinity. */
export function whole(name: string, value: number, least: number): void {
  if (value >= least && (Number.isSafeInteger(value) || value === Infinity)) return;
  throw new RangeError(`${name} is ${value}; give a whole number from ${least}, or Infinity`);
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
