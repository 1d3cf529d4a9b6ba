// The schedules of a program of several threads: at every point one of the threads that can move does, up to its next
// point. For systems that cannot be put back into a state, such as one that waits for promises: to take another turn, the
// moves up to there are made again from the beginning.
//
// Schedules come in the order of their preemptions: first those in which a thread goes on until it cannot, then those in
// which one that could go on is interrupted once, then twice. Most races need no more, and what is found first is the
// simplest. A place with the key of an earlier one is not left again: what comes after it was, or will be, seen from the
// earlier one, which had no more preemptions behind it.

import { drawer } from "./random-walk.ts";

/** Threads that move one at a time. What a move does depends on the moves before it, and on nothing else. */
export interface ThreadedSystem<Place> {
  /** Begins anew; nobody has moved. */
  begin(): Promise<Place>;
  /** The threads that can move there, in the order in which they are tried; none: it is an end. */
  movable(place: Place): readonly number[];
  /** Moves a thread of the place where the system is. */
  move(thread: number): Promise<Place>;
  /** Makes the moves that lead to a place again. */
  goTo(place: Place): Promise<void>;
  /** Places with one key go on alike, whichever thread moved last; null: it is not known what it is like. */
  keyOf(place: Place): number | null;
}

/** What a search of schedules does at most. */
export interface ScheduleBounds {
  /** Turns taken from a thread that could go on. `Infinity`: all schedules. */
  readonly preemptions: number;
  /** Runs; the search is cut off behind them. */
  readonly mostRuns: number;
}

/** Whom a search tells, and who may stop it. */
export interface ScheduleWatch<Place> {
  /** An end was met; true: it was looked for, and the search is over. */
  isWanted(place: Place): boolean;
  /** Asked before every run; true: there is no more time. */
  isOver(): boolean;
}

/** What a search of schedules did. */
export interface ScheduleCoverage<Place> {
  /** Runs to an end, or to a place that was known. */
  readonly runs: number;
  /** Of these, those to an end. */
  readonly ends: number;
  readonly moves: number;
  /** Places with a key of their own. */
  readonly places: number;
  /** The most preemptions of which every schedule was covered; -1: not even those with none. */
  readonly covered: number;
  /** No schedule is left, with any number of preemptions. */
  readonly isAll: boolean;
  /** The end that was looked for, and the preemptions on the way. */
  readonly found: { readonly place: Place; readonly preemptions: number } | null;
}

/** A thread's turn, to be taken. */
interface Turn<Place> {
  readonly from: Place;
  readonly thread: number;
}

/** Every schedule within the bounds, those with fewer preemptions first. */
export async function searchSchedules<Place>(
  system: ThreadedSystem<Place>,
  bounds: ScheduleBounds,
  watch: ScheduleWatch<Place>,
): Promise<ScheduleCoverage<Place>> {
  return new ScheduleSearch(system, bounds, watch).run();
}

class ScheduleSearch<Place> {
  readonly #system: ThreadedSystem<Place>;
  readonly #bounds: ScheduleBounds;
  readonly #watch: ScheduleWatch<Place>;
  readonly #known = new Set<string>();
  #turns: Turn<Place>[] = [];
  #preempting: Turn<Place>[] = [];
  #runs = 0;
  #ends = 0;
  #moves = 0;

  constructor(system: ThreadedSystem<Place>, bounds: ScheduleBounds, watch: ScheduleWatch<Place>) {
    this.#system = system;
    this.#bounds = bounds;
    this.#watch = watch;
  }

  async run(): Promise<ScheduleCoverage<Place>> {
    const first = await this.#system.begin();
    for (const thread of this.#system.movable(first)) this.#turns.unshift({ from: first, thread });
    for (let preemptions = 0; preemptions <= this.#bounds.preemptions; preemptions++) {
      for (let turn = this.#turns.pop(); turn !== undefined; turn = this.#turns.pop()) {
        if (this.#runs >= this.#bounds.mostRuns || this.#watch.isOver()) {
          return this.#coverage(preemptions - 1, false, null);
        }
        const end = await this.#take(turn);
        if (end !== null)
          return this.#coverage(preemptions - 1, false, { place: end, preemptions });
      }
      if (this.#preempting.length === 0) return this.#coverage(Infinity, true, null);
      this.#turns = this.#preempting.toReversed();
      this.#preempting = [];
    }
    return this.#coverage(this.#bounds.preemptions, false, null);
  }

  #coverage(
    covered: number,
    isAll: boolean,
    found: ScheduleCoverage<Place>["found"],
  ): ScheduleCoverage<Place> {
    const places = this.#known.size;
    return {
      runs: this.#runs,
      ends: this.#ends,
      moves: this.#moves,
      places,
      covered,
      isAll,
      found,
    };
  }

  /** Takes the turn, and goes on with as few changes of thread as there can be; the end, if it is one looked for. */
  async #take({ from, thread: first }: Turn<Place>): Promise<Place | null> {
    this.#runs++;
    await this.#system.goTo(from);
    let thread = first;
    for (;;) {
      const place = await this.#system.move(thread);
      this.#moves++;
      const movable = this.#system.movable(place);
      if (movable.length === 0) {
        this.#ends++;
        return this.#watch.isWanted(place) ? place : null;
      }
      if (this.#isKnown(place, thread)) return null;
      const goesOn = movable.includes(thread);
      const next = goesOn ? thread : (movable[0] as number);
      const others = movable.filter((each) => each !== next);
      // The first of them is on top, to be taken next.
      for (const other of others.toReversed()) {
        (goesOn ? this.#preempting : this.#turns).push({ from: place, thread: other });
      }
      thread = next;
    }
  }

  #isKnown(place: Place, thread: number): boolean {
    const key = this.#system.keyOf(place);
    if (key === null) return false;
    const named = `${key} ${thread}`;
    if (this.#known.has(named)) return true;
    this.#known.add(named);
    return false;
  }
}

/** So many schedules, drawn: at each point every thread that can move has the same chance. */
export async function sampleSchedules<Place>(
  system: ThreadedSystem<Place>,
  { runs, seed }: { readonly runs: number; readonly seed: number },
  watch: ScheduleWatch<Place>,
): Promise<{ readonly runs: number; readonly found: Place | null }> {
  const draw = drawer(seed);
  const first = await system.begin();
  for (let run = 0; run < runs; run++) {
    if (watch.isOver()) return { runs: run, found: null };
    await system.goTo(first);
    let place = first;
    for (;;) {
      const movable = system.movable(place);
      if (movable.length === 0) break;
      place = await system.move(movable[draw(movable.length)] as number);
    }
    if (watch.isWanted(place)) return { runs: run + 1, found: place };
  }
  return { runs, found: null };
}
