// Mutants of what lies under the world: the arena, tables and chains, hash tables, lists over pages; and of beginning anew on
// the same memory.

import type { WorldMutant } from "./world-mutant.ts";

export const structureMutants: readonly WorldMutant[] = [
  {
    id: "dirty-blocks",
    change: "hands out blocks with what was in them before",
    file: "arena",
    edits: [["clear(this.words, free, free + (1 << size));", ""]],
  },
  {
    id: "small-blocks",
    change: "hands out blocks of half the size",
    file: "arena",
    edits: [["32 - Math.clz32(count - 1);", "31 - Math.clz32(count - 1);"]],
  },
  {
    id: "forgets-when-it-grows",
    change: "grows to a buffer without what was in the old one",
    file: "arena",
    edits: [["    this.words.set(old);\n", "    this.words.set(old.subarray(0, 512));\n"]],
  },
  {
    id: "first-row-links",
    change: "leaves the last row of a table in the list when it is removed",
    file: "table",
    edits: [
      [
        "    if (next === 0) mem.put(header + LAST, previous);\n",
        "    if (next === 0 && previous !== 0) mem.put(header + LAST, previous);\n",
      ],
    ],
  },
  {
    id: "counts-up",
    change: "does not count a row that is removed",
    file: "table",
    edits: [["mem.put(header + COUNT, mem.at(header + COUNT) - 1);", ""]],
  },
  {
    id: "dirty-rows",
    change: "hands out rows with what was in them before",
    file: "table",
    edits: [
      [
        "for (let word = row; word < row + this.#width; word++) mem.put(word, 0);",
        "for (let word = row; word < row + 2; word++) mem.put(word, 0);",
      ],
    ],
  },
  {
    id: "half-a-table",
    change: "grows to a table with half of the rows of the old one",
    file: "table",
    edits: [
      [
        "mem.words.copyWithin(block, old, old + capacity * this.#width);",
        "mem.words.copyWithin(block, old, old + (capacity >> 1) * this.#width);",
      ],
    ],
  },
  {
    id: "chain-in-front",
    change: "does not link the last of a chain to the new one",
    file: "table",
    edits: [
      [
        "    else mem.put(this.#table.row(last - 1) + this.#link, slot + 1);\n    mem.put(ends + 1, slot + 1);",
        "    mem.put(ends + 1, slot + 1);",
      ],
    ],
  },
  {
    id: "chain-end",
    change: "does not move the end of a chain when its last one is removed",
    file: "table",
    edits: [
      ["    if (next === 0) mem.put(ends + 1, previous);\n    else ", "    if (next !== 0) "],
    ],
  },
  {
    id: "leaves-gaps",
    change: "leaves a gap in a hash table when a key is deleted",
    file: "key-map",
    edits: [
      ["if (((at - wanted) & mask) < ((at - gap) & mask)) continue;", "if (wanted >= 0) continue;"],
    ],
  },
  {
    id: "moves-too-much",
    change: "moves keys in front of where their search begins when a gap is closed",
    file: "key-map",
    edits: [
      ["if (((at - wanted) & mask) < ((at - gap) & mask)) continue;", "if (wanted < 0) continue;"],
    ],
  },
  {
    id: "whole-numbers-wrap",
    change: "takes a large number for the key that its low bits are",
    file: "key-map",
    edits: [
      ["key <= 0 || key !== (key | 0)) return NONE;", "key <= 0) return NONE;"],
      ["if (found === key) return", "if (found === (key | 0)) return"],
    ],
    on: { subject: "wild cache" },
  },
  {
    id: "over-the-edge",
    change: "does not enter the last page of a span in its lists",
    file: "over",
    edits: [
      [
        "  for (let page = first; page < end; page++) {\n    const head =",
        "  for (let page = first; page < end - 1; page++) {\n    const head =",
      ],
    ],
  },
  {
    id: "over-and-over",
    change: "finds a row once for each page that it shares",
    file: "over",
    edits: [
      [
        "if (page === Math.max(first, own)) found.push(slot);",
        "if (page >= Math.max(first, own)) found.push(slot);",
      ],
    ],
  },
  {
    id: "over-from-inside",
    change: "does not find a row that begins before the span",
    file: "over",
    edits: [
      [
        "if (page === Math.max(first, own)) found.push(slot);",
        "if (page === own) found.push(slot);",
      ],
    ],
  },
  {
    id: "over-short",
    change: "does not look at the last page of a span",
    file: "over",
    edits: [
      [
        "const end = Math.min(first + count, w.pageEnd);\n  for (let page = Math.max(0, first)",
        "const end = Math.min(first + count - 1, w.pageEnd);\n  for (let page = Math.max(0, first)",
      ],
    ],
  },
  {
    id: "over-unsorted",
    change: "answers what lies over a span in the order of the pages",
    file: "over",
    edits: [["  if (found.length > 1) sortBy(w, found, table, order);\n", ""]],
  },
  {
    id: "over-sorted-by-eights",
    change: "sorts few rows only",
    file: "over",
    edits: [["    slots.sort((a, b) => orderOf(a) - orderOf(b));\n    return;", "    return;"]],
    on: { subject: "wild cache" },
  },
  {
    id: "regions-unsorted",
    change: "keeps the regions of an address space in the order in which they were made",
    file: "address-space",
    edits: [
      [
        "  const place = placeOf(w, process, base);\n  const held",
        "  const place = vadCount(w, process);\n  const held",
      ],
    ],
  },
  {
    id: "regions-off-by-one",
    change: "takes a range that ends a page behind its region for one inside it",
    file: "address-space",
    edits: [
      [
        "return first + count <= baseOf(w, vad) + countOf(w, vad) ? vad : NONE;",
        "return first + count <= baseOf(w, vad) + countOf(w, vad) + 1 ? vad : NONE;",
      ],
    ],
  },
  {
    id: "half-the-uses",
    change: "forgets the first uses of an entry when there are more",
    file: "entries",
    edits: [["      mem.words.copyWithin(block, old, old + capacity);\n", ""]],
  },
  {
    id: "begins-with-the-end",
    change: "begins anew with what was armed before",
    file: "world",
    edits: [
      [
        "      world.restore(initial);\n      return world;",
        '      const armed = world.view.faults();\n      world.restore(initial);\n      if (armed.kill !== null) world.apply({ type: "arm", fault: { kind: "kill", process: armed.kill } });\n      return world;',
      ],
    ],
    on: { preset: "tiny", subject: "by-the-book" },
  },
  {
    id: "remembers-the-last-call",
    change: "begins anew with the last calls of the world before",
    file: "store",
    edits: [["      this.lastCall[id] = null;\n", ""]],
    on: { preset: "micro", subject: "exact-match" },
  },
];
