// Models of which the counts are known without searching: from a formula, or from a puzzle book.

import {
  action,
  exchange,
  family,
  interchangeable,
  invariant,
  variable,
  type Definition,
} from "../../src/explorer/definition.ts";
import { oneOf, range } from "../../src/explorer/domain.ts";
import { all, any, not } from "../../src/explorer/expression.ts";

type Peg = "left" | "middle" | "right";

/** The towers of Hanoi: 3^n states, 3 (3^n − 1) moves, and 2^n − 1 moves to an end. The invariant denies the ends. */
export function hanoi(discs: number, ends: readonly Peg[] = ["right"]): Definition {
  const peg = oneOf<Peg>("peg", ["left", "middle", "right"]);
  const disc = range("disc", 1, discs);
  const at = family("at", [disc], peg);
  const move = action("move", { disc, from: peg, to: peg }, ({ disc: moved, from, to }) => ({
    guard: all(
      from !== to,
      at.at(moved).is(from),
      ...disc.values
        .filter((smaller) => smaller < moved)
        .map((smaller) => all(at.at(smaller).isNot(from), at.at(smaller).isNot(to))),
    ),
    effects: [at.at(moved).becomes(to)],
  }));
  return {
    name: "hanoi",
    variables: [at],
    actions: [move],
    invariants: [
      invariant(
        "the tower is not moved",
        all(...ends.map((end) => any(...disc.values.map((d) => at.at(d).isNot(end))))),
      ),
    ],
    symmetry: [exchange([peg, "middle", "right"])],
  };
}

/** Counters that count to a limit, each by itself: (limit + 1)^n states. */
export function counters(count: number, limit: number): Definition {
  const counter = range("counter", 1, count);
  const value = family("value", [counter], range("value", 0, limit));
  const step = action("step", { counter }, ({ counter: c }) => ({
    guard: value.at(c).isBelow(limit),
    effects: [value.at(c).becomes(value.at(c).plus(1))],
  }));
  return {
    name: "counters",
    variables: [value],
    actions: [step],
    invariants: [],
    symmetry: interchangeable(counter),
  };
}

/** Jugs of 3 and 5 gallons: 16 fillings can be reached, and 4 gallons in 6 pourings. The invariant denies 4 gallons. */
export function jugs(): Definition {
  const small = variable("small", range("gallons of 3", 0, 3));
  const big = variable("big", range("gallons of 5", 0, 5));
  const set = (name: string, jug: typeof small, to: number) =>
    action(name, {}, () => ({ guard: jug.isNot(to), effects: [jug.becomes(to)] }));
  const pour = (name: string, from: typeof small, to: typeof small, room: number) =>
    action(name, { a: from.domain, b: to.domain }, ({ a, b }) => {
      const poured = Math.min(a, room - b);
      return {
        guard: all(poured > 0, from.is(a), to.is(b)),
        effects: [from.becomes(a - poured), to.becomes(Math.min(room, b + poured))],
      };
    });
  return {
    name: "jugs",
    variables: [small, big],
    actions: [
      set("fill small", small, 3),
      set("fill big", big, 5),
      set("empty small", small, 0),
      set("empty big", big, 0),
      pour("small to big", small, big, 5),
      pour("big to small", big, small, 3),
    ],
    invariants: [invariant("big is not 4", not(big.is(4)))],
  };
}
