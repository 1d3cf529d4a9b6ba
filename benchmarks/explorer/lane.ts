// One search of the micro-model, in a process of its own: `lane.js METHOD SIZE` prints one JSON object.

import { compile } from "../../src/explorer/model.ts";
import type { SearchOptions } from "../../src/explorer/options.ts";
import type { SearchResult } from "../../src/explorer/outcome.ts";
import { search } from "../../src/explorer/search.ts";
import { searchOnThreads } from "../../src/explorer/threads.ts";
import { micro, microSizes, type MicroSize } from "./micro.ts";
import { searchPlainly, type Counts } from "./plain.ts";

/** What was counted, and what it took. */
export interface LaneFigures extends Counts {
  readonly seconds: number;
  /** Of the explorer, its tables; of the others, all that they took. */
  readonly bytesPerState: number;
}

const memoryBytes = 8 * 2 ** 30;
const THREADS = 2;

const ours = (size: MicroSize, options: SearchOptions): LaneFigures =>
  figuresOf(search(compile(micro(size)), { memoryBytes, ...options }));

const onThreads = async (size: MicroSize): Promise<LaneFigures> =>
  figuresOf(await searchOnThreads(compile(micro(size)), { memoryBytes, threads: THREADS }));

function figuresOf(result: SearchResult): LaneFigures {
  if (result.outcome !== "complete") throw new Error(`the search is ${JSON.stringify(result)}`);
  const { states, transitions, depth, seconds, bytes } = result;
  return { states, transitions, depth, seconds, bytesPerState: bytes / states };
}

/** Its memory is what the process took at most, beyond what it had at the start. */
function plainly(size: MicroSize): LaneFigures {
  const bytesBefore = process.memoryUsage.rss();
  const before = performance.now();
  const counts = searchPlainly(size);
  const seconds = (performance.now() - before) / 1000;
  const bytes = process.resourceUsage().maxRSS * 1024 - bytesBefore;
  return { ...counts, seconds, bytesPerState: bytes / counts.states };
}

/** A way of searching. */
export type Method = "exact" | "fingerprint" | "symmetry" | "threads" | "plain";

/** The ways of searching that are measured, by name. */
const methods: Readonly<Record<Method, (size: MicroSize) => LaneFigures | Promise<LaneFigures>>> = {
  exact: (size) => ours(size, {}),
  fingerprint: (size) => ours(size, { keys: "fingerprint" }),
  symmetry: (size) => ours(size, { symmetry: true }),
  threads: onThreads,
  plain: plainly,
};

/** The name of a size of the micro-model. */
export type SizeName = keyof typeof microSizes;

const [method, size] = process.argv.slice(2);
const isKnown =
  method !== undefined && method in methods && size !== undefined && size in microSizes;
if (!isKnown) {
  console.error(
    `give a method (${Object.keys(methods).join(", ")}) and a size (${Object.keys(microSizes).join(", ")})`,
  );
  process.exitCode = 2;
} else {
  console.log(JSON.stringify(await methods[method as Method](microSizes[size as SizeName])));
}
