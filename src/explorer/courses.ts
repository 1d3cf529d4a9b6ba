// Which search it is that options ask for.

import { DepthFirst } from "./depth-first.ts";
import type { Independence } from "./independence.ts";
import { systemOf } from "./model-system.ts";
import type { Model } from "./model.ts";
import { DEFAULT_MEMORY_BYTES, whole, type SearchOptions } from "./options.ts";
import type { Course, Limits } from "./outcome.ts";
import { loaded, programOf } from "./packed-program.ts";
import { PackedSearch } from "./packed-search.ts";
import { RandomWalk } from "./random-walk.ts";
import { SystemSearch, type SystemSearchOptions } from "./system-search.ts";
import type { System } from "./system.ts";

const DEFAULT_WALK_LENGTH = 100;
const DEFAULT_WALKS = 1000;

/** A search that can begin. */
export interface Prepared {
  readonly course: Course;
  /** The subject, to tell a violation of. */
  readonly system: System;
  readonly exactKeys: boolean;
  readonly keyWords: number;
}

/**
 * The search that options ask for.
 *
 * @throws TypeError or RangeError if they make no sense for the subject.
 */
export function courseOf(subject: Model | System, options: SearchOptions): Prepared {
  const { strategy = "breadth-first", memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const { maxDepth = strategy === "random-walk" ? DEFAULT_WALK_LENGTH : Infinity } = options;
  const { walks = DEFAULT_WALKS, seed = 1 } = options;
  whole("maxDepth", maxDepth, 0);
  whole("memoryBytes", memoryBytes, 1);
  whole("walks", walks, 1);
  whole("replayEvery", options.replayEvery ?? 0, 0);
  const limits: Limits = { maxDepth, memoryBytes };
  const { system, breadthFirst } =
    "kernel" in subject ? ofModel(subject, options) : ofSystem(subject, options);
  const { snapshots } = system;
  const independence = independenceFor(system, options);
  const course = {
    "breadth-first": () => breadthFirst(limits, independence),
    "depth-first": () => new DepthFirst(system, limits, independence),
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
  readonly breadthFirst: (limits: Limits, independence: Independence | null) => Course;
}

function ofModel(
  model: Model,
  { keys = "exact", symmetry = false, replayEvery = 0 }: SearchOptions,
): Searchable {
  if (replayEvery > 0) {
    throw new TypeError(
      `${model.definition.name} is a model, whose states are all there is of them; leave out the option replayEvery`,
    );
  }
  const packed = loaded(programOf(model, { fingerprints: keys === "fingerprint", symmetry }));
  const system = systemOf(model, packed);
  return {
    system,
    breadthFirst: (limits, independence) =>
      independence === null
        ? new PackedSearch(model, packed, limits)
        : systemSearch(system, limits, { independence, replayEvery: 0 }),
  };
}

function ofSystem(
  system: System,
  { keys, symmetry = false, replayEvery = 0 }: SearchOptions,
): Searchable {
  if (keys !== undefined || symmetry) {
    throw new TypeError(
      `${system.name} is a system, which writes its own keys; leave out the options keys and symmetry, and write canonical keys instead`,
    );
  }
  return {
    system,
    breadthFirst: (limits, independence) =>
      systemSearch(system, limits, { independence, replayEvery }),
  };
}

function systemSearch(system: System, limits: Limits, how: SystemSearchOptions): SystemSearch {
  const { snapshots, name } = system;
  if (snapshots !== null) return new SystemSearch(system, snapshots, limits, how);
  throw new TypeError(
    `${name} has no snapshots, so it cannot be searched breadth first; search it depth first with a bound, or give it snapshots`,
  );
}

function independenceFor(
  { name, independence, snapshots }: System,
  { sleepSets = false, symmetry = false, strategy = "breadth-first" }: SearchOptions,
): Independence | null {
  if (!sleepSets) return null;
  if (independence === null) {
    throw new TypeError(
      `${name} does not say which of its actions are independent; leave out the option sleepSets, or give it independence`,
    );
  }
  const isPossible =
    strategy === "breadth-first" || (strategy === "depth-first" && snapshots === null);
  if (isPossible && !symmetry) return independence;
  throw new TypeError(
    "sleep sets are for searches breadth first without symmetry, and depth first for systems without snapshots; leave out the option sleepSets",
  );
}
