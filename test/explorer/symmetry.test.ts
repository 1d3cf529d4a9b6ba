import { describe, expect, it } from "vitest";
import { micro, microSizes, type MicroSize } from "../../benchmarks/explorer/micro.ts";
import { searchPlainly, type PlainState } from "../../benchmarks/explorer/plain.ts";
import {
  action,
  exchange,
  family,
  interchangeable,
  variable,
  type Definition,
} from "../../src/explorer/definition.ts";
import { oneOf, range } from "../../src/explorer/domain.ts";
import { compile } from "../../src/explorer/model.ts";
import { search } from "../../src/explorer/search.ts";
import { counters, hanoi } from "./little-models.ts";

const reduced = (definition: Definition) => search(compile(definition), { symmetry: true });

/** n over k. */
function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
}

/** Orbits of the states of the micro-model with two frames, by writing all four images of each. */
function orbits(size: MicroSize): number {
  const least = new Set<string>();
  searchPlainly(size, (state) => {
    const images = [state, swapFrames(state)].flatMap((each) => [each, swapPages(each)]);
    least.add(images.map((each) => JSON.stringify(each)).toSorted()[0] ?? "");
  });
  return least.size;
}

function swapFrames({ table, pending, buffers }: PlainState): PlainState {
  const swap = (frame: number | null): number | null => (frame === null ? null : 1 - frame);
  return {
    table: table.map(swap),
    pending,
    buffers: buffers.map((each) => ({ ...each, snapshot: each.snapshot.map(swap) })),
  };
}

function swapPages({ table, pending, buffers }: PlainState): PlainState {
  const swap = <T>(values: readonly T[]): T[] =>
    values.map((_, i) => values[i < 2 ? 1 - i : i] as T);
  return {
    table: swap(table),
    pending: swap(pending),
    buffers: swap(buffers).map((each) => ({ ...each, snapshot: each.snapshot.toReversed() })),
  };
}

describe("symmetry", () => {
  it.each([
    [2, 3],
    [4, 2],
    [5, 4],
    [6, 2],
  ])("%i interchangeable counters to %i leave as many states as there are multisets", (n, k) => {
    expect(reduced(counters(n, k))).toMatchObject({
      outcome: "complete",
      states: choose(n + k, k),
      depth: n * k,
    });
  });
  it("of two pegs leaves half of the positions of Hanoi, and the one that is its own image", () => {
    const definition = { ...hanoi(5), invariants: [] };
    expect(reduced(definition)).toMatchObject({ states: (3 ** 5 + 1) / 2, depth: 2 ** 5 - 1 });
  });
  it("of an invariant that treats the pegs differently is none", () => {
    expect(() => reduced(hanoi(2))).toThrow(/a state breaks an invariant, and its image does not/);
  });
  it("leaves as many states of the micro-model as it has orbits", () => {
    const size = { frames: 2, references: 1 };
    const whole = search(compile(micro(size)));
    const { states, transitions, depth, outcome } = reduced(micro(size));
    expect({ outcome, depth }).toEqual({ outcome: "complete", depth: whole.depth });
    expect(states).toBe(orbits(size));
    expect(transitions).toBeLessThan(whole.transitions / 3);
  });
  it("leaves 88,247 of the 351,480 states of S, to the same depth", () => {
    expect(reduced(micro(microSizes.S))).toMatchObject({
      outcome: "complete",
      states: 88_247,
      depth: 23,
    });
  });
  it("counts the same with fingerprints and depth first", () => {
    const definition = micro({ frames: 2, references: 1 });
    const { states, transitions } = reduced(definition);
    const how = { symmetry: true } as const;
    expect(search(compile(definition), { ...how, keys: "fingerprint" })).toMatchObject({
      states,
      transitions,
    });
    expect(search(compile(definition), { ...how, strategy: "depth-first" }).states).toBe(states);
  });
  it("tells a violation as a way that is really possible", () => {
    const { violation } = reduced(hanoi(4, ["middle", "right"]));
    expect(violation?.steps).toHaveLength(15);
    const last = violation?.steps.at(-1)?.state ?? "";
    const target = last.includes("middle") ? "middle" : "right";
    expect(last).toBe([1, 2, 3, 4].map((disc) => `at[${disc}] = ${target}`).join(", "));
    expect(violation?.actions).toHaveLength(15);
  });
});

describe("a symmetry that moves the first value of a domain", () => {
  it("leaves half of the states of 9 coins that are turned over", () => {
    const side = oneOf("side", ["heads", "tails"]);
    const coin = range("coin", 1, 9);
    const shows = family("shows", [coin], side);
    const turn = action("turn", { coin, to: side }, ({ coin: c, to }) => ({
      guard: shows.at(c).isNot(to),
      effects: [shows.at(c).becomes(to)],
    }));
    const allShow = (to: "heads" | "tails") => coin.values.map((c) => shows.at(c).becomes(to));
    const definition: Definition = {
      name: "coins",
      variables: [shows],
      initial: [allShow("heads"), allShow("tails")],
      actions: [turn],
      invariants: [],
      symmetry: [exchange([side, "heads", "tails"])],
    };
    expect(search(compile(definition))).toMatchObject({ states: 512, depth: 4 });
    expect(reduced(definition)).toMatchObject({ states: 256, depth: 4 });
  });
});

describe("a symmetry that is declared wrongly is refused", () => {
  it("if it takes an element of a family to one that does not exist", () => {
    const page = range("page", 0, 2);
    const mapped = family("mapped", [page], oneOf("state", ["no", "yes"]), (p) => p < 2);
    const definition = {
      name: "pages",
      variables: [mapped],
      actions: [],
      invariants: [],
      symmetry: interchangeable(page),
    };
    expect(() => reduced(definition)).toThrow(/takes mapped\[1\] to mapped\[2\]/);
  });
  it("if an initial state has an image that is none", () => {
    const side = oneOf("side", ["left", "right"]);
    const definition: Definition = {
      name: "side",
      variables: [variable("at", side)],
      actions: [],
      invariants: [],
      symmetry: [exchange([side, "left", "right"])],
    };
    expect(() => reduced(definition)).toThrow(/an initial state has an image that is none/);
  });
  it("if an action exists for one value only", () => {
    const definition = counters(2, 2);
    const actions = definition.actions.map(({ name, instances }) => ({
      name,
      instances: instances.slice(0, 1),
    }));
    expect(() => reduced({ ...definition, actions })).toThrow(
      /the image of a state has other successors/,
    );
  });
});
