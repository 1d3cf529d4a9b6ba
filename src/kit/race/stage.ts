// One program on its threads, as a system whose schedules can be searched. The world is the reference model, whose states
// are kept; the cache is alive and cannot be put back, so it is made anew, and what it was given up to a place is given to
// it again. That it then asks and answers the same is looked at: a cache that differs from itself cannot be judged.
//
// A move of a thread goes from one host call, or one call, to the next: it performs the host call that the thread waits
// for, or begins what the thread comes to next, and lets everything run until nothing moves.

import type { Claims, WorldConfig } from "../../../model/config.ts";
import type { AsyncSubject } from "../../../model/contract.ts";
import type { Answer, Event } from "../../../model/events.ts";
import { judge, type Finding } from "../../../model/judge.ts";
import type { Command } from "../../../model/trace.ts";
import { referenceWorld, type ReferenceWorld } from "../../../model/world.ts";
import type { ThreadedSystem } from "../../explorer/interleavings.ts";
import { Contest, oneTurn, type Happening } from "./contest.ts";
import { Keys } from "./keys.ts";
import { wouldRegisterWhatGoes } from "./discipline.ts";
import { idleLane, isBlocked, isFinished, type Lane } from "./lanes.ts";
import { Move } from "./move.ts";
import { wayTo, type Place } from "./place.ts";

/** What the threads of a race do. */
export interface RaceProgram {
  /** Before they begin, one after the other. */
  readonly before: readonly Command[];
  readonly threads: readonly (readonly Command[])[];
  /** When all have ended, one after the other. */
  readonly after: readonly Command[];
}

/** What a program is raced with. */
export interface RaceSettings {
  readonly subject: AsyncSubject;
  readonly config: WorldConfig;
  readonly claims: Claims;
  /** Which findings end a schedule. */
  readonly isFatal: (finding: Finding) => boolean;
  /** Is told every event once for each place that it leads to. */
  readonly observe: (
    world: ReferenceWorld,
    event: Event,
    answer: Answer,
    all: readonly Finding[],
  ) => void;
}

/** Moves of one schedule; whoever needs more goes on for ever. */
const MOST_MOVES = 400;

/** The cache did not do the same twice. */
export class NotTheSame extends Error {
  constructor(first: string, second: string) {
    super(`first ${first}, then ${second}`);
    this.name = "NotTheSame";
  }
}

export class RaceStage implements ThreadedSystem<Place> {
  readonly #program: RaceProgram;
  readonly #settings: RaceSettings;
  readonly #world: ReferenceWorld;
  readonly #keys = new Keys();
  readonly #first: Place;
  #contest: Contest;
  #here: Place;

  constructor(program: RaceProgram, settings: RaceSettings) {
    this.#program = program;
    this.#settings = settings;
    this.#world = referenceWorld(settings.config, settings.claims);
    this.#contest = this.#newContest();
    this.#first = {
      before: null,
      thread: 0,
      moves: 0,
      given: [],
      steps: [],
      did: "",
      world: this.#world.state(),
      lanes: [idleLane, ...program.threads.map(() => idleLane)],
      snapshot: this.#contest.snapshot(),
      key: null,
      verdict: null,
    };
    this.#here = this.#first;
  }

  #newContest(): Contest {
    return new Contest(this.#settings.subject, this.#settings.config.pageSizeBytes);
  }

  /** Where the threads begin. */
  async begin(): Promise<Place> {
    await this.goTo(this.#first);
    let place = this.#first;
    while (place.verdict === null && !isFinished(laneAt(place, 0), this.#program.before.length)) {
      place = await this.move(0);
    }
    return place;
  }

  keyOf({ key }: Place): number | null {
    return key;
  }

  /** The threads that can move. 0 stands for what comes before and after them, and moves alone. */
  movable({ verdict, lanes }: Place): readonly number[] {
    return verdict === null ? this.#movable(lanes) : [];
  }

  /** In the state that the world is in. */
  #movable(lanes: readonly Lane[]): readonly number[] {
    const canMove = (thread: number): boolean => {
      const lane = laneAt({ lanes }, thread);
      const commands = this.#commandsOf(thread);
      if (isFinished(lane, commands.length) || isBlocked(lane)) return false;
      const next = lane.layers.length === 0 ? commands[lane.next] : undefined;
      return next === undefined || !wouldRegisterWhatGoes(this.#world.view, next);
    };
    const { before, threads } = this.#program;
    const isBefore = !isFinished(laneAt({ lanes }, 0), before.length);
    const isAfter = threads.every((commands, i) =>
      isFinished(laneAt({ lanes }, i + 1), commands.length),
    );
    if (isBefore || isAfter) return canMove(0) ? [0] : [];
    return threads.map((_, i) => i + 1).filter(canMove);
  }

  #commandsOf(thread: number): readonly Command[] {
    const { before, threads, after } = this.#program;
    return thread === 0 ? [...before, ...after] : (threads[thread - 1] ?? []);
  }

  async move(thread: number): Promise<Place> {
    const from = this.#here;
    this.#world.reset(from.world);
    const move = new Move({
      lanes: from.lanes,
      thread,
      world: this.#world,
      contest: this.#contest,
      judge: (event, answer) => this.#judge(event, answer),
    });
    await move.perform(this.#commandsOf(thread));
    await this.#standstill(move, from.moves + 1);
    const snapshot = this.#contest.snapshot();
    const lanes = this.#withPasts(from, thread, move);
    const world = this.#world.state();
    const { given, steps, verdict } = move;
    this.#here = {
      before: from,
      thread,
      moves: from.moves + 1,
      given,
      steps,
      did: didOf(move.happenings),
      world,
      lanes,
      snapshot,
      key: snapshot === null ? null : this.#keys.ofPlace(world, snapshot, lanes),
      verdict,
    };
    return this.#here;
  }

  #judge(event: Event, answer: Answer): readonly Finding[] {
    const all = judge(this.#world.view, event, answer);
    this.#settings.observe(this.#world, event, answer, all);
    return all.filter(this.#settings.isFatal);
  }

  /** Nobody can move and not all have ended, or they move for ever. */
  async #standstill(move: Move, moves: number): Promise<void> {
    if (move.verdict !== null) return;
    const { lanes } = move;
    const isOver = lanes.every((lane, i) => isFinished(lane, this.#commandsOf(i).length));
    if (!isOver && this.#movable(lanes).length === 0) {
      const foreign = this.#contest.foreignWait();
      if (foreign !== null) move.giveUp(waitsForOther(foreign));
      else if (await this.#contest.movesByItself()) move.giveUp(waitsForOther("another turn"));
      else move.befall({ type: "standstill", kind: "deadlock" });
    } else if (moves >= MOST_MOVES) move.befall({ type: "standstill", kind: "livelock" });
  }

  /**
   * What calls in progress keep to themselves follows from what they were given and from the cache that they found then.
   * One that waits for another call may have looked around in any move.
   */
  #withPasts(from: Place, thread: number, { lanes, given }: Move): readonly Lane[] {
    if (from.snapshot === null) return lanes;
    const met = `${from.snapshot} ${JSON.stringify(given)}`;
    return lanes.map((lane, i) => {
      if (!lane.layers.some((each) => each.kind === "call")) return { ...lane, past: 0 };
      const ran = i === thread || isBlocked(laneAt(from, i));
      return ran ? { ...lane, past: this.#keys.of(`${lane.past} ${met}`) } : lane;
    });
  }

  async goTo(place: Place): Promise<void> {
    if (place === this.#here) return;
    // Timers, messages and whoever else shares the thread live on between two runs.
    await oneTurn();
    this.#contest = this.#newContest();
    for (const { given, did } of wayTo(place)) {
      const happenings: Happening[] = [];
      for (const each of given) happenings.push(...(await this.#contest.give(each)));
      if (didOf(happenings) !== did) throw new NotTheSame(did, didOf(happenings));
    }
    if (this.#contest.snapshot() !== place.snapshot) {
      throw new NotTheSame(place.snapshot ?? "", this.#contest.snapshot() ?? "");
    }
    this.#here = place;
  }
}

const didOf = (happenings: readonly Happening[]): string =>
  happenings.length === 0 ? "" : JSON.stringify(happenings);

const waitsForOther = (what: string): string =>
  `a call waits for something that is neither its host nor another call (${what}): a race is decided by the order of host calls alone, so wait for these and for promises of the cache's own`;

const laneAt = ({ lanes }: Pick<Place, "lanes">, index: number): Lane => {
  const lane = lanes[index];
  if (lane === undefined) throw new RangeError(`there is no thread ${index}`);
  return lane;
};
