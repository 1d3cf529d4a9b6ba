// What may be asked of a race, and what stands for what is not.

import type { Trace } from "../../../model/trace.ts";
import type { Progress } from "../report.ts";

export interface RaceOptions {
  /** Default 2. */
  readonly threads?: number;
  /** Calls of each thread, at most. Default 2. */
  readonly calls?: number;
  /** Turns taken from a thread that could go on; `Infinity`: every schedule. Default 2. */
  readonly preemptions?: number;
  /** Runs of one program; behind them its schedules are drawn. Default 20,000. */
  readonly mostRuns?: number;
  /** Schedules that are drawn of such a program. Default 200. */
  readonly drawn?: number;
  /** Of the schedules that are drawn where there are too many. Default: a random one, which the report names. */
  readonly seed?: number;
  /** Stop after so many milliseconds, with what was done so far. Default: none. */
  readonly timeMs?: number;
  /** A broken should-rule fails as well. */
  readonly strict?: boolean;
  /** Run the schedule of this trace, and nothing else. */
  readonly only?: Trace;
  /** Called at most a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

export const raceDefaults = {
  threads: 2,
  calls: 2,
  preemptions: 2,
  mostRuns: 20_000,
  drawn: 200,
} as const;
