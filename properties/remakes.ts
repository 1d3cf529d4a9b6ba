// Shorter programs with steps that were not in the longer one. What nothing can be left out of may still have been a long
// way round: five deregisters where closing the socket would do, a NIC filled to the brim where a failure does.
//
// Three ways, the likeliest first. Each asks the model what is possible, on the memory, the buffers and the processes that
// the program is about.

import { Arbitrary, sample, Stream, Value, type Random } from "fast-check";
import type { Command } from "../model/trace.ts";
import { brand, type ProcessId } from "../model/units.ts";
import { aboutOf, isNumber, namesBeside, valuesOf } from "./about.ts";
import { Choice, choosable, type Choosable } from "./choice.ts";
import type { Palette } from "./command.ts";
import { unfocused } from "./focus.ts";
import { spansOf } from "./palette.ts";
import { possible, walk, type WalkedWorld } from "./walk.ts";

type Program = readonly Command[];

/** What is this short is short enough. */
const SHORT = 7;

/** So many are drawn of each kind, before the program is taken for the smallest there is. */
const MOST = 1000;
const BATCH = 50;

/** Programs with fewer steps than this one; the same ones for the same program. */
export function* remakes(program: Program, world: WalkedWorld): Generator<Program> {
  if (program.length <= SHORT) return;
  const about = paletteOf(program, world);
  const { rows } = unfocused(world.claims);
  const kinds = new Set(program.map(({ name }) => name));
  const ofItsKinds = choosable(rows.rows.filter(({ name }) => kinds.has(name)));
  yield* endings(program, world, rows, about);
  yield* drawn(program, (random) => substituted(random, program, world, rows, about));
  yield* drawn(program, (random) => remade(random, program.length - 1, world, ofItsKinds, about));
}

/** Each beginning, with each step that is possible behind it. */
function* endings(
  program: Program,
  world: WalkedWorld,
  rows: Choosable,
  about: Palette,
): Generator<Program> {
  for (let length = 0; length < program.length - 1; length++) {
    const beginning = program.slice(0, length);
    // Another world may be made while one of these programs is tried, so this one is done with by then.
    const { view, step } = walk(world);
    for (const each of beginning) step(each);
    const next = new Choice(rows, view, about, namesBeside(program, view)).all();
    for (const each of next) yield [...beginning, each];
  }
}

/** Two steps are left out, and there is another one somewhere. */
function substituted(
  random: Random,
  program: Program,
  world: WalkedWorld,
  rows: Choosable,
  about: Palette,
): Program {
  const first = random.nextInt(0, program.length - 1);
  const second = random.nextInt(0, program.length - 2);
  const left = program.toSpliced(first, 1).toSpliced(second, 1);
  const at = random.nextInt(0, left.length);
  const beginning = possible(world, left.slice(0, at));
  const { view, step } = walk(world);
  for (const each of beginning) step(each);
  const other = new Choice(rows, view, about, namesBeside(program, view)).next(random);
  return other === null ? left : possible(world, left.toSpliced(at, 0, other));
}

/** All of its steps are others. */
function remade(
  random: Random,
  length: number,
  world: WalkedWorld,
  rows: Choosable,
  about: Palette,
): Program {
  const { view, step } = walk(world);
  const choice = new Choice(rows, view, about);
  const program: Command[] = [];
  while (program.length < length) {
    const chosen = choice.next(random);
    if (chosen === null) break;
    program.push(chosen);
    step(chosen);
  }
  return program;
}

/** Programs that are drawn, so many that it is worth while. */
function* drawn(program: Program, draw: (random: Random) => Program): Generator<Program> {
  const arbitrary = new Drawn(draw);
  const seed = seedOf(program);
  for (let batch = 0; batch < MOST / BATCH; batch++) {
    yield* sample(arbitrary, { seed: seed + batch, numRuns: BATCH });
  }
}

/** Whoever asked for it shrinks it like every other program. */
class Drawn extends Arbitrary<Program> {
  readonly #draw: (random: Random) => Program;

  constructor(draw: (random: Random) => Program) {
    super();
    this.#draw = draw;
  }

  override generate(random: Random): Value<Program> {
    return new Value(this.#draw(random), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Program {
    return value === null;
  }

  override shrink(): Stream<Value<Program>> {
    return Stream.nil();
  }
}

/** The same for equal programs. */
function seedOf(program: Program): number {
  let seed = 0;
  for (const character of JSON.stringify(program)) {
    seed = (Math.imul(seed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  }
  return seed;
}

/** What the program is about. */
function paletteOf(program: Program, { config }: WalkedWorld): Palette {
  const names = new Set(program.map(({ name }) => name));
  const has = (...any: readonly string[]): boolean => any.some((name) => names.has(name));
  const { areas, buffers } = aboutOf(program, config.pageSizeBytes);
  const processes = new Set([0, ...valuesOf(program, "process").filter(isNumber)]);
  const registers = program.filter(({ name }) => name.startsWith("WSPRegister"));
  return {
    areas,
    buffers,
    spans: spansOf(buffers),
    processes: [...processes].toSorted((a, b) => a - b).map((each) => brand<ProcessId>(each)),
    scopes: [
      ...(has("WSPRegisterMemory") ? (["local"] as const) : []),
      ...(has("WSPRegisterRdmaMemory") ? (["remote"] as const) : []),
    ],
    mostLive: Math.max(1, registers.length),
    with: {
      faults: true,
      interrupts: true,
      notices: true,
      lifecycle: true,
      protection: true,
      views: true,
    },
  };
}
