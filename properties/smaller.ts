// Smaller programs, from one that is to be shrunk: steps are left out, arguments are made simpler, names are brought
// together. What became impossible by that is left out by whoever asks (arbitraries.ts).

import type { WorldConfig } from "../model/config.ts";
import type { JsonValue } from "../model/contract.ts";
import type { Command } from "../model/trace.ts";
import { simpler, simplerRange } from "./simplify.ts";

type Program = readonly Command[];

/** Ways to make a program smaller; none need be possible, or any different. */
export type Candidates = (program: Program, config: WorldConfig) => Generator<Program>;

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

/** Leaves out a step that makes a socket, and does on another one what was done on that. */
function* bypasses(program: Program): Generator<Program> {
  for (const [i, { name, args }] of program.entries()) {
    const made = name === "handOver" ? args["as"] : name === "connect" ? args["socket"] : undefined;
    if (typeof made !== "number") continue;
    const others = name === "handOver" ? [args["socket"] ?? 1] : [1, 2, 3, 4];
    for (const other of others) {
      const instead = (value: JsonValue): JsonValue => (value === made ? other : value);
      yield replaced(program.toSpliced(i, 1), { socket: instead });
    }
  }
}

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

/** The coarse ones first. */
export const stages: readonly Candidates[] = [
  prefixes,
  omissions,
  bypasses,
  pairs,
  simplifications,
  commonRanges,
  renamings,
];
