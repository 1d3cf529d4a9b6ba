// Images of bugs that shipped in real registration caches: the same mistake, made in a shipped cache of ours.

import type { TextMutant } from "../mutant.ts";

export const bugMutants: readonly TextMutant[] = [
  {
    id: "never-hits",
    bug: { row: 1, from: "UCX, pull request 588" },
    rule: "LOCAL-3",
    change: "compares the lengths of a request and a buffer with < instead of ≤",
    base: "examples/exact-match.ts",
    edits: [
      [
        "entry.range.lengthBytes === range.lengthBytes",
        "range.lengthBytes < entry.range.lengthBytes",
      ],
    ],
    observed: "3 host calls, as if ",
  },
  {
    id: "empty-notification",
    bug: { row: 6, from: "UCX, commit 98a2ea3134" },
    rule: "LAW-3",
    change: "takes every notification for one of size 0",
    base: "examples/exact-match.ts",
    edits: [
      [
        "touched.filter((each) => each.uses === 0)",
        "touched.filter((each) => each.uses === 0 && sharePage(each.range, { ...range, lengthBytes: 0 }))",
      ],
    ],
    observed: "is still there",
  },
  {
    id: "first-only",
    bug: { row: 14, from: "libfabric, commit df1c9f977" },
    rule: "LAW-3",
    change: "invalidates only the first of several buffers in a freed range",
    base: "examples/exact-match.ts",
    edits: [
      [
        "touched.filter((each) => each.uses === 0)",
        "touched.filter((each) => each.uses === 0).slice(0, 1)",
      ],
    ],
    observed: "is still there",
  },
  {
    id: "notified-again",
    bug: { row: 15, from: "libfabric, commit ccef8672d" },
    rule: "LAW-4",
    change: "invalidates by the table of handles, and never takes a buffer out of it",
    base: "examples/exact-match.ts",
    edits: [
      ["[...findable, ...owed].filter", "[...byHandle.values()].filter"],
      ["      byHandle.delete(entry.handle);\n", ""],
      ["    if (entry.releasing) return false;\n", ""],
    ],
    observed: "region 1 is not live",
  },
  {
    id: "contained-only",
    bug: { row: 16, from: "libfabric, pull request 5067" },
    rule: "LAW-3",
    change: "invalidates the buffers that lie in a freed range, and not those that overlap it",
    base: "examples/exact-match.ts",
    edits: [
      [
        "touched.filter((each) => each.uses === 0)",
        "touched.filter((each) => each.uses === 0 && firstPage(range) <= firstPage(each.range) && lastPage(each.range) <= lastPage(range))",
      ],
    ],
    observed: "is still there",
  },
  {
    id: "evicts-the-container",
    bug: { row: 17, from: "libfabric, pull request 5178" },
    rule: "LAW-5",
    change: "evicts the first buffer that contains the one to be evicted",
    base: "examples/exact-match.ts",
    edits: [
      [
        "oldest !== undefined && release(oldest)",
        "oldest !== undefined && release(findable.find(({ range }) => firstPage(range) <= firstPage(oldest.range) && lastPage(oldest.range) <= lastPage(range)) ?? oldest)",
      ],
    ],
    observed: "region 1 is released while mr_1 uses it",
  },
  {
    id: "secure-fails",
    bug: { row: 19, from: "libfabric, commit 0ba11b779" },
    rule: "LAW-4",
    change: "secures after it has locked, and keeps the lock when that fails",
    base: "examples/exact-match.ts",
    edits: [
      [
        `    const secured = driver.secure(range, access === "read" ? "readonly" : "readwrite");
    if (!secured.ok) return failure(secured.error);
    const locked = driver.lock(range, access);
    if (!locked.ok) {
      driver.unsecure(secured.value);
      return failure(locked.error);
    }
`,
        `    const locked = driver.lock(range, access);
    if (!locked.ok) return failure(locked.error);
    const secured = driver.secure(range, access === "read" ? "readonly" : "readwrite");
    if (!secured.ok) return failure(secured.error);
`,
      ],
    ],
    observed: "lock 1 is left",
  },
  {
    id: "used-and-not-marked",
    bug: { row: 32, from: "MVAPICH2" },
    rule: "LAW-6",
    change: "does not mark a buffer that is in use when the callback comes",
    base: "examples/exact-match.ts",
    edits: [
      [
        "      findable = findable.filter((other) => other !== entry);\n      entry.secure = null;",
        "      entry.secure = null;",
      ],
    ],
    observed: "region 1 is returned again",
  },
  {
    id: "undo-off-by-one",
    bug: { row: 35, from: "SPDK, commit 803449ca7b" },
    rule: "LAW-4",
    change: "undoes one step too few when the NIC refuses a buffer",
    base: "examples/exact-match.ts",
    edits: [
      [
        "      driver.unlock(locked.value);\n      driver.unsecure(secured.value);\n",
        "      driver.unlock(locked.value);\n",
      ],
    ],
    observed: "secure 1 is left",
  },
  {
    id: "keeps-the-region",
    bug: { row: 39, from: "a mistake of our own" },
    rule: "LOCAL-4",
    change: "unsecures a freed buffer and keeps it registered with the NIC",
    base: "examples/exact-match.ts",
    edits: [
      ["|| !release(entry)", "|| entry.secure === null || !driver.unsecure(entry.secure).ok"],
    ],
    observed: "lock 1, region 1 are left there",
  },
  {
    id: "keeps-the-secure",
    bug: { row: 40, from: "a mistake of our own" },
    rule: "LOCAL-4",
    change: "drops a freed buffer from the NIC and does not unsecure it",
    base: "examples/exact-match.ts",
    edits: [["      if (entry.secure !== null) driver.unsecure(entry.secure);\n", ""]],
    observed: "secure 1 is left there",
  },
  {
    id: "rounds-the-end-down",
    bug: { row: 41, from: "a mistake of our own" },
    rule: "OWN-1",
    change: "secures whole pages, and rounds the end of a buffer down to one",
    base: "examples/exact-match.ts",
    edits: [
      [
        "driver.secure(range,",
        "driver.secure({ ...range, lengthBytes: Math.max(1, range.lengthBytes - (range.lengthBytes % pageSizeBytes)) },",
      ],
    ],
    observed: "the secure leaves out ",
  },
  {
    id: "by-the-book",
    bug: { row: 42, from: "a mistake of our own" },
    rule: "LAW-1",
    change:
      "secures at the last deregister, when the buffer may have been freed and allocated again",
    base: "examples/by-the-book.ts",
    right: "examples/exact-match.ts",
    edits: [],
    observed: "region 1, which still maps pfn ",
  },
  {
    id: "peer-keeps-access",
    bug: { row: 45, from: "a mistake of our own" },
    rule: "REMOTE-1",
    change: "leaves a buffer exposed after its deregister",
    base: "examples/exact-match.ts",
    edits: [["      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n", ""]],
    observed: "the peer of s_1 reaches ",
  },
  {
    id: "ignores-busy",
    bug: { row: 48, from: "a mistake of our own" },
    rule: "LAW-5",
    change: "unlocks a buffer also when the NIC is too busy to give its region back",
    base: "examples/exact-match.ts",
    edits: [
      [
        "if (!nic.deregister(entry.region).ok) {",
        "if (!nic.deregister(entry.region).ok && entry.uses < 0) {",
      ],
    ],
    observed: "is in the NIC, and its pages are not locked",
  },
];
