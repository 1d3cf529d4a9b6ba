import { check, property, sample, type Arbitrary, type Random } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import { programs, type Program } from "../../properties/arbitraries.ts";
import { commands } from "../../properties/commands.ts";
import { drawFocus, MEAN_PART, unfocused, type Focus } from "../../properties/focus.ts";
import { claims } from "./claims.ts";

const MOST = 240;
const config = presets.small;
const focused = programs({ config, claims, maxCommands: MOST, focuses: true });
const ofDrivers = programs({ config, claims: null, maxCommands: MOST, focuses: true });

/** A linear congruential generator: enough to choose with. */
function dice(seed: number): Random {
  let state = seed;
  const nextInt = (from: number, to: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return from + (state % (to - from + 1));
  };
  return { nextInt } as Random;
}

const drawn = (count: number, biasFactor?: number): Focus[] => {
  const random = dice(7);
  return Array.from({ length: count }, () => drawFocus(random, claims, biasFactor));
};

const namesOf = ({ rows }: Focus): string[] => rows.rows.map(({ name }) => name);

const meanOf = (arbitrary: Arbitrary<Program>): number => {
  const lengths = sample(arbitrary, { numRuns: 400, seed: 3 }).map(({ length }) => length);
  return lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
};

describe("the focus of a program", () => {
  it("is everything at a quarter of the length, or some commands for longer, in the end as many of each", () => {
    const all = drawn(1400);
    const count = (length: number): number => all.filter((each) => each.length === length).length;
    const executed = [1 / 4, 1 / 2, 1].map((length) => count(length) * length);
    for (const each of executed) expect(Math.abs(each / 200 - 1)).toBeLessThan(0.2);
  });

  it("leaves out fewer kinds of commands where programs are shorter", () => {
    const most = namesOf(unfocused(claims)).length;
    const kept = [1 / 4, 1 / 2, 1].map((length) => {
      const some = drawn(700).filter((each) => each.length === length);
      return some.reduce((sum, each) => sum + namesOf(each).length, 0) / some.length;
    });
    expect(kept[0]).toBe(most);
    expect(kept[1]).toBeLessThan(0.8 * most);
    expect(kept[2]).toBeLessThan(0.8 * (kept[1] ?? 0));
  });

  it("keeps what registers and deregisters, and every other command at times", () => {
    const long = drawn(700).filter(({ length }) => length === 1);
    const always = namesOf(unfocused(claims)).filter((name) =>
      long.every((each) => namesOf(each).includes(name)),
    );
    expect(always.toSorted()).toEqual([
      "VirtualAlloc",
      "WSPDeregisterMemory",
      "WSPDeregisterRdmaMemory",
      "WSPRegisterMemory",
      "WSPRegisterRdmaMemory",
    ]);
    const ever = new Set(long.flatMap(namesOf));
    expect(commands.filter((row) => row.subjects.includes("cache") && !ever.has(row.name))).toEqual(
      [],
    );
  });

  it("is everything in the first programs of a run, which fast-check says by its bias factor", () => {
    expect(new Set(drawn(100, 2).map(({ length }) => length))).toEqual(new Set([1 / 4]));
    expect(new Set(drawn(100, 3).map(({ length }) => length)).size).toBe(3);
    const lengths: number[] = [];
    check(
      property(focused, ({ length }) => {
        lengths.push(length);
      }),
      { seed: 1, numRuns: 60 },
    );
    expect(Math.max(...lengths.slice(0, 9))).toBeLessThanOrEqual(MOST / 4);
    expect(Math.max(...lengths)).toBeGreaterThan(MOST / 2);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MOST);
  });

  it("gives programs the mean length that it says, but for those that end when every process has", () => {
    for (const arbitrary of [focused, ofDrivers]) {
      const ratio = meanOf(arbitrary) / (MOST * MEAN_PART);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.1);
    }
  });
});
