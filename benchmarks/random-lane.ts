// One lane of the random engine, in a process of its own: random.ts starts it, and says what is measured.

import { sample } from "fast-check";
import uncached from "../examples/uncached.ts";
import { presets, type Claims, type WorldConfig } from "../model/config.ts";
import type { Subject } from "../model/contract.ts";
import { referenceWorld, type WorldFactory } from "../model/world.ts";
import { runProgram } from "../properties/agreement.ts";
import { led, programs, type Program } from "../properties/arbitraries.ts";
import { registrationCache } from "../src/cache/cache-subject.ts";
import { defaults } from "../src/kit/options.ts";
import { underTest } from "../src/kit/subject.ts";
import { shell } from "../src/provider/shell.ts";
import { reusedFlatWorlds } from "../src/world/world.ts";
import { median } from "./figures.ts";

const WARM_ROUNDS = 6;
const ROUNDS = 9;
const PROGRAMS = 500;

/** Commands a second. */
export interface Lane {
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

/** One round of a lane: draws programs of its own, executes them, and says how fast both were. */
function roundOf(bench: Bench): (round: number) => Lane {
  const { config, claims } = bench;
  const makeWorld = reusedFlatWorlds();
  const maxCommands = defaults.commands;
  const arbitrary = programs({ config, claims, maxCommands, makeWorld, ...led });
  return (round) => {
    const start = performance.now();
    const drawn = sample(arbitrary, { numRuns: bench.programs, seed: round });
    const middle = performance.now();
    const executed = execute(bench, drawn);
    const end = performance.now();
    const length = drawn.reduce((sum, program) => sum + program.length, 0);
    return {
      drawing: (length / (middle - start)) * 1000,
      executing: (executed / (end - middle)) * 1000,
      together: (executed / (end - start)) * 1000,
    };
  };
}

/** Rounds that warm up are not counted. */
function measure(bench: Bench): Lane {
  const play = roundOf(bench);
  for (let round = 0; round < WARM_ROUNDS; round++) play(round);
  const rounds = Array.from({ length: ROUNDS }, (_, i) => play(WARM_ROUNDS + i));
  return {
    drawing: median(rounds.map((each) => each.drawing)),
    executing: median(rounds.map((each) => each.executing)),
    together: median(rounds.map((each) => each.together)),
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

const lanes: Readonly<Record<string, () => Bench>> = {
  trivial: () => benchOf(uncached, reusedFlatWorlds(), PROGRAMS),
  registrationCache: () =>
    benchOf(registrationCache({ inUse: "defer" }), reusedFlatWorlds(), PROGRAMS),
  reference: () => benchOf(uncached, referenceWorld, PROGRAMS),
};

const bench = lanes[process.argv[2] ?? ""];
if (bench === undefined) throw new RangeError(`there is no lane "${process.argv[2]}"`);
console.log(JSON.stringify(measure(bench())));
