// Images of bugs that shipped in real registration caches: what the callback does, and what it answers.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const w = wordsFor(presets.small);

const touching = "filter((each) => sharePage(each.range, range));";

export const callbackBugMutants: readonly TextMutant[] = [
  {
    id: "off-and-asked",
    bug: { row: 12, from: "UCX, issue 11485" },
    rule: "SPI-5",
    change: "is switched off, has no table, and fails when the callback asks it",
    base: "examples/exact-match.ts",
    edits: [
      ["const MOST_ENTRIES = 4;", "const MOST_ENTRIES: number = 0;"],
      ["let failed = isBusy(range);", "let failed = isBusy(range) || MOST_ENTRIES === 0;"],
    ],
    observed: "nothing of the cache is in ",
    program: [w.alloc(0, 1), w.notify(0, 1)],
  },
  {
    id: "three-at-most",
    bug: { row: 29, from: "Open MPI, issue 1654" },
    rule: "LAW-3",
    change: "looks for idle buffers among the first three in a freed range",
    base: "examples/exact-match.ts",
    edits: [
      [
        "touched.filter((each) => each.uses === 0)",
        "touched.filter((each, i) => each.uses === 0 && i < 3)",
      ],
    ],
    observed: "is still there",
    program: [
      w.alloc(0, 1),
      ...[1, 2, 3, 4].map((n) => w.register(`mr_${n}`, 0, n / 4)),
      w.deregister("mr_4"),
      w.free(0),
    ],
  },
  {
    id: "gives-up-over-a-part",
    bug: { row: 30, from: "Open MPI, issue 4509" },
    rule: "SPI-5",
    change: "gives up when a part of a buffer in use is freed, as if nothing were there",
    base: "examples/exact-match.ts",
    edits: [
      [
        touching,
        `${touching}
    if (touched.some((each) => each.uses > 0 && (firstPage(each.range) < firstPage(range) || lastPage(range) < lastPage(each.range)))) {
      return { ok: false, error: "WSAEINVAL" };
    }`,
      ],
    ],
    observed: "was there",
  },
  {
    id: "releases-neighbours",
    bug: { row: 37, from: "SPDK, commit ba00a42d27" },
    rule: "LAW-3b",
    change: "releases the idle buffers that meet the freed range as well",
    base: "examples/exact-match.ts",
    edits: [
      [
        touching,
        `filter((each) =>
      sharePage(each.range, range) ||
      (each.uses === 0 && (lastPage(each.range) + 1 === firstPage(range) || lastPage(range) + 1 === firstPage(each.range))));`,
      ],
    ],
    observed: "is gone",
    program: [
      w.alloc(0, 3),
      ...[0, 1, 2].flatMap((page) => [
        w.register(`mr_${page + 1}`, page, page + 1),
        w.deregister(`mr_${page + 1}`),
      ]),
      w.decommit(1, 2),
    ],
  },
  {
    id: "denies-what-it-holds",
    bug: { row: 47, from: "a mistake of our own" },
    rule: "SPI-5",
    change: "looks at buffers in use only, and answers WSAEINVAL for one that it keeps",
    base: "examples/exact-match.ts",
    edits: [[touching, "filter((each) => each.uses > 0 && sharePage(each.range, range));"]],
    observed: "was there",
  },
];
