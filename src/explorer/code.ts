// Expressions as JavaScript on packed words. In this code w0, w1, … are the words of the state before, n0, n1, … those of the
// state after. Words are signed 32-bit integers, as an Int32Array holds them.

import type { Condition, Effect, Place, Term } from "./expression.ts";
import { positionOf, type Layout, type Position } from "./layout.ts";

/** The expression that a condition is. */
export function conditionCode(layout: Layout, condition: Condition): string {
  switch (condition.kind) {
    case "constant":
      return String(condition.value);
    case "equal":
      return comparison(layout, condition.left, condition.right, "===");
    case "below":
      return `(${termCode(layout, condition.left)} < ${termCode(layout, condition.right)})`;
    case "all":
      return `(${allCode(layout, condition.parts).join(" && ")})`;
    case "any":
      return `(${condition.parts.map((part) => conditionCode(layout, part)).join(" || ")})`;
    case "not":
      return condition.part.kind === "equal"
        ? comparison(layout, condition.part.left, condition.part.right, "!==")
        : `!${conditionCode(layout, condition.part)}`;
  }
}

function termCode(layout: Layout, term: Term): string {
  switch (term.kind) {
    case "literal":
      return String(term.code);
    case "read": {
      const { word, shift, mask } = positionOf(layout, term.place);
      return shift === 0 ? `(w${word} & ${mask})` : `((w${word} >>> ${shift}) & ${mask})`;
    }
    case "sum":
      return `(${termCode(layout, term.term)} + ${term.by})`;
  }
}

/** Comparing with a literal leaves the bits where they are. */
function comparison(layout: Layout, left: Term, right: Term, operator: "===" | "!=="): string {
  if (left.kind === "read" && right.kind === "literal") {
    const { word, shift, mask } = positionOf(layout, left.place);
    return `(w${word} & ${mask << shift}) ${operator} ${right.code << shift}`;
  }
  return `${termCode(layout, left)} ${operator} ${termCode(layout, right)}`;
}

/** Comparisons of one word with literals become one. */
function allCode(layout: Layout, parts: readonly Condition[]): readonly string[] {
  const compared = new Map<number, { mask: number; bits: number }>();
  const others: string[] = [];
  for (const part of parts) {
    const literal = comparedWithLiteral(layout, part);
    const known = literal && compared.get(literal.position.word);
    if (literal === null) others.push(conditionCode(layout, part));
    else if (known === undefined || known === null) {
      const mask = literal.position.mask << literal.position.shift;
      compared.set(literal.position.word, { mask, bits: literal.bits });
    } else {
      const mask = literal.position.mask << literal.position.shift;
      if ((known.mask & mask & (known.bits ^ literal.bits)) !== 0) return ["false"];
      known.mask |= mask;
      known.bits |= literal.bits;
    }
  }
  const merged = Array.from(
    compared,
    ([word, { mask, bits }]) => `(w${word} & ${mask}) === ${bits}`,
  );
  return [...merged, ...others];
}

function comparedWithLiteral(
  layout: Layout,
  condition: Condition,
): { readonly position: Position; readonly bits: number } | null {
  if (condition.kind !== "equal") return null;
  const { left, right } = condition;
  if (left.kind !== "read" || right.kind !== "literal") return null;
  const position = positionOf(layout, left.place);
  return { position, bits: right.code << position.shift };
}

/** Statements that carry out effects. They call `outside(name)` where a value leaves its domain. */
export function effectsCode(layout: Layout, effects: readonly Effect[]): readonly string[] {
  const statements: string[] = [];
  const literals = new Map<number, { clear: number; set: number }>();
  const flush = (): void => {
    for (const [word, { clear, set }] of literals) {
      statements.push(`n${word} = n${word} & ${~clear} | ${set};`);
    }
    literals.clear();
  };
  for (const effect of effects) {
    if (effect.kind === "when") {
      flush();
      const inner = effectsCode(layout, effect.effects);
      const condition = conditionCode(layout, effect.condition);
      if (condition !== "false") statements.push(`if (${condition}) {`, ...inner, "}");
    } else if (effect.term.kind === "literal") {
      const { word, shift, mask } = positionOf(layout, effect.place);
      const { clear, set } = literals.get(word) ?? { clear: 0, set: 0 };
      literals.set(word, {
        clear: clear | (mask << shift),
        set: (set & ~(mask << shift)) | (effect.term.code << shift),
      });
    } else {
      flush();
      statements.push(assignment(layout, effect.place, effect.term));
    }
  }
  flush();
  return statements;
}

function assignment(layout: Layout, place: Place, term: Term): string {
  const { word, shift, mask } = positionOf(layout, place);
  const value = termCode(layout, term);
  const write = (code: string): string =>
    `n${word} = n${word} & ${~(mask << shift)} | ${code}${shift === 0 ? "" : ` << ${shift}`};`;
  if (term.kind !== "sum") return write(value);
  const last = place.domain.values.length - 1;
  return `{ const v = ${value}; if (v < 0 || v > ${last}) outside(${JSON.stringify(place.name)}); ${write("v")} }`;
}
