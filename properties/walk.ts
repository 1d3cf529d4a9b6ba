// A walk of the model without a judge: what generation and shrinking need to know what is possible next.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Command } from "../model/trace.ts";
import type { WorldView } from "../model/view.ts";
import { walkingWorld, type WorldFactory } from "../model/world.ts";
import { eventOf, isEnabled } from "./commands.ts";
import { exemplaryDriver } from "./exemplary-driver.ts";
import { obligingProvider } from "./obliging-provider.ts";
import { stage, type Player } from "./stage.ts";

/** The world that a walk is through. */
export interface WalkedWorld {
  readonly config: WorldConfig;
  /** Null: a proxy driver is under test. */
  readonly claims: Claims | null;
  /** Makes the world; one is done with before the next is made. Default: the reference, changed in place. */
  readonly makeWorld?: WorldFactory;
}

export interface Walk {
  readonly view: WorldView;
  step(command: Command): void;
}

/** A walk from the initial state. */
export function walk({ config, claims, makeWorld = walkingWorld }: WalkedWorld): Walk {
  const world = makeWorld(config, claims);
  const player: Player =
    claims === null
      ? { kind: "driver", driver: exemplaryDriver() }
      : { kind: "cache", provider: obligingProvider(), claims };
  const acting = stage(world, player);
  acting.begin();
  return { view: world.view, step: (command) => acting.play(eventOf(command)) };
}

/** The commands of the program that are possible, in order, when those that are not are left out. */
export function possible(walked: WalkedWorld, program: readonly Command[]): Command[] {
  const { view, step } = walk(walked);
  return program.filter((command) => {
    if (!isEnabled(view, command)) return false;
    step(command);
    return true;
  });
}
