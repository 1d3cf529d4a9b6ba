// How fast the generated programs find each mutant of the gallery, on many seeds; and that they find nothing in subjects
// that are right.
//
//   npm run --silent gallery -- --seeds N [--row N | --mutant ID] [--commands LIMIT] [--json]
//
// No literal programs: those find a plain mistake at once, and say nothing about generation. Exit code 2: the arguments make
// no sense.

import { parseArgs } from "node:util";
import { shareOut } from "./crew.ts";
import { tableOf, type GalleryReport } from "./gallery/table.ts";
import {
  wantedMutants,
  wantedSubjects,
  type MutantRow,
  type SubjectRow,
  type Task,
} from "./gallery/task.ts";
import { parsed, whole } from "./script-arguments.ts";

const DEFAULT_SEEDS = 30;
const DEFAULT_LIMIT = 20_000;

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
      json: { type: "boolean" },
    },
  });
  const task: Task = {
    seeds: whole("seeds", values.seeds) ?? DEFAULT_SEEDS,
    limit: whole("commands", values.commands) ?? DEFAULT_LIMIT,
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
  const jobs = mutants + wantedSubjects(task).length;
  const rows: MutantRow[] = [];
  const subjects: SubjectRow[] = [];
  const isWatched = process.stderr.isTTY;
  let done = 0;
  await shareOut<MutantRow | SubjectRow>({
    module: new URL("./gallery/worker", import.meta.url),
    workerData: task,
    jobs,
    onAnswer: (answer, job) => {
      if ("mutant" in answer) rows[job] = answer;
      else subjects[job - mutants] = answer;
      if (isWatched) process.stderr.write(`\r${++done} of ${jobs}`);
    },
  });
  if (isWatched) process.stderr.write("\r\u001b[K");
  // Legal policies are judged nowhere yet.
  return { rows, subjects, falseAlarms: { policies: 0, alarms: 0 } };
}

const given = parsed(read, "--seeds N, --row N, --mutant ID, --commands LIMIT, --json");
if (given !== null) {
  const { json, ...task } = given;
  const report = await measure(task);
  console.log(json ? JSON.stringify(report) : tableOf(report));
}
