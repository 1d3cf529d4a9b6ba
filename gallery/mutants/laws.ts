// Breakages of the shipped caches, one or more for each law that is derived: as small as they can be, so that the
// law is all that they break, or the first.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const tight = wordsFor(presets.micro);

export const lawMutants: readonly TextMutant[] = [
  {
    id: "no-offset",
    rule: "LAW-2",
    change: "answers offset 0 for a buffer that begins inside a page",
    base: "examples/exact-match.ts",
    edits: [["offsetBytes: range.start % pageSizeBytes", "offsetBytes: 0"]],
    observed: "offset 0",
  },
  {
    id: "locks-for-reading",
    rule: "LAW-2",
    change: "locks every buffer for reading, and lets the NIC write to it",
    base: "examples/exact-match.ts",
    edits: [["driver.lock(range, access)", 'driver.lock(range, "read")']],
    observed: "lock 1 is for read only",
  },
  {
    id: "callback-empties-the-cache",
    rule: "LAW-3b",
    change: "releases every idle buffer at a callback, wherever it is",
    base: "examples/exact-match.ts",
    edits: [
      [
        "filter((each) => sharePage(each.range, range))",
        "filter((each) => each.uses === 0 || sharePage(each.range, range))",
      ],
    ],
    observed: "is gone",
  },
  {
    id: "keeps-after-cleanup",
    rule: "LAW-4",
    change: "keeps its buffers at clean-up",
    base: "examples/exact-match.ts",
    edits: [["      idle().forEach(release);\n", ""]],
    observed: "lock 1, region 1, secure 1",
  },
  {
    id: "never-tries-again",
    rule: "LAW-4",
    change: "never gives back what the NIC was once too busy to take",
    base: "examples/exact-match.ts",
    edits: [["=> [...owed].forEach(release);", "=> {};"]],
    observed: "lock 1, region 1, secure 1",
  },
  {
    id: "releases-what-is-used",
    rule: "LAW-5",
    change: "releases a buffer at the first of its deregisters",
    base: "examples/exact-match.ts",
    edits: [
      ["entry.uses === 0 && entry.secure === null", "entry.uses > 0 || entry.secure === null"],
    ],
    observed: "is released while mr_",
  },
  {
    id: "closes-what-others-use",
    rule: "LAW-5",
    change: "releases at a close every buffer that the connection has used",
    base: "examples/exact-match.ts",
    edits: [
      [
        "idle().filter((each) => each.sockets.size === 1 && each.sockets.has(socket))",
        "findable.filter((each) => each.sockets.has(socket))",
      ],
    ],
    observed: "region 1 is released while mr_",
  },
  {
    id: "one-too-many",
    rule: "LAW-7",
    change: "keeps one buffer more than it declares",
    base: "examples/exact-match.ts",
    edits: [["kept.length <= MOST_ENTRIES &&", "kept.length <= MOST_ENTRIES + 1 &&"]],
    observed: "5",
  },
  {
    id: "one-page-too-many",
    rule: "LAW-7",
    change: "keeps one page more than it declares",
    base: "examples/exact-match.ts",
    edits: [["pages <= MOST_PAGES)", "pages <= MOST_PAGES + 1)"]],
    observed: "9",
  },
  {
    id: "never-makes-room",
    rule: "LAW-7",
    change: "fails when the NIC is full, and evicts nothing",
    base: "examples/exact-match.ts",
    edits: [
      ['entered.error === "NO_RESOURCES" && evictOne()', 'entered.error === "BUSY" && evictOne()'],
    ],
    observed: "WSAENOBUFS while 1 idle entry fills the NIC",
    // The NIC of this world has room for 4 regions.
    preset: "micro",
    program: [
      tight.alloc(0, 1),
      tight.register("mr_0", 0, 1),
      tight.deregister("mr_0"),
      ...[1, 2, 3, 4].map((n) => tight.register(`mr_${n}`, 0, n / 16)),
    ],
  },
  {
    id: "miss-empties-the-cache",
    rule: "LAW-8",
    change: "releases every idle buffer when it finds none that fits",
    base: "examples/exact-match.ts",
    edits: [
      [
        "if (hit !== undefined) return use(hit, request);",
        "if (hit !== undefined) return use(hit, request);\n      idle().forEach(release);",
      ],
    ],
    observed: "was dropped by a register",
  },
  {
    id: "secures-for-ever",
    rule: "LAW-9",
    change: "secures every buffer, and never unsecures it",
    base: "examples/uncached.ts",
    edits: [
      [
        "const locked = driver.lock(range, access);",
        'driver.secure(range, "readonly");\n    const locked = driver.lock(range, access);',
      ],
    ],
    observed: "the cache keeps the range secured, and the operation failed",
  },
  {
    id: "exposes-all-rights",
    rule: "LAW-13",
    change: "gives the peer every right that the region has",
    base: "examples/exact-match.ts",
    edits: [["range, socket, access)", "range, socket, entry.access)"]],
    observed: "is exposed for readwrite",
  },
  {
    id: "unlike-itself",
    rule: "LAW-12",
    change: "counts its lookups over all caches, and misses every third",
    base: "examples/exact-match.ts",
    edits: [
      ["function create(", "let lookups = 0;\n\nfunction create("],
      [
        "const hit = find(request);",
        "const hit = ++lookups % 3 === 0 ? undefined : find(request);",
      ],
    ],
    observed: "the subject is not deterministic (LAW-12)",
  },
];
