// A declared symmetry that is none would hide states. So before a search trusts it, the declaration is compared with what
// the model does, on the first states that are reached: the images of a state's successors have to be the successors of
// its image, and both have to break the same number of invariants: none, or some.
//
// Not a proof: a difference that shows further on only is not seen.

import type { Model } from "./model.ts";
import { imageOf, symmetriesOf } from "./symmetry.ts";

const STATES_TRIED = 200;

/**
 * Compares the declared symmetry with the first states of the model.
 *
 * @throws TypeError that says where they differ.
 */
export function checkSymmetry(model: Model): void {
  const { words } = model.layout;
  const known = new Map<string, Int32Array>();
  for (let at = 0; at < model.initial.length; at += words) {
    const state = model.initial.slice(at, at + words);
    known.set(state.join(","), state);
  }
  const symmetries = symmetriesOf(model);
  for (const [text, state] of known) {
    for (const each of symmetries) {
      const image = imageOf(model, each, state, 0);
      if (
        model.initial.length > 0 &&
        isInitial(model, text) !== isInitial(model, image.join(","))
      ) {
        refuse(model, "an initial state has an image that is none");
      }
      compare(model, state, image, (successor) => imageOf(model, each, successor, 0));
    }
    for (const { state: successor } of successorsOf(model, state)) {
      if (known.size < STATES_TRIED) known.set(successor.join(","), successor);
    }
  }
}

function compare(
  model: Model,
  state: Int32Array,
  image: Int32Array,
  move: (state: Int32Array) => Int32Array,
): void {
  const { kernel } = model;
  if ((kernel.broken(state, 0) === -1) !== (kernel.broken(image, 0) === -1)) {
    refuse(model, "a state breaks an invariant, and its image does not");
  }
  const expected = successorsOf(model, state).map((each) => ({
    ...each,
    text: move(each.state).join(","),
  }));
  const found = successorsOf(model, image).map((each) => each.state.join(","));
  const stray = expected.find(({ text }) => !found.includes(text));
  if (stray !== undefined || expected.length !== found.length) {
    const action = stray === undefined ? "" : `, after ${model.instances[stray.action]?.name}`;
    refuse(model, `the image of a state has other successors than the state${action}`);
  }
}

function isInitial({ initial, layout }: Model, text: string): boolean {
  for (let at = 0; at < initial.length; at += layout.words) {
    if (initial.slice(at, at + layout.words).join(",") === text) return true;
  }
  return false;
}

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
