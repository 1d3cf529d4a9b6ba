// Expressions once more, interpreted on plain values: what generated code is compared with.

import type { Definition } from "../../src/explorer/definition.ts";
import {
  conditionOf,
  type Condition,
  type Effect,
  type Term,
} from "../../src/explorer/expression.ts";

/** The code of every place, by its name. */
export type Codes = ReadonlyMap<string, number>;

function valueOf(term: Term, codes: Codes): number {
  switch (term.kind) {
    case "literal":
      return term.code;
    case "read":
      return codes.get(term.place.name) ?? 0;
    case "sum":
      return valueOf(term.term, codes) + term.by;
  }
}

/** Whether a condition holds. */
export function holds(condition: Condition, codes: Codes): boolean {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "equal":
      return valueOf(condition.left, codes) === valueOf(condition.right, codes);
    case "below":
      return valueOf(condition.left, codes) < valueOf(condition.right, codes);
    case "all":
      return condition.parts.every((part) => holds(part, codes));
    case "any":
      return condition.parts.some((part) => holds(part, codes));
    case "not":
      return !holds(condition.part, codes);
  }
}

function apply(effects: readonly Effect[], before: Codes, after: Map<string, number>): void {
  for (const effect of effects) {
    if (effect.kind === "assign") after.set(effect.place.name, valueOf(effect.term, before));
    else if (holds(effect.condition, before)) apply(effect.effects, before, after);
  }
}

/** The successors of a state, each with the name of its action. */
export function successors(
  { actions }: Definition,
  codes: Codes,
): readonly { readonly action: string; readonly codes: Codes }[] {
  return actions
    .flatMap(({ instances }) => instances)
    .filter(({ rule }) => holds(conditionOf(rule.guard), codes))
    .map(({ name, rule }) => {
      const after = new Map(codes);
      apply(rule.effects, codes, after);
      return { action: name, codes: after };
    });
}
