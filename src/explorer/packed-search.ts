// Breadth first over a model, on one thread.

import { Levels, shapeOf, type Broken } from "./levels.ts";
import { systemOf } from "./model-system.ts";
import type { Model } from "./model.ts";
import type { Course, Coverage, Ending, Limits } from "./outcome.ts";
import type { Packed } from "./packed-program.ts";
import { violation, wayTo } from "./retracing.ts";
import { PARTS } from "./visited-set.ts";
import { WaitingKeys } from "./waiting-keys.ts";

/** Batches of successors in one go. */
const SLICE = 16;
/** Keys that wait for one part, at least and at most. */
const FEWEST_WAITING = 64;
const MOST_WAITING = 1 << 14;

/** Breadth first, on packed states. */
export class PackedSearch implements Course {
  readonly #model: Model;
  readonly #packed: Packed;
  readonly #limits: Limits;
  readonly #levels: Levels;
  #waiting: WaitingKeys;
  /** The level that is being expanded; −1: the initial states are not yet in. */
  #level = -1;
  #depth = 0;

  constructor(model: Model, packed: Packed, limits: Limits) {
    this.#model = model;
    this.#packed = packed;
    this.#limits = limits;
    this.#levels = new Levels(packed, limits.memoryBytes);
    this.#waiting = this.#roomFor(FEWEST_WAITING);
    this.#levels.begin();
  }

  advance(): Ending | null {
    const filled = this.#levels.fill(SLICE, this.#waiting);
    if (filled === "more") return null;
    const entered = this.#levels.enter([this.#waiting]);
    const broken = this.#levels.firstBroken();
    if (this.#levels.hasNext) this.#depth = this.#level + 1;
    if (broken !== null) return this.#violation(broken);
    if (!entered) return { kind: "unknown", reason: "memory" };
    if (filled === "done") return this.#nextLevel();
    this.#enlargeRoom();
    return null;
  }

  coverage(): Coverage {
    const { visited, transitions, frontier } = this.#levels;
    return {
      states: visited.count,
      transitions,
      depth: this.#depth,
      completeDepth: this.#level,
      frontier,
      bytes: visited.bytes,
    };
  }

  #nextLevel(): Ending | null {
    if (!this.#levels.hasNext) return { kind: "complete" };
    this.#level++;
    this.#levels.nextLevel();
    this.#enlargeRoom();
    return this.#level === this.#limits.maxDepth ? { kind: "unknown", reason: "depth" } : null;
  }

  /** About as many keys may wait as there are states: then each line of a part that is read is of use to several. */
  #enlargeRoom(): void {
    const { visited } = this.#levels;
    const wanted = Math.min(MOST_WAITING, Math.ceil(visited.count / PARTS));
    const bytes = WaitingKeys.bytesFor(shapeOf(this.#packed), wanted);
    const isAllowed = visited.bytes + bytes <= this.#limits.memoryBytes / 2;
    if (wanted >= 2 * this.#waiting.room && isAllowed) this.#waiting = this.#roomFor(wanted);
  }

  #roomFor(room: number): WaitingKeys {
    const shape = shapeOf(this.#packed);
    const waiting = new WaitingKeys(shape, new ArrayBuffer(WaitingKeys.bytesFor(shape, room)));
    this.#levels.visited.bytesBeside = waiting.bytes;
    return waiting;
  }

  #violation({ invariant, state }: Broken): Ending {
    const name = this.#model.definition.invariants[invariant]?.name ?? "";
    const system = systemOf(this.#model, this.#packed);
    return violation(name, wayTo(system, this.#levels.visited, state), true);
  }
}
