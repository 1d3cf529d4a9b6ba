import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { micro } from "../../benchmarks/explorer/micro.ts";
import { action, invariant, variable, type Definition } from "../../src/explorer/definition.ts";
import { range } from "../../src/explorer/domain.ts";
import { all, any, when } from "../../src/explorer/expression.ts";
import { independenceOf } from "../../src/explorer/independence.ts";
import { compile } from "../../src/explorer/model.ts";
import { systemOf } from "../../src/explorer/model-system.ts";
import type { SearchResult } from "../../src/explorer/outcome.ts";
import { loaded, programOf } from "../../src/explorer/packed-program.ts";
import { search } from "../../src/explorer/search.ts";
import type { System } from "../../src/explorer/system.ts";
import { counters, hanoi, jugs } from "./little-models.ts";

const whole = (definition: Definition): SearchResult => search(compile(definition));
const reduced = (definition: Definition): SearchResult =>
  search(compile(definition), { sleepSets: true });

/** What a reduction has to leave as it is. */
const kept = ({ outcome, states, depth, completeDepth, violation }: SearchResult) => ({
  outcome,
  states: outcome === "violation" ? 0 : states,
  depth,
  completeDepth,
  steps: violation?.steps.length,
});

describe("independence of a model's actions", () => {
  it("is that neither writes what the other reads or writes", () => {
    const [one, two, three] = ["one", "two", "three"].map((name) =>
      variable(name, range(name, 0, 2)),
    );
    if (one === undefined || two === undefined || three === undefined) throw new Error("three");
    const rule = (name: string, reads: typeof one, writes: typeof one) =>
      action(name, {}, () => ({ guard: reads.is(0), effects: [writes.becomes(1)] }));
    const { instances, ...model } = compile({
      name: "three",
      variables: [one, two, three],
      actions: [
        rule("reads one, writes one", one, one),
        rule("reads two, writes two", two, two),
        rule("reads one, writes three", one, three),
        rule("reads two, writes three", two, three),
      ],
      invariants: [],
    });
    const { areIndependent } = independenceOf({ instances, ...model });
    const pairs = instances.flatMap((_, a) =>
      instances.flatMap((_, b) => (a < b && areIndependent(a, b) ? [[a, b]] : [])),
    );
    expect(pairs).toEqual([
      [0, 1],
      [0, 3],
      [1, 2],
    ]);
    expect(pairs.every(([a = 0, b = 0]) => areIndependent(b, a))).toBe(true);
  });
});

describe("sleep sets", () => {
  it.each([
    [2, 3],
    [4, 2],
    [8, 1],
  ])("perform one action for each state of %i independent counters to %i", (n, limit) => {
    const states = (limit + 1) ** n;
    expect(reduced(counters(n, limit))).toMatchObject({
      outcome: "complete",
      states,
      transitions: states - 1,
      depth: n * limit,
    });
  });
  it("leave the states of the micro-model, and 3,157 of its 3,360 transitions", () => {
    const definition = micro({ frames: 1, references: 1 });
    const [all, some] = [whole(definition), reduced(definition)];
    expect(kept(some)).toEqual(kept(all));
    expect([all.transitions, some.transitions]).toEqual([3360, 3157]);
  });
  it.each([jugs(), hanoi(4), { ...hanoi(6), invariants: [] }])(
    "find as short a violation, or none: $name",
    (definition) => {
      expect(kept(reduced(definition))).toEqual(kept(whole(definition)));
    },
  );
  it("leave states, depth and shortest violation of random models as they are", () => {
    let saved = 0;
    let violations = 0;
    fc.assert(
      fc.property(littleModels, (definition) => {
        const [all, some] = [whole(definition), reduced(definition)];
        expect(kept(some)).toEqual(kept(all));
        for (const maxDepth of [1, 2, 3]) {
          expect(kept(search(compile(definition), { sleepSets: true, maxDepth }))).toEqual(
            kept(search(compile(definition), { maxDepth })),
          );
        }
        expect(some.transitions).toBeLessThanOrEqual(all.transitions);
        saved += all.transitions - some.transitions;
        violations += all.outcome === "violation" ? 1 : 0;
      }),
      { seed: 3, numRuns: 120 },
    );
    expect(saved).toBeGreaterThan(1000);
    expect(violations).toBeGreaterThan(10);
  });
});

/** Models of five variables that turn round, each perhaps only while another has some value, and perhaps with a third. */
const littleModels: fc.Arbitrary<Definition> = fc
  .record({
    rules: fc.array(
      fc.record({
        turns: fc.nat(4),
        reads: fc.nat(4),
        equals: fc.option(fc.nat(2)),
        also: fc.option(fc.nat(4), { freq: 1 }),
      }),
      { minLength: 2, maxLength: 6 },
    ),
    denied: fc.array(fc.nat(2), { minLength: 3, maxLength: 5 }),
  })
  .map(({ rules, denied }) => {
    const value = range("value", 0, 2);
    const cells = [0, 1, 2, 3, 4].map((i) => variable(`v${i}`, value));
    const at = (i: number): (typeof cells)[number] => cells[i] ?? at(0);
    return {
      name: "little",
      variables: cells,
      actions: rules.map(({ turns, reads, equals, also }, i) =>
        action(`rule ${i}`, { from: value }, ({ from }) => ({
          guard: all(at(turns).is(from), equals === null || at(reads).is(equals)),
          effects: [
            at(turns).becomes((from + 1) % 3),
            ...(also === null ? [] : [when(at(reads).is(0), at(also).becomes(from))]),
          ],
        })),
      ),
      invariants: [invariant("denied", any(...denied.map((value, i) => at(i).isNot(value))))],
    };
  });

describe("sleep sets over the tree of a system without snapshots", () => {
  const tree = (definition: Definition): System => {
    const model = compile(definition);
    const packed = loaded(programOf(model, { fingerprints: false, symmetry: false }));
    return { ...systemOf(model, packed), snapshots: null };
  };

  it("perform one of the 24 orders of four independent actions", () => {
    const options = { strategy: "depth-first" } as const;
    // 4 + 4·3 + 4·3·2 + 4·3·2·1 actions, against one for each of the 15 other states.
    expect(search(tree(counters(4, 1)), options)).toMatchObject({ transitions: 64, depth: 4 });
    expect(search(tree(counters(4, 1)), { ...options, sleepSets: true })).toMatchObject({
      outcome: "complete",
      transitions: 15,
      depth: 4,
    });
  });
  it("meet the same states, within a bound", () => {
    fc.assert(
      fc.property(littleModels, fc.integer({ min: 1, max: 4 }), (definition, maxDepth) => {
        const met = (sleepSets: boolean): ReadonlySet<string> => {
          const system = tree({ ...definition, invariants: [] });
          const states = new Set<string>();
          const watched: System = {
            ...system,
            broken() {
              states.add(system.describeState());
              return null;
            },
          };
          search(watched, { strategy: "depth-first", maxDepth, sleepSets });
          return states;
        };
        expect(met(true)).toEqual(met(false));
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});

describe("sleep sets are refused", () => {
  it("with symmetry, where states are recognised depth first, and at random", () => {
    for (const options of [
      { symmetry: true },
      { strategy: "depth-first" },
      { strategy: "random-walk" },
    ] as const) {
      expect(() => search(compile(counters(2, 2)), { ...options, sleepSets: true })).toThrow(
        /sleep sets are for/,
      );
    }
  });
  it("for a system that does not say what is independent", () => {
    const model = compile(counters(2, 2));
    const packed = loaded(programOf(model, { fingerprints: false, symmetry: false }));
    const system: System = { ...systemOf(model, packed), independence: null };
    expect(() => search(system, { sleepSets: true })).toThrow(/does not say which of its actions/);
  });
});
