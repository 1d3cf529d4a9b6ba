// A batch of commands on which two worlds are compared: programs on one lane until there are as many. What a batch does
// depends on its seed and its number alone, so batches can be done in any order and by anybody.

import { sample } from "fast-check";
import { walkingWorld, type WorldFactory } from "../../model/world.ts";
import { programs, type Program } from "../../properties/arbitraries.ts";
import {
  compareWorlds,
  printDisagreement,
  type Comparison,
  type Disagreement,
} from "../../properties/equivalence.ts";
import { bent } from "./bent.ts";
import type { Lane } from "./lanes.ts";

export interface BatchSettings {
  readonly lanes: readonly Lane[];
  readonly seed: number;
  /** Counted from 0. */
  readonly number: number;
  /** Commands to compare. */
  readonly commands: number;
  /** The world that is compared with the reference. */
  readonly makeWorld: WorldFactory;
  /** A world to draw every other program on, so that what it alone thinks possible is drawn; the reference if null. */
  readonly drawOn: WorldFactory | null;
  /** Default: the immutable one. */
  readonly makeReference?: WorldFactory;
}

export interface BatchResult {
  /** Commands compared; the one at which the worlds differ is counted. */
  readonly commands: number;
  readonly disagreement: BatchDisagreement | null;
}

export interface BatchDisagreement {
  readonly lane: Lane;
  /** As it was met. */
  readonly met: Disagreement;
  readonly program: Program;
}

/** Programs that do nothing are no reason to go on forever. */
const MOST_IDLE = 1000;

/** Compares the worlds until there were enough commands, or they differ. */
export function compareBatch(settings: BatchSettings): BatchResult {
  const lane = laneOf(settings);
  let done = 0;
  let idle = 0;
  for (let k = 0; done < settings.commands; k++) {
    const program = draw(settings, lane, k).slice(0, settings.commands - done);
    const { executed, disagreement } = compare(settings, lane, program, lane.wholeEvery, done);
    done += executed;
    if (disagreement !== null) {
      return { commands: done, disagreement: { lane, met: disagreement, program } };
    }
    idle = executed === 0 ? idle + 1 : 0;
    if (idle > MOST_IDLE)
      throw new Error(`no program does anything in ${lane.preset}, ${lane.subject}`);
  }
  return { commands: done, disagreement: null };
}

function laneOf({ lanes, number }: BatchSettings): Lane {
  const lane = lanes[number % lanes.length];
  if (lane === undefined) throw new RangeError("there is no lane to compare on");
  return lane;
}

function compare(
  { makeWorld, makeReference }: BatchSettings,
  { config, player, goOn }: Lane,
  program: Program,
  wholeEvery: number,
  done: number,
): Comparison {
  const reference = makeReference === undefined ? {} : { makeReference };
  return compareWorlds(
    { config, makeWorld, player: player(), wholeEvery, done, goOn, ...reference },
    program,
  );
}

/** The k-th program of the batch. */
function draw({ seed, number, drawOn }: BatchSettings, lane: Lane, k: number): Program {
  const isOnOther = k % 2 === 1 && drawOn !== null;
  return drawProgram(lane, seedOf(seed, number, k), isOnOther ? drawOn : walkingWorld, k % 4 < 2);
}

/** A program for the lane; bent, if wanted. */
export function drawProgram(
  { config, claims, maxCommands }: Lane,
  seed: number,
  makeWorld: WorldFactory,
  isBent: boolean,
): Program {
  const arbitrary = programs({ config, claims, maxCommands, makeWorld });
  const program = sample(arbitrary, { numRuns: 1, seed })[0] ?? [];
  return isBent ? bent(program, config, claims === null ? "driver" : "cache", seed) : program;
}

/** A 32-bit seed for each program of each batch. */
function seedOf(seed: number, number: number, k: number): number {
  let mixed = seed | 0;
  for (const part of [number, k]) {
    mixed = Math.imul(mixed ^ part ^ (mixed >>> 15), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) + 0x9e3779b9;
  }
  return mixed | 0;
}

const MOST_CANDIDATES = 3000;

/** A smaller program on which the worlds still differ, and how it reads. */
export function shrunk(settings: BatchSettings, found: BatchDisagreement): Disagreement {
  const { lane } = found;
  const { config, claims, maxCommands } = lane;
  const arbitrary = programs({ config, claims, maxCommands });
  // The whole state at the end of each candidate, however large the world is.
  const differs = (program: Program): Disagreement | null =>
    compare(settings, lane, program, lane.wholeEvery === 1 ? 1 : Math.max(1, program.length), 0)
      .disagreement;
  let program: Program = found.program.slice(0, found.met.command);
  let smallest = differs(program) ?? found.met;
  if (smallest === found.met) return smallest;
  let left = MOST_CANDIDATES;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const { value } of arbitrary.shrink(program, undefined)) {
      const difference = left-- > 0 ? differs(value) : null;
      if (difference === null && left > 0) continue;
      if (difference === null) break;
      program = value;
      smallest = difference;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** What a batch found, to be read. */
export function printFound({ lane }: BatchDisagreement, smallest: Disagreement): string {
  const text = printDisagreement(smallest, { left: "reference", right: "flat" });
  return `${lane.preset}, ${lane.subject}\n${text}`;
}
