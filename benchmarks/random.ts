// The random engine: commands a second, all rules judged and all situations counted. Executed commands only; those that a
// subject's refusal made impossible are not counted.
//
// `commandsPerSecond` is executing and judging programs that are drawn beforehand, on the flat world with the trivial
// cache (examples/uncached) and with the registration cache, and on the reference with the trivial one. Beside it stand
// drawing programs, and drawing, executing and judging together, as `check` does. Medians of several rounds of one
// process, on one core.

import { sample } from "fast-check";
import uncached from "../examples/uncached.ts";
import { presets, type Claims, type WorldConfig } from "../model/config.ts";
import type { Subject } from "../model/contract.ts";
import { referenceWorld, type WorldFactory } from "../model/world.ts";
import { runProgram } from "../properties/agreement.ts";
import { programs, type Program } from "../properties/arbitraries.ts";
import { registrationCache } from "../src/cache/cache-subject.ts";
import { underTest } from "../src/kit/subject.ts";
import { shell } from "../src/provider/shell.ts";
import { reusedFlatWorlds } from "../src/world/world.ts";
import { figure, median } from "./figures.ts";

const ROUNDS = 9;
const PROGRAMS = 500;
const MOST_COMMANDS = 60;

interface Lane {
  readonly name: string;
  readonly executing: number;
  readonly drawing: number;
  readonly together: number;
}

interface Bench {
  readonly subject: Subject;
  readonly claims: Claims;
  readonly config: WorldConfig;
  readonly makeWorld: WorldFactory;
  readonly programs: number;
}

/** Executes and judges; answers how many commands were executed. */
function execute({ subject, claims, config, makeWorld }: Bench, drawn: readonly Program[]): number {
  let executed = 0;
  for (const program of drawn) {
    const player = {
      kind: "cache",
      provider: shell(subject, config.pageSizeBytes),
      claims,
    } as const;
    const world = makeWorld(config, claims);
    const settings = { world, player, counts: () => true, strict: false, record: false };
    executed += runProgram(settings, program).executed;
  }
  return executed;
}

function measure(name: string, bench: Bench): Lane {
  const { config, claims } = bench;
  const walks = reusedFlatWorlds();
  const arbitrary = programs({ config, claims, maxCommands: MOST_COMMANDS, makeWorld: walks });
  const executing: number[] = [];
  const drawing: number[] = [];
  const together: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const drawn = sample(arbitrary, { numRuns: bench.programs, seed: round });
    const middle = performance.now();
    const executed = execute(bench, drawn);
    const end = performance.now();
    // The first round warms up.
    if (round === 0) continue;
    const length = drawn.reduce((sum, program) => sum + program.length, 0);
    drawing.push((length / (middle - start)) * 1000);
    executing.push((executed / (end - middle)) * 1000);
    together.push((executed / (end - start)) * 1000);
  }
  return {
    name,
    executing: median(executing),
    drawing: median(drawing),
    together: median(together),
  };
}

function benchOf(subject: Subject, makeWorld: WorldFactory, count: number): Bench {
  const config = presets.small;
  const { callback } = underTest(subject);
  return {
    subject,
    claims: { ...subject.capabilities, callback },
    config,
    makeWorld,
    programs: count,
  };
}

export function run(json: boolean): void {
  const trivial = measure("trivial cache", benchOf(uncached, reusedFlatWorlds(), PROGRAMS));
  const cached = measure(
    "registration cache",
    benchOf(registrationCache({ inUse: "defer" }), reusedFlatWorlds(), PROGRAMS),
  );
  const reference = measure(
    "trivial cache, reference",
    benchOf(uncached, referenceWorld, PROGRAMS / 10),
  );
  if (json) {
    const commandsPerSecond = {
      trivial: Math.round(trivial.executing),
      registrationCache: Math.round(cached.executing),
      reference: Math.round(reference.executing),
    };
    const drawnPerSecond = Math.round(trivial.drawing);
    const drawnAndExecutedPerSecond = {
      trivial: Math.round(trivial.together),
      registrationCache: Math.round(cached.together),
    };
    console.log(JSON.stringify({ commandsPerSecond, drawnPerSecond, drawnAndExecutedPerSecond }));
    return;
  }
  console.log(
    `${"".padEnd(26)} ${"executing, judging".padStart(19)} ${"drawing".padStart(11)} ${"together".padStart(11)}   commands/s`,
  );
  for (const { name, executing, drawing, together } of [trivial, cached, reference]) {
    console.log(
      `${name.padEnd(26)} ${figure(executing).padStart(19)} ${figure(drawing).padStart(11)} ${figure(together).padStart(11)}`,
    );
  }
  console.log(
    `\nflat world over reference: ${(trivial.executing / reference.executing).toFixed(1)} times`,
  );
}
