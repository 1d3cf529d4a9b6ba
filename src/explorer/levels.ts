// The levels of a search breadth first over packed states, as one thread sees them. The states of a level are expanded in
// the order in which they were met; their successors wait until many can be entered at once, at the latest until the end
// of the level. So each state is met on the level that is its distance from the beginning, and the way back over
// predecessors is a shortest one.
//
// Several threads may share a search: each has the parts of the visited set that are its own, expands their states, and
// enters what waits for them, wherever it waits.

import type { Packed } from "./packed-program.ts";
import { numberOf, PARTS, VisitedSet, type Part, type RecordShape } from "./visited-set.ts";
import type { WaitingKeys } from "./waiting-keys.ts";

/** Successors that are made before they are sorted: as many as stay in the nearest cache. */
const BATCH = 1024;

/** A state that breaks an invariant, both by their numbers. */
export interface Broken {
  readonly invariant: number;
  readonly state: number;
}

/** What one thread has of the levels. */
export class Levels {
  readonly visited: VisitedSet;
  transitions = 0;
  readonly #packed: Packed;
  readonly #isOwn: (part: number) => boolean;
  /** Keys are not states: the states of the frontier go beside them. */
  readonly #hasCargo: boolean;
  // A batch of successors: states, their keys, their predecessors.
  readonly #out: Int32Array;
  readonly #outKeys: Int32Array;
  readonly #sources: Int32Array;
  readonly #actions: Int32Array;
  /** Successors in the batch, and those of them that wait already. */
  #made = 0;
  #waiting = 0;
  /** Of each part, the places up to which states have been expanded, belong to the level, have been judged. */
  readonly #expanded: Int32Array = new Int32Array(PARTS);
  readonly #levelEnd: Int32Array = new Int32Array(PARTS);
  readonly #judged: Int32Array = new Int32Array(PARTS);
  #part = 0;

  constructor(packed: Packed, memoryBytes: number, isOwn: (part: number) => boolean = () => true) {
    const { program, keyWords, exactKeys } = packed;
    const room = BATCH + program.actions + program.initial.length;
    this.#packed = packed;
    this.#isOwn = isOwn;
    this.#hasCargo = !exactKeys;
    this.#out = new Int32Array(room * program.words);
    this.#outKeys = exactKeys ? this.#out : new Int32Array(room * keyWords);
    this.#sources = new Int32Array(room);
    this.#actions = new Int32Array(room);
    this.visited = new VisitedSet(shapeOf(packed), memoryBytes);
  }

  /** States that were met and not expanded. */
  get frontier(): number {
    return this.visited.parts.reduce(
      (sum, { count }, part) => sum + count - (this.#expanded[part] as number),
      0,
    );
  }

  /** Whether states were met that do not belong to the level. */
  get hasNext(): boolean {
    return this.visited.parts.some(({ count }, part) => count > (this.#levelEnd[part] as number));
  }

  /** Has the initial states be the next batch. */
  begin(): void {
    const { initial, words } = this.#packed.program;
    this.#out.set(initial);
    this.#made = initial.length / words;
    this.#part = PARTS;
    this.#prepare();
  }

  /** What was met is the level to be expanded. */
  nextLevel(): void {
    this.#part = 0;
    for (const [i, part] of this.visited.parts.entries()) {
      if (this.#hasCargo) this.visited.dropCargo(part, this.#expanded[i] as number);
      this.#levelEnd[i] = part.count;
    }
  }

  /**
   * Makes successors and has them wait, so many batches at most. `full`: there is no room until what waits is entered;
   * `done`: all successors of the level wait or are entered; `more`: neither.
   */
  fill(batches: number, waiting: WaitingKeys): "full" | "done" | "more" {
    for (let i = 0; i < batches; i++) {
      this.#waiting = waiting.wait(
        this.#outKeys,
        this.#waiting,
        this.#made,
        this.#sources,
        this.#out,
      );
      if (this.#waiting < this.#made) return "full";
      if (this.#part === PARTS) return "done";
      this.#expandBatch();
    }
    return "more";
  }

  /** Enters what waits for parts that are its own. False: memory has ended. */
  enter(areas: readonly WaitingKeys[]): boolean {
    for (const [i, part] of this.visited.parts.entries()) {
      if (!this.#isOwn(i)) continue;
      for (const area of areas) {
        const count = area.counts[i] as number;
        area.counts[i] = 0;
        if (count === 0) continue;
        if (!this.visited.enterAll(part, area.records, area.startOf(i), count)) return false;
      }
    }
    return true;
  }

  /** The first state that is new since it was asked last and breaks an invariant. */
  firstBroken(): Broken | null {
    for (const [i, part] of this.visited.parts.entries()) {
      const broken = this.#brokenIn(i, part);
      if (broken !== null) return broken;
    }
    return null;
  }

  #brokenIn(i: number, part: Part): Broken | null {
    const { kernel, program } = this.#packed;
    const states = this.#hasCargo ? part.cargo : part.keys;
    const before = this.#hasCargo ? part.cargoFrom + 1 : 0;
    for (let place = (this.#judged[i] as number) + 1; place <= part.count; place++) {
      const invariant = kernel.broken(states, (place - before) * program.words);
      if (invariant !== -1) return { invariant, state: numberOf(i, place) };
    }
    this.#judged[i] = part.count;
    return null;
  }

  /** Successors of states of the level, until there are enough of them or the level ends. */
  #expandBatch(): void {
    const { kernel, program } = this.#packed;
    const { words } = program;
    const sources = this.#sources;
    let made = 0;
    for (; this.#part < PARTS; this.#part++) {
      const part = this.visited.parts[this.#part] as Part;
      const states = this.#hasCargo ? part.cargo : part.keys;
      const before = this.#hasCargo ? part.cargoFrom + 1 : 0;
      const end = this.#levelEnd[this.#part] as number;
      let place = this.#expanded[this.#part] as number;
      while (place < end && made < BATCH) {
        place++;
        const first = made;
        made = kernel.expand(states, (place - before) * words, this.#out, this.#actions, made);
        const source = numberOf(this.#part, place);
        for (let i = first; i < made; i++) sources[i] = source;
      }
      this.#expanded[this.#part] = place;
      if (made >= BATCH) break;
    }
    this.#made = made;
    this.transitions += made;
    this.#prepare();
  }

  /** The batch, ready to wait. */
  #prepare(): void {
    this.#waiting = 0;
    this.#packed.canonical(this.#out, this.#made);
    if (this.#hasCargo) this.#packed.writeKeys(this.#out, this.#made, this.#outKeys);
  }
}

/** The records of a program's states. */
export function shapeOf({ program, keyWords, exactKeys }: Packed): RecordShape {
  return { keyWords, cargoWords: exactKeys ? 0 : program.words };
}
