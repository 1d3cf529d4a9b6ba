// What programs begin with. The literal programs (cases.ts) lead to the situations that the rules are about, and a mistake
// near one of these is a few steps away from it. So most programs begin with a part of a literal one, and are drawn from there on,
// on its memory and beside it. What no literal program comes near to, the others are for.
//
// What it is worth is measured: docs/decisions/0023.

import type { Random } from "fast-check";
import type { Claims } from "../model/config.ts";
import type { Command } from "../model/trace.ts";
import { aboutOf, type About } from "./about.ts";
import { casesOf } from "./cases.ts";
import { possible, type WalkedWorld } from "./walk.ts";

/** The beginning of a program. */
export interface Scene {
  readonly program: readonly Command[];
  readonly about: About;
  /** The part of its length that such a program has, beside the beginning. */
  readonly length: number;
}

/** No beginning. */
export const nothing: Scene = { program: [], about: { areas: [], buffers: [] }, length: 1 };

/** Of a hundred programs so many begin with a scene. */
const SHARE = 90;
const LENGTH = 0.6;

/** What part of its length a program has on the average, beside its beginning. */
export const MEAN_LENGTH: number = (SHARE * LENGTH + (100 - SHARE)) / 100;

/** The scenes of a world, as the subject meets them. */
export class Scenes {
  readonly #world: WalkedWorld;
  readonly #programs: readonly (readonly Command[])[];
  /** By the number of the program and the length of its part, once they were drawn. */
  readonly #drawn = new Map<string, Scene>();

  constructor(world: WalkedWorld) {
    this.#world = world;
    this.#programs = casesOf(kindOf(world.claims), world.config).map(({ program }) => program);
  }

  /** A literal program or the beginning of one, or nothing. */
  draw(random: Random): Scene {
    if (random.nextInt(1, 100) > SHARE) return nothing;
    const number = random.nextInt(0, this.#programs.length - 1);
    const whole = this.#programs[number] ?? [];
    const length = random.nextInt(1, whole.length);
    const key = `${number}:${length}`;
    const known = this.#drawn.get(key);
    if (known !== undefined) return known;
    const program = possible(this.#world, whole.slice(0, length));
    const about = aboutOf(program, this.#world.config.pageSizeBytes);
    const scene: Scene = { program, about, length: LENGTH };
    this.#drawn.set(key, scene);
    return scene;
  }
}

/** Whole providers walk as caches (arbitraries.ts). */
const kindOf = (claims: Claims | null): "cache" | "driver" =>
  claims === null ? "driver" : "cache";
