// One core's share of the comparison: it is told the number of a mutant and an arm, and answers what was measured.

import { workerData } from "node:worker_threads";
import { mutants } from "../../gallery/mutants.ts";
import { work } from "../crew.ts";
import { measureOn } from "./measuring.ts";
import { arms, type DetectionTask } from "./task.ts";

const task = workerData as DetectionTask;
const wanted = mutants.filter(({ id }) => task.mutant === null || id === task.mutant);

work((job) => {
  const mutant = wanted[Math.floor(job / arms.length)];
  const arm = arms[job % arms.length];
  if (mutant === undefined || arm === undefined) throw new RangeError(`there is no job ${job}`);
  return measureOn(arm, mutant, task);
});
