// One core's share of the gallery: it is told the number of a mutant, a subject or a policy, and answers what was measured.

import { workerData } from "node:worker_threads";
import { work } from "../crew.ts";
import { judgePolicy, measureMutant, measureSubject } from "./measuring.ts";
import { wantedMutants, wantedSubjects, type Task } from "./task.ts";

const task = workerData as Task;
const mutants = wantedMutants(task);
const subjects = wantedSubjects(task);

work((job) => {
  const mutant = mutants[job];
  if (mutant !== undefined) return measureMutant(mutant, task);
  const subject = subjects[job - mutants.length];
  if (subject !== undefined) return measureSubject(subject, task);
  return judgePolicy(job - mutants.length - subjects.length + 1, task);
});
