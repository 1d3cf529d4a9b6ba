import { describe, expect, it } from "vitest";
import { micro } from "../../benchmarks/explorer/micro.ts";
import { action, invariant, variable, type Definition } from "../../src/explorer/definition.ts";
import { oneOf, range } from "../../src/explorer/domain.ts";
import { all, any, type Effect } from "../../src/explorer/expression.ts";
import { compile } from "../../src/explorer/model.ts";
import type { SearchOptions } from "../../src/explorer/options.ts";
import type { SearchResult } from "../../src/explorer/outcome.ts";
import { search, searchInTurns } from "../../src/explorer/search.ts";
import { counters, hanoi, jugs } from "./little-models.ts";

const of = (definition: Definition, options: SearchOptions = {}): SearchResult =>
  search(compile(definition), options);

const withoutInvariants = (definition: Definition): Definition => ({
  ...definition,
  invariants: [],
});

const counted = ({ outcome, reason, states, transitions, depth, completeDepth }: SearchResult) => ({
  outcome,
  reason,
  states,
  transitions,
  depth,
  completeDepth,
});

describe("a search breadth first", () => {
  it.each([1, 2, 3, 6])("counts the towers of Hanoi with %i discs as the formulas do", (discs) => {
    const positions = 3 ** discs;
    expect(counted(of(withoutInvariants(hanoi(discs))))).toEqual({
      outcome: "complete",
      reason: null,
      states: positions,
      transitions: 3 * (positions - 1),
      depth: 2 ** discs - 1,
      completeDepth: 2 ** discs - 1,
    });
  });
  it.each([
    [1, 40],
    [4, 5],
    [16, 1],
    [3, 60],
  ])("counts %i counters to %i as the formulas do", (count, limit) => {
    expect(counted(of(counters(count, limit)))).toMatchObject({
      outcome: "complete",
      states: (limit + 1) ** count,
      transitions: count * limit * (limit + 1) ** (count - 1),
      depth: count * limit,
    });
  });
  it("reaches the 16 fillings of two jugs", () => {
    expect(of(withoutInvariants(jugs()))).toMatchObject({ outcome: "complete", states: 16 });
  });
  it("finds the shortest way to 4 gallons, and tells it", () => {
    const { outcome, violation } = of(jugs());
    expect(outcome).toBe("violation");
    expect(violation?.steps.map(({ action }) => action.split("(")[0])).toEqual([
      "fill big",
      "big to small",
      "empty small",
      "big to small",
      "fill big",
      "big to small",
    ]);
    expect(violation).toMatchObject({
      broken: "big is not 4",
      initialState: "as in the beginning",
      shortest: true,
    });
    expect(violation?.steps.at(-1)?.state).toBe("small = 3\nbig = 4");
  });
  it("finds the 63 moves that 6 discs need", () => {
    expect(of(hanoi(6)).violation?.steps).toHaveLength(63);
  });
  it("stops at a depth, and has met every state within it", () => {
    expect(counted(of(counters(4, 5), { maxDepth: 1 }))).toEqual({
      outcome: "unknown",
      reason: "depth",
      states: 5,
      transitions: 4,
      depth: 1,
      completeDepth: 1,
    });
  });
  it("judges initial states before anything is done", () => {
    const definition = hanoi(1);
    const right = definition.actions[0]?.instances.find(({ name }) => name.includes("to right"));
    const { violation } = of({ ...definition, initial: [[], [...(right?.rule.effects ?? [])]] });
    expect(violation).toMatchObject({ initial: 1, steps: [], shortest: true });
  });
  it("reaches every state from several initial ones", () => {
    const definition = withoutInvariants(hanoi(3));
    const moves = definition.actions[0]?.instances.map(({ rule }) => rule.effects) ?? [];
    expect(of({ ...definition, initial: moves })).toMatchObject({ states: 27, transitions: 78 });
  });
});

describe("the example of docs/explorer.md", () => {
  it("has four states", () => {
    const turn = variable("turn", oneOf("side", ["left", "right"]));
    const crossings = variable("crossings", range("crossings", 0, 3));
    const cross = action("cross", { to: turn.domain }, ({ to }) => ({
      guard: all(turn.isNot(to), crossings.isBelow(3)),
      effects: [turn.becomes(to), crossings.becomes(crossings.plus(1))],
    }));
    const ferry = compile({
      name: "ferry",
      variables: [turn, crossings],
      actions: [cross],
      invariants: [
        invariant("an odd crossing ends right", any(crossings.isNot(3), turn.is("right"))),
      ],
    });
    expect(search(ferry)).toMatchObject({
      outcome: "complete",
      states: 4,
      transitions: 3,
      depth: 3,
    });
  });
});

describe("every way of searching", () => {
  it.each<SearchOptions>([
    { keys: "fingerprint" },
    { strategy: "depth-first" },
    { strategy: "depth-first", keys: "fingerprint" },
  ])("%o counts the states and transitions that an exact search breadth first does", (options) => {
    const { states, transitions } = of(withoutInvariants(hanoi(5)));
    expect(of(withoutInvariants(hanoi(5)), options)).toMatchObject({
      outcome: "complete",
      states,
      transitions,
    });
  });
  it.each([0, 1, 2, 5, 9, 30])(
    "depth first to %i actions meets exactly the states within that distance",
    (maxDepth) => {
      const breadth = of(withoutInvariants(hanoi(4)), { maxDepth });
      const depth = of(withoutInvariants(hanoi(4)), { maxDepth, strategy: "depth-first" });
      expect(depth.states).toBe(breadth.states);
      expect(depth.outcome).toBe(breadth.outcome);
      expect(depth.completeDepth).toBeGreaterThanOrEqual(breadth.completeDepth);
    },
  );
  it.each<SearchOptions>([
    { keys: "fingerprint" },
    { strategy: "depth-first" },
    { strategy: "random-walk", maxDepth: 200 },
  ])("%o finds 4 gallons, by a way that leads there", (options) => {
    const { outcome, violation } = of(jugs(), options);
    expect(outcome).toBe("violation");
    expect(violation?.broken).toBe("big is not 4");
    expect(violation?.steps.at(-1)?.state).toContain("big = 4");
    expect(violation?.shortest).toBe(options.keys === "fingerprint");
  });
  it("answers the same twice", () => {
    for (const strategy of ["breadth-first", "depth-first", "random-walk"] as const) {
      const [one, other] = [1, 2].map(() => ({ ...of(jugs(), { strategy }), seconds: 0 }));
      expect(one).toEqual(other);
    }
  });
});

describe("random walks", () => {
  it("know nothing, however many states they met", () => {
    const result = of(withoutInvariants(hanoi(2)), { strategy: "random-walk", walks: 500 });
    expect(counted(result)).toMatchObject({ outcome: "unknown", reason: "sampled", states: 9 });
    expect(result.completeDepth).toBe(-1);
  });
  it("of another seed go another way", () => {
    const meet = (seed: number): number =>
      of(counters(2, 3), { strategy: "random-walk", walks: 2, maxDepth: 4, seed }).states;
    expect(new Set([1, 2, 3, 4, 5].map(meet)).size).toBeGreaterThan(1);
  });
  it("end where no action is possible", () => {
    const result = of(counters(1, 5), { strategy: "random-walk", walks: 2 });
    expect(result).toMatchObject({ depth: 5, transitions: 10, states: 6 });
  });
});

describe("a bound on memory", () => {
  const small = { frames: 2, references: 1 };
  const whole = of(micro(small));

  it.each<SearchOptions>([
    {},
    { keys: "fingerprint" },
    { strategy: "depth-first" },
    { strategy: "random-walk", walks: 100_000 },
  ])("%o stops at it with unknown, and takes no more", (options) => {
    const memoryBytes = 400_000;
    const result = of(micro(small), { ...options, memoryBytes });
    expect(result).toMatchObject({ outcome: "unknown", reason: "memory" });
    expect(result.bytes).toBeLessThanOrEqual(memoryBytes);
    expect(result.states).toBeGreaterThan(4_000);
    expect(result.states).toBeLessThan(whole.states);
  });
  it("says up to which depth everything was met", () => {
    const { completeDepth, states } = of(micro(small), { memoryBytes: 400_000 });
    expect(completeDepth).toBeGreaterThan(3);
    const bounded = of(micro(small), { maxDepth: completeDepth });
    expect(bounded.states).toBeLessThanOrEqual(states);
    expect(of(micro(small), { maxDepth: completeDepth + 1 }).states).toBeGreaterThan(states);
  });
  it("that is large enough changes nothing", () => {
    const { bytes } = whole;
    expect(counted(of(micro(small), { memoryBytes: 2 * bytes }))).toEqual(counted(whole));
  });
});

describe("a search under way", () => {
  it("tells how far it is, and stops when it is asked to", () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const result = of(counters(6, 6), {
      signal: controller.signal,
      progressMs: 0,
      onProgress: ({ states, frontier }) => {
        seen.push(states);
        if (states > 1000 && frontier > 0) controller.abort();
      },
    });
    expect(result).toMatchObject({ outcome: "unknown", reason: "stopped" });
    expect(result.states).toBe(seen.at(-1));
    expect(result.states).toBeLessThan(7 ** 6);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
  it("in turns hears what else happens on its thread", async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const result = await searchInTurns(compile(counters(12, 12)), { signal: controller.signal });
    expect(result).toMatchObject({ outcome: "unknown", reason: "stopped" });
  });
  it("in turns finds what it finds at once", async () => {
    const inTurns = await searchInTurns(compile(jugs()));
    expect({ ...inTurns, seconds: 0 }).toEqual({ ...of(jugs()), seconds: 0 });
  });
});

/** The micro-model with an error: instances whose name begins so have another rule. */
function bent(start: string, bend: (effects: readonly Effect[]) => readonly Effect[]): Definition {
  const definition = micro({ frames: 2, references: 1 });
  return {
    ...definition,
    actions: definition.actions.map((each) => ({
      ...each,
      instances: each.instances.map(({ name, rule: { guard, effects } }) => ({
        name,
        rule: { guard, effects: name.startsWith(start) ? bend(effects) : effects },
      })),
    })),
  };
}

const withoutWrites =
  (place: RegExp) =>
  (effects: readonly Effect[]): readonly Effect[] =>
    effects.flatMap((effect): readonly Effect[] => {
      if (effect.kind === "assign") return place.test(effect.place.name) ? [] : [effect];
      return [{ ...effect, effects: withoutWrites(place)(effect.effects) }];
    });

describe("an error that is planted in the micro-model", () => {
  const errors: readonly [string, Definition, number][] = [
    ["a register that takes no snapshot", bent("register", withoutWrites(/snapshot/)), 2],
    ["an unmap that marks nothing", bent("unmap", withoutWrites(/pending/)), 3],
    ["a map over a mapping that marks nothing", bent("map", withoutWrites(/pending/)), 3],
    ["a callback that touches no buffer", bent("callback", withoutWrites(/status/)), 4],
  ];
  /** Here the pages 0 and 1 are no longer alike. */
  const lopsided = bent("callback(page 1)", withoutWrites(/status\[3\]/));

  it.each(errors)("%s is found in the fewest actions", (_, definition, fewest) => {
    const { violation } = of(definition);
    expect(violation?.steps).toHaveLength(fewest);
    expect(violation?.broken).toMatch(/^buffer \d is not stale$/);
    expect(of(definition, { maxDepth: fewest - 1 })).toMatchObject({ reason: "depth" });
  });
  it.each(errors)(
    "%s is found in as many with fingerprints and with symmetry",
    (_, definition, fewest) => {
      for (const options of [{ keys: "fingerprint" }, { symmetry: true }] as const) {
        expect(of(definition, options).violation?.steps).toHaveLength(fewest);
      }
    },
  );
  it("a callback on one page that misses the buffer of two is found in 5 actions", () => {
    expect(
      of(lopsided)
        .violation?.steps.map(({ action }) => action)
        .toSorted(),
    ).toEqual([
      "callback(page 1)",
      expect.stringMatching(/^map\(page 0, frame \d\)$/),
      expect.stringMatching(/^map\(page 1, frame \d\)$/),
      "register(buffer 3)",
      expect.stringMatching(/^unmap\(page 1\)|map\(page 1, frame \d\)$/),
    ]);
  });
  it("an error that treats pages differently makes the declared symmetry none", () => {
    expect(() => of(lopsided, { symmetry: true })).toThrow(
      /the declared symmetry of micro is none/,
    );
  });
  it.each(errors)("%s is found depth first and at random", (_, definition) => {
    for (const strategy of ["depth-first", "random-walk"] as const) {
      const { violation } = of(definition, { strategy, maxDepth: 30 });
      expect(violation?.broken).toMatch(/^buffer \d is not stale$/);
    }
  });
});

describe("options that make no sense are refused", () => {
  it.each<SearchOptions>([
    { maxDepth: -1 },
    { maxDepth: 1.5 },
    { memoryBytes: 0 },
    { strategy: "random-walk", walks: 0 },
    { replayEvery: -1 },
  ])("%o", (options) => {
    expect(() => of(jugs(), options)).toThrow(RangeError);
  });
  it("replaying the states of a model", () => {
    expect(() => of(jugs(), { replayEvery: 1 })).toThrow(/leave out the option replayEvery/);
  });
});
