// A definition, compiled: states are packed into words, and all actions become straight-line code on those words, with
// their parameters written in. The code is a text, and a text can be handed to another thread.
//
// Generating code is what makes a definition that reads like a specification as fast as a loop packed by hand; see
// docs/decisions/0020-models-are-compiled.md.

import { conditionCode, effectsCode } from "./code.ts";
import type { Definition, Instance } from "./definition.ts";
import { conditionOf, type Effect } from "./expression.ts";
import { evaluated } from "./generated.ts";
import { layoutOf, positionOf, type Layout } from "./layout.ts";

/** The generated functions. All of them read states packed one after the other; `at` is the first word of one. */
export interface Kernel {
  /**
   * Writes the successors of a state into `out` as states number `from` and following, and the numbers of the actions
   * that lead there into `numbers`, ascending. Returns the number that the next one would have.
   */
  expand(
    states: Int32Array,
    at: number,
    out: Int32Array,
    numbers: Int32Array,
    from: number,
  ): number;
  /** The first invariant that the state breaks, or −1. */
  broken(states: Int32Array, at: number): number;
}

/** A model that can be searched. */
export interface Model {
  readonly definition: Definition;
  readonly layout: Layout;
  /** Every action with its parameters given, by its number; without those that are never possible. */
  readonly instances: readonly Instance[];
  /** The initial states, packed one after the other. */
  readonly initial: Int32Array;
  readonly kernel: Kernel;
  /** The text of the kernel, of which `kernelFrom` makes it again. */
  readonly source: string;
}

/** Characters of generated code in one function. The optimising compiler gives up on functions that are much longer. */
const LONGEST_FUNCTION = 20_000;

/**
 * Compiles a definition.
 *
 * @throws TypeError if it uses a variable that it does not list, or lists two of one name.
 */
export function compile(definition: Definition): Model {
  const names = definition.variables.map((each) => each.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(
      `the model ${definition.name} has two variables named ${twice}; rename one`,
    );
  }
  const layout = layoutOf(definition.variables);
  const instances = definition.actions
    .flatMap((each) => each.instances)
    .filter(({ rule }) => {
      const guard = conditionOf(rule.guard);
      return guard.kind !== "constant" || guard.value;
    });
  const source = kernelSource(definition, layout, instances);
  return {
    definition,
    layout,
    instances,
    initial: initialStates(definition, layout),
    kernel: kernelFrom(source, definition.name),
    source,
  };
}

/** The body of a function that answers a `Kernel`. */
function kernelSource(
  definition: Definition,
  layout: Layout,
  instances: readonly Instance[],
): string {
  const parts = expandParts(layout, instances);
  const calls = parts.map((_, i) => `n = expand${i}(states, at, out, numbers, n);`);
  const invariants = definition.invariants.map(
    ({ holds }, i) => `if (!(${conditionCode(layout, holds)})) return ${i};`,
  );
  return [
    `"use strict";`,
    ...parts.map(
      (part, i) => `function expand${i}(states, at, out, numbers, n) {\n${part}\nreturn n;\n}`,
    ),
    `function expand(states, at, out, numbers, n) {\n${calls.join("\n")}\nreturn n;\n}`,
    `function broken(states, at) {\n${loads(layout)}\n${invariants.join("\n")}\nreturn -1;\n}`,
    "return { expand, broken };",
  ].join("\n");
}

function expandParts(layout: Layout, instances: readonly Instance[]): readonly string[] {
  const words = Array.from({ length: layout.words }, (_, i) => i);
  const stores = words.map((i) => `out[n * ${layout.words} + ${i}] = n${i};`).join(" ");
  const begin = `let ${words.map((i) => `n${i}`).join(", ")};`;
  const parts: string[] = [];
  let part = "";
  for (const [number, { rule }] of instances.entries()) {
    const block = [
      `if (${conditionCode(layout, conditionOf(rule.guard))}) {`,
      words.map((i) => `n${i} = w${i};`).join(" "),
      ...effectsCode(layout, rule.effects),
      `${stores} numbers[n++] = ${number};`,
      "}",
    ].join("\n");
    if (part.length + block.length > LONGEST_FUNCTION && part !== "") {
      parts.push(part);
      part = "";
    }
    part += `${block}\n`;
  }
  return [...parts, part].map((each) => `${loads(layout)}\n${begin}\n${each}`);
}

function loads({ words }: Layout): string {
  return Array.from({ length: words }, (_, i) => `const w${i} = states[at + ${i}];`).join(" ");
}

/** The kernel of which a model's source is the text. */
export function kernelFrom(source: string, name: string): Kernel {
  const outside = (place: string): never => {
    throw new RangeError(
      `an action of ${name} gives ${place} a value outside its domain; guard the action, or widen the domain`,
    );
  };
  return evaluated("outside", source)(outside) as Kernel;
}

function initialStates(definition: Definition, layout: Layout): Int32Array {
  const { initial = [[]] } = definition;
  const states = new Int32Array(initial.length * layout.words);
  for (const [i, effects] of initial.entries()) {
    for (const effect of effects) assignLiteral(layout, states, i * layout.words, effect);
  }
  return states;
}

function assignLiteral(layout: Layout, states: Int32Array, at: number, effect: Effect): void {
  if (effect.kind !== "assign" || effect.term.kind !== "literal") {
    throw new TypeError(
      "an initial state is given by values that do not depend on a state; write one list of effects for each initial state",
    );
  }
  const { word, shift, mask } = positionOf(layout, effect.place);
  const before = states[at + word] ?? 0;
  states[at + word] = (before & ~(mask << shift)) | (effect.term.code << shift);
}
