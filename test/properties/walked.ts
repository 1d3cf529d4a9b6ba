// Settings as generation meets them: a palette, and a world that some steps of a program have been through.

import { Arbitrary, sample, Stream, Value, type Random } from "fast-check";
import type { WorldConfig } from "../../model/config.ts";
import { brand } from "../../model/units.ts";
import { Choice, choosable } from "../../properties/choice.ts";
import type { CommandRecord, Names, Palette, Setting } from "../../properties/command.ts";
import { commands } from "../../properties/commands.ts";
import { drawPalette } from "../../properties/palette.ts";
import { walk } from "../../properties/walk.ts";
import { claims } from "./claims.ts";

export const rowsFor = (kind: "cache" | "driver"): readonly CommandRecord[] =>
  commands.filter((row) => row.subjects.includes(kind));

export interface Walked {
  readonly setting: Setting;
  readonly palette: Palette;
  readonly choice: Choice;
}

class WalkedArbitrary<T> extends Arbitrary<T> {
  readonly #draw: (random: Random) => T;

  constructor(draw: (random: Random) => T) {
    super();
    this.#draw = draw;
  }

  override generate(random: Random): Value<T> {
    return new Value(this.#draw(random), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return false;
  }

  override shrink(): Stream<Value<T>> {
    return Stream.nil();
  }
}

/** What `draw` makes of a random generator, so many times. */
export function drawn<T>(count: number, seed: number, draw: (random: Random) => T): T[] {
  return sample(new WalkedArbitrary(draw), { numRuns: count, seed });
}

/** Names that no program of these tests gets to. */
const unused: Names = {
  registration: () => "mr_1000",
  transfer: () => "t_1000",
  socket: () => brand(1_000),
  stamp: () => 1_000,
};

/** A setting after up to so many steps; `look` is shown it before each of them. */
export function walked(
  random: Random,
  config: WorldConfig,
  kind: "cache" | "driver",
  steps: number,
  look: (setting: Setting) => void = () => {},
): Walked {
  const palette = drawPalette(random, config);
  const { view, step } = walk({ config, claims: kind === "cache" ? claims : null });
  const choice = new Choice(choosable(rowsFor(kind)), view, palette);
  const setting: Setting = { view, palette, names: unused };
  for (let i = 0; i < steps; i++) {
    look(setting);
    const command = choice.next(random);
    if (command === null) break;
    step(command);
  }
  return { setting, palette, choice };
}
