// Compares the flat world with the reference, event by event, on programs for every preset and every subject.
//
//   npm run --silent equivalence -- --commands N --seed S [--preset P] [--json]
//
// On `wide` what the events touched is compared each time and the whole state every 1,000 commands, elsewhere the whole
// state after every command. A disagreement is shrunk and shown. Exit code 0: the worlds agree; 1: they do not; 2: the
// arguments make no sense.

import { presets, type PresetName } from "../model/config.ts";
import { compareAll } from "./equivalence/crew.ts";
import type { Task } from "./equivalence/task.ts";

const DEFAULT_COMMANDS = 200_000;

const usage =
  "give --commands N, --seed S, --preset micro | tiny | small | windows | wide, --json, or nothing";

interface Arguments extends Task {
  readonly json: boolean;
}

/** The arguments, or one sentence that says what is wrong with them. */
function parsed(given: readonly string[]): Arguments | string {
  const values = new Map<string, string>();
  let json = false;
  for (let i = 0; i < given.length; i++) {
    const name = given[i] ?? "";
    if (name === "--json") {
      json = true;
      continue;
    }
    if (!["--commands", "--seed", "--preset"].includes(name)) {
      return `there is no argument "${name}"; ${usage}`;
    }
    const value = given[++i];
    if (value === undefined) return `${name} has no value; ${usage}`;
    values.set(name, value);
  }
  const commands = Number(values.get("--commands") ?? DEFAULT_COMMANDS);
  const seed = Number(values.get("--seed") ?? Math.floor(Math.random() * 0x7fffffff));
  const preset = values.get("--preset") ?? null;
  if (!Number.isSafeInteger(commands) || commands < 1) {
    return `--commands is "${values.get("--commands")}"; it must be a whole number above 0`;
  }
  if (!Number.isSafeInteger(seed)) {
    return `--seed is "${values.get("--seed")}"; it must be a whole number`;
  }
  if (preset !== null && !isPreset(preset)) return `there is no preset "${preset}"; ${usage}`;
  return { commands, seed, preset, json };
}

const isPreset = (name: string): name is PresetName => Object.hasOwn(presets, name);

const figure = (value: number): string => Math.round(value).toLocaleString("en");

async function compare({ json, ...task }: Arguments): Promise<void> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const isWatched = process.stderr.isTTY;
  const { commands, text } = await compareAll(task, (done) => {
    if (isWatched) {
      process.stderr.write(`\r${figure(done)} of ${figure(task.commands)} commands compared`);
    }
  });
  if (isWatched) process.stderr.write("\r\u001b[K");
  const agreed = text === null;
  process.exitCode = agreed ? 0 : 1;
  if (json) {
    console.log(JSON.stringify({ agreed, commands, seconds: Number(seconds().toFixed(1)) }));
    if (text !== null) console.error(`${text}\n\nseed ${task.seed}`);
    return;
  }
  if (text !== null) console.log(`${text}\n`);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    agreed
      ? `The worlds agree on ${figure(commands)} commands (seed ${task.seed}; ${figure(seconds())} s, ${figure(commands / seconds())} commands/s, ${figure(megabytes)} MB).`
      : `The worlds disagree after ${figure(commands)} commands (seed ${task.seed}); above is the smallest program that was found.`,
  );
}

const given = parsed(process.argv.slice(2));
if (typeof given === "string") {
  console.error(given);
  process.exitCode = 2;
} else {
  await compare(given);
}
