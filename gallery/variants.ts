// Caches that are as right as the shipped one and do otherwise: other policies, other limits, more than is asked.
// A checker that convicts one of them is wrong.

import type { TextMutant } from "./mutant.ts";

export type Variant = Pick<TextMutant, "id" | "change" | "base" | "edits">;

export const legalVariants: readonly Variant[] = [
  {
    id: "refuses",
    change: "refuses the callback while a buffer in the range is in use",
    base: "examples/exact-match.ts",
    edits: [
      ["    if (failed) return", "    if (failed || touched.some((each) => each.uses > 0)) return"],
      ['inUse: "defer"', 'inUse: "refuse"'],
    ],
  },
  {
    id: "youngest-first",
    change: "evicts the buffer that was used last",
    base: "examples/exact-match.ts",
    edits: [["const [oldest] = idle();", "const oldest = idle().at(-1);"]],
  },
  {
    id: "no-limits",
    change: "keeps everything",
    base: "examples/exact-match.ts",
    edits: [
      [
        "if (kept.length <= MOST_ENTRIES && pages <= MOST_PAGES) return;",
        "if (pages >= 0) return;",
      ],
      [
        "entries: MOST_ENTRIES, pages: MOST_PAGES, pending: 0",
        "entries: null, pages: null, pending: null",
      ],
    ],
  },
  {
    id: "finds-larger-ones",
    change: "finds any buffer that contains what is asked for",
    base: "examples/exact-match.ts",
    edits: [
      [
        "entry.range.start === range.start &&\n        entry.range.lengthBytes === range.lengthBytes &&",
        "firstPage(entry.range) <= firstPage(range) &&\n        lastPage(range) <= lastPage(entry.range) &&",
      ],
      [
        "offsetBytes: range.start % pageSizeBytes",
        "offsetBytes: range.start - firstPage(entry.range) * pageSizeBytes",
      ],
      ['hit: "exact"', 'hit: "containment"'],
    ],
  },
  {
    id: "releases-later",
    change: "releases an invalidated buffer at the call after its last deregister",
    base: "examples/exact-match.ts",
    edits: [
      [
        "if (entry.uses === 0 && entry.secure === null) release(entry);",
        "if (entry.uses === 0 && entry.secure === null) owed.push(entry);",
      ],
      ["pending: 0", "pending: null"],
    ],
  },
  {
    id: "remote-only",
    change: "keeps remote buffers only",
    base: "examples/exact-match.ts",
    edits: [
      ["caches: { local: true, remote: true }", "caches: { local: false, remote: true }"],
      [
        "if (entry.uses === 0 && entry.secure === null) release(entry);",
        "if (entry.uses === 0 && (entry.secure === null || remoteKey === undefined)) release(entry);",
      ],
    ],
  },
  {
    id: "whole-pages",
    change: "locks and secures the whole pages that a buffer touches",
    base: "examples/exact-match.ts",
    edits: [
      [
        "driver.secure(range,",
        'driver.secure({ start: range.start - (range.start % pageSizeBytes) as AddressRange["start"], lengthBytes: pageCount(range) * pageSizeBytes },',
      ],
      [
        "driver.lock(range,",
        'driver.lock({ start: range.start - (range.start % pageSizeBytes) as AddressRange["start"], lengthBytes: pageCount(range) * pageSizeBytes },',
      ],
    ],
  },
];
