// A walk of the model without a judge: what generation and shrinking need to know what is possible next.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Event } from "../model/events.ts";
import type { Command } from "../model/trace.ts";
import type { WorldView } from "../model/view.ts";
import { walkingWorld, type WorldFactory } from "../model/world.ts";
import { eventIfEnabled, eventOf } from "./commands.ts";
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
  play(event: Event): void;
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
  const play = (event: Event): void => acting.play(event);
  return { view: world.view, step: (command) => play(eventOf(command)), play };
}

/** The commands of the program that are possible, in order, when those that are not are left out. */
export function possible(walked: WalkedWorld, program: readonly Command[]): Command[] {
  const { view, play } = walk(walked);
  return program.filter((command) => {
    const event = eventIfEnabled(view, command);
    if (event !== null) play(event);
    return event !== null;
  });
}
