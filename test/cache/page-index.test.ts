// The index and the set under it against the obvious: a list that is searched from end to end.

import {
  array,
  assert,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  record,
  tuple,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { EntryTable } from "../../src/cache/entry-table.ts";
import { NumberSet } from "../../src/cache/number-set.ts";
import { PageIndex } from "../../src/cache/page-index.ts";

const seeded = { seed: 20, numRuns: 300 };
const end = 2 ** 43;
/** Near one another, or anywhere. */
const numbers = oneof(
  nat(100),
  integer({ min: 2 ** 36, max: 2 ** 36 + 100 }),
  integer({ min: 0, max: end - 1 }),
);

describe("a set of numbers", () => {
  it("answers the next one", () => {
    const act = tuple(constantFrom("add", "delete", "next"), numbers, nat(2000));
    assert(
      property(array(act, { maxLength: 200 }), (acts) => {
        const set = new NumberSet(end);
        const model = new Set<number>();
        const answers: [ours: number, right: number][] = [];
        for (const [name, number, more] of acts) {
          if (name === "next") {
            const all = [...model].filter((each) => each >= number && each <= number + more);
            const right = all.length > 0 ? Math.min(...all) : -1;
            answers.push([set.next(number, number + more), right]);
          } else {
            set[name](number);
            model[name](number);
          }
        }
        for (const [ours, right] of answers) expect(ours).toBe(right);
        const least = model.size > 0 ? Math.min(...model) : -1;
        expect(set.next(0, end)).toBe(least);
      }),
      seeded,
    );
  });
  it("finds the far end of its range", () => {
    const set = new NumberSet(end);
    set.add(end - 1);
    expect(set.next(0, end - 1)).toBe(end - 1);
    expect(set.next(0, end - 2)).toBe(-1);
  });
});

const PAGE_BYTES = 16;
const entries = record({
  first: oneof(nat(60), integer({ min: 2 ** 33 - 30, max: 2 ** 33 + 30 })),
  count: oneof(integer({ min: 1, max: 9 }), constantFrom(16, 17, 64, 1000)),
  rights: constantFrom(1, 2, 3),
});

describe("an index of pages", () => {
  const act = tuple(constantFrom("add", "add", "remove", "find", "overlapping"), entries, nat(30));
  it("LAW-2, LAW-3: finds what a search of the whole list finds", () => {
    assert(
      property(array(act, { maxLength: 120 }), (acts) => {
        const table = new EntryTable();
        const index = new PageIndex(table, PAGE_BYTES);
        const model = new Map<number, { first: number; last: number; rights: number }>();
        const answers: [ours: readonly number[], right: readonly number[]][] = [];
        for (const [name, { first, count, rights }, pick] of acts) {
          const last = first + count - 1;
          if (name === "add") {
            const slot = table.take(first, last, rights);
            table.setFound(slot, rights);
            index.add(slot);
            model.set(slot, { first, last, rights });
          } else if (name === "remove") {
            const slot = [...model.keys()][pick];
            if (slot === undefined) continue;
            index.remove(slot);
            table.free(slot);
            model.delete(slot);
          } else if (name === "find") {
            const serving = [...model]
              .filter(([, each]) => each.first <= first && last <= each.last)
              .filter(([, each]) => (each.rights & rights) === rights)
              .map(([slot]) => slot);
            const found = index.find(first * PAGE_BYTES, count * PAGE_BYTES, rights);
            // Any that serves is right.
            answers.push([[found], serving.includes(found) ? [found] : [serving[0] ?? -1]]);
          } else {
            const there = [...model].filter(([, each]) => each.first <= last && first <= each.last);
            const right = there.map(([slot]) => slot).toSorted((a, b) => a - b);
            answers.push([index.overlapping(first, last).toSorted((a, b) => a - b), right]);
          }
        }
        for (const [ours, right] of answers) expect(ours).toEqual(right);
      }),
      seeded,
    );
  });
  it("LAW-12: what is found does not depend on the order of what was added", () => {
    const found = [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ].map((order) => {
      const table = new EntryTable();
      const index = new PageIndex(table, PAGE_BYTES);
      const slots = [0, 1, 2, 3].map((i) => table.take(8 + (i % 2), 14, 3));
      for (const slot of slots) table.setFound(slot, 3);
      for (const i of order) index.add(slots[i] as number);
      return index.find(10 * PAGE_BYTES, PAGE_BYTES, 1);
    });
    expect(found[0]).toBe(found[1]);
  });
});
