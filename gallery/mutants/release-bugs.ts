// Images of bugs that shipped in real registration caches: what is released twice, or never.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const w = wordsFor(presets.small);

export const releaseBugMutants: readonly TextMutant[] = [
  {
    id: "loses-the-deferred",
    bug: { row: 27, from: "libfabric, commit f06b0832e" },
    rule: "LAW-4",
    change: "puts off the release of a freed buffer to a later call, and loses it",
    base: "examples/exact-match.ts",
    edits: [
      ["      if (entry.uses === 0 && entry.secure === null) release(entry);\n", ""],
      ["pending: 0", "pending: null"],
    ],
    observed: "lock 1, region 1",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.free(0),
      w.deregister("mr_1"),
      w.cleanup(),
    ],
  },
  {
    id: "released-with-its-neighbour",
    bug: { row: 33, from: "SPDK, commit a33e0943b0" },
    rule: "LAW-4",
    change:
      "takes every region that overlaps a released buffer out of the NIC, and each again in its turn",
    base: "examples/exact-match.ts",
    edits: [
      [
        "      if (!nic.deregister(entry.region).ok) {",
        `      for (const other of idle()) if (sharePage(other.range, entry.range)) nic.deregister(other.region);
      if (!nic.deregister(entry.region).ok) {`,
      ],
    ],
    observed: "is not live",
    program: [
      w.alloc(0, 3),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 1, 3),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
      w.free(0),
    ],
  },
  {
    id: "merges-and-forgets",
    bug: { row: 34, from: "SPDK, commit 6bcd929500" },
    rule: "LAW-4",
    change: "takes an idle neighbour into a new entry, and forgets what the neighbour held",
    base: "gallery/subjects/refusing-cache.ts",
    file: "src/cache/registration-cache.ts",
    edits: [
      [
        "    const slot = table.take(first, last, rights);",
        `    const neighbour =
      this.index
        .overlapping(first - 1, last + 1)
        .find((each) => table.uses(each) === 0 && (table.found(each) & rights) === rights) ?? NONE;
    const from = neighbour === NONE ? first : Math.min(first, table.first(neighbour));
    const to = neighbour === NONE ? last : Math.max(last, table.last(neighbour));
    if (neighbour !== NONE) {
      this.idle.remove(neighbour);
      this.ownership.disown(neighbour);
      table.setFound(neighbour, 0);
    }
    const range = {
      start: (from * this.pageSizeBytes) as VirtualAddress,
      lengthBytes: (to - from + 1) * this.pageSizeBytes,
    };
    const slot = table.take(from, to, rights);`,
      ],
      [
        "this.releases.holdings.acquire(slot, request)",
        "this.releases.holdings.acquire(slot, { ...request, range })",
      ],
    ],
    observed: "lock 1, region 1",
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_2", 1, 2),
      w.cleanup(),
    ],
  },
];
