// All that a search of packed states needs of a model, as plain data: what is code is text. So it can be posted to a thread.

import { FINGERPRINT_WORDS, fingerprintAll } from "./fingerprint.ts";
import { kernelFrom, type Kernel, type Model } from "./model.ts";
import { checkSymmetry } from "./symmetry-check.ts";
import {
  canonicalFrom,
  canonicalProgram,
  type Canonical,
  type CanonicalProgram,
} from "./symmetry.ts";

/** By what states are told apart. */
export interface KeyChoice {
  /** By fingerprints of them, not by the packed states themselves. */
  readonly fingerprints: boolean;
  /** In canonical form, not as they are. */
  readonly symmetry: boolean;
}

/** A model to be searched, as data. */
export interface PackedProgram {
  readonly name: string;
  readonly words: number;
  /** How many actions there are, with all parameters given. */
  readonly actions: number;
  readonly initial: Int32Array;
  readonly kernel: string;
  readonly fingerprints: boolean;
  readonly canonical: CanonicalProgram | null;
}

/** A program that is ready to run. */
export interface Packed {
  readonly program: PackedProgram;
  readonly kernel: Kernel;
  readonly keyWords: number;
  readonly exactKeys: boolean;
  /** Brings so many states into the form of which one is explored, in place. */
  readonly canonical: Canonical;
  /** Writes the keys of so many states in that form. */
  readonly writeKeys: (states: Int32Array, count: number, into: Int32Array) => void;
}

/**
 * The program of a model.
 *
 * @throws TypeError if its symmetry is asked for, and is none.
 */
export function programOf(model: Model, { fingerprints, symmetry }: KeyChoice): PackedProgram {
  if (symmetry) checkSymmetry(model);
  return {
    name: model.definition.name,
    words: model.layout.words,
    actions: model.instances.length,
    initial: model.initial,
    kernel: model.source,
    fingerprints,
    canonical: symmetry ? canonicalProgram(model) : null,
  };
}

/** Makes functions of the texts. */
export function loaded(program: PackedProgram): Packed {
  const { words, fingerprints, canonical, name } = program;
  return {
    program,
    kernel: kernelFrom(program.kernel, name),
    keyWords: fingerprints ? FINGERPRINT_WORDS : words,
    exactKeys: !fingerprints,
    canonical: canonical === null ? () => {} : canonicalFrom(canonical),
    writeKeys(states, count, into) {
      if (fingerprints) fingerprintAll(states, count, words, into);
      else for (let i = 0; i < count * words; i++) into[i] = states[i] as number;
    },
  };
}
