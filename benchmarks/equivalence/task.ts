// A comparison as it is asked for, the batches that it consists of, and what a worker says of one.

import type { PresetName } from "../../model/config.ts";

export interface Task {
  readonly commands: number;
  readonly seed: number;
  /** Null: all of them. */
  readonly preset: PresetName | null;
}

export const COMMANDS_OF_A_BATCH = 2000;

export function commandsIn({ commands }: Task, batch: number): number {
  return Math.min(COMMANDS_OF_A_BATCH, commands - batch * COMMANDS_OF_A_BATCH);
}

/** What a batch found. */
export interface BatchMessage {
  readonly number: number;
  /** Commands compared. */
  readonly commands: number;
  /** The disagreement, shrunk, as it is read; null if there is none. */
  readonly text: string | null;
}
