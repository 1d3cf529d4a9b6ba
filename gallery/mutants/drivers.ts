// Breakages of the shipped proxy driver, one or more for each rule that a driver can break.

import type { Bug, TextMutant } from "../mutant.ts";

const ours = (row: number): Bug => ({ row, from: "a mistake of our own" });

const serving = "        return serve(process, request);";

const rows: readonly Omit<TextMutant, "base">[] = [
  {
    id: "copies-outside-try",
    bug: ours(43),
    rule: "OWN-3",
    change: "copies from user memory outside its try",
    edits: [
      [
        `      try {\n${serving}`,
        `      if (request.code === "copyFromUser") return serve(process, request);\n      try {\n${serving}`,
      ],
    ],
    observed: "STATUS_ACCESS_VIOLATION left it",
  },
  {
    id: "expects-one-exception",
    rule: "OWN-3",
    change: "catches access violations, and not the in-page error that a bad block raises",
    edits: [
      [
        "if (!isRaised(error)) throw error;",
        'if (!isRaised(error) || error.status === "STATUS_IN_PAGE_ERROR") throw error;',
      ],
    ],
    observed: "STATUS_IN_PAGE_ERROR left it",
  },
  {
    id: "keeps-the-secure-of-a-copy",
    bug: ours(44),
    rule: "OWN-4",
    change: "catches the fault of a copy, and keeps what was secured for it",
    edits: [
      ["    try {\n      kernel.writeUser", "    {\n      kernel.writeUser"],
      [
        "return ok(null);\n    } finally {\n      kernel.mmUnsecureVirtualMemory(process, secure);",
        "kernel.mmUnsecureVirtualMemory(process, secure);\n      return ok(null);",
      ],
    ],
    observed: "secure 1 is left",
  },
  {
    id: "keeps-the-lock-of-a-copy",
    bug: ours(44),
    rule: "OWN-4",
    change: "locks the pages of a copy, catches its fault, and keeps the lock",
    edits: [
      [
        'const secure = kernel.mmSecureVirtualMemory(process, range, "readwrite");\n    if (secure === null) return fail("STATUS_ACCESS_VIOLATION");\n    try {',
        'const { handle } = kernel.mmProbeAndLockPages(process, range, "read");\n    {',
      ],
      [
        "return ok(null);\n    } finally {\n      kernel.mmUnsecureVirtualMemory(process, secure);",
        "kernel.mmUnlockPages(handle);\n      return ok(null);",
      ],
    ],
    observed: "lock 1 is left",
  },
  {
    id: "hides-the-fault",
    rule: "OWN-4",
    change: "reports a copy that faulted as a success",
    edits: [
      [
        "const { status } = error;",
        'const { status } = error;\n        if (request.code === "copyToUser") return ok(null);',
      ],
    ],
    observed: "it succeeded",
  },
  {
    id: "trusts-foreign-handles",
    bug: ours(50),
    rule: "OWN-5",
    change: "looks handles up without the process that got them",
    edits: [["return found?.process === process ? found : undefined;", "return found;"]],
    observed: "it succeeded",
  },
  {
    id: "unsecures-for-anybody",
    bug: ours(50),
    rule: "OWN-5",
    change: "unsecures by a handle of another process",
    edits: [["own(secures, request.handle, process);", "secures.get(request.handle);"]],
    observed: "mmUnsecureVirtualMemory was bug check INVALID_SECURE_HANDLE",
  },
  {
    id: "unlocks-for-anybody",
    bug: ours(50),
    rule: "OWN-5",
    change: "unlocks by a handle of another process",
    edits: [
      [
        'const lock = own(locks, request.mdl, process);\n        if (lock === undefined) return fail("STATUS_INVALID_HANDLE");\n        locks',
        'const lock = locks.get(request.mdl);\n        if (lock === undefined) return fail("STATUS_INVALID_HANDLE");\n        locks',
      ],
    ],
    observed: "lock 1 of process 0 was unlocked",
  },
  {
    id: "accepts-unknown-handles",
    rule: "OWN-5",
    change: "answers that it unlocked what it does not know",
    edits: [
      [
        'return fail("STATUS_INVALID_HANDLE");\n        locks.delete',
        "return ok(null);\n        locks.delete",
      ],
    ],
    observed: "it succeeded",
  },
  {
    id: "unlocks-twice",
    rule: "OWN-5",
    change: "leaves a lock in its table when it is unlocked",
    edits: [["        locks.delete(request.mdl);\n", ""]],
    observed: "it succeeded",
  },
  {
    id: "cuts-lengths",
    rule: "OWN-5",
    change: "takes a length for a number of 32 bits, and checks what is left of it",
    edits: [
      [
        serving,
        '        if (!("range" in request)) return serve(process, request);\n        const { start, lengthBytes } = request.range;\n        return serve(process, { ...request, range: { start, lengthBytes: lengthBytes >>> 0 } });',
      ],
    ],
    observed: "it succeeded",
  },
  {
    id: "unsecures-twice",
    rule: "OWN-2",
    change: "leaves a secure in its table when it is unsecured",
    edits: [["        secures.delete(request.handle);\n", ""]],
    observed: "mmUnsecureVirtualMemory was bug check INVALID_SECURE_HANDLE",
  },
  {
    id: "unsecures-in-the-wrong-process",
    bug: ours(46),
    rule: "OWN-2",
    change: "unsecures the buffers of every process when one ends, in the context of that one",
    edits: [["        if (secure.process !== process) continue;\n", ""]],
    observed: "mmUnsecureVirtualMemory was bug check INVALID_SECURE_HANDLE",
  },
  {
    id: "unlocks-in-the-wrong-process",
    bug: ours(46),
    rule: "MM-4",
    change: "unlocks the pages of every process when one ends",
    edits: [["        if (lock.process !== process) continue;\n", ""]],
    observed: "lock 1 of process 1 was unlocked",
  },
  {
    id: "forgets-locked-pages",
    bug: ours(46),
    rule: "MM-4",
    change: "forgets the locked pages of a process that ends",
    edits: [
      ["        locks.delete(handle);\n        kernel.mmUnlockPages(lock.mdl.handle);\n", ""],
    ],
    observed: "lock 1",
  },
  {
    id: "unlocks-in-name-only",
    rule: "MM-4",
    change: "forgets a lock that it was asked to unlock, and keeps the pages locked",
    edits: [
      [
        "locks.delete(request.mdl);\n        kernel.mmUnlockPages(lock.mdl.handle);",
        "locks.delete(request.mdl);",
      ],
    ],
    observed: "lock 1",
  },
  {
    id: "cleans-up-twice",
    rule: "MM-4",
    change: "unlocks pages a second time when their process ends",
    edits: [
      [
        "        locks.delete(handle);\n",
        "        locks.delete(handle);\n        kernel.mmUnlockPages(lock.mdl.handle);\n",
      ],
    ],
    observed: "mmUnlockPages was bug check MDL_NOT_LOCKED",
  },
  {
    id: "counts-across-runs",
    rule: "LAW-12",
    change: "fails every seventh request of all that it ever served",
    edits: [
      ["function createDriver(", "let served = 0;\nfunction createDriver("],
      [
        `      try {\n${serving}`,
        `      if (++served % 7 === 0) return fail("STATUS_INSUFFICIENT_RESOURCES");\n      try {\n${serving}`,
      ],
    ],
    observed: "the subject is not deterministic (LAW-12)",
  },
];

/** Breakages of the shipped proxy driver. */
export const driverMutants: readonly TextMutant[] = rows.map((row) => ({
  ...row,
  base: "examples/proxy-driver.ts",
}));
