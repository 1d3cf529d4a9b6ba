// Numbers for states, so that equal ones are told by comparing two numbers. Exact: what has the same number is the same.
//
// Left out is what nobody asks for again: the last call, the last attempt and the last transfer are read at the event that
// made them; the history of ended registrations says only which situations a rule was judged in.

import type { State } from "../../../model/state.ts";
import type { Lane } from "./lanes.ts";

const noEpisode: object = Object.freeze({});

/** Gives texts numbers; the same text has the same number. */
export class Keys {
  readonly #numbers = new Map<string, number>();
  readonly #ofParts = new WeakMap<object, number>();

  /** The number of the text, from 1. */
  of(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** The number of a world, the cache in it, and the threads. */
  ofPlace(world: State, snapshot: string, lanes: readonly Lane[]): number {
    const { memory, nics, drivers, sockets, attempts, faults, instances, alive } = world;
    const parts = [
      memory.physical,
      memory.spaces,
      memory.secures,
      memory.locked,
      memory.watches,
      memory.unheard,
      memory.generations,
      nics,
      drivers,
      sockets,
      attempts,
      faults,
      alive,
    ].map((part) => this.#ofPart(part));
    const ofInstances = instances.flatMap((each) =>
      [
        each.registrations,
        each.zombies,
        each.uses,
        each.unreleased,
        each.calls,
        each.episode ?? noEpisode,
      ].map((part) => this.#ofPart(part)),
    );
    const rest = [memory.nextSecure, memory.nextMdl, ...instances.map((each) => each.started)];
    return this.of(
      `${[...parts, ...ofInstances, ...rest].join()} ${this.of(snapshot)} ${JSON.stringify(lanes)}`,
    );
  }

  /** Parts of a state are frozen, and most stay the same object from one state to the next. */
  #ofPart(part: object): number {
    const known = this.#ofParts.get(part);
    if (known !== undefined) return known;
    const number = this.of(JSON.stringify(part));
    this.#ofParts.set(part, number);
    return number;
  }
}
