// Breakages of the shipped caches, one or more for each rule that a cache can break: as small as they can be, so
// that the rule is all that they break, or the first.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { Mutant } from "./mutant.ts";

const w = wordsFor(presets.small);
const tight = wordsFor(presets.micro);

export const ruleMutants: readonly Mutant[] = [
  {
    id: "keeps-nothing",
    rule: "LOCAL-1",
    change: "releases every buffer at its last deregister",
    base: "exact-match",
    edits: [
      ["if (entry.uses === 0 && entry.secure === null) release", "if (entry.uses === 0) release"],
    ],
    observed: "it was released",
  },
  {
    id: "secured-only-while-locking",
    rule: "LOCAL-2",
    change: "unsecures a buffer as soon as it is locked",
    base: "exact-match",
    edits: [
      [
        "let entered = nic.register(locked.value, access);",
        "driver.unsecure(secured.value);\n    let entered = nic.register(locked.value, access);",
      ],
    ],
    observed: "not secured: ",
  },
  {
    id: "local-misses",
    rule: "LOCAL-3",
    change: "looks only for remote buffers before it registers anew",
    base: "exact-match",
    edits: [
      [
        "const hit = find(request);",
        'const hit = request.scope === "remote" ? find(request) : undefined;',
      ],
    ],
    observed: "3 host calls, as if ",
  },
  {
    id: "keeps-lock-at-callback",
    rule: "LOCAL-4",
    change: "drops the region of a freed buffer and forgets its lock",
    base: "exact-match",
    edits: [["      driver.unlock(entry.mdl);\n", ""]],
    observed: "is left there",
  },
  {
    id: "keeps-after-close",
    rule: "LOCAL-5",
    change: "keeps the buffers of a connection that closes",
    base: "exact-match",
    edits: [["      only.forEach(release);\n", ""]],
    observed: "is kept",
  },
  {
    id: "remote-unsecured",
    rule: "REMOTE-2",
    change: "unsecures a remote buffer as soon as it is locked",
    base: "exact-match",
    edits: [
      ["function acquire({ range, access }", "function acquire({ range, access, scope }"],
      [
        "let entered = nic.register(locked.value, access);",
        'if (scope === "remote") driver.unsecure(secured.value);\n    let entered = nic.register(locked.value, access);',
      ],
    ],
    observed: "not secured: ",
  },
  {
    id: "remote-misses",
    rule: "REMOTE-3",
    change: "looks only for local buffers before it registers anew",
    base: "exact-match",
    edits: [
      [
        "const hit = find(request);",
        'const hit = request.scope === "local" ? find(request) : undefined;',
      ],
    ],
    observed: "3 host calls, as if ",
  },
  {
    id: "remote-secured-twice",
    rule: "REMOTE-4",
    change: "secures a remote buffer twice and unsecures it once",
    base: "exact-match",
    edits: [
      ["function acquire({ range, access }", "function acquire({ range, access, scope }"],
      [
        "let entered = nic.register(locked.value, access);",
        'if (scope === "remote") driver.secure(range, "readonly");\n    let entered = nic.register(locked.value, access);',
      ],
    ],
    observed: "is left there",
  },
  {
    id: "secures-one-page",
    rule: "OWN-1",
    change: "secures the first page of a buffer only",
    base: "exact-match",
    edits: [["driver.secure(range,", "driver.secure({ ...range, lengthBytes: 1 },"]],
    observed: "the secure leaves out ",
  },
  {
    id: "unsecures-again",
    rule: "OWN-2",
    change: "unsecures a buffer at the last deregister that the callback has unsecured before",
    base: "exact-match",
    edits: [
      ["      entry.secure = null;\n", ""],
      [
        "entry.uses === 0 && entry.secure === null",
        "entry.uses === 0 && !findable.includes(entry)",
      ],
    ],
    observed: "is not live in this process",
  },
  {
    id: "exposes-to-the-first-socket",
    rule: "ACCESS-2",
    change: "exposes a buffer to the socket that used it first, whoever registers it now",
    base: "exact-match",
    edits: [
      [
        "nic.expose(entry.region, range, socket, access)",
        "nic.expose(entry.region, range, [...entry.sockets][0] ?? socket, access)",
      ],
    ],
    observed: "the peer of s_1 reaches ",
  },
  {
    id: "exposes-to-a-closed-socket",
    rule: "ACCESS-3",
    change: "exposes what is registered after a close to the socket that was closed",
    base: "exact-match",
    edits: [
      ["let owed: Entry[] = [];", "let owed: Entry[] = [];\n  let gone: SocketId | undefined;"],
      ["      const only =", "      gone = socket;\n      const only ="],
      [
        "nic.expose(entry.region, range, socket, access)",
        "nic.expose(entry.region, range, gone ?? socket, access)",
      ],
    ],
    observed: "reaches ",
    runs: 130,
  },
  {
    id: "rights-not-asked",
    rule: "ACCESS-4",
    change: "finds a buffer by its range, whatever rights it has",
    base: "exact-match",
    edits: [[' &&\n        (entry.access === "readwrite" || entry.access === access)', ""]],
    observed: "allows read only",
  },
  {
    id: "secured-for-reading",
    rule: "ACCESS-4",
    change: "secures every buffer for reading, so that its pages may become read-only unnoticed",
    base: "exact-match",
    edits: [['access === "read" ? "readonly" : "readwrite");', '"readonly");']],
    observed: "has a read-only page",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.protect(0, 1, "READONLY"),
      w.register("mr_2", 0, 1),
    ],
  },
  {
    id: "stays-exposed",
    rule: "ACCESS-5",
    change: "leaves a buffer exposed when its socket closes",
    base: "exact-match",
    edits: [["      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n", ""]],
    observed: "key 1",
    shadowed: "REMOTE-1 is broken by the deregister that the close begins with",
  },
  {
    id: "faults-for-want-of-resources",
    rule: "SPI-1",
    change: "answers WSAEFAULT for every host call that fails",
    base: "exact-match",
    edits: [
      [
        'error: error === "STATUS_ACCESS_VIOLATION" ? "WSAEFAULT" : "WSAENOBUFS"',
        'error: error === "STATUS_ACCESS_VIOLATION" ? "WSAEFAULT" : "WSAEFAULT"',
      ],
    ],
    observed: "is, and no host call faulted",
  },
  {
    id: "leaves-the-secure",
    rule: "SPI-1",
    change: "leaves the secure behind when the lock fails",
    base: "exact-match",
    edits: [
      ["      driver.unsecure(secured.value);\n      return failure", "      return failure"],
    ],
    observed: "secure 1 is left",
  },
  {
    id: "not-counted",
    rule: "SPI-4",
    change: "lets the first deregister end every registration of a buffer",
    base: "exact-match",
    edits: [["entry.uses--;\n      if", "entry.uses = 0;\n      if"]],
    observed: "WSAEINVAL for mr_2, which is live",
  },
  {
    id: "says-nothing-was-there",
    rule: "SPI-5",
    change: "answers WSAEINVAL after it has released what was there",
    base: "exact-match",
    edits: [
      [
        'touched.length > 0 ? { ok: true } : { ok: false, error: "WSAEINVAL" }',
        '{ ok: false, error: "WSAEINVAL" }',
      ],
    ],
    observed: "secure 1 was there",
  },
  {
    id: "released-late",
    rule: "SPI-6",
    change: "releases at the next call what was deregistered in this one",
    base: "uncached",
    edits: [
      [
        "live.delete(handle);\n      if (!release(buffer)) owed",
        "live.delete(handle);\n      owed",
      ],
    ],
    observed: "is still locked and registered",
  },
  {
    id: "no-offset",
    rule: "LAW-2",
    change: "answers offset 0 for a buffer that begins inside a page",
    base: "exact-match",
    edits: [["offsetBytes: range.start % pageSizeBytes", "offsetBytes: 0"]],
    observed: "offset 0",
  },
  {
    id: "dead-region",
    rule: "LAW-2",
    change: "finds a buffer that was released",
    base: "exact-match",
    edits: [
      [
        "  function release(entry: Entry): boolean {\n    findable = findable.filter((other) => other !== entry);\n",
        "  function release(entry: Entry): boolean {\n",
      ],
    ],
    observed: "is not",
  },
  {
    id: "callback-empties-the-cache",
    rule: "LAW-3b",
    change: "releases every idle buffer at a callback, wherever it is",
    base: "exact-match",
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
    base: "exact-match",
    edits: [["      idle().forEach(release);\n", ""]],
    observed: "lock 1, region 1, secure 1",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.deregister("mr_1"),
      w.deregister("mr_2", 2),
      w.cleanup(),
    ],
  },
  {
    id: "releases-what-is-used",
    rule: "LAW-5",
    change: "releases a buffer at the first of its deregisters",
    base: "exact-match",
    edits: [
      ["entry.uses === 0 && entry.secure === null", "entry.uses > 0 || entry.secure === null"],
    ],
    observed: "is released while mr_",
  },
  {
    id: "one-too-many",
    rule: "LAW-7",
    change: "keeps one buffer more than it declares",
    base: "exact-match",
    edits: [["kept.length <= MOST_ENTRIES &&", "kept.length <= MOST_ENTRIES + 1 &&"]],
    observed: "5",
  },
  {
    id: "never-makes-room",
    rule: "LAW-7",
    change: "fails when the NIC is full, and evicts nothing",
    base: "exact-match",
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
    base: "exact-match",
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
    base: "uncached",
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
    base: "exact-match",
    edits: [["range, socket, access)", "range, socket, entry.access)"]],
    observed: "is exposed for readwrite",
    runs: 130,
  },
];

/** The mutant of LAW-12, which is broken by two runs and not by an event. */
export const unlikeItself: Mutant = {
  id: "unlike-itself",
  rule: "LAW-12",
  change: "counts its lookups over all caches, and misses every third",
  base: "exact-match",
  edits: [
    ["function create(", "let lookups = 0;\n\nfunction create("],
    ["const hit = find(request);", "const hit = ++lookups % 3 === 0 ? undefined : find(request);"],
  ],
  observed: "the subject is not deterministic (LAW-12)",
};
