// Images of bugs that shipped in real registration caches: what a callback does that comes in the middle of another call,
// at one of its host calls. Where the real bug was a race of two threads, this is the order of it that one thread can have.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const w = wordsFor(presets.small);

export const reEntrancyBugMutants: readonly TextMutant[] = [
  {
    id: "puts-twice",
    bug: { row: 3, from: "UCX, pull request 1897", unjudged: "LAW-11" },
    rule: "LAW-5",
    change: "drops a use too many when the buffer is invalidated in the middle of a deregister",
    base: "examples/exact-match.ts",
    edits: [
      [
        "      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n      entry.uses--;",
        `      const wasSecured = entry.secure !== null;
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      entry.uses--;
      if (entry.uses > 0 && wasSecured && entry.secure === null) entry.uses--;`,
      ],
    ],
    observed: "region 1 is released while mr_2 uses it",
    program: [
      w.alloc(0, 1),
      w.registerRdma("mr_1", 0, 1),
      w.register("mr_2", 0, 1),
      w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
      w.deregisterRdma("mr_1"),
    ],
  },
  {
    id: "put-and-taken",
    bug: { row: 3, from: "UCX, pull request 1897", unjudged: "LAW-11" },
    rule: "LAW-4",
    change:
      "ends a use before it takes the exposure back, and releases what a callback in between has released",
    base: "examples/exact-match.ts",
    edits: [
      [
        "    if (!byHandle.has(entry.handle)) return true;\n    if (entry.releasing) return false;\n",
        "",
      ],
      [
        "      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n      entry.uses--;\n      if (entry.uses === 0 && entry.secure === null)",
        "      entry.uses--;\n      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n      if (entry.uses === 0 && !findable.includes(entry))",
      ],
    ],
    observed: "is not live",
    program: [
      w.alloc(0, 1),
      w.registerRdma("mr_1", 0, 1),
      w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
      w.deregisterRdma("mr_1"),
    ],
  },
  {
    id: "locked-by-itself",
    bug: { row: 20, from: "libfabric, issues 5687, 9594 and 10879", unjudged: "LAW-10" },
    rule: "SPI-5",
    change: "finds its own lock taken when the callback comes inside another call, and gives up",
    base: "examples/exact-match.ts",
    edits: [
      [
        "    let failed = isBusy(range);",
        '    if (busy.length > 0) return { ok: false, error: "WSAEINVAL" };\n    let failed = isBusy(range);',
      ],
    ],
    observed: "an idle entry over ",
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
      w.register("mr_2", 1, 2),
    ],
  },
  {
    id: "evicts-what-is-going",
    bug: { row: 28, from: "Open MPI, 2010", unjudged: "LAW-10" },
    rule: "LAW-4",
    change: "does not mark what it is releasing, and releases it again from the callback within",
    base: "gallery/subjects/registration-cache.ts",
    file: "src/cache/releases.ts",
    edits: [
      [
        "    this.begin(slot);\n    const released = this.holdings.release(slot);\n    this.end();\n",
        "    const released = this.holdings.release(slot);\n",
      ],
    ],
    observed: "region 1 is not live",
    program: [
      w.alloc(0, 9),
      w.register("mr_1", 0, 5),
      w.register("mr_2", 5, 9),
      w.deregister("mr_1"),
      w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
      w.deregister("mr_2"),
    ],
  },
  {
    id: "closes-under-a-callback",
    bug: { row: 38, from: "two drivers of GPU peer memory", unjudged: "LAW-11" },
    rule: "LAW-4",
    change: "lets a callback find what a close is releasing",
    base: "examples/exact-match.ts",
    edits: [
      [
        "      only.forEach(release);\n",
        `      for (const entry of only) {
        if (!nic.deregister(entry.region).ok) continue;
        driver.unlock(entry.mdl);
        if (entry.secure !== null) driver.unsecure(entry.secure);
        byHandle.delete(entry.handle);
      }
      findable = findable.filter((each) => byHandle.has(each.handle));
`,
      ],
    ],
    observed: "region 1 is not live",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
      w.close(1),
    ],
  },
];
