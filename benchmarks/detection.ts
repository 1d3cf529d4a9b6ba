// How many commands it takes to find each mutant of the gallery: as the checker draws programs, with less and less of
// its bias, and with fast-check's own commands.
//
//   npm run --silent detection -- --seeds N [--mutant ID] [--commands LIMIT] [--json] [--write | --render]
//
// `--write` stores what was measured in docs/detection.json, and makes the page and the plot of it; `--render` makes them of
// what is stored. It takes minutes. Exit code 2: the arguments make no sense.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { mutants } from "../gallery/mutants.ts";
import { shareOut } from "./crew.ts";
import { renderDetectionPage } from "./detection/page.ts";
import { renderPlot } from "./detection/plot.ts";
import { withSummaries } from "./detection/summary.ts";
import {
  arms,
  type Arm,
  type ArmRow,
  type DetectionReport,
  type DetectionRow,
  type DetectionTask,
} from "./detection/task.ts";
import { parsed, whole } from "./script-arguments.ts";

const DEFAULT_SEEDS = 30;
const DEFAULT_LIMIT = 20_000;
const STORED = "docs/detection.json";

interface Arguments extends DetectionTask {
  readonly json: boolean;
  readonly write: boolean;
  readonly render: boolean;
}

function read(): Arguments {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      mutant: { type: "string" },
      commands: { type: "string" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
    },
  });
  const { json, write, render, mutant = null } = values;
  if (mutant !== null && !mutants.some(({ id }) => id === mutant)) {
    throw new RangeError(`there is no mutant "${mutant}"; see gallery/mutants/`);
  }
  if (mutant !== null && write) throw new RangeError("only all mutants together are stored");
  return {
    seeds: whole("seeds", values.seeds) ?? DEFAULT_SEEDS,
    limit: whole("commands", values.commands) ?? DEFAULT_LIMIT,
    mutant,
    json,
    write,
    render,
  };
}

async function measure(task: DetectionTask): Promise<DetectionReport> {
  const wanted = mutants.filter(({ id }) => task.mutant === null || id === task.mutant);
  const jobs = wanted.length * arms.length;
  const answers: (ArmRow | null)[] = [];
  const isWatched = process.stderr.isTTY;
  let done = 0;
  await shareOut<ArmRow | null>({
    module: new URL("./detection/worker", import.meta.url),
    workerData: task,
    jobs,
    onAnswer: (answer, job) => {
      answers[job] = answer;
      if (isWatched) process.stderr.write(`\r${++done} of ${jobs}`);
    },
  });
  if (isWatched) process.stderr.write("\r\u001b[K");
  const rows = wanted.map(({ id, rule, bug }, i) => {
    const onArm = (arm: Arm): ArmRow | null => answers[i * arms.length + arms.indexOf(arm)] ?? null;
    return {
      row: bug?.row ?? null,
      mutant: id,
      rule,
      arms: Object.fromEntries(arms.map((arm) => [arm, onArm(arm)])) as DetectionRow["arms"],
    };
  });
  return { seeds: task.seeds, limit: task.limit, rows };
}

const given = parsed(read, "--seeds N, --mutant ID, --commands LIMIT, --json, --write, --render");
if (given !== null) {
  const { json, write, render, ...task } = given;
  const report = render
    ? (JSON.parse(readFileSync(STORED, "utf8")) as DetectionReport)
    : await measure(task);
  if (write) writeFileSync(STORED, `${JSON.stringify(report)}\n`);
  if (write || render) {
    writeFileSync("docs/detection.md", renderDetectionPage(report));
    writeFileSync("docs/detection.svg", renderPlot(report));
  }
  console.log(json ? JSON.stringify(withSummaries(report)) : renderDetectionPage(report));
}
