// A declared symmetry that is none would hide states. So before a search trusts it, the declaration is compared with what
// the model does, in some states that are reached: the images of a state's successors have to be the successors of
// its image, and both have to break the same number of invariants: none, or some.
//
// Not a proof: a difference that shows elsewhere is not seen.

import type { Model } from "./model.ts";
import { generatorsOf, imageOf } from "./symmetry.ts";

/** States nearest to the beginning that are tried. */
const NEAR_STATES = 300;
/** Walks from the beginning, and their steps. */
const WALKS = 30;
const STEPS = 40;

/**
 * Compares the declared symmetry with some states of the model.
 *
 * @throws TypeError that says where they differ.
 */
export function checkSymmetry(model: Model): void {
  const moves = generatorsOf(model).map(
    (each) => (state: Int32Array) => imageOf(model, each, state, 0),
  );
  const initial = initialStates(model);
  const texts = new Set(initial.map(textOf));
  for (const move of moves) {
    if (initial.some((state) => !texts.has(textOf(move(state))))) {
      refuse(model, "an initial state has an image that is none");
    }
    for (const state of someStates(model, initial)) compare(model, state, move);
  }
}

/** Those near the beginning, and those on walks that take one successor after the other in turn. */
function someStates(model: Model, initial: readonly Int32Array[]): readonly Int32Array[] {
  const known = new Map(initial.map((state) => [textOf(state), state]));
  for (const state of known.values()) {
    for (const { state: successor } of successorsOf(model, state)) {
      if (known.size < NEAR_STATES) known.set(textOf(successor), successor);
    }
  }
  for (let walk = 0; walk < WALKS; walk++) {
    let state = initial[walk % initial.length];
    for (let step = 0; step < STEPS && state !== undefined; step++) {
      known.set(textOf(state), state);
      const successors = successorsOf(model, state);
      state = successors[(walk * STEPS + step * step) % successors.length]?.state;
    }
  }
  return [...known.values()];
}

function compare(model: Model, state: Int32Array, move: (state: Int32Array) => Int32Array): void {
  const { kernel } = model;
  const image = move(state);
  if ((kernel.broken(state, 0) === -1) !== (kernel.broken(image, 0) === -1)) {
    refuse(model, "a state breaks an invariant, and its image does not");
  }
  const expected = successorsOf(model, state).map((each) => ({
    ...each,
    text: textOf(move(each.state)),
  }));
  const found = successorsOf(model, image).map((each) => textOf(each.state));
  const stray = expected.find(({ text }) => !found.includes(text));
  if (stray !== undefined || expected.length !== found.length) {
    const action = stray === undefined ? "" : `, after ${model.instances[stray.action]?.name}`;
    refuse(model, `the image of a state has other successors than the state${action}`);
  }
}

function initialStates({ initial, layout }: Model): readonly Int32Array[] {
  return Array.from({ length: initial.length / layout.words }, (_, i) =>
    initial.slice(i * layout.words, (i + 1) * layout.words),
  );
}

const textOf = (state: Int32Array): string => state.join(",");

function successorsOf(
  { kernel, layout, instances }: Model,
  state: Int32Array,
): readonly { readonly state: Int32Array; readonly action: number }[] {
  const { words } = layout;
  const out = new Int32Array(instances.length * words);
  const numbers = new Int32Array(instances.length);
  const count = kernel.expand(state, 0, out, numbers, 0);
  return Array.from({ length: count }, (_, i) => ({
    state: out.slice(i * words, (i + 1) * words),
    action: numbers[i] ?? 0,
  }));
}

function refuse({ definition }: Model, difference: string): never {
  throw new TypeError(
    `the declared symmetry of ${definition.name} is none: ${difference}. Exchange values of all domains that belong together, or declare less`,
  );
}
