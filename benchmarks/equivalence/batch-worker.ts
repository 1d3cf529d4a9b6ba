// One core's share of a comparison: it is told the numbers of batches, and answers what they found.

import { workerData } from "node:worker_threads";
import { reusedFlatWorlds } from "../../src/world/world.ts";
import { work } from "../crew.ts";
import { compareBatch, printFound, shrunk, type BatchSettings } from "./batch.ts";
import { lanesOf } from "./lanes.ts";
import { commandsIn, type BatchMessage, type Task } from "./task.ts";

const task = workerData as Task;
const lanes = lanesOf(task.preset);
// Two, since a world that is made anew takes the one before from whoever has it.
const makeWorld = reusedFlatWorlds();
const drawOn = reusedFlatWorlds();

function compared(number: number): BatchMessage {
  const settings: BatchSettings = {
    lanes,
    seed: task.seed,
    number,
    commands: commandsIn(task, number),
    makeWorld,
    drawOn,
  };
  const { commands, disagreement } = compareBatch(settings);
  const text =
    disagreement === null ? null : printFound(disagreement, shrunk(settings, disagreement));
  return { number, commands, text };
}

work(compared);
