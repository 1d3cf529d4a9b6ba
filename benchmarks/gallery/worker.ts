// One core's share of the gallery: it is told the number of a mutant or a subject, and answers what was measured.

import { workerData } from "node:worker_threads";
import { work } from "../crew.ts";
import { measureMutant, measureSubject } from "./measuring.ts";
import { wantedMutants, wantedSubjects, type Task } from "./task.ts";

const task = workerData as Task;
const mutants = wantedMutants(task);
const subjects = wantedSubjects(task);

work((job) => {
  const mutant = mutants[job];
  if (mutant !== undefined) return measureMutant(mutant, task);
  const subject = subjects[job - mutants.length];
  if (subject === undefined) throw new RangeError(`there is no job ${job}`);
  return measureSubject(subject, task);
});
