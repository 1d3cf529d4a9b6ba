// What the main thread gives the worker, and what the worker tells it.

import type { Trace } from "../../model/trace.ts";
import type { ExploreOptions, Progress, Report, RunOptions } from "../kit/report.ts";
import type { RaceTask } from "./race.ts";

export type CheckOptions = Omit<RunOptions, "onProgress" | "earlier">;
export type SearchOptions = Omit<ExploreOptions, "onProgress" | "isStopped">;

export interface WorkerTask {
  /** Absolute. */
  readonly file: string;
  /** As the user gave it. */
  readonly shown: string;
  readonly options: CheckOptions;
  /** Search exhaustively, with these options, instead; null: no. */
  readonly explore: SearchOptions | null;
  /** Set: the subject is asynchronous, and is raced. */
  readonly race: RaceTask | null;
  /** Programs to run first: those of any subject, or those of this one. */
  readonly earlier: readonly Trace[];
  /** True: only the earlier traces of a subject with this name are run. */
  readonly earlierByName: boolean;
  readonly heartbeat: SharedArrayBuffer;
}

export type WorkerMessage =
  /** The thread is up; from now on it is the module's time. */
  | { readonly type: "started" }
  | { readonly type: "loaded"; readonly subject: string }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "report"; readonly report: Report }
  /** The module cannot be used, or what was asked for makes no sense. */
  | { readonly type: "problem"; readonly problem: string }
  /** The checker itself failed. */
  | { readonly type: "fault"; readonly problem: string; readonly stack: string };
