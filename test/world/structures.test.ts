// What lies under the flat world, each against what is obvious: blocks that do not overlap, rows in a list, keys in a map,
// rows over pages. The commands are drawn; the obvious one does the same and is asked for everything after each.

import { assert, array, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import { Arena } from "../../src/world/arena.ts";
import { KeyMap } from "../../src/world/key-map.ts";
import { PAGE, SECURE } from "../../src/world/layout.ts";
import { enter, leave, rowsOver } from "../../src/world/over.ts";
import { Store } from "../../src/world/store.ts";
import { Chain, NONE, Table } from "../../src/world/table.ts";

/** Steps of a walk: what to do, and with which of those that are there. */
const steps = array(
  record({ act: constantFrom("add", "add", "remove"), which: integer({ min: 0, max: 1000 }) }),
  { maxLength: 120 },
);

describe("an arena", () => {
  it("hands out blocks that are empty, do not overlap, and keep what is put into them", () => {
    assert(
      property(steps, (walk) => {
        const arena = new Arena();
        const blocks: { at: number; count: number; mark: number }[] = [];
        let mark = 0;
        let dirty = 0;
        for (const { act, which } of walk) {
          if (act === "add") {
            const count = 1 + (which % 90);
            const at = arena.allocate(count);
            for (let i = 0; i < count; i++) if (arena.at(at + i) !== 0) dirty++;
            mark++;
            for (let i = 0; i < count; i++) arena.put(at + i, mark);
            blocks.push({ at, count, mark });
          } else {
            const [gone] = blocks.splice(which % Math.max(1, blocks.length), 1);
            if (gone !== undefined) arena.release(gone.at, gone.count);
          }
          for (const each of blocks) {
            for (let i = 0; i < each.count; i++) if (arena.at(each.at + i) !== each.mark) dirty++;
          }
        }
        expect(dirty).toBe(0);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("uses a block again that was given back, and does not grow for it", () => {
    const arena = new Arena();
    const first = arena.allocate(5);
    const { top } = arena;
    arena.release(first, 5);
    expect(arena.allocate(7)).toBe(first);
    expect(arena.top).toBe(top);
  });

  it("keeps a double in two words, and has room for one wherever a block begins", () => {
    const arena = new Arena();
    for (const count of [1, 2, 3, 5, 9]) {
      const block = arena.allocate(count);
      expect(block % 2).toBe(0);
      arena.putDouble(block, 2 ** 52 + 1);
      expect(arena.doubleAt(block)).toBe(2 ** 52 + 1);
    }
  });

  it("is, when it took a copy over, what it was when that was made; also if it grew or was smaller", () => {
    const arena = new Arena();
    const block = arena.allocate(3);
    arena.put(block, 7);
    const small = arena.copy();
    const large = arena.allocate(5000);
    arena.put(large, 8);
    arena.put(block, 9);
    const grown = arena.copy();
    arena.adopt(small);
    expect(arena.at(block)).toBe(7);
    expect(arena.allocate(5000)).toBe(large);
    expect(arena.at(large)).toBe(0);
    const other = new Arena();
    other.adopt(grown);
    expect([other.at(block), other.at(large)]).toEqual([9, 8]);
  });

  it("copies the words in use into a buffer that has room for them, and into a new one otherwise", () => {
    const arena = new Arena();
    arena.put(arena.allocate(4), 7);
    const used = arena.words.slice(0, arena.top);
    const large = new Int32Array(arena.top);
    expect(arena.copy(large)).toBe(large);
    expect(large).toEqual(used);
    const small = new Int32Array(8);
    const copy = arena.copy(small);
    expect(copy).not.toBe(small);
    expect(copy).toEqual(used);
  });
});

describe("a table", () => {
  it("lists its rows in the order in which they were added, each where it was", () => {
    assert(
      property(steps, (walk) => {
        const arena = new Arena();
        const table = new Table(arena, 4);
        const rows: { slot: number; mark: number }[] = [];
        let mark = 0;
        let dirty = 0;
        for (const { act, which } of walk) {
          if (act === "add") {
            const slot = table.add();
            for (const word of [2, 3]) if (arena.at(table.row(slot) + word) !== 0) dirty++;
            arena.put(table.row(slot) + 2, ++mark);
            arena.put(table.row(slot) + 3, -1);
            rows.push({ slot, mark });
          } else {
            const [gone] = rows.splice(which % Math.max(1, rows.length), 1);
            if (gone !== undefined) table.remove(gone.slot);
          }
          const listed: number[] = [];
          for (let slot = table.first(); slot !== NONE; slot = table.next(slot)) listed.push(slot);
          const back: number[] = [];
          for (let slot = table.last(); slot !== NONE; slot = table.previous(slot)) back.push(slot);
          expect(listed).toEqual(rows.map((each) => each.slot));
          expect(back).toEqual(listed.toReversed());
          expect(table.count).toBe(rows.length);
          for (const each of rows) expect(arena.at(table.row(each.slot) + 2)).toBe(each.mark);
          expect(dirty).toBe(0);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("gives a slot out again when its row was removed", () => {
    const table = new Table(new Arena(), 4);
    const [first] = [table.add(), table.add()];
    table.remove(first);
    expect(table.add()).toBe(first);
  });
});

describe("a chain", () => {
  it("lists some rows of a table in the order in which they were appended", () => {
    assert(
      property(steps, (walk) => {
        const arena = new Arena();
        const table = new Table(arena, 4);
        const chain = new Chain(arena, table, 2);
        const ends = arena.reserve(2);
        const slots = Array.from({ length: 12 }, () => table.add());
        const chained: number[] = [];
        for (const { act, which } of walk) {
          const free = slots.filter((each) => !chained.includes(each));
          const next = free[which % Math.max(1, free.length)];
          if (act === "add" && next !== undefined) {
            chain.append(ends, next);
            chained.push(next);
          } else {
            const [gone] = chained.splice(which % Math.max(1, chained.length), 1);
            if (gone !== undefined) chain.remove(ends, gone);
          }
          const listed: number[] = [];
          for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
            listed.push(slot);
          }
          expect(listed).toEqual(chained);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe("a map of keys", () => {
  it("has what a map has, whatever was deleted in between", () => {
    const keys = array(
      record({
        act: constantFrom("set", "set", "delete"),
        // Few keys, close together and far apart, so that their searches meet.
        key: constantFrom(
          ...Array.from({ length: 24 }, (_, i) => 1 + i * (i % 3 === 0 ? 1 : 4096)),
        ),
        slot: integer({ min: 0, max: 99 }),
      }),
      { maxLength: 150 },
    );
    assert(
      property(keys, (walk) => {
        const map = new KeyMap(new Arena());
        const obvious = new Map<number, number>();
        for (const { act, key, slot } of walk) {
          if (act === "set") {
            map.set(key, slot);
            obvious.set(key, slot);
          } else {
            map.delete(key);
            obvious.delete(key);
          }
          for (const each of walk) expect(map.get(each.key)).toBe(obvious.get(each.key) ?? NONE);
        }
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it.each([0, -1, 1.5, 2 ** 32 + 7, Number.NaN, 2 ** 53])("has nothing at %d", (key) => {
    const map = new KeyMap(new Arena());
    map.set(7, 1);
    map.set(1, 2);
    expect(map.get(key)).toBe(NONE);
    expect(map.get(7)).toBe(1);
  });
});

describe("rows over pages", () => {
  const spans = array(
    record({
      act: constantFrom("add", "add", "remove", "ask"),
      first: integer({ min: 2, max: 13 }),
      count: integer({ min: 1, max: 6 }),
    }),
    { maxLength: 80 },
  );

  it("are those that share a page with the span, each once, by their handles", () => {
    assert(
      property(spans, (walk) => {
        const w = new Store(presets.small, null);
        const rows: { slot: number; handle: number; first: number; count: number }[] = [];
        let handle = 0;
        for (const { act, first, count } of walk) {
          if (act === "add") {
            const slot = w.secures.add();
            const nodes = enter(w, PAGE.secures, 0, first, count, slot);
            const row = w.secures.row(slot);
            w.mem.put(row + SECURE.handle, ++handle);
            w.mem.put(row + SECURE.first, first);
            w.mem.put(row + SECURE.count, count);
            w.mem.put(row + SECURE.nodes, nodes);
            rows.push({ slot, handle, first, count });
          } else if (act === "remove") {
            const [gone] = rows.splice(first % Math.max(1, rows.length), 1);
            if (gone === undefined) continue;
            const nodes = w.mem.at(w.secures.row(gone.slot) + SECURE.nodes);
            leave(w, PAGE.secures, 0, gone.first, gone.count, nodes);
            w.secures.remove(gone.slot);
          }
          const over = rowsOver(
            w,
            PAGE.secures,
            0,
            first,
            count,
            w.secures,
            SECURE.first,
            SECURE.handle,
          );
          // There are no lists behind the user's pages.
          const end = Math.min(first + count, w.pageEnd);
          const obvious = rows.filter(
            (each) => each.first < end && first < each.first + each.count,
          );
          expect(over).toEqual(obvious.map((each) => each.slot));
          expect(
            rowsOver(w, PAGE.secures, 1, first, count, w.secures, SECURE.first, SECURE.handle),
          ).toEqual([]);
        }
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
