// The search itself: breadth first over the states of an explored subject, or, where no state can be recognised, every
// program of one command, then every program of two.

import type { Command } from "../../model/trace.ts";
import type { Progress as SearchProgress } from "../explorer/options.ts";
import type { Coverage, SearchResult } from "../explorer/outcome.ts";
import { search } from "../explorer/search.ts";
import { ExploredSystem, type ExploredSettings, type Seen } from "./explored-system.ts";

const PROGRESS_MS = 200;
/** Up to so many commands a search has few states. */
const SHALLOW = 4;
/**
 * The way to every so-many-th state is performed again from the beginning, and has to lead to the same state. Finding a way
 * takes as long as leaving some ten states.
 */
const REPLAYED_EVERY = { shallow: 29, deep: 401 } as const;

/** How far a search goes, and who ends it. */
export interface SearchBounds {
  readonly depth: number;
  readonly memoryBytes: number;
  readonly isStopped: () => boolean;
  readonly onProgress: (progress: SearchProgress) => void;
}

/** What a search came to. */
export interface Found {
  readonly coverage: Coverage;
  /** `closed`: no state is left that was not met. `deep`: there are states behind the bound on depth. */
  readonly ending: "closed" | "deep" | "violation" | "memory" | "stopped";
  readonly collisionProbability: number;
  readonly recognised: boolean;
  /** A shortest program that breaks something; null: none was found. */
  readonly program: readonly Command[] | null;
  readonly seen: Seen;
}

/**
 * Searches everything within the bounds.
 * @throws {UnfaithfulSystemError} if the subject does not keep what it says it keeps.
 */
export function searchAll(
  settings: Omit<ExploredSettings, "onState">,
  { depth, memoryBytes, isStopped, onProgress }: SearchBounds,
): Found {
  const control = new AbortController();
  let isFull = false;
  const onState = (): void => {
    isFull ||= system.keyBytes > memoryBytes;
    if (isFull || isStopped()) control.abort();
  };
  const system: ExploredSystem = new ExploredSystem({ ...settings, onState });
  const options = { memoryBytes, signal: control.signal, progressMs: PROGRESS_MS, onProgress };
  if (system.snapshots !== null) {
    const replayEvery = REPLAYED_EVERY[depth <= SHALLOW ? "shallow" : "deep"];
    const result = search(system, { ...options, maxDepth: depth, replayEvery });
    const found = foundBy(system, result, result.completeDepth);
    return isFull && found.ending === "stopped" ? { ...found, ending: "memory" } : found;
  }
  for (let maxDepth = 1; ; maxDepth++) {
    const result = search(system, { ...options, strategy: "depth-first", maxDepth });
    const isDone = result.reason === "depth";
    if (isDone && maxDepth < depth) continue;
    return foundBy(system, result, isDone ? maxDepth : maxDepth - 1);
  }
}

function foundBy(system: ExploredSystem, result: SearchResult, completeDepth: number): Found {
  const { states, transitions, depth, frontier, bytes, violation, collisionProbability } = result;
  return {
    coverage: { states, transitions, depth, completeDepth, frontier, bytes },
    ending: endingOf(result),
    collisionProbability,
    recognised: system.snapshots !== null,
    program: violation === null ? null : system.program(violation.actions),
    seen: system.seen(),
  };
}

function endingOf({ outcome, reason }: SearchResult): Found["ending"] {
  switch (outcome) {
    case "complete":
      return "closed";
    case "violation":
      return "violation";
    case "unknown":
      return reason === "depth" ? "deep" : reason === "memory" ? "memory" : "stopped";
  }
}
