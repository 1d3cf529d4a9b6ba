// How fast the generated programs find each mutant of the gallery, on many seeds; and that they find nothing in subjects
// that are right, nor in random policies that are legal.
//
//   npm run --silent gallery -- --seeds N [--row N | --mutant ID] [--commands LIMIT] [--policies N] [--json]
//
// No literal programs: those find a plain mistake at once, and say nothing about generation. Exit code 2: the arguments make
// no sense.

import { parseArgs } from "node:util";
import { shareOut } from "./crew.ts";
import { tableOf, type GalleryReport } from "./gallery/table.ts";
import {
  wantedMutants,
  wantedPolicies,
  wantedSubjects,
  type MutantRow,
  type PolicyRow,
  type SubjectRow,
  type Task,
} from "./gallery/task.ts";
import { parsed, whole } from "./script-arguments.ts";

const DEFAULT_SEEDS = 30;
const DEFAULT_LIMIT = 20_000;
const DEFAULT_POLICIES = 200;

interface Arguments extends Task {
  readonly json: boolean;
}

function read(): Arguments {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      row: { type: "string" },
      mutant: { type: "string" },
      commands: { type: "string" },
      policies: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const task: Task = {
    seeds: whole("seeds", values.seeds) ?? DEFAULT_SEEDS,
    limit: whole("commands", values.commands) ?? DEFAULT_LIMIT,
    policies: whole("policies", values.policies) ?? DEFAULT_POLICIES,
    row: whole("row", values.row),
    mutant: values.mutant ?? null,
  };
  if (wantedMutants(task).length === 0) {
    throw new RangeError(
      `no mutant is ${task.mutant ?? "any"} with row ${task.row ?? "any"}; see gallery/mutants/`,
    );
  }
  return { ...task, json: values.json === true };
}

async function measure(task: Task): Promise<GalleryReport> {
  const mutants = wantedMutants(task).length;
  const policies = wantedPolicies(task);
  const jobs = mutants + wantedSubjects(task).length + policies;
  const rows: MutantRow[] = [];
  const subjects: SubjectRow[] = [];
  const isWatched = process.stderr.isTTY;
  let done = 0;
  let alarms = 0;
  await shareOut<MutantRow | SubjectRow | PolicyRow>({
    module: new URL("./gallery/worker", import.meta.url),
    workerData: task,
    jobs,
    onAnswer: (answer, job) => {
      if ("mutant" in answer) rows[job] = answer;
      else if ("policy" in answer) alarms += answer.isAlarm ? 1 : 0;
      else subjects[job - mutants] = answer;
      if (isWatched) process.stderr.write(`\r${++done} of ${jobs}`);
    },
  });
  if (isWatched) process.stderr.write("\r\u001b[K");
  return { rows, subjects, falseAlarms: { policies, alarms } };
}

const given = parsed(
  read,
  "--seeds N, --row N, --mutant ID, --commands LIMIT, --policies N, --json",
);
if (given !== null) {
  const { json, ...task } = given;
  const report = await measure(task);
  console.log(json ? JSON.stringify(report) : tableOf(report));
}
