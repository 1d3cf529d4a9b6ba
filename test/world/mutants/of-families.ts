// Mutants of the notification families: who is told of a change, how, and of what. They are looked for where memory is
// watched.

import type { WorldMutant } from "./world-mutant.ts";

type Family = Omit<WorldMutant, "beyondWindows">;

const ofHearing: readonly Family[] = [
  {
    id: "hears-everything",
    change: "tells a cache of changes that it does not claim to hear",
    file: "families",
    edits: [["sees & (claimed ?? EVERY)", "sees"]],
  },
  {
    id: "promises-the-usual",
    change: "expects of a cache what its family promises, not what it claims",
    file: "families",
    edits: [["(claimed ?? promises) & ~PROTECT", "promises & ~PROTECT"]],
  },
  {
    id: "protections-move-frames",
    change: "takes a protection for a change of frames",
    file: "families",
    edits: [["(claimed ?? promises) & ~PROTECT", "claimed ?? promises"]],
  },
  {
    id: "hears-protections-after",
    change: "calls back after a protection",
    file: "families",
    edits: [["sees: HOOKED & ~PROTECT,", "sees: HOOKED,"]],
  },
  {
    id: "nobody-forks",
    change: "expects a cache that nothing tells of changes to know a copy-on-write",
    file: "families",
    edits: [["EVERY & ~COPY_ON_WRITE", "EVERY"]],
    on: { subject: "wild cache, none" },
  },
  {
    id: "stale-is-fresh",
    change: "takes a page of a lock that has changed for fresh",
    file: "freshness",
    edits: [["isLocked(w, lock) && !isMarked(w, lock, page)", "isLocked(w, lock) && page >= 0"]],
  },
  {
    id: "unlocked-is-fresh",
    change: "takes the frames of a region without a lock for fresh",
    file: "freshness",
    edits: [["isLocked(w, lock) && !isMarked(w, lock, page)", "!isMarked(w, lock, page)"]],
  },
  {
    id: "marks-the-first-page",
    change: "marks the first page of a change only",
    file: "mapping-changes",
    edits: [
      [
        "  if (w.locks.count === 0) return;\n  for (let page = first; page < first + count; page++) {",
        "  if (w.locks.count === 0) return;\n  for (let page = first; page <= first; page++) {",
      ],
    ],
  },
  {
    id: "marks-one-lock",
    change: "marks the newest of several locks over a page",
    file: "mapping-changes",
    edits: [
      [
        "      if (isLocked(w, lock)) mark(w, lock, page);\n",
        "      if (isLocked(w, lock)) mark(w, lock, page);\n      break;\n",
      ],
    ],
  },
  {
    id: "copies-unnoted",
    change: "does not note a copy-on-write",
    file: "pages",
    edits: [["  noteChange(w, process, number, 1, COPY_ON_WRITE, shared);\n", ""]],
  },
  {
    id: "copies-marked-for-good",
    change: "does not take a lock for right again where its frame was mapped once more",
    file: "mapping-changes",
    edits: [["  else if (was >= 0) unmarkLocks(w, process, first, was);\n", ""]],
  },
  {
    id: "spares-nothing",
    change: "counts as mapped, at an instant of a register, only what was",
    file: "mapping-changes",
    edits: [["    shown = (shown ?? new Set()).add(pfn);\n", ""]],
  },
  {
    id: "spares-what-is-stale",
    change: "counts as mapped, at an instant of a register, what locks show that have changed",
    file: "mapping-changes",
    edits: [
      [
        "if (pfn === mapped || !isLocked(w, lock) || isMarked(w, lock, page)) continue;",
        "if (pfn === mapped || !isLocked(w, lock)) continue;",
      ],
    ],
  },
  {
    id: "counts-to-one",
    change: "does not count a second change of a page",
    file: "mapping-changes",
    edits: [["w.mem.put(word, w.mem.at(word) + 1);", "w.mem.put(word, 1);"]],
  },
  {
    id: "counts-one-page",
    change: "asks how often the first page of a range has changed",
    file: "mapping-changes",
    edits: [
      [
        "if (row !== 0) sum += w.mem.at(row + PAGE.generation);",
        "if (row !== 0 && page === first) sum += w.mem.at(row + PAGE.generation);",
      ],
    ],
  },
  {
    id: "protects-uncounted",
    change: "does not note that pages were protected",
    file: "virtual-memory",
    edits: [
      [
        "  noteChange(w, process, first, count, PROTECT);\n  note(w, process, first, count);\n  return done(old);",
        "  note(w, process, first, count);\n  return done(old);",
      ],
    ],
  },
  {
    id: "commits-uncounted",
    change: "does not note that pages were committed anew",
    file: "virtual-memory",
    edits: [
      [
        "  noteChange(w, process, first, count, PROTECT);\n  note(w, process, first, count);\n  return done(first",
        "  note(w, process, first, count);\n  return done(first",
      ],
    ],
  },
  {
    id: "counts-for-the-dead",
    change: "remembers how often pages changed when their process is gone",
    file: "ends",
    edits: [["  forgetGenerations(w, process);\n", ""]],
  },
];

const ofWatches: readonly Family[] = [
  {
    id: "watches-for-another",
    change: "lets the first provider watch what another watches",
    file: "mapping-changes",
    edits: [["w.mem.put(word, watchers | bit);", "w.mem.put(word, watchers | bit | 1);"]],
    on: { preset: "windows" },
  },
  {
    id: "unwatches-for-another",
    change: "stops watching for everybody",
    file: "mapping-changes",
    edits: [
      ["w.mem.put(row + PAGE.watchers, watchers & ~bit);", "w.mem.put(row + PAGE.watchers, 0);"],
    ],
    on: { preset: "windows" },
  },
  {
    id: "unwatches-nothing",
    change: "watches a page that is watched no more",
    file: "mapping-changes",
    edits: [
      [
        "w.mem.put(row + PAGE.watchers, watchers & ~bit);",
        "w.mem.put(row + PAGE.watchers, watchers);",
      ],
    ],
  },
  {
    id: "watches-on",
    change: "keeps what an instance watched when it is gone",
    file: "mapping-changes",
    edits: [
      [
        "w.mem.put(row + PAGE.watchers, w.mem.at(row + PAGE.watchers) & ~(1 << provider));",
        "w.mem.put(row + PAGE.watchers, w.mem.at(row + PAGE.watchers));",
      ],
    ],
  },
  {
    id: "queues-on",
    change: "keeps what an instance has not heard when it is gone",
    file: "mapping-changes",
    edits: [["  poll(w, id);\n", ""]],
  },
  {
    id: "waits-for-nobody",
    change: "lets an operation wait though nobody watches",
    file: "mapping-changes",
    edits: [
      [
        "return watchersOf(w, process, first, count) !== 0;",
        "return watchersOf(w, process, first, count) >= 0;",
      ],
    ],
  },
  {
    id: "waits-again",
    change: "lets an operation wait again for what everybody was told",
    file: "mapping-changes",
    edits: [
      [
        "first + count <= each.first + each.count) return false;",
        "first + count <= each.first + each.count) break;",
      ],
    ],
  },
  {
    id: "queues-for-one",
    change: "queues a change for the first of those who watch",
    file: "mapping-changes",
    edits: [
      [
        "    w.unheardOfInstance.append(w.instance(instance) + INSTANCE.unheard, slot);\n",
        "    w.unheardOfInstance.append(w.instance(instance) + INSTANCE.unheard, slot);\n    break;\n",
      ],
    ],
    on: { preset: "windows" },
  },
  {
    id: "queues-one-page",
    change: "queues the first page of a change",
    file: "mapping-changes",
    edits: [["w.mem.put(row + UNHEARD.count, count);", "w.mem.put(row + UNHEARD.count, 1);"]],
  },
  {
    id: "polls-newest-first",
    change: "polls the newest change first",
    file: "mapping-changes",
    edits: [["heard.push(unheardSpan(w, slot));", "heard.unshift(unheardSpan(w, slot));"]],
  },
  {
    id: "polls-and-keeps",
    change: "keeps what was polled",
    file: "mapping-changes",
    edits: [
      [
        "    drop(w, id, slot);\n    slot = w.unheardOfInstance.first(ends);",
        "    slot = w.unheardOfInstance.next(slot);",
      ],
    ],
  },
  {
    id: "polls-one",
    change: "polls one change at a time",
    file: "mapping-changes",
    edits: [
      [
        "    drop(w, id, slot);\n    slot = w.unheardOfInstance.first(ends);",
        "    drop(w, id, slot);\n    slot = NONE;",
      ],
    ],
  },
  {
    id: "asks-whoever-listens",
    change: "calls everybody before a change, whoever watches",
    file: "notification",
    edits: [
      ['if (w.hearing.delivery === "refused") return all;', "if (all.length > 0) return all;"],
    ],
    on: { preset: "windows" },
  },
  {
    id: "calls-latest-first",
    change: "calls back for the last of several changes first",
    file: "notification",
    edits: [
      ["return takeUnheard(w, process)\n", "return takeUnheard(w, process)\n    .toReversed()\n"],
    ],
  },
  {
    id: "told-once",
    change: "forgets of what it was told before when an operation waits again",
    file: "notification",
    edits: [
      [
        "return attempt(w, process, operation, [...told, span]);",
        "return attempt(w, process, operation, [span]);",
      ],
    ],
  },
  {
    id: "obeys-the-hook",
    change: "gives an operation up when a hook refuses it",
    file: "notification",
    edits: [
      [
        'if (w.hearing.delivery === "before") {',
        'if (w.hearing.delivery === "before" && hasReleased(last)) {',
      ],
    ],
  },
  {
    id: "calls-the-queue",
    change: "calls back where changes wait in a queue",
    file: "notification",
    edits: [['w.hearing.delivery !== "after" || w.unheard.count === 0', "w.unheard.count === 0"]],
  },
  {
    id: "idle-stay",
    change: "lets idle entries be found again that a callback answered 0 for",
    file: "calls",
    edits: [
      [
        'w.hearing.delivery !== "refused" && w.claims?.limits.pending !== 0',
        'w.hearing.delivery === "refused" && w.claims?.limits.pending !== 0',
      ],
    ],
  },
  {
    id: "puts-off-what-it-may-not",
    change: "puts idle entries aside for a cache that declares to put none off",
    file: "calls",
    edits: [
      [
        'w.hearing.delivery !== "refused" && w.claims?.limits.pending !== 0',
        'w.hearing.delivery !== "refused"',
      ],
    ],
  },
  {
    id: "secures-everywhere",
    change: "secures memory outside Windows",
    file: "host-calls",
    edits: [['      if (w.hearing.delivery !== "refused") return invalid;\n', ""]],
  },
  {
    id: "polls-change-things",
    change: "takes a poll for a change",
    file: "host-calls",
    edits: [[' || call.name === "poll";', ";"]],
  },
];

export const familyMutants: readonly WorldMutant[] = [...ofHearing, ...ofWatches].map((mutant) => ({
  ...mutant,
  beyondWindows: true,
}));
