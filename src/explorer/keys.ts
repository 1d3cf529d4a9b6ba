// By what a search tells the states of a model apart: the packed states themselves, or fingerprints of them; as they are,
// or in canonical form.

import { FINGERPRINT_WORDS, fingerprintAll } from "./fingerprint.ts";
import type { Model } from "./model.ts";
import { checkSymmetry } from "./symmetry-check.ts";
import { canonicalOf, type Canonical } from "./symmetry.ts";

/** How keys are made of packed states. */
export interface Keys {
  readonly words: number;
  readonly exact: boolean;
  /** Null: states are left as they are. */
  readonly canonical: Canonical | null;
  /** Writes the keys of so many states, which are in canonical form. */
  write(states: Int32Array, count: number, into: Int32Array): void;
}

export interface KeyChoice {
  readonly fingerprints: boolean;
  readonly symmetry: boolean;
}

/**
 * The keys of a model's states.
 *
 * @throws TypeError if its symmetry is asked for, and is none.
 */
export function keysOf(model: Model, { fingerprints, symmetry }: KeyChoice): Keys {
  const { words } = model.layout;
  if (symmetry) checkSymmetry(model);
  const canonical = symmetry ? canonicalOf(model) : null;
  if (fingerprints) {
    const write: Keys["write"] = (states, count, into) =>
      fingerprintAll(states, count, words, into);
    return { words: FINGERPRINT_WORDS, exact: false, canonical, write };
  }
  const write: Keys["write"] = (states, count, into) => {
    for (let i = 0; i < count * words; i++) into[i] = states[i] as number;
  };
  return { words, exact: true, canonical, write };
}
