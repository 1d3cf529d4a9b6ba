// The programs of a race: every combination of what threads can do over a few ranges, from a small table, in a fixed
// order. Two ranges, A and B, adjoin in one region of memory, and AB is both.
//
// What a program begins with: nothing registered (cold), a buffer that is kept (warm), or one in use (held). What it ends
// with is the same for all: memory is there again, A and AB are registered and deregistered, and the provider cleans up;
// so whatever the race left behind comes to light.

import type { WorldConfig } from "../../../model/config.ts";
import { presets } from "../../../model/config.ts";
import type { NotificationFamily } from "../../../model/contract.ts";
import { callsBack } from "../../../model/families.ts";
import type { Command } from "../../../model/trace.ts";
import { wordsFor, type Words } from "../../../properties/cases/words.ts";
import type { RaceProgram } from "./stage.ts";

/** A program by the names of its parts. */
export interface NamedProgram extends RaceProgram {
  readonly name: string;
}

/** The world of a race: a small one, with one provider in one process. */
export function raceConfig(notification: NotificationFamily): WorldConfig {
  return { ...presets.tiny, preset: "race", sections: [], frameCount: 12, notification };
}

type Beginning = "cold" | "warm" | "held";

/** What a thread does. `call` is for whatever it does besides, if it has more calls. */
interface Part {
  readonly name: string;
  /** Needs this beginning, and is in one thread only. */
  readonly only?: Beginning;
  /** Not repeated, however many calls there may be. */
  readonly once?: true;
  /** Left out where there are more than two threads: what it does shows between two. */
  readonly betweenTwo?: true;
  /** Needs a callback. */
  readonly notifies?: true;
  /** Calls of the cache, one after the other. `as` makes a name of its own for a registration. */
  steps(words: Words, as: (name: string) => string): readonly (readonly Command[])[];
}

const parts: readonly Part[] = [
  {
    name: "A",
    steps: (w, as) => [[w.register(as("a"), 0, 1)], [w.deregister(as("a"))]],
  },
  {
    name: "AB",
    steps: (w, as) => [[w.register(as("ab"), 0, 2)], [w.deregister(as("ab"))]],
  },
  {
    name: "B",
    betweenTwo: true,
    steps: (w, as) => [[w.register(as("b"), 1, 2)], [w.deregister(as("b"))]],
  },
  {
    name: "free",
    notifies: true,
    steps: (w, as) => [[w.free(0), w.alloc(0, 2)], [w.register(as("f"), 0, 1)]],
  },
  {
    name: "notify",
    notifies: true,
    steps: (w, as) => [[w.notify(0, 1)], [w.register(as("n"), 0, 1)]],
  },
  {
    name: "nested",
    once: true,
    betweenTwo: true,
    notifies: true,
    steps: (w, as) => [
      [w.interrupt(0, { kind: "notify", range: w.range(0, 1) }), w.register(as("i"), 0, 1)],
    ],
  },
  {
    name: "drop",
    only: "held",
    once: true,
    steps: (w, as) => [[w.deregister("mr_held")], [w.register(as("d"), 0, 1)]],
  },
  {
    name: "close",
    only: "warm",
    once: true,
    steps: (w) => [[w.close(2)]],
  },
];

const beginnings: Readonly<Record<Beginning, (words: Words) => readonly Command[]>> = {
  cold: (w) => [w.alloc(0, 2)],
  warm: (w) => [
    w.alloc(0, 2),
    w.register("mr_kept", 0, 1, "readwrite", 2),
    w.deregister("mr_kept", 2),
  ],
  held: (w) => [w.alloc(0, 2), w.register("mr_held", 0, 1)],
};

const ending = (w: Words): readonly Command[] => [
  w.alloc(0, 2),
  w.register("mr_after", 0, 1),
  w.deregister("mr_after"),
  w.register("mr_last", 0, 2),
  w.deregister("mr_last"),
  w.cleanup(),
];

/** How large a race is. */
export interface RaceSize {
  readonly threads: number;
  /** Calls of the cache in each thread, at most. */
  readonly calls: number;
}

/** All programs of the size. */
export function racePrograms(config: WorldConfig, size: RaceSize): readonly NamedProgram[] {
  const words = wordsFor(config);
  const hears = callsBack(config.notification);
  const possible = parts.filter((part) => part.notifies !== true || hears);
  return (Object.keys(beginnings) as Beginning[]).flatMap((beginning) =>
    choices(
      possible.filter(({ only }) => only === undefined || only === beginning),
      size.threads,
    )
      .filter((chosen) => size.threads <= 2 || isAbout(beginning, chosen))
      .map((chosen) => ({
        name: `${beginning}: ${chosen.map(({ name }) => name).join(" | ")}`,
        before: beginnings[beginning](words),
        threads: chosen.map((part, i) => commandsOf(part, words, i + 1, size.calls)),
        after: ending(words),
      })),
  );
}

/** Of many threads, one does what can only be done after this beginning, if there is such a thing. */
const isAbout = (beginning: Beginning, chosen: readonly Part[]): boolean =>
  parts.every(({ only }) => only !== beginning) || chosen.some(({ only }) => only === beginning);

/** The part's steps, and, if there is room for more calls, again from the beginning under other names. */
function commandsOf(part: Part, words: Words, thread: number, calls: number): readonly Command[] {
  const rounds = Array.from({ length: calls }, (_, round) =>
    part.steps(words, (name) => `mr_${thread}${name}${round === 0 ? "" : round + 1}`),
  );
  const steps = part.once === true ? (rounds[0] ?? []) : rounds.flat();
  return steps.slice(0, calls).flat();
}

/** What the threads do, in every combination; the order of the threads makes no difference. */
function choices(from: readonly Part[], threads: number): readonly (readonly Part[])[] {
  const each = from.flatMap((part) =>
    Array.from({ length: mostOf(part, threads) }, (_, copy) => ({ part, copy })),
  );
  const chosen = (count: number, first: number): readonly (readonly Part[])[] =>
    count === 0
      ? [[]]
      : each.slice(first).flatMap(({ part, copy }, i) => {
          const at = first + i;
          // A copy is chosen only right behind the one before it.
          if (copy > 0 && at !== first) return [];
          return chosen(count - 1, at + 1).map((rest) => [part, ...rest]);
        });
  return chosen(threads, 0);
}

/** In how many threads the part may be: of many, each does something else. */
function mostOf({ only, betweenTwo }: Part, threads: number): number {
  if (threads <= 2) return only === undefined ? threads : 1;
  return betweenTwo === true ? 0 : 1;
}
