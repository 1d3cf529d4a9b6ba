// What the threads of one search share. Each thread has the parts of the visited set whose numbers, divided by the number
// of threads, leave its own: tables are private, only what waits is shared. A search goes in rounds of two steps: all fill
// their waiting areas, then all take from every area what is theirs. Between the steps they wait for each other, so no
// record is written while it is read, and nothing but the barrier needs atomic operations.

const WORD_BYTES = 4;
/** Words of the barrier and of the wish to stop. */
const ARRIVED = 0;
const TURN = 1;
const STOP = 2;
const CONTROL_WORDS = 3;
/** A thread looks so often whether the others are there before it sleeps. */
const LOOKS = 2000;

/** What a thread found in a round, as bits. */
export const found = { unfinished: 1, next: 2, broken: 4, memoryEnded: 8, stopped: 16 } as const;

/** Figures of one thread, as it goes. */
export interface CrewFigures {
  readonly states: number;
  readonly transitions: number;
  readonly frontier: number;
  readonly bytes: number;
  /** The last level that was met as a whole; the same for all. */
  readonly level: number;
}

const FIGURES = 5;

/** The shared memory of a crew, as a thread sees it. */
export class Crew {
  readonly #control: Int32Array;
  readonly #found: Int32Array;
  readonly #figures: Float64Array;
  readonly #size: number;

  constructor({ buffer, size }: CrewMemory) {
    this.#size = size;
    this.#figures = new Float64Array(buffer, 0, size * FIGURES);
    this.#control = new Int32Array(buffer, this.#figures.byteLength, CONTROL_WORDS);
    this.#found = new Int32Array(
      buffer,
      this.#figures.byteLength + CONTROL_WORDS * WORD_BYTES,
      size,
    );
  }

  /** Waits until all threads are here. */
  meet(): void {
    const control = this.#control;
    const turn = Atomics.load(control, TURN);
    if (Atomics.add(control, ARRIVED, 1) === this.#size - 1) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, TURN, 1);
      Atomics.notify(control, TURN);
      return;
    }
    for (let looks = 0; looks < LOOKS; looks++) {
      if (Atomics.load(control, TURN) !== turn) return;
    }
    while (Atomics.load(control, TURN) === turn) Atomics.wait(control, TURN, turn);
  }

  /** Between two meetings: what thread `index` found, and how far it is. */
  tell(index: number, bits: number, figures: CrewFigures): void {
    this.#found[index] = bits;
    const { states, transitions, frontier, bytes, level } = figures;
    this.#figures.set([states, transitions, frontier, bytes, level], index * FIGURES);
  }

  /** After the second meeting of a round: what any thread found. */
  get anyFound(): number {
    return this.#found.reduce((bits, each) => bits | each, 0);
  }

  /** The sums over all threads. They may be of different rounds. */
  get figures(): CrewFigures {
    const sum = (figure: number): number =>
      this.#figures.reduce((total, each, i) => (i % FIGURES === figure ? total + each : total), 0);
    return {
      states: sum(0),
      transitions: sum(1),
      frontier: sum(2),
      bytes: sum(3),
      level: this.#figures[FIGURES - 1] as number,
    };
  }

  /** Asks all threads to stop. One of them has to hand it on, so that all stop after the same round. */
  stop(): void {
    Atomics.store(this.#control, STOP, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#control, STOP) === 1;
  }
}

/** The memory, to be handed to each thread. */
export interface CrewMemory {
  readonly buffer: SharedArrayBuffer;
  readonly size: number;
}

/** Memory for a crew of so many threads. */
export function newCrewMemory(size: number): CrewMemory {
  const bytes = size * FIGURES * 8 + (CONTROL_WORDS + size) * WORD_BYTES;
  return { buffer: new SharedArrayBuffer(bytes), size };
}
