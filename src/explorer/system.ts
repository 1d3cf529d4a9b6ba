// What a search has to know of a system whose states it cannot read: a program, a simulator, an implementation under test.
// A model that is written as a definition is searched faster; this is for everything else.
//
// A system has one current state. A search moves it: to an initial state, along an action, back to a state that it saved.
// Whatever happens has to depend on the current state and the action alone: a system that counts its calls, looks at a
// clock or draws numbers is searched wrongly. The option `replayEvery` looks for that.

import type { Independence } from "./independence.ts";

/** A system that is moved by its searcher. */
export interface System {
  readonly name: string;
  /** How many initial states there are. */
  readonly initialCount: number;
  /** Makes an initial state, by its number from 0, the current one. */
  begin(initial: number): void;
  /** Actions of the current state have numbers from 0 and below this one; not each of them has to be possible. */
  actionCount(): number;
  /**
   * Performs an action of the current state. False: it is not possible, and the current state is what it was.
   */
  apply(action: number): boolean;
  /**
   * The name of what is broken in the current state, or was by the `begin` or `apply` that led to it; null: nothing.
   * A search asks after each `begin` and each successful `apply`, also when it met the state before.
   */
  broken(): string | null;
  /** An action of the current state, before it is performed, in words. */
  describe(action: number): string;
  /** The current state in words; it may be several lines. */
  describeState(): string;
  /** Null: states cannot be saved. They are then reached again by performing everything from the start. */
  readonly snapshots: Snapshots | null;
  /** Null: nothing is known to be independent. */
  readonly independence: Independence | null;
}

/** How states are told apart, saved and put back. All of it is about the current state. */
export interface Snapshots {
  /** Words of a key. */
  readonly keyWords: number;
  /**
   * True: two states have the same key only if they are the same. False: keys are fingerprints, as good as random in all
   * their bits, and the search says how probable it is that two states had the same one.
   */
  readonly exactKeys: boolean;
  /**
   * Writes the key of the current state. States that behave alike from here on should have the same key, and then only
   * one of them is explored; states that do not must not, or bugs are missed.
   */
  writeKey(into: Int32Array): void;
  /** Bytes that `save` writes. */
  sizeBytes(): number;
  /** Copies the current state into so many bytes, which start at a multiple of 8 in their buffer. */
  save(into: Uint8Array): void;
  /** Returns to a state that `save` copied. The bytes belong to the search; they are not to be kept or changed. */
  restore(from: Uint8Array): void;
}
