// States that are met on the way through programs, and what their fingerprints say: the same of equal states, and of no
// others.

import { createHash } from "node:crypto";
import { drawProgram } from "../../benchmarks/equivalence/batch.ts";
import type { Lane } from "../../benchmarks/equivalence/lanes.ts";
import type { Event } from "../../model/events.ts";
import { runProgram } from "../../properties/agreement.ts";
import { lastingProjection } from "../../properties/projection.ts";
import { flatWorld, reusedFlatWorlds, type FlatWorld } from "../../src/world/world.ts";

const MOST_COMMANDS = 60;

/** The events of a program on the lane, whatever rules they break. */
export function eventsOf(lane: Lane, k: number): Event[] {
  const short = { ...lane, maxCommands: MOST_COMMANDS };
  const program = drawProgram(short, k, reusedFlatWorlds(), k % 2 === 0);
  const world = flatWorld(lane.config, lane.claims);
  const settings = { world, player: lane.player(), counts: () => false, strict: false };
  const { steps } = runProgram(settings, program);
  return steps.flatMap((step) => ("event" in step ? [step.event] : []));
}

/** Between commands: nothing is in progress that a copy would not hold. */
export const isQuiet = ({ view }: FlatWorld): boolean =>
  view.instances().every((each) => each.calls.length === 0) &&
  view.attempts().length === 0 &&
  view.dispatch() === null;

/** Everything that a copy of the state holds. */
export const textOf = ({ view }: FlatWorld): string => JSON.stringify(lastingProjection(view));

export function fingerprintOf(world: FlatWorld): string {
  const words = new Uint32Array(2);
  world.fingerprint(words);
  return words.join("-");
}

export interface Survey {
  /** States that were met, and how many of them were unlike. */
  readonly visited: number;
  readonly different: number;
  /** Two states that are equal with unlike fingerprints, or the other way round; null if there are none. */
  readonly fault: string | null;
}

/** Meets so many states on the lanes, and compares them by what they are and by their fingerprints. */
export function survey(makeWorld: typeof flatWorld, lanes: readonly Lane[], most: number): Survey {
  const prints = new Map<string, string>();
  const states = new Map<string, string>();
  let visited = 0;
  for (let k = 0; visited < most; k++) {
    const lane = lanes[k % lanes.length] as Lane;
    const world = makeWorld(lane.config, lane.claims);
    for (const event of eventsOf(lane, k)) {
      world.apply(event);
      if (!isQuiet(world)) continue;
      visited++;
      // A world for drivers is another world, which has grants.
      const text = `${lane.claims === null} ${textOf(world)}`;
      const state = createHash("sha1").update(text).digest("base64");
      const print = fingerprintOf(world);
      if ((prints.get(state) ?? print) !== print) {
        return { visited, different: states.size, fault: `unlike fingerprints of ${text}` };
      }
      if ((states.get(print) ?? state) !== state) {
        return { visited, different: states.size, fault: `the fingerprint of another: ${text}` };
      }
      prints.set(state, print);
      states.set(print, state);
    }
  }
  return { visited, different: states.size, fault: null };
}
