// Mutants of what is remembered: entries and registrations, how many there are, and what was there before a call.

import type { WorldMutant } from "./world-mutant.ts";

export const entryMutants: readonly WorldMutant[] = [
  {
    id: "unkept-unlock",
    change: "does not keep an entry that a call unlocks",
    file: "locks",
    edits: [["  keep(w, lock);\n  tally(w, lock, -1);", "  tally(w, lock, -1);"]],
  },
  {
    id: "unkept-region",
    change: "does not keep an entry that a call takes the region of",
    file: "nic",
    edits: [
      [
        "  keep(w, lock);\n  tally(w, lock, -1);\n  const ends = row + REGION.exposures;",
        "  tally(w, lock, -1);\n  const ends = row + REGION.exposures;",
      ],
    ],
  },
  {
    id: "unkept-use",
    change: "does not keep an entry whose registrations change",
    file: "registrations",
    edits: [["  keep(w, lock);\n", ""]],
  },
  {
    id: "kept-too-much",
    change: "takes what a call locked itself for something that was there before",
    file: "entries",
    edits: [
      [
        "if (mdl >= call.nextMdl || call.hasKept(mdl)) continue;",
        "if (mdl > call.nextMdl || call.hasKept(mdl)) continue;",
      ],
    ],
  },
  {
    id: "kept-twice",
    change: "keeps an entry each time that it changes",
    file: "entries",
    edits: [
      [
        "if (mdl >= call.nextMdl || call.hasKept(mdl)) continue;",
        "if (mdl >= call.nextMdl) continue;",
      ],
    ],
  },
  {
    id: "kept-innermost",
    change: "keeps a changed entry in the outermost call only",
    file: "entries",
    edits: [
      [
        "    for (const each of entriesOn(w, lock)) call.kept = appended(call.kept, each);\n",
        "    for (const each of entriesOn(w, lock)) call.kept = appended(call.kept, each);\n    break;\n",
      ],
    ],
    on: { subject: "wild cache" },
  },
  {
    id: "before-is-now",
    change: "takes entries that a call made for ones from before it",
    file: "before",
    edits: [
      [
        "if (mdl < call.nextMdl && !call.hasKept(mdl)) found.push(",
        "if (!call.hasKept(mdl)) found.push(",
      ],
    ],
  },
  {
    id: "secures-from-before",
    change: "takes secures that a call made for ones from before it",
    file: "before",
    edits: [
      ["if (secure.handle < this.#call.nextSecure) found.push(secure);", "found.push(secure);"],
    ],
  },
  {
    id: "diminished-by-half",
    change: "does not see that an entry lost one of its regions",
    file: "before",
    edits: [
      [
        "return kept.regions.some((region) =>",
        "return kept.regions.every((region) => region.key > 0 &&",
      ],
    ],
    on: { subject: "wild cache" },
  },
  {
    id: "history-of-three",
    change: "remembers one registration fewer",
    file: "registrations",
    edits: [["while (place < REMEMBERED - 1) {", "while (place < REMEMBERED - 2) {"]],
  },
  {
    id: "history-repeats",
    change: "remembers the same range twice",
    file: "registrations",
    edits: [
      [
        "if (mem.doubleAt(at + 2) === 0 || isSame) break;",
        "if (mem.doubleAt(at + 2) === 0 || (isSame && place < 0)) break;",
      ],
    ],
  },
  {
    id: "owed-is-held",
    change: "does not count owed releases of idle entries",
    file: "entries",
    edits: [["    if (unreleased) addTo(w, totals + OWED_ENTRIES, sign, pages);\n", ""]],
  },
  {
    id: "pending-is-idle",
    change: "counts a zombie that nobody holds as idle",
    file: "entries",
    edits: [["  else if (!zombie) {", "  else if (!zombie || !unreleased) {"]],
    on: { preset: "windows", subject: "wild cache" },
  },
  {
    id: "first-region-holds",
    change: "asks only the first region of an entry whether it is held",
    file: "entries",
    edits: [
      [
        "    held ||= isHeldRegion(w, r);",
        "    if (r === firstRegion(w, lock)) held = isHeldRegion(w, r);",
      ],
    ],
    on: { subject: "wild cache" },
  },
  {
    id: "scope-of-the-first",
    change: "does not notice the second scope that an entry is used for",
    file: "entries",
    edits: [
      [
        "mem.put(row + LOCK.scopes, code | ((scope + 1) << 2));",
        "mem.put(row + LOCK.scopes, code);",
      ],
    ],
  },
  {
    id: "remote-for-good",
    change: "takes an entry that was ever used remotely for a remote one",
    file: "entries",
    edits: [
      [
        "(mem.at(row + LOCK.flags) & ~USED_REMOTELY) | USED | remote",
        "mem.at(row + LOCK.flags) | USED | remote",
      ],
    ],
  },
  {
    id: "sole-for-good",
    change: "takes the first socket of an entry for its only one",
    file: "entries",
    edits: [
      [
        "noteSoleUser(w, lock, mem.at(row + LOCK.sockets + 2) === 1 ? socket : 0);",
        "noteSoleUser(w, lock, socket);",
      ],
    ],
  },
];
