// Jobs by number, given out to a worker thread a core. What comes of one depends on its number alone, so it does not matter
// how many workers there are, nor who is faster.

import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { parentPort, Worker } from "node:worker_threads";

export interface Shift<Answer> {
  /** The worker's module, which calls `work`: its address without the ending. */
  readonly module: URL;
  /** What every worker is told at its start. */
  readonly workerData: unknown;
  readonly jobs: number;
  /** Asked before a job is begun; false: neither it nor one behind it is wanted any more. Default: all are. */
  readonly isWanted?: (job: number) => boolean;
  /** Told each answer as it comes, in no order. */
  readonly onAnswer: (answer: Answer, job: number) => void;
  /** Memory of a worker, where it is known how little it needs: for what dies young, and for the rest. */
  readonly memoryMb?: { readonly young: number; readonly old: number };
  /** Default: one a core. */
  readonly workers?: number;
}

/** Has every job done. Rejects with the first error that a worker throws. */
export async function shareOut<Answer>(shift: Shift<Answer>): Promise<void> {
  const { jobs, isWanted = () => true, onAnswer, workers = availableParallelism() } = shift;
  let next = 0;
  const crew = Array.from({ length: Math.min(workers, jobs) }, () => workerFor(shift));
  try {
    await Promise.all(
      crew.map(async (worker) => {
        while (next < jobs && isWanted(next)) {
          const job = next++;
          onAnswer(await answerOf<Answer>(worker, job), job);
        }
      }),
    );
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
}

function workerFor({ module, workerData, memoryMb }: Shift<never>): Worker {
  const url = new URL(`${module.href}${extname(import.meta.url)}`);
  const limits =
    memoryMb === undefined
      ? {}
      : {
          resourceLimits: {
            maxYoungGenerationSizeMb: memoryMb.young,
            maxOldGenerationSizeMb: memoryMb.old,
          },
        };
  return new Worker(url, { workerData, ...limits });
}

function answerOf<Answer>(worker: Worker, job: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      worker.off("message", answered);
      worker.off("error", failed);
    };
    const answered = (answer: Answer): void => {
      forget();
      resolve(answer);
    };
    const failed = (error: unknown): void => {
      forget();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on("message", answered);
    worker.on("error", failed);
    worker.postMessage(job, []);
  });
}

/** The worker's side: answers each job that it is given. What `answer` throws ends the whole shift. */
export function work(answer: (job: number) => unknown): void {
  const port = parentPort;
  if (port === null) throw new Error("this is the work of a worker thread");
  const reply = async (job: number): Promise<void> => port.postMessage(await answer(job));
  port.on("message", (job: number) => void reply(job));
}
