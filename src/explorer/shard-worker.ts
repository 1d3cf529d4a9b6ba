// One thread of a search on several (threads.ts). It is given everything as data, works until all agree that the search has
// ended, and answers how.

import { parentPort, workerData } from "node:worker_threads";
import { Crew, found, type CrewMemory } from "./crew.ts";
import { Levels, shapeOf } from "./levels.ts";
import type { Reason } from "./outcome.ts";
import { loaded, type PackedProgram } from "./packed-program.ts";
import { WaitingKeys } from "./waiting-keys.ts";

/** What a thread is told. */
export interface ShardTask {
  readonly program: PackedProgram;
  readonly index: number;
  readonly crew: CrewMemory;
  /** Where keys wait, for each thread. */
  readonly areas: readonly SharedArrayBuffer[];
  readonly maxDepth: number;
  /** For this thread. */
  readonly memoryBytes: number;
}

/** How the search ended, the same for all its threads. */
export interface ShardAnswer {
  readonly ended: "complete" | "violation" | Reason;
  /** The last level that was met as a whole; −1: none. */
  readonly level: number;
  /** Something was met beyond it. */
  readonly isBeyond: boolean;
}

function work({ program, index, crew, areas, maxDepth, memoryBytes }: ShardTask): ShardAnswer {
  const packed = loaded(program);
  const shape = shapeOf(packed);
  const crewOfAll = new Crew(crew);
  const waiting = areas.map((buffer) => new WaitingKeys(shape, buffer));
  const own = waiting[index] as WaitingKeys;
  const levels = new Levels(packed, memoryBytes, (part) => part % crew.size === index);
  levels.visited.bytesBeside = own.bytes;
  if (index === 0) levels.begin();
  for (let level = -1; ;) {
    const isUnfinished = levels.fill(Infinity, own) === "full";
    crewOfAll.meet();
    const isEntered = levels.enter(waiting);
    const bits =
      (isUnfinished ? found.unfinished : 0) |
      (levels.hasNext ? found.next : 0) |
      (levels.firstBroken() === null ? 0 : found.broken) |
      (isEntered ? 0 : found.memoryEnded) |
      (index === 0 && crewOfAll.isStopped ? found.stopped : 0);
    const { visited, transitions, frontier } = levels;
    crewOfAll.tell(index, bits, {
      states: visited.count,
      transitions,
      frontier,
      bytes: visited.bytes,
      level,
    });
    crewOfAll.meet();
    const all = crewOfAll.anyFound;
    const isBeyond = (all & found.next) !== 0;
    if ((all & found.broken) !== 0) return { ended: "violation", level, isBeyond };
    if ((all & found.memoryEnded) !== 0) return { ended: "memory", level, isBeyond };
    if ((all & found.stopped) !== 0) return { ended: "stopped", level, isBeyond };
    if ((all & found.unfinished) !== 0) continue;
    if (!isBeyond) return { ended: "complete", level, isBeyond };
    level++;
    levels.nextLevel();
    if (level === maxDepth) return { ended: "depth", level, isBeyond: false };
  }
}

parentPort?.postMessage(work(workerData as ShardTask), []);
