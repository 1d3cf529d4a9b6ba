// Breadth first over a model, on several threads. Levels, states and transitions are the same for any number of threads; the
// order within a level is not, so a violation that they find is found once more by one thread, which gives the same one
// every time.

import { Worker } from "node:worker_threads";
import { Crew, newCrewMemory, type CrewFigures } from "./crew.ts";
import { shapeOf } from "./levels.ts";
import type { Model } from "./model.ts";
import { collisionProbability, type Coverage, type SearchResult } from "./outcome.ts";
import { loaded, programOf } from "./packed-program.ts";
import { DEFAULT_MEMORY_BYTES, DEFAULT_PROGRESS_MS, whole, type SearchOptions } from "./options.ts";
import { search } from "./search.ts";
import type { ShardAnswer, ShardTask } from "./shard-worker.ts";
import { WaitingKeys } from "./waiting-keys.ts";

/** Keys that wait for one part in the area of one thread, at most; and the share of its memory that the area may have. */
const MOST_WAITING = 1 << 13;
const WAITING_SHARE = 1 / 4;
const MOST_THREADS = 64;

/** Options of a search on several threads. */
export interface ThreadOptions extends Omit<
  SearchOptions,
  "strategy" | "walks" | "seed" | "sleepSets"
> {
  /** Worker threads; the thread that asks waits. One more than there are cores helps nobody. */
  readonly threads: number;
}

/**
 * Searches a model breadth first, on several threads. What `search` counts, this counts, with other memory.
 *
 * @throws RangeError, or what a thread throws.
 */
export async function searchOnThreads(model: Model, options: ThreadOptions): Promise<SearchResult> {
  const { threads, keys = "exact", symmetry = false, maxDepth = Infinity } = options;
  const { memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  whole("threads", threads, 1);
  whole("maxDepth", maxDepth, 0);
  whole("memoryBytes", memoryBytes, 1);
  if (threads > MOST_THREADS) {
    throw new RangeError(`threads is ${threads}; give at most ${MOST_THREADS}`);
  }
  const start = performance.now();
  const program = programOf(model, { fingerprints: keys === "fingerprint", symmetry });
  const packed = loaded(program);
  const crew = newCrewMemory(threads);
  const shape = shapeOf(packed);
  const memoryOfOne = memoryBytes / threads;
  const bytesWaiting = WAITING_SHARE * Math.min(memoryOfOne, Number.MAX_SAFE_INTEGER);
  const room = Math.floor(bytesWaiting / WaitingKeys.bytesFor(shape, 1));
  const areaBytes = WaitingKeys.bytesFor(shape, Math.max(1, Math.min(MOST_WAITING, room)));
  const areas = Array.from({ length: threads }, () => new SharedArrayBuffer(areaBytes));
  const common = { program, crew, areas, maxDepth, memoryBytes: memoryOfOne };
  const tasks = areas.map((_, index): ShardTask => ({ ...common, index }));
  const crewOfAll = new Crew(crew);
  const answer = await answerOf(tasks, crewOfAll, options, start);
  if (answer.ended === "violation") {
    const again = search(model, { keys, symmetry, memoryBytes });
    return { ...again, seconds: (performance.now() - start) / 1000 };
  }
  const coverage = coverageOf({ ...crewOfAll.figures, level: answer.level }, answer.isBeyond);
  return {
    outcome: answer.ended === "complete" ? "complete" : "unknown",
    reason: answer.ended === "complete" ? null : answer.ended,
    violation: null,
    ...coverage,
    collisionProbability: packed.exactKeys
      ? 0
      : collisionProbability(coverage.states, packed.keyWords),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Something beyond a level makes one level more that was met in part. */
function coverageOf({ level, ...figures }: CrewFigures, isBeyond: boolean): Coverage {
  return { ...figures, depth: Math.max(0, level + (isBeyond ? 1 : 0)), completeDepth: level };
}

/** Has the tasks done; whatever happens, no thread is left behind. */
async function answerOf(
  tasks: readonly ShardTask[],
  crew: Crew,
  { signal, onProgress, progressMs = DEFAULT_PROGRESS_MS }: ThreadOptions,
  start: number,
): Promise<ShardAnswer> {
  const url = new URL("./shard-worker.js", import.meta.url);
  const stop = (): void => crew.stop();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  const timer =
    onProgress === undefined
      ? undefined
      : setInterval(() => {
          const seconds = (performance.now() - start) / 1000;
          const coverage = coverageOf(crew.figures, true);
          onProgress({ ...coverage, seconds, statesPerSecond: coverage.states / seconds });
        }, progressMs);
  const workers = tasks.map((workerData) => new Worker(url, { workerData }));
  try {
    const [answer] = await Promise.all(workers.map(answerFrom));
    return answer as ShardAnswer;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function answerFrom(worker: Worker): Promise<ShardAnswer> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) =>
      reject(new Error(`a thread of the search ended with code ${code}`)),
    );
  });
}
