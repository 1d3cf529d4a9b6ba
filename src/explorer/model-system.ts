// A model as a system that is moved one action at a time: for searches that follow a path, and for telling a path.

import type { Place } from "./expression.ts";
import { independenceOf } from "./independence.ts";
import { positionOf } from "./layout.ts";
import type { Model } from "./model.ts";
import type { Packed } from "./packed-program.ts";
import type { System } from "./system.ts";

/** The model, with states told apart as its program does. */
export function systemOf(model: Model, packed: Packed): System {
  const { definition, kernel, instances, initial, layout } = model;
  const { words } = layout;
  const state = new Int32Array(words);
  const canonical = new Int32Array(words);
  const successors = new Int32Array(instances.length * words);
  const actions = new Int32Array(instances.length);
  /** Successors that are known of the current state; −1: they have not been computed. */
  let known = -1;
  const move = (words: Int32Array): void => {
    state.set(words);
    known = -1;
  };
  return {
    name: definition.name,
    initialCount: initial.length / words,
    begin: (number) => move(initial.subarray(number * words, (number + 1) * words)),
    actionCount: () => instances.length,
    apply(action) {
      if (known === -1) known = kernel.expand(state, 0, successors, actions, 0);
      const i = actions.subarray(0, known).indexOf(action);
      if (i === -1) return false;
      move(successors.subarray(i * words, (i + 1) * words));
      return true;
    },
    broken: () => definition.invariants[kernel.broken(state, 0)]?.name ?? null,
    describe: (action) => instances[action]?.name ?? `action ${action}`,
    describeState: () => describeState(model, state),
    independence: independenceOf(model),
    snapshots: {
      keyWords: packed.keyWords,
      exactKeys: packed.exactKeys,
      writeKey(into) {
        canonical.set(state);
        packed.canonical(canonical, 1);
        packed.writeKeys(canonical, 1, into);
      },
      sizeBytes: () => state.byteLength,
      save: (into) => into.set(new Uint8Array(state.buffer)),
      restore: (from) => move(new Int32Array(from.buffer, from.byteOffset, words)),
    },
  };
}

/** What differs from the first value of its domain, one variable a line. */
function describeState({ definition, layout }: Model, state: Int32Array): string {
  const text = (place: Place): string[] => {
    const { word, shift, mask } = positionOf(layout, place);
    const code = ((state[word] as number) >>> shift) & mask;
    return code === 0 ? [] : [`${place.name} = ${String(place.domain.values[code])}`];
  };
  const lines = definition.variables
    .map(({ places }) => places.flatMap(text).join(", "))
    .filter((line) => line !== "");
  return lines.length === 0 ? "as in the beginning" : lines.join("\n");
}
