// The batches of a comparison, given out to a worker a core. What comes of it does not depend on how many there are, nor on
// who is faster: if worlds differ, it is the first batch that is told.

import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { COMMANDS_OF_A_BATCH, type BatchMessage, type Task } from "./task.ts";

export interface Outcome {
  /** Commands compared; if worlds differ, up to there. */
  readonly commands: number;
  /** The first disagreement, shrunk, as it is read; null if there is none. */
  readonly text: string | null;
}

/** Compares that many commands. `onProgress` is told how many are done. */
export async function compareAll(
  task: Task,
  onProgress: (commands: number) => void,
  workers: number = availableParallelism(),
): Promise<Outcome> {
  const batches = Math.ceil(task.commands / COMMANDS_OF_A_BATCH);
  let next = 0;
  let done = 0;
  let first: BatchMessage | null = null;
  const crew = Array.from({ length: Math.min(workers, batches) }, () => workerOn(task));
  try {
    await Promise.all(
      crew.map(async (worker) => {
        // Batches before the one that differs are finished, those behind it are not begun.
        while (next < (first?.number ?? batches)) {
          const message = await answerOf(worker, next++);
          done += message.commands;
          onProgress(done);
          if (message.text !== null && message.number < (first?.number ?? batches)) first = message;
        }
      }),
    );
  } finally {
    await Promise.all(crew.map((worker) => worker.terminate()));
  }
  const differing = first as BatchMessage | null;
  if (differing === null) return { commands: done, text: null };
  const { number, commands, text } = differing;
  return { commands: number * COMMANDS_OF_A_BATCH + commands, text };
}

function workerOn(task: Task): Worker {
  const url = new URL(`./batch-worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(url, { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: 8 } });
}

function answerOf(worker: Worker, batch: number): Promise<BatchMessage> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      worker.off("message", answered);
      worker.off("error", failed);
    };
    const answered = (message: BatchMessage): void => {
      forget();
      resolve(message);
    };
    const failed = (error: unknown): void => {
      forget();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on("message", answered);
    worker.on("error", failed);
    worker.postMessage(batch, []);
  });
}
