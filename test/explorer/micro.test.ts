import { describe, expect, it } from "vitest";
import { micro, microSizes, type MicroSize } from "../../benchmarks/explorer/micro.ts";
import { searchPlainly } from "../../benchmarks/explorer/plain.ts";
import { compile } from "../../src/explorer/model.ts";
import type { SearchOptions } from "../../src/explorer/options.ts";
import { search } from "../../src/explorer/search.ts";

const tiny: MicroSize = { frames: 1, references: 1 };

const counts = (size: MicroSize, options: SearchOptions = {}) => {
  const { outcome, states, transitions, depth } = search(compile(micro(size)), options);
  return { outcome, states, transitions, depth };
};

describe("the micro-model", () => {
  it("S has the states, transitions and depth that C, Spin, TLC and Stateright count", () => {
    expect(counts(microSizes.S)).toEqual({
      outcome: "complete",
      states: 351_480,
      transitions: 3_037_262,
      depth: 23,
    });
  });
  it("M has the states, transitions and depth that C, Spin, TLC and Stateright count", () => {
    expect(counts(microSizes.M)).toEqual({
      outcome: "complete",
      states: 1_208_352,
      transitions: 10_571_276,
      depth: 27,
    });
  });
  it("fingerprints count the same as states, and say how probably they do not", () => {
    const { states, transitions, depth, collisionProbability } = search(
      compile(micro(microSizes.S)),
      { keys: "fingerprint" },
    );
    expect({ states, transitions, depth }).toEqual({
      states: 351_480,
      transitions: 3_037_262,
      depth: 23,
    });
    expect(collisionProbability).toBeCloseTo(351_480 ** 2 / 2 ** 65, 12);
  });
  it.each([tiny, { frames: 2, references: 1 }])(
    "a search over objects and JSON counts the same: %o",
    (size) => {
      expect(counts(size)).toEqual({ outcome: "complete", ...searchPlainly(size) });
    },
  );
  it("depth first counts the same states and transitions", () => {
    const { states, transitions } = searchPlainly(tiny);
    expect(counts(tiny, { strategy: "depth-first" })).toMatchObject({
      outcome: "complete",
      states,
      transitions,
    });
  });
});
