// Mutants of the world's own proxy driver, and of the kernel as a driver under test sees it.

import type { WorldMutant } from "./world-mutant.ts";

export const driverMutants: readonly WorldMutant[] = [
  {
    id: "trusts-a-provider",
    change: "unlocks the lock of another provider",
    file: "driver",
    edits: [
      [
        "w.mem.at(row + LOCK.process) === process && w.mem.at(row + LOCK.provider) === provider;",
        "w.mem.at(row + LOCK.process) === process;",
      ],
    ],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "trusts-a-process",
    change: "unsecures what another process secured",
    file: "driver",
    edits: [
      [
        "w.mem.at(row + SECURE.process) !== process || w.mem.at(row + SECURE.provider) !== provider",
        "w.mem.at(row + SECURE.provider) !== provider",
      ],
    ],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "trusts-a-range",
    change: "takes a range that ends outside the user's addresses for a plausible one",
    file: "driver",
    edits: [
      [
        "start + lengthBytes <= w.pageEnd * w.config.pageSizeBytes",
        "start + lengthBytes <= 2 * w.pageEnd * w.config.pageSizeBytes",
      ],
    ],
    on: { subject: "wild cache" },
  },
  {
    id: "one-status-for-all",
    change: "reports want of memory as an access violation",
    file: "driver",
    edits: [['      ? "STATUS_INSUFFICIENT_RESOURCES"\n', '      ? "STATUS_ACCESS_VIOLATION"\n']],
    on: { preset: "micro", subject: "registration-cache, defer" },
  },
  {
    id: "writes-half",
    change: "writes the pages in front of one that raises twice",
    file: "driver",
    edits: [
      [
        "    if (stamp !== null) setStamp(w, pfn, stamp);\n",
        "    if (stamp !== null && number === first) setStamp(w, pfn, stamp);\n",
      ],
    ],
    on: { preset: "small", subject: "exemplary driver" },
  },
  {
    id: "unlocks-nothing",
    change: "lets a driver unlock what is not locked",
    file: "driver-events",
    edits: [
      [
        'if (lock === NONE) return bugChecked(w, "MDL_NOT_LOCKED");',
        "if (lock === NONE) return valued(null);",
      ],
    ],
    on: { preset: "windows", subject: "wild driver" },
  },
  {
    id: "unsecures-for-anybody",
    change: "lets a driver unsecure what another process secured",
    file: "driver-events",
    edits: [
      [
        "if (slot === NONE || w.mem.at(w.secures.row(slot) + SECURE.process) !== process) {",
        "if (slot === NONE) {",
      ],
    ],
    on: { preset: "windows", subject: "wild driver" },
  },
  {
    id: "probes-by-touching",
    change: "does not tell a driver under test that its probe raised",
    file: "driver-events",
    edits: [["if (w.dispatch !== null) w.dispatch = { ...w.dispatch, raised: status };", ""]],
  },
  {
    id: "grants-the-first",
    change: "takes a grant for the first lock that the driver made for it",
    file: "driver-events",
    edits: [["dispatch.mdls.at(-1)", "dispatch.mdls.at(0)"]],
    on: { preset: "wide", subject: "wild driver" },
  },
  {
    id: "takes-back-all",
    change: "takes every grant back that has the handle",
    file: "driver-events",
    edits: [
      [
        "        w.mem.at(row + GRANT.kind) === kind &&\n        w.mem.at(row + GRANT.process) === process &&",
        "        w.mem.at(row + GRANT.process) === process &&",
      ],
    ],
  },
  {
    id: "survives-an-exception",
    change: "goes on when an exception leaves the driver",
    file: "driver-events",
    edits: [['    w.set(SINGLE.bugCheck, bugCheckCode("KMODE_EXCEPTION_NOT_HANDLED"));\n', ""]],
    on: { subject: "wild driver" },
  },
];
