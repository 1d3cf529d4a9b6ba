// Shorter programs with steps that were not in the longer one. What nothing can be left out of may still have been a long
// way round: five deregisters where closing the socket would do, a NIC filled to the brim where a failure does.
//
// Three ways, the likeliest first. Each asks the model what is possible, on the memory, the buffers and the processes that
// the program is about.

import { Arbitrary, Stream, Value, sample, type Random } from "fast-check";
import type { Access, JsonValue } from "../model/contract.ts";
import { accessOfFlags } from "../model/switch.ts";
import type { Command } from "../model/trace.ts";
import {
  brand,
  pagesOf,
  type AddressRange,
  type PageSpan,
  type ProcessId,
  type VirtualAddress,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { Choice, choosable, type Choosable } from "./choice.ts";
import type { Buffer, Palette } from "./command.ts";
import { unfocused } from "./focus.ts";
import { FreshNames } from "./fresh-names.ts";
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

/** Names that neither the program nor the world has. */
function namesBeside(program: Program, view: WorldView): FreshNames {
  const names = valuesOf(program, "as").filter((each) => typeof each === "string");
  const most = (prefix: string): number =>
    Math.max(0, ...names.map((each) => Number(each.startsWith(prefix) && each.split("_")[1])));
  const sockets = [...valuesOf(program, "as"), ...valuesOf(program, "socket")].filter(isNumber);
  return new FreshNames(Math.max(view.sockets().length, ...sockets), most("mr"), most("t"));
}

/** What the program is about. */
function paletteOf(program: Program, { config }: WalkedWorld): Palette {
  const names = new Set(program.map(({ name }) => name));
  const has = (...any: readonly string[]): boolean => any.some((name) => names.has(name));
  const buffers = buffersOf(program, config.pageSizeBytes);
  const processes = new Set([0, ...valuesOf(program, "process").filter(isNumber)]);
  const registers = program.filter(({ name }) => name.startsWith("WSPRegister"));
  return {
    areas: areasOf(program, config.pageSizeBytes),
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

const isNumber = (value: JsonValue): value is number => typeof value === "number";

/** The values of an argument, at any depth. */
function valuesOf(program: Program, argument: string): JsonValue[] {
  const values: JsonValue[] = [];
  JSON.stringify(program, (key, value: JsonValue) => {
    if (key === argument) values.push(value);
    return value;
  });
  return values;
}

/** What it registers, and what else it is about, for reading and writing. */
function buffersOf(program: Program, pageSizeBytes: number): Buffer[] {
  const buffers = new Map<string, Buffer>();
  const add = (range: AddressRange, access: Access): void => {
    const span = pagesOf(range, pageSizeBytes);
    buffers.set(JSON.stringify([range, access]), { range, span, access });
  };
  for (const range of valuesOf(program, "range"))
    add(range as unknown as AddressRange, "readwrite");
  for (const { args } of program) {
    const { range, flags } = (args["function"] ?? {}) as { range?: AddressRange; flags?: number };
    const access = accessOfFlags(flags ?? 0);
    if (range !== undefined && access !== null) add(range, access);
  }
  return [...buffers.values()];
}

/** Where it puts regions and views: what overlaps is one area. */
function areasOf(program: Program, pageSizeBytes: number): PageSpan[] {
  const areas: PageSpan[] = [];
  const spans = program
    .flatMap(({ args }) => regionOf(args["operation"], pageSizeBytes) ?? [])
    .toSorted((a, b) => a.first - b.first);
  for (const span of spans) {
    const last = areas.at(-1);
    if (last === undefined || span.first >= last.first + last.count) areas.push(span);
    else areas[areas.length - 1] = hullOf(last, span);
  }
  return areas;
}

const hullOf = (a: PageSpan, b: PageSpan): PageSpan => ({
  first: a.first,
  count: Math.max(a.first + a.count, b.first + b.count) - a.first,
});

/** The pages of a region that an operation makes; null: it makes none. */
function regionOf(operation: JsonValue | undefined, pageSizeBytes: number): PageSpan | null {
  const { address, type, sizeBytes } = (operation ?? {}) as {
    readonly address?: VirtualAddress | null;
    readonly type?: string;
    readonly sizeBytes?: number;
  };
  if (typeof address !== "number" || type?.startsWith("reserve") !== true) return null;
  return pagesOf({ start: address, lengthBytes: sizeBytes ?? pageSizeBytes }, pageSizeBytes);
}

/** The same for equal programs. */
function seedOf(program: Program): number {
  let seed = 0;
  for (const character of JSON.stringify(program)) {
    seed = (Math.imul(seed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  }
  return seed;
}
