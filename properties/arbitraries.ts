// Programs as a fast-check arbitrary: seeds, paths, replay and reports stay fast-check's.
//
// Generation walks the model: it draws a palette, then again and again one of the commands that are possible
// (choice.ts), so that every drawn command executes. Shrinking removes steps and simplifies their arguments, and lets the
// model drop what became impossible; a shrunk program is therefore as executable as a drawn one.

import { Arbitrary, Stream, Value, type Random } from "fast-check";
import type { Command } from "../model/trace.ts";
import { namesBeside } from "./about.ts";
import { Choice } from "./choice.ts";
import { drawPalette } from "./palette.ts";
import { drawFocus, unfocused } from "./focus.ts";
import { remakes } from "./remakes.ts";
import { nothing, Scenes, type Scene } from "./scenes.ts";
import { stages } from "./smaller.ts";
import { possible, walk, type WalkedWorld } from "./walk.ts";

export type Program = readonly Command[];

export interface ProgramConstraints extends WalkedWorld {
  /** The most commands of a program. */
  readonly maxCommands: number;
  /** Set: some programs do without many kinds of commands, and the others are shorter (focus.ts). Default: all use all. */
  readonly focuses?: true;
  /** Set: most programs begin with a part of a literal one (scenes.ts). Default: all begin with nothing. */
  readonly scenes?: true;
  /** Draws what a program is about. Default: ranges that meet, and some kinds of events. */
  readonly drawPalette?: typeof drawPalette;
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

/** As the checker draws them. */
export const led = { focuses: true, scenes: true } as const;

class ProgramArbitrary extends Arbitrary<Program> {
  readonly #constraints: ProgramConstraints;
  readonly #scenes: Scenes | null;

  constructor(constraints: ProgramConstraints) {
    super();
    this.#constraints = constraints;
    this.#scenes = constraints.scenes === true ? new Scenes(constraints) : null;
  }

  override generate(random: Random, biasFactor: number | undefined): Value<Program> {
    const scene = this.#scenes?.draw(random) ?? nothing;
    return new Value(generate(random, this.#constraints, scene, biasFactor), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Program {
    return Array.isArray(value);
  }

  override shrink(program: Program): Stream<Value<Program>> {
    const { config } = this.#constraints;
    const seen = new Set([JSON.stringify(program)]);
    return Stream.of(...stages)
      .flatMap((candidates) => new Stream(candidates(program, config)))
      .map((candidate): Program => possible(this.#constraints, candidate))
      .join(new Stream(remakes(program, this.#constraints)))
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
  scene: Scene,
  biasFactor: number | undefined,
): Program {
  const { config, claims, maxCommands, focuses, drawPalette: draw = drawPalette } = constraints;
  const palette = draw(random, config, scene.about);
  const { view, step } = walk(constraints);
  for (const each of scene.program) step(each);
  const { rows, length: part } =
    focuses === true ? drawFocus(random, claims, biasFactor) : unfocused(claims);
  const choice = new Choice(rows, view, palette, namesBeside(scene.program, view));
  const program: Command[] = [...scene.program];
  // Longer programs find more a second than many short ones, and shrink well.
  const most = Math.ceil(part * scene.length * maxCommands);
  const length = scene.program.length + random.nextInt(Math.ceil(most / 4), most);
  while (program.length < length) {
    if (constraints.redraws === true) choice.turnTo(draw(random, config));
    const chosen = choice.next(random);
    if (chosen === null) break;
    program.push(chosen);
    step(chosen);
  }
  return program;
}
