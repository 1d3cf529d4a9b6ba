import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  action,
  exchange,
  family,
  invariant,
  variable,
  type Definition,
} from "../../src/explorer/definition.ts";
import { flag, oneOf, optional, range } from "../../src/explorer/domain.ts";
import {
  all,
  any,
  conditionOf,
  not,
  when,
  type Cell,
  type Condition,
  type Effect,
} from "../../src/explorer/expression.ts";
import { compile, type Model } from "../../src/explorer/model.ts";
import { search } from "../../src/explorer/search.ts";
import { holds, successors, type Codes } from "./interpreter.ts";

const colour = oneOf("colour", ["red", "green", "blue"]);
const one = variable("one", colour);
const other = variable("other", colour);

function definitionOf(effects: readonly Effect[], parts: Partial<Definition> = {}): Definition {
  return {
    name: "colours",
    variables: [one, other],
    initial: [[one.becomes("green"), other.becomes("blue")]],
    actions: [action("go", {}, () => ({ guard: one.is("green"), effects }))],
    invariants: [],
    ...parts,
  };
}

/** The states that one action leads to, in words. */
function after(effects: readonly Effect[]): string | undefined {
  const end = invariant("has not moved", all(one.is("green"), other.is("blue")));
  const { violation } = search(compile(definitionOf(effects, { invariants: [end] })));
  return violation?.steps[0]?.state.replace("\n", ", ");
}

describe("effects", () => {
  it("read the state before the action, whatever their order", () => {
    expect(after([one.becomes(other), other.becomes(one)])).toBe("one = blue, other = green");
  });
  it("that write one place: the later counts", () => {
    expect(after([one.becomes("red"), one.becomes("blue")])).toBe("one = blue, other = blue");
    expect(after([one.becomes(other), one.becomes("red")])).toBe("other = blue");
  });
  it("under a condition happen if it held before", () => {
    expect(after([one.becomes("blue"), when(one.is("green"), other.becomes("red"))])).toBe(
      "one = blue",
    );
    expect(after([one.becomes("blue"), when(one.is("blue"), other.becomes("red"))])).toBe(
      "one = blue, other = blue",
    );
  });
});

describe("a definition is refused", () => {
  it("if a value is not in the domain", () => {
    const odd = "pink" as "red";
    expect(() => one.is(odd)).toThrow(
      "pink is not in the domain colour, which has red, green, blue",
    );
    expect(() => exchange([colour, "red", odd])).toThrow(RangeError);
  });
  it("if values of different domains meet", () => {
    const paint = variable("paint", oneOf("paint", ["red", "white"]));
    expect(() => one.becomes(paint as unknown as Cell<"red">)).toThrow(
      /a value of the domain paint meets one of colour/,
    );
  });
  it("if a family has no such element", () => {
    const row = family("row", [range("column", 1, 3)], flag, (column) => column !== 2);
    expect(() => row.at(2)).toThrow(/row has no element \[2\]/);
    expect(row.at(3).place.name).toBe("row[3]");
  });
  it("if it uses a variable that it does not list, or lists a name twice", () => {
    const variables = [one];
    expect(() =>
      compile(definitionOf([other.becomes("red")], { variables, initial: [[]] })),
    ).toThrow(/other is used by the model but is not among its variables/);
    expect(() => compile(definitionOf([], { variables: [one, variable("one", flag)] }))).toThrow(
      /two variables named one/,
    );
  });
  it("if an initial state depends on a state", () => {
    const initial = [[one.becomes(other)]];
    expect(() => compile(definitionOf([], { initial }))).toThrow(/an initial state is given by/);
  });
  it("if a domain is empty, or has a value twice, or no whole numbers", () => {
    expect(() => oneOf("none", [])).toThrow(/lists no value/);
    expect(() => oneOf("twice", [1, 1])).toThrow(/lists a value twice/);
    expect(() => range("turned", 2, 1)).toThrow(RangeError);
  });
});

describe("a value that leaves its domain", () => {
  it("stops the search, and says where", () => {
    const definition = definitionOf([one.becomes(one.plus(2))]);
    expect(() => search(compile(definition))).toThrow(
      "an action of colours gives one a value outside its domain; guard the action, or widen the domain",
    );
    expect(() => search(compile(definitionOf([one.becomes(one.plus(-2))])))).toThrow(RangeError);
    expect(search(compile(definitionOf([one.becomes(one.plus(1))]))).states).toBe(2);
  });
});

// Random definitions: three words of state and more, guards and effects of every form.

const cells = [
  ...[1, 2, 3, 4].map((i) => variable(`flag ${i}`, flag)),
  ...[1, 2, 3].map((i) => variable(`few ${i}`, range(`few ${i}`, 0, 4))),
  ...[1, 2].map((i) => variable(`many ${i}`, range("many", 0, 99_999))),
  ...[1, 2].map((i) => variable(`maybe ${i}`, optional(range("frame", 0, 6)))),
  ...[1, 2, 3, 4].map((i) => variable(`most ${i}`, range("most", 0, 50_000))),
] as unknown as readonly (Cell<number> & ReturnType<typeof variable<number>>)[];

const cell = fc.constantFrom(...cells);
const literalFor = (target: Cell<number>): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(target.domain.values[0] as number, target.domain.values.at(-1) as number),
    fc.constantFrom(...target.domain.values.slice(0, 20)),
  );
const comparison: fc.Arbitrary<Condition> = cell.chain((target) => {
  const peers = cells.filter(({ domain }) => domain === target.domain);
  return fc
    .tuple(
      fc.constantFrom("is", "isNot", "isBelow"),
      fc.oneof(literalFor(target), fc.constantFrom(...peers)),
    )
    .map(([how, against]) => target[how as "is"](against as never));
});
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    fc.boolean().map(conditionOf),
    fc.array(tie("condition"), { maxLength: 4 }).map((parts) => all(...parts)),
    fc.array(tie("condition"), { maxLength: 4 }).map((parts) => any(...parts)),
    tie("condition").map(not),
  ),
}));
const assignment: fc.Arbitrary<Effect> = cell.chain((target) => {
  const peers = cells.filter(({ domain }) => domain === target.domain);
  return fc
    .oneof(literalFor(target), fc.constantFrom(...peers))
    .map((value) => target.becomes(value as never));
});
const { effect } = fc.letrec<{ effect: Effect }>((tie) => ({
  effect: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    assignment,
    fc
      .tuple(condition, fc.array(tie("effect"), { maxLength: 3 }))
      .map(([guard, effects]) => when(guard, ...effects)),
  ),
}));
const definitions: fc.Arbitrary<Definition> = fc
  .record({
    rules: fc.array(fc.record({ guard: condition, effects: fc.array(effect, { maxLength: 6 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
    fact: condition,
    initial: fc.array(assignment, { maxLength: 12 }),
  })
  .map(({ rules, fact, initial }) => ({
    name: "random",
    variables: cells,
    initial: [initial.filter((each) => each.kind === "assign" && each.term.kind === "literal")],
    actions: rules.map((rule, i) => action(`rule ${i}`, {}, () => rule)),
    invariants: [invariant("fact", fact)],
  }));

function codesOf({ layout }: Model, states: Int32Array, at: number): Codes {
  return new Map(
    Array.from(layout.positions, ([place, { word, shift, mask }]) => [
      place.name,
      ((states[at + word] ?? 0) >>> shift) & mask,
    ]),
  );
}

describe("generated code", () => {
  it("does what the expressions say, on random definitions", () => {
    let compared = 0;
    const compare = (definition: Definition): void => {
      const model = compile(definition);
      const { kernel, instances, layout } = model;
      expect(layout.words).toBeGreaterThan(3);
      const out = new Int32Array(instances.length * layout.words);
      const numbers = new Int32Array(instances.length);
      let state = model.initial;
      for (let step = 0; step < 3; step++) {
        const count = kernel.expand(state, 0, out, numbers, 0);
        const found = Array.from({ length: count }, (_, i) => ({
          action: instances[numbers[i] ?? 0]?.name,
          codes: codesOf(model, out, i * layout.words),
        }));
        const codes = codesOf(model, state, 0);
        expect(found).toEqual(successors(definition, codes));
        const isBroken = definition.invariants.some((each) => !holds(each.holds, codes));
        expect(kernel.broken(state, 0)).toBe(isBroken ? 0 : -1);
        compared += count;
        if (count > 0) state = out.slice(0, layout.words);
      }
    };
    fc.assert(fc.property(definitions, compare), { seed: 7, numRuns: 400 });
    expect(compared).toBeGreaterThan(1000);
  });
  it("of many actions is cut into functions, and loses none", () => {
    const place = range("place", 0, 63);
    const at = variable("at", place);
    const jump = action("jump", { from: place, to: place }, ({ from, to }) => ({
      guard: all(from !== to, at.is(from)),
      effects: [at.becomes(to)],
    }));
    const { states, transitions, depth } = search(
      compile({ name: "jumps", variables: [at], actions: [jump], invariants: [] }),
    );
    expect({ states, transitions, depth }).toEqual({ states: 64, transitions: 64 * 63, depth: 1 });
  });
});
