// Mutants of the calls: refuse, notify, retry; faults; what a call is noted to have done.

import type { WorldMutant } from "./world-mutant.ts";

export const callMutants: readonly WorldMutant[] = [
  {
    id: "first-provider-only",
    row: 49,
    change: "calls the first of two providers only",
    file: "notification",
    edits: [["=== 1) due.push(brand(id));", "=== 1) return [brand(id)];"]],
  },
  {
    id: "asks-the-stopped",
    change: "calls a provider that is not started",
    file: "notification",
    edits: [["if (w.mem.at(w.instance(id) + INSTANCE.started) === 1) due.push", "due.push"]],
  },
  {
    id: "asks-without-callback",
    change: "calls a cache that has no callback",
    file: "notification",
    edits: [["w.claims?.callback !== true || !w.hearing.calls", "!w.hearing.calls"]],
  },
  {
    id: "retries-anyway",
    change: "tries again though nobody released anything",
    file: "notification",
    edits: [
      [
        "const answer: OsAnswer = hasReleased(last)\n",
        "const answer: OsAnswer = last.due.length >= 0\n",
      ],
    ],
    on: { preset: "windows", subject: "by-the-book" },
  },
  {
    id: "retries-unanimously",
    change: "tries again only if every provider released something",
    file: "notification",
    edits: [
      [
        "answers.some((each) => each.outcome?.ok === true);",
        "answers.every((each) => each.outcome?.ok === true);",
      ],
    ],
  },
  {
    id: "retries-and-asks",
    change: "says again that a retry was refused, as a first try does",
    file: "notification",
    edits: [
      [
        '    answer.status === "refused"\n      ? {',
        '    answer.status === "refused" && last.due.length === 0\n      ? {',
      ],
    ],
  },
  {
    id: "asks-for-the-first-page",
    change: "asks providers about the first page of a refused operation only",
    file: "notification",
    edits: [
      [
        "rangeAt(first * config.pageSizeBytes, count * config.pageSizeBytes)",
        "rangeAt(first * config.pageSizeBytes, count ** 0 * config.pageSizeBytes)",
      ],
    ],
  },
  {
    id: "interrupts-again",
    change: "leaves an interruption armed that has arrived",
    file: "notification",
    edits: [
      [
        "  w.set(SINGLE.interrupt, 0);\n  w.faults = null;\n  if (what.kind",
        "  w.faults = null;\n  if (what.kind",
      ],
    ],
  },
  {
    id: "mapping-noted-late",
    change: "notes what registers in progress map after an operation only",
    file: "notification",
    edits: [
      [
        "  noteMappings(w, process);\n  const answer = performOs(w, process, operation, told);",
        "  const answer = performOs(w, process, operation, told);",
      ],
    ],
    on: { preset: "tiny", subject: "by-the-book" },
  },
  {
    id: "countdown-stands",
    change: "does not count host calls down to an interruption",
    file: "host-calls",
    edits: [["Math.max(0, w.get(SINGLE.interruptAfter) - 1)", "w.get(SINGLE.interruptAfter)"]],
  },
  {
    id: "countdown-of-all",
    change: "counts the host calls of every process down to an interruption of one",
    file: "host-calls",
    edits: [
      [
        "if (w.get(SINGLE.interrupt) === 0 || w.get(SINGLE.interruptProcess) !== process) return;",
        "if (w.get(SINGLE.interrupt) === 0 || process < 0) return;",
      ],
    ],
  },
  {
    id: "fails-again",
    change: "lets a fault fail every host call of its name",
    file: "host-calls",
    edits: [["    w.failures.remove(slot);\n", ""]],
  },
  {
    id: "fails-the-next",
    change: "lets a fault fail the next host call, whatever it is",
    file: "host-calls",
    edits: [
      [
        "if (failableNames[w.mem.at(w.failures.row(slot) + FAILURE.call)] !== call.name) continue;",
        "if (call.name.length === 0) continue;",
      ],
    ],
  },
  {
    id: "fails-as-busy",
    change: "fails a register of the NIC as it fails a deregister",
    file: "host-calls",
    edits: [['          ? "NO_RESOURCES"\n', '          ? "BUSY"\n']],
  },
  {
    id: "owes-no-region",
    change: "forgets that a failed deregister of the NIC is owed",
    file: "host-calls",
    edits: [
      ['    if (call.name === "nicDeregister") owe(w, id, mdlOf(w, id, call.region));\n', ""],
    ],
  },
  {
    id: "was-never-secured",
    change: "forgets what was secured when the call began",
    file: "host-calls",
    edits: [["  for (const gone of active?.unsecured ?? []) cover.push(gone.span);\n", ""]],
    on: { preset: "tiny", subject: "wild cache" },
  },
  {
    id: "shares-what-it-has",
    change: "counts a secure over what another entry has",
    file: "host-calls",
    edits: [
      [
        "      now.every((slot) => w.mem.at(w.locks.row(slot) + LOCK.handle) === mdl) &&\n",
        "      now.length >= 0 &&\n",
      ],
    ],
    on: { preset: "tiny", subject: "wild cache" },
  },
  {
    id: "shares-nothing",
    change: "counts no secure that an idle entry shares",
    file: "host-calls",
    edits: [["  if (was !== undefined && !was.held && !was.zombie) return cover;\n", ""]],
  },
  {
    id: "unsecured-unkept",
    change: "does not keep a secure that a call releases",
    file: "host-calls",
    edits: [
      [
        '  if (injected === null && call.name === "unsecure") keepSecure(w, id, call.handle);\n',
        "",
      ],
    ],
  },
  {
    id: "acquired-for-good",
    change: "takes a lock that was given back for one that the call still has",
    file: "host-calls",
    edits: [
      [
        "each.mdls = each.mdls.filter((mdl) => mdl !== call.mdl);",
        "each.mdls = each.mdls.filter((mdl) => mdl >= 0);",
      ],
    ],
  },
  {
    id: "frames-change-things",
    change: "takes a look at frames for a change",
    file: "host-calls",
    edits: [['  call.name === "frames" || call', "  call"]],
  },
  {
    id: "touches-nothing",
    change: "does not note which pages a host call is about",
    file: "host-calls",
    edits: [
      [
        "if (active !== undefined && span !== null) active.touched = appended(active.touched, span);",
        "",
      ],
    ],
  },
  {
    id: "bad-blocks-anywhere",
    change: "excuses a lock by a bad block outside the range that was asked for",
    file: "host-calls",
    edits: [
      [
        "const from = Math.max(firstPageOf(w, range), firstPageOf(w, call.range));",
        "const from = firstPageOf(w, call.range) - 1;",
      ],
    ],
    on: { preset: "micro" },
  },
  {
    id: "idle-zombies",
    change: "marks idle entries as zombies when a callback answers 0",
    file: "calls",
    edits: [
      ["    if (!alsoIdle && !regions.some((region) => isHeldRegion(w, region))) continue;\n", ""],
    ],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "no-zombies",
    change: "marks nothing as a zombie",
    file: "calls",
    edits: [
      ["w.regions.row(region) + REGION.zombie, 1);", "w.regions.row(region) + REGION.zombie, 0);"],
    ],
  },
  {
    id: "still-owed",
    change: "leaves a release owed when the entry is registered again",
    file: "calls",
    edits: [["    setOwed(w, lock, 0);\n", ""]],
  },
  {
    id: "frames-of-now",
    change: "remembers what a range maps when the register returns, though the region is fresh",
    file: "calls",
    edits: [
      [
        "frames: fresh ?? mappingOf(w, process, range)",
        "frames: mappingOf(w, process, range) ?? fresh",
      ],
    ],
    on: { preset: "small", subject: "registration-cache, refuse" },
  },
  {
    id: "answers-the-oldest",
    change: "notes the answer to a callback at the oldest attempt",
    file: "calls",
    edits: [["const index = w.attempts.findLastIndex(", "const index = w.attempts.findIndex("]],
    on: { preset: "small", subject: "exact-match" },
  },
  {
    id: "touched-outside",
    change: "does not note in a call what came inside it",
    file: "calls",
    edits: [
      [
        "for (const span of within) outer.touchedWithin = appended(outer.touchedWithin, span);",
        "for (const span of within.slice(99)) outer.touchedWithin = appended(outer.touchedWithin, span);",
      ],
    ],
    on: { preset: "wide", subject: "wild cache" },
  },
  {
    id: "interrupted-by-itself",
    change: "takes every call for one that was interrupted",
    file: "active-call",
    edits: [["interrupted = false;", "interrupted = true;"]],
  },
  {
    id: "stays-valid",
    change: "does not note that a range was invalid during a register",
    file: "calls",
    edits: [["  if (!isValid) active.wasInvalid = true;\n", ""]],
  },
];
