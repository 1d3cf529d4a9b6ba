import { describe, expect, it } from "vitest";
import { fingerprintAll } from "../../src/explorer/fingerprint.ts";

const WORDS = 3;
const BITS = 32 * WORDS;

/** All states with three bits at most: differences that weak hashes let cancel out. */
function sparseStates(): Int32Array {
  const states: number[] = [];
  const push = (...bits: readonly number[]): void => {
    const words = [0, 0, 0];
    for (const bit of bits) words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    states.push(...words);
  };
  push();
  for (let a = 0; a < BITS; a++) {
    push(a);
    for (let b = 0; b < a; b++) {
      push(a, b);
      for (let c = 0; c < b; c++) push(a, b, c);
    }
  }
  return Int32Array.from(states);
}

const collisions = (values: readonly unknown[]): number => values.length - new Set(values).size;

describe("fingerprints of 147,537 states that differ in few bits", () => {
  const states = sparseStates();
  const count = states.length / WORDS;
  const all = new Int32Array(2 * count);
  fingerprintAll(states, count, WORDS, all);
  const one = Array.from({ length: count }, (_, i) => all[2 * i] ?? 0);
  const other = Array.from({ length: count }, (_, i) => all[2 * i + 1] ?? 0);

  it("are all different", () => {
    expect(count).toBe(147_537);
    expect(collisions(one.map((word, i) => `${word} ${other[i]}`))).toBe(0);
  });
  it("agree in 32 of their bits about as often as random numbers: 2.5 times", () => {
    const middles = one.map((word, i) => (word & 0xffff) | ((other[i] ?? 0) << 16));
    const tops = one.map((word, i) => (word >>> 16) | ((other[i] ?? 0) & 0xffff_0000));
    const crossed = one.map((word, i) => (word >>> 16) | ((other[i] ?? 0) << 16));
    for (const words of [one, other, middles, tops, crossed]) {
      expect(collisions(words)).toBeLessThan(12);
    }
  });
  it("change each bit with half of the changes of one bit of the state", () => {
    const base = new Int32Array(WORDS * (BITS + 1));
    for (let bit = 0; bit < BITS; bit++) base[WORDS * (bit + 1) + (bit >>> 5)] = 1 << (bit & 31);
    const prints = new Int32Array(2 * (BITS + 1));
    fingerprintAll(base, BITS + 1, WORDS, prints);
    for (let bit = 0; bit < 64; bit++) {
      const word = bit >>> 5;
      const changed = Array.from({ length: BITS }, (_, i) => {
        const difference = (prints[2 * (i + 1) + word] ?? 0) ^ (prints[word] ?? 0);
        return (difference >>> (bit & 31)) & 1;
      }).filter((each) => each === 1).length;
      // 48 of 96, give or take four and a half standard deviations.
      expect(Math.abs(changed - BITS / 2)).toBeLessThan(23);
    }
  });
});
