// Breadth first over a model. The states of a level are expanded in the order in which they were met; their successors
// wait until many can be entered at once, at the latest until the end of the level. So each state is met on the level that
// is its distance from the beginning, and the way back over predecessors is a shortest one.

import type { Keys } from "./keys.ts";
import { systemOf } from "./model-system.ts";
import type { Model } from "./model.ts";
import type { Course, Coverage, Ending } from "./outcome.ts";
import { violation, wayTo } from "./retracing.ts";
import { numberOf, PARTS, VisitedSet, type Part } from "./visited-set.ts";

/** Successors that are made before they are sorted: as many as stay in the nearest cache. */
const BATCH = 1024;

/** How far a search goes. */
export interface Limits {
  readonly maxDepth: number;
  readonly memoryBytes: number;
}

/** Breadth first, on packed states. */
export class PackedSearch implements Course {
  readonly #model: Model;
  readonly #keys: Keys;
  readonly #limits: Limits;
  readonly #visited: VisitedSet;
  /** Keys are not states: the states of the frontier go beside them. */
  readonly #hasCargo: boolean;
  // A batch of successors: states, their keys, their predecessors.
  readonly #out: Int32Array;
  readonly #outKeys: Int32Array;
  readonly #sources: Int32Array;
  readonly #actions: Int32Array;
  /** Of each part, the places up to which states have been expanded, belong to the level, have been judged. */
  readonly #expanded: Int32Array = new Int32Array(PARTS);
  readonly #levelEnd: Int32Array = new Int32Array(PARTS);
  readonly #judged: Int32Array = new Int32Array(PARTS);
  #part = 0;
  #transitions = 0;
  /** The level that is being expanded; −1: the initial states are not yet in. */
  #level = -1;
  #depth = 0;

  constructor(model: Model, keys: Keys, limits: Limits) {
    const { words } = model.layout;
    const room = BATCH + model.instances.length + model.initial.length;
    this.#model = model;
    this.#keys = keys;
    this.#limits = limits;
    this.#hasCargo = !keys.exact;
    this.#out = new Int32Array(room * words);
    this.#outKeys = this.#hasCargo ? new Int32Array(room * keys.words) : this.#out;
    this.#sources = new Int32Array(room);
    this.#actions = new Int32Array(room);
    this.#visited = new VisitedSet({
      keyWords: keys.words,
      cargoWords: this.#hasCargo ? words : 0,
      limitBytes: limits.memoryBytes,
    });
  }

  advance(): Ending | null {
    if (this.#level === -1) return this.#begin();
    const made = this.#expandBatch();
    return (
      this.#enter(made) ?? (this.#part === PARTS ? (this.#settle() ?? this.#nextLevel()) : null)
    );
  }

  coverage(): Coverage {
    return {
      states: this.#visited.count,
      transitions: this.#transitions,
      depth: this.#depth,
      completeDepth: this.#level,
      frontier: this.#visited.parts.reduce(
        (sum, { count }, part) => sum + count - (this.#expanded[part] as number),
        0,
      ),
      bytes: this.#visited.bytes,
    };
  }

  #begin(): Ending | null {
    const { initial, layout } = this.#model;
    this.#out.set(initial);
    const ending = this.#enter(initial.length / layout.words) ?? this.#settle();
    return ending ?? this.#nextLevel();
  }

  /** What was met is the next level. */
  #nextLevel(): Ending | null {
    const met = this.#visited.parts.some(({ count }, part) => count > (this.#expanded[part] ?? 0));
    if (!met) return { kind: "complete" };
    this.#level++;
    this.#depth = this.#level;
    this.#part = 0;
    for (const [i, part] of this.#visited.parts.entries()) {
      if (this.#hasCargo) this.#visited.dropCargo(part, this.#expanded[i] as number);
      this.#levelEnd[i] = part.count;
    }
    return this.#level === this.#limits.maxDepth ? { kind: "unknown", reason: "depth" } : null;
  }

  /** Makes successors of states of the level until there is a batch of them, or the level ends. Returns how many. */
  #expandBatch(): number {
    const { kernel, layout } = this.#model;
    const { words } = layout;
    const sources = this.#sources;
    let made = 0;
    for (; this.#part < PARTS; this.#part++) {
      const part = this.#visited.parts[this.#part] as Part;
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
    this.#transitions += this.#level === -1 ? 0 : made;
    return made;
  }

  /** Hands so many successors to the visited set. */
  #enter(made: number): Ending | null {
    this.#keys.canonical?.(this.#out, made);
    if (this.#hasCargo) this.#keys.write(this.#out, made, this.#outKeys);
    for (let done = 0; done < made;) {
      done = this.#visited.wait(this.#outKeys, done, made, this.#sources, this.#out);
      const ending = done < made ? this.#settle() : null;
      if (ending !== null) return ending;
    }
    return null;
  }

  /** Enters what waits, and judges what is new. */
  #settle(): Ending | null {
    const entered = this.#visited.settle();
    for (const [i, part] of this.#visited.parts.entries()) {
      const ending = this.#judge(i, part);
      if (ending !== null) return ending;
    }
    return entered ? null : { kind: "unknown", reason: "memory" };
  }

  #judge(i: number, part: Part): Ending | null {
    const { kernel, layout, definition } = this.#model;
    const states = this.#hasCargo ? part.cargo : part.keys;
    const before = this.#hasCargo ? part.cargoFrom + 1 : 0;
    for (let place = (this.#judged[i] as number) + 1; place <= part.count; place++) {
      const broken = kernel.broken(states, (place - before) * layout.words);
      if (broken === -1) continue;
      this.#depth = this.#level + 1;
      const name = definition.invariants[broken]?.name ?? "";
      const way = wayTo(systemOf(this.#model, this.#keys), this.#visited, numberOf(i, place));
      return violation(name, way, true);
    }
    if (part.count > (this.#judged[i] as number)) this.#depth = this.#level + 1;
    this.#judged[i] = part.count;
    return null;
  }
}
