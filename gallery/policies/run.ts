// Random legal policies before the checker: how many of them does it convict? Each conviction is a false alarm, or shows
// that a policy is not legal after all.
//
//   npm run --silent policies -- --policies 200 --commands 20000 --seed 1 [--json]
//
// Exit code 0: none is convicted; 1: one is; 2: the arguments make no sense.

import { choicePoints, points } from "./choice-points.ts";
import { checkPolicy, type PolicyCheck } from "./check/check-policy.ts";
import { tally, type Tally } from "./check/tally.ts";

const usage = "give --policies N, --commands N, --seed S, --json, or nothing";

interface Arguments {
  readonly policies: number;
  readonly commands: number;
  readonly seed: number;
  readonly json: boolean;
}

/** The arguments, or one sentence that says what is wrong with them. */
function parsed(given: readonly string[]): Arguments | string {
  const numbers = { "--policies": 200, "--commands": 20_000, "--seed": 1 };
  const isNumber = (name: string): name is keyof typeof numbers => Object.hasOwn(numbers, name);
  let json = false;
  for (let i = 0; i < given.length; i++) {
    const name = given[i] ?? "";
    if (name === "--json") {
      json = true;
      continue;
    }
    if (!isNumber(name)) return `there is no argument "${name}"; ${usage}`;
    const value = Number(given[++i]);
    if (!Number.isSafeInteger(value) || value < 1) {
      return `${name} is "${given[i] ?? ""}"; it must be a whole number above 0`;
    }
    numbers[name] = value;
  }
  return {
    policies: numbers["--policies"],
    commands: numbers["--commands"],
    seed: numbers["--seed"],
    json,
  };
}

function checkAll({ policies, commands, seed }: Arguments, choices: Tally): readonly PolicyCheck[] {
  const isWatched = process.stderr.isTTY;
  return Array.from({ length: policies }, (_, i) => {
    if (isWatched) process.stderr.write(`\rpolicy ${i + 1} of ${policies}`);
    const result = checkPolicy(seed + i, commands, choices.witness);
    if (isWatched) process.stderr.write("\r\u001b[K");
    if (result.verdict !== "conformant") console.error(textOf(result));
    return result;
  });
}

const textOf = ({ seed, preset, verdict, reason, program }: PolicyCheck): string =>
  [`policy ${seed} on ${preset} is ${verdict}: ${reason}`, ...program].join("\n  ");

const isAlarm = ({ verdict }: PolicyCheck): boolean =>
  verdict === "not conformant" || verdict === "broken";

const figure = (value: number): string => value.toLocaleString("en");

function report(given: Arguments): void {
  const started = performance.now();
  const choices = tally();
  const results = checkAll(given, choices);
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const alarms = results.filter(isAlarm).length;
  const conformant = results.filter(({ verdict }) => verdict === "conformant").length;
  const commands = results.reduce((sum, each) => sum + each.commands, 0);
  process.exitCode = alarms === 0 ? 0 : 1;
  if (given.json) {
    const { policies, seed } = given;
    console.log(
      JSON.stringify({
        policies,
        alarms,
        conformant,
        commands,
        seed,
        seconds,
        choices: choices.counts(),
      }),
    );
    return;
  }
  for (const point of points) {
    const { taken, not } = choices.counts()[point];
    console.log(
      `${figure(taken).padStart(12)} of ${figure(taken + not).padStart(12)}  ${choicePoints[point].does}`,
    );
  }
  console.log(
    `\n${results.length} policies, ${figure(commands)} commands, ${conformant} conformant, ${alarms} convicted (seed ${given.seed}; ${figure(Math.round(seconds))} s).`,
  );
}

const given = parsed(process.argv.slice(2));
if (typeof given === "string") {
  console.error(given);
  process.exitCode = 2;
} else {
  report(given);
}
