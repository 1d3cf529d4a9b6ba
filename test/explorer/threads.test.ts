import { describe, expect, it } from "vitest";
import { micro, microSizes } from "../../benchmarks/explorer/micro.ts";
import { action, variable } from "../../src/explorer/definition.ts";
import { range } from "../../src/explorer/domain.ts";
import { compile } from "../../src/explorer/model.ts";
import type { SearchResult } from "../../src/explorer/outcome.ts";
import { search } from "../../src/explorer/search.ts";
import type * as threads from "../../src/explorer/threads.ts";
import { counters, hanoi, jugs } from "./little-models.ts";

/** As it is built: a thread cannot load TypeScript. */
const built = new URL("../../dist/src/explorer/threads.js", import.meta.url).href;
const { searchOnThreads } = (await import(built)) as typeof threads;

/** All but what depends on the clock and on the tables of each thread. */
const without = ({ seconds, bytes, ...others }: SearchResult) => {
  expect(seconds).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(0);
  return others;
};

describe("a search on threads", () => {
  it.each([1, 2, 3])("%i of them: counts what one thread counts", async (count) => {
    const model = compile(micro({ frames: 1, references: 2 }));
    for (const options of [{}, { keys: "fingerprint" }, { symmetry: true }] as const) {
      expect(without(await searchOnThreads(model, { ...options, threads: count }))).toEqual(
        without(search(model, options)),
      );
    }
  });
  it.each([1, 2, 3])("%i of them: gives the same counterexample", async (count) => {
    for (const definition of [jugs(), hanoi(6)]) {
      const model = compile(definition);
      expect(without(await searchOnThreads(model, { threads: count }))).toEqual(
        without(search(model)),
      );
    }
  });
  it.each([1, 2])("%i of them: stops at the same depth", async (count) => {
    const model = compile(counters(5, 5));
    for (const maxDepth of [0, 7, 25]) {
      expect(without(await searchOnThreads(model, { threads: count, maxDepth }))).toEqual(
        without(search(model, { maxDepth })),
      );
    }
  });
  it("goes on when more successors are met on a level than may wait", async () => {
    const model = compile(micro(microSizes.S));
    const { states, transitions, depth, outcome } = await searchOnThreads(model, {
      threads: 2,
      memoryBytes: 14_000_000,
    });
    expect({ outcome, states, transitions, depth }).toEqual({
      outcome: "complete",
      states: 351_480,
      transitions: 3_037_262,
      depth: 23,
    });
  });
  it("stops where memory ends, and when it is asked to", async () => {
    const model = compile(micro(microSizes.S));
    const bound = 5_000_000;
    const short = await searchOnThreads(model, { threads: 2, memoryBytes: bound });
    expect(short).toMatchObject({ outcome: "unknown", reason: "memory" });
    expect(short.bytes).toBeLessThanOrEqual(bound);
    expect(short.completeDepth).toBeGreaterThan(0);
    expect(short.states).toBeLessThan(351_480);
    const signal = AbortSignal.abort();
    expect(await searchOnThreads(model, { threads: 2, signal })).toMatchObject({
      outcome: "unknown",
      reason: "stopped",
    });
  });
  it("rejects with what a thread throws, and leaves none behind", async () => {
    const up = variable("up", range("up", 0, 3));
    const climb = action("climb", {}, () => ({ guard: true, effects: [up.becomes(up.plus(1))] }));
    const model = compile({ name: "up", variables: [up], actions: [climb], invariants: [] });
    await expect(searchOnThreads(model, { threads: 2 })).rejects.toThrow(
      /gives up a value outside its domain/,
    );
  });
  it("takes a number of threads that makes sense", async () => {
    const model = compile(jugs());
    await expect(searchOnThreads(model, { threads: 0 })).rejects.toThrow(RangeError);
    await expect(searchOnThreads(model, { threads: 65 })).rejects.toThrow(RangeError);
  });
});
