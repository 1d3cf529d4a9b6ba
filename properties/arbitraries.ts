// Programs as a fast-check arbitrary: seeds, paths, replay and reports stay fast-check's.
//
// Generation walks the model: it draws a palette, then again and again one of the commands that are possible
// (choice.ts), so that every drawn command executes. Shrinking removes steps and simplifies their arguments, and lets the
// model drop what became impossible; a shrunk program is therefore as executable as a drawn one.

import { Arbitrary, Stream, Value, type Random } from "fast-check";
import type { WorldConfig } from "../model/config.ts";
import type { JsonValue } from "../model/contract.ts";
import type { Command } from "../model/trace.ts";
import { Choice } from "./choice.ts";
import type { Palette } from "./command.ts";
import { drawPalette } from "./palette.ts";
import { drawFocus, unfocused } from "./focus.ts";
import { simpler, simplerRange } from "./simplify.ts";
import { possible, walk, type WalkedWorld } from "./walk.ts";

export type Program = readonly Command[];

export interface ProgramConstraints extends WalkedWorld {
  /** The most commands of a program. */
  readonly maxCommands: number;
  /** Set: some programs do without many kinds of commands, and the others are shorter (focus.ts). Default: all use all. */
  readonly focuses?: true;
  /** Draws what a program is about. Default: ranges that meet, and some kinds of events. */
  readonly drawPalette?: (random: Random, config: WorldConfig) => Palette;
  /** Draws another one for every command: then a program is about nothing in particular. Default: one a program. */
  readonly redraws?: boolean;
}

/**
 * Programs for a subject in a world. Those for a whole provider are made in front of a cache: there the world does what
 * the provider is to do.
 */
export function programs(constraints: ProgramConstraints): Arbitrary<Program> {
  const { claims } = constraints;
  return new ProgramArbitrary(
    claims?.whole === true ? { ...constraints, claims: { ...claims, whole: false } } : constraints,
  );
}

class ProgramArbitrary extends Arbitrary<Program> {
  readonly #constraints: ProgramConstraints;

  constructor(constraints: ProgramConstraints) {
    super();
    this.#constraints = constraints;
  }

  override generate(random: Random, biasFactor: number | undefined): Value<Program> {
    return new Value(generate(random, this.#constraints, biasFactor), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Program {
    return Array.isArray(value);
  }

  override shrink(program: Program): Stream<Value<Program>> {
    const { config } = this.#constraints;
    const seen = new Set([JSON.stringify(program)]);
    return Stream.of(...stages)
      .flatMap((candidates) => new Stream(candidates(program, config)))
      .map((candidate) => possible(this.#constraints, candidate))
      .filter((candidate) => {
        const text = JSON.stringify(candidate);
        if (candidate.length > program.length || seen.has(text)) return false;
        seen.add(text);
        return true;
      })
      .map((candidate) => new Value<Program>(candidate, undefined));
  }
}

function generate(
  random: Random,
  constraints: ProgramConstraints,
  biasFactor: number | undefined,
): Program {
  const { config, claims, maxCommands, focuses, drawPalette: draw = drawPalette } = constraints;
  const palette = draw(random, config);
  const { view, step } = walk(constraints);
  const { rows, length: part } =
    focuses === true ? drawFocus(random, claims, biasFactor) : unfocused(claims);
  const choice = new Choice(rows, view, palette);
  const program: Command[] = [];
  // Longer programs find more a second than many short ones, and shrink well.
  const most = Math.ceil(part * maxCommands);
  const length = random.nextInt(Math.ceil(most / 4), most);
  while (program.length < length) {
    if (constraints.redraws === true) choice.turnTo(draw(random, config));
    const chosen = choice.next(random);
    if (chosen === null) break;
    program.push(chosen);
    step(chosen);
  }
  return program;
}

type Candidates = (program: Program, config: WorldConfig) => Generator<Program>;

/** Cuts the end off, coarsely first. */
function* prefixes(program: Program): Generator<Program> {
  for (let drop = Math.floor(program.length / 2); drop >= 1; drop = Math.floor(drop / 2)) {
    yield program.slice(0, program.length - drop);
  }
}

/** Takes out runs of steps, long ones first. */
function* omissions(program: Program): Generator<Program> {
  for (let size = Math.floor(program.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = program.length - size; from >= 0; from -= size) {
      yield program.toSpliced(from, size);
    }
  }
}

/** Takes out two single steps that need not be neighbours: a register and its deregister, say. */
function* pairs(program: Program): Generator<Program> {
  if (program.length > MOST_FOR_PAIRS) return;
  for (let i = 0; i < program.length; i++) {
    for (let j = i + 2; j < program.length; j++) {
      yield program.filter((_, at) => at !== i && at !== j);
    }
  }
}

const MOST_FOR_PAIRS = 16;

/** Makes the arguments of one step simpler. */
function* simplifications(program: Program, config: WorldConfig): Generator<Program> {
  for (const [i, step] of program.entries()) {
    for (const args of simpler(step, config.pageSizeBytes))
      yield program.with(i, { name: step.name, args });
  }
}

/** Renames throughout: everything in the first process on the first socket, then names counted from 1. */
function* renamings(program: Program): Generator<Program> {
  yield replaced(program, {
    socket: (value) => (typeof value === "number" ? 1 : value),
    process: () => 0,
  });
  yield replaced(program, { socket: (value) => (typeof value === "number" ? 1 : value) });
  yield renumbered(program);
}

/** Makes one range simpler wherever it stands: a register and its repeat stay a repeat. */
function* commonRanges(program: Program, config: WorldConfig): Generator<Program> {
  const ranges = new Set<string>();
  replaced(program, { range: (value) => (ranges.add(JSON.stringify(value)), value) });
  for (const text of ranges) {
    for (const simple of simplerRange(JSON.parse(text) as JsonValue, config.pageSizeBytes)) {
      yield replaced(program, {
        range: (value) => (JSON.stringify(value) === text ? simple : value),
      });
    }
  }
}

type Replacements = Readonly<Record<string, (value: JsonValue) => JsonValue>>;

/** The program with the values of some argument names replaced, at any depth. */
function replaced(program: Program, replacements: Replacements): Program {
  const text = JSON.stringify(
    program,
    (key, value: JsonValue) => replacements[key]?.(value) ?? value,
  );
  return JSON.parse(text) as Program;
}

/** Registrations and transfers named in the order of their first appearance. */
function renumbered(program: Program): Program {
  const names = new Map<string, string>();
  const counts: Record<string, number> = {};
  const rename = (value: JsonValue): JsonValue => {
    const prefix = typeof value === "string" ? /^(mr|t)_[1-9]/.exec(value)?.[1] : undefined;
    if (typeof value !== "string" || prefix === undefined) return value;
    const known = names.get(value);
    if (known !== undefined) return known;
    counts[prefix] = (counts[prefix] ?? 0) + 1;
    const name = `${prefix}_${counts[prefix]}`;
    names.set(value, name);
    return name;
  };
  return replaced(program, {
    as: rename,
    registration: rename,
    descriptor: rename,
    transfer: rename,
  });
}

const stages: readonly Candidates[] = [
  prefixes,
  omissions,
  pairs,
  simplifications,
  commonRanges,
  renamings,
];
