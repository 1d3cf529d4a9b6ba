// Breakages of the shipped caches, one or more for each rule of a document that a cache can break: as small as
// they can be, so that the rule is all that they break, or the first.

import type { TextMutant } from "../mutant.ts";

export const documentMutants: readonly TextMutant[] = [
  {
    id: "keeps-nothing",
    rule: "LOCAL-1",
    change: "releases every buffer at its last deregister",
    base: "examples/exact-match.ts",
    edits: [
      ["if (entry.uses === 0 && entry.secure === null) release", "if (entry.uses === 0) release"],
    ],
    observed: "it was released",
  },
  {
    id: "secured-only-while-locking",
    rule: "LOCAL-2",
    change: "unsecures a buffer as soon as it is locked",
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
    edits: [["      driver.unlock(entry.mdl);\n", ""]],
    observed: "is left there",
  },
  {
    id: "keeps-after-close",
    rule: "LOCAL-5",
    change: "keeps the buffers of a connection that closes",
    base: "examples/exact-match.ts",
    edits: [["      only.forEach(release);\n", ""]],
    observed: "is kept",
  },
  {
    id: "remote-unsecured",
    rule: "REMOTE-2",
    change: "unsecures a remote buffer as soon as it is locked",
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
    edits: [["driver.secure(range,", "driver.secure({ ...range, lengthBytes: 1 },"]],
    observed: "the secure leaves out ",
  },
  {
    id: "unsecures-again",
    rule: "OWN-2",
    change: "unsecures a buffer at the last deregister that the callback has unsecured before",
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
    edits: [
      ["let owed: Entry[] = [];", "let owed: Entry[] = [];\n  let gone: SocketId | undefined;"],
      ["      const only =", "      gone = socket;\n      const only ="],
      [
        "nic.expose(entry.region, range, socket, access)",
        "nic.expose(entry.region, range, gone ?? socket, access)",
      ],
    ],
    observed: "reaches ",
  },
  {
    id: "rights-not-asked",
    bug: { row: 11, from: "UCX, issue 9859" },
    rule: "ACCESS-4",
    change: "finds a buffer by its range, whatever rights it has",
    base: "examples/exact-match.ts",
    edits: [[' &&\n        (entry.access === "readwrite" || entry.access === access)', ""]],
    observed: "allows read only",
  },
  {
    id: "secured-for-reading",
    rule: "ACCESS-4",
    change: "secures every buffer for reading, so that its pages may become read-only unnoticed",
    base: "examples/exact-match.ts",
    edits: [['access === "read" ? "readonly" : "readwrite");', '"readonly");']],
    observed: "has a read-only page",
  },
  {
    id: "stays-exposed",
    rule: "ACCESS-5",
    change: "leaves a buffer exposed when its socket closes",
    base: "examples/exact-match.ts",
    edits: [["      if (remoteKey !== undefined) nic.unexpose(remoteKey);\n", ""]],
    observed: "key 1",
    shadowed: "REMOTE-1 is broken by the deregister that the close begins with",
  },
  {
    id: "faults-for-want-of-resources",
    rule: "SPI-1",
    change: "answers WSAEFAULT for every host call that fails",
    base: "examples/exact-match.ts",
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
    base: "examples/exact-match.ts",
    edits: [
      ["      driver.unsecure(secured.value);\n      return failure", "      return failure"],
    ],
    observed: "secure 1 is left",
  },
  {
    id: "not-counted",
    rule: "SPI-4",
    change: "lets the first deregister end every registration of a buffer",
    base: "examples/exact-match.ts",
    edits: [["entry.uses--;\n      if", "entry.uses = 0;\n      if"]],
    observed: "WSAEINVAL for mr_2, which is live",
  },
  {
    id: "says-nothing-was-there",
    rule: "SPI-5",
    change: "answers WSAEINVAL after it has released what was there",
    base: "examples/exact-match.ts",
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
    base: "examples/uncached.ts",
    edits: [
      [
        "live.delete(handle);\n      if (!release(buffer)) owed",
        "live.delete(handle);\n      owed",
      ],
    ],
    observed: "is still locked and registered",
  },
];
