// The language in which guards, effects and invariants are written. It is data, not code that runs: parameters are
// ordinary values, known while the definition is read, and only what depends on the state becomes an expression.
//
// Not expressible: an index that depends on the state. Say `all` or `any` over the values that it may have.

import { codeOf, haveSameCodes, type Domain, type Value } from "./domain.ts";

/** Where one value of the state is kept: a variable, or one element of a family. */
export interface Place {
  /** As it is printed: `pending[2]`. */
  readonly name: string;
  readonly domain: Domain;
  /** The values that its indices have, one for each domain that the family is indexed by. */
  readonly indices: readonly Value[];
}

/** A number computed from the state: the code of a value. */
export type Term =
  | { readonly kind: "literal"; readonly code: number }
  | { readonly kind: "read"; readonly place: Place }
  | { readonly kind: "sum"; readonly term: Term; readonly by: number };

/** True or false in a state. */
export type Condition =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "equal" | "below"; readonly left: Term; readonly right: Term }
  | { readonly kind: "all" | "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition };

/** What an action does. All effects of an action read the state before it; of two that write one place the later counts. */
export type Effect =
  | { readonly kind: "assign"; readonly place: Place; readonly term: Term }
  | { readonly kind: "when"; readonly condition: Condition; readonly effects: readonly Effect[] };

/** A value of a domain that depends on the state. */
export interface Expression<V extends Value = Value> {
  readonly domain: Domain<V>;
  readonly term: Term;
  is(other: V | Expression<V>): Condition;
  isNot(other: V | Expression<V>): Condition;
  /** In the order of the domain. */
  isBelow(other: V | Expression<V>): Condition;
  /** The value so many places further in the domain. The search throws a RangeError if that is stored and there is none. */
  plus(by: number): Expression<V>;
}

/** An expression that can be given a value. */
export interface Cell<V extends Value = Value> extends Expression<V> {
  readonly place: Place;
  becomes(value: V | Expression<V>): Effect;
}

/** Every one of the conditions holds; true if there are none. */
export function all(...parts: readonly (Condition | boolean)[]): Condition {
  return combined("all", parts, false);
}

/** At least one of the conditions holds; false if there are none. */
export function any(...parts: readonly (Condition | boolean)[]): Condition {
  return combined("any", parts, true);
}

/** The condition does not hold. */
export function not(condition: Condition | boolean): Condition {
  const part = conditionOf(condition);
  if (part.kind === "constant") return { kind: "constant", value: !part.value };
  return part.kind === "not" ? part.part : { kind: "not", part };
}

/** The effects, if the condition holds in the state before the action. */
export function when(condition: Condition | boolean, ...effects: readonly Effect[]): Effect {
  return { kind: "when", condition: conditionOf(condition), effects };
}

/** A condition of which a definition may also know the answer. */
export function conditionOf(condition: Condition | boolean): Condition {
  return typeof condition === "boolean" ? { kind: "constant", value: condition } : condition;
}

/** Drops what changes nothing; `decisive` is the answer of a single part that decides the whole. */
function combined(
  kind: "all" | "any",
  given: readonly (Condition | boolean)[],
  decisive: boolean,
): Condition {
  const parts = given
    .map(conditionOf)
    .flatMap((part) => (part.kind === kind ? part.parts : [part]))
    .filter((part) => part.kind !== "constant" || part.value === decisive);
  if (parts.some((part) => part.kind === "constant")) return { kind: "constant", value: decisive };
  const [only] = parts;
  if (only === undefined) return { kind: "constant", value: !decisive };
  return parts.length === 1 ? only : { kind, parts };
}

/** The cell that reads and writes a place. */
export function cellAt<V extends Value>(place: Place, domain: Domain<V>): Cell<V> {
  return {
    ...expression(domain, { kind: "read", place }),
    place,
    becomes: (value) => ({ kind: "assign", place, term: termOf(domain, value) }),
  };
}

function expression<V extends Value>(domain: Domain<V>, term: Term): Expression<V> {
  const compared = (kind: "equal" | "below", other: V | Expression<V>): Condition => ({
    kind,
    left: term,
    right: termOf(domain, other),
  });
  return {
    domain,
    term,
    is: (other) => compared("equal", other),
    isNot: (other) => not(compared("equal", other)),
    isBelow: (other) => compared("below", other),
    plus: (by) => expression(domain, { kind: "sum", term, by }),
  };
}

function termOf<V extends Value>(domain: Domain<V>, operand: V | Expression<V>): Term {
  if (typeof operand !== "object" || operand === null) {
    return { kind: "literal", code: codeOf(domain, operand) };
  }
  if (haveSameCodes(domain, operand.domain)) return operand.term;
  throw new TypeError(
    `a value of the domain ${operand.domain.name} meets one of ${domain.name}; declare both variables with the same domain`,
  );
}

/** Calls `visit` with every place that a condition reads. */
export function eachRead(condition: Condition, visit: (place: Place) => void): void {
  switch (condition.kind) {
    case "constant":
      return;
    case "equal":
    case "below":
      readOf(condition.left, visit);
      readOf(condition.right, visit);
      return;
    case "all":
    case "any":
      for (const part of condition.parts) eachRead(part, visit);
      return;
    case "not":
      eachRead(condition.part, visit);
  }
}

/** Calls `reads` with every place that effects read, and `writes` with every one that they may write. */
export function eachTouch(
  effects: readonly Effect[],
  reads: (place: Place) => void,
  writes: (place: Place) => void,
): void {
  for (const effect of effects) {
    if (effect.kind === "assign") {
      writes(effect.place);
      readOf(effect.term, reads);
    } else {
      eachRead(effect.condition, reads);
      eachTouch(effect.effects, reads, writes);
    }
  }
}

function readOf(term: Term, visit: (place: Place) => void): void {
  if (term.kind === "read") visit(term.place);
  else if (term.kind === "sum") readOf(term.term, visit);
}
