// The batches of a comparison, given out. If worlds differ, it is the first batch that is told, whoever is faster.

import { shareOut } from "../crew.ts";
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
): Promise<Outcome> {
  let done = 0;
  let first: BatchMessage | null = null;
  await shareOut<BatchMessage>({
    module: new URL("./batch-worker", import.meta.url),
    workerData: task,
    jobs: Math.ceil(task.commands / COMMANDS_OF_A_BATCH),
    memoryMb: { young: 8, old: 64 },
    // Batches before the one that differs are finished, those behind it are not begun.
    isWanted: (number) => first === null || number < first.number,
    onAnswer: (message) => {
      done += message.commands;
      onProgress(done);
      if (message.text !== null && (first === null || message.number < first.number)) {
        first = message;
      }
    },
  });
  const differing = first as BatchMessage | null;
  if (differing === null) return { commands: done, text: null };
  const { number, commands, text } = differing;
  return { commands: number * COMMANDS_OF_A_BATCH + commands, text };
}
