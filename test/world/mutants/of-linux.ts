// Mutants of the operations that Windows lacks. They are looked for where memory is watched.

import type { WorldMutant } from "./world-mutant.ts";

const operations: readonly Omit<WorldMutant, "beyondWindows">[] = [
  {
    id: "maps-over-nothing",
    change: "keeps the frames of what was mapped over",
    file: "linux-memory",
    edits: [
      ["    discardPage(w, process, number, true);\n    w.mem.put(w.page", "    w.mem.put(w.page"],
    ],
  },
  {
    id: "maps-views-over",
    change: "maps over a view",
    file: "linux-memory",
    edits: [["return vad === NONE || sectionOf(w, vad) >= 0 ? NONE : vad;", "return vad;"]],
  },
  {
    id: "rounds-down",
    change: "leaves out a page of which a range does not have the last byte",
    file: "linux-memory",
    edits: [["Math.ceil(sizeBytes * w.pagesPerByte)", "Math.floor(sizeBytes * w.pagesPerByte)"]],
    on: { preset: "small" },
  },
  {
    id: "target-untold",
    change: "does not wait until whoever watches the target of a move was called",
    file: "linux-memory",
    edits: [
      [
        "  if (waitsForHooks(w, process, to, count, MOVE_TARGET, told)) return refused(to, count);\n",
        "",
      ],
    ],
  },
  {
    id: "target-unchanged",
    change: "forgets that the target of a move has changed",
    file: "linux-memory",
    edits: [["  noteChange(w, process, to, count, MOVE_TARGET);\n", ""]],
  },
  {
    id: "moves-no-contents",
    change: "loses what a trimmed page holds when it moves",
    file: "linux-memory",
    edits: [["  mem.putDouble(to + PAGE.stored, mem.doubleAt(from + PAGE.stored));\n", ""]],
  },
  {
    id: "moves-no-rights",
    change: "moves a page as one that may be written",
    file: "linux-memory",
    edits: [
      [
        "pageState(target, false, 0, false) | flags",
        "pageState(target, (flags & COMMITTED) !== 0, READ_AND_WRITE, false)",
      ],
    ],
  },
  {
    id: "moves-a-copy",
    change: "leaves pages that moved where they were, too",
    file: "linux-memory",
    edits: [["  mem.put(from + PAGE.pfn, 0);\n", ""]],
  },
  {
    id: "moves-apart",
    change: "does not move pages right beside where they are",
    file: "linux-memory",
    edits: [["if (Math.abs(from - to) < count)", "if (Math.abs(from - to) <= count)"]],
  },
  {
    id: "moves-the-source-only",
    change: "says that a move changed its source alone",
    file: "linux-memory",
    edits: [
      [
        "note(w, process, Math.min(from, to), Math.abs(from - to) + count);",
        "note(w, process, from, count);",
      ],
    ],
  },
  {
    id: "discards-nothing",
    change: "keeps the frame of a page that is discarded",
    file: "linux-memory",
    edits: [["    discardPage(w, process, number, false);\n", ""]],
  },
  {
    id: "discards-the-guard",
    change: "discards the guard of a page with its contents",
    file: "linux-memory",
    edits: [["state & ~(COPIED | BAD_BLOCK)", "state & ~(COPIED | BAD_BLOCK | GUARD)"]],
  },
  {
    id: "forks-nothing",
    change: "lets pages be written in place after a fork",
    file: "linux-memory",
    edits: [
      ["withProtection(state, WRITECOPY, guard)", "withProtection(state, READ_AND_WRITE, guard)"],
    ],
  },
  {
    id: "forks-untouched",
    change: "shares pages after a fork that have no frame",
    file: "linux-memory",
    edits: [["w.mem.at(row + PAGE.pfn) === 0 || protectionOf", "protectionOf"]],
  },
  {
    id: "forks-views",
    change: "shares the private copies in a view after a fork",
    file: "linux-memory",
    edits: [["    if (sectionOf(w, vad) >= 0) continue;\n", ""]],
  },
  {
    id: "forks-the-first-region",
    change: "shares the pages of the first region after a fork",
    file: "linux-memory",
    edits: [["k < vadCount(w, process)", "k < Math.min(1, vadCount(w, process))"]],
  },
  {
    id: "keeps-the-childs-frame",
    change: "keeps the frame that a page shared when it gets one of its own",
    file: "pages",
    edits: [["  if (own >= 0) unmapFrame(w, own);\n", ""]],
  },
  {
    id: "holes-in-one-view",
    change: "tells of a hole in the first view of the section only",
    file: "linux-memory",
    edits: [["vad = views.next(vad)", "vad = NONE"]],
    on: { subject: "wild cache, validate-on-hit" },
  },
  {
    id: "holes-in-copies",
    change: "tells of a hole in private copies",
    file: "linux-memory",
    edits: [["if ((state & COPIED) === 0) noteChange", "noteChange"]],
  },
  {
    id: "holes-full",
    change: "keeps what a trimmed page of a section held when a hole is punched there",
    file: "linux-memory",
    edits: [["    mem.putDouble(row + SHARED.stored, 0);\n", ""]],
    on: { preset: "windows" },
  },
  {
    id: "holes-not-last",
    change: "punches no hole at the end of a section",
    file: "linux-memory",
    edits: [["first + count > section.count", "first + count >= section.count"]],
  },
  {
    id: "views-of-another",
    change: "takes a view for one of the section before its own",
    file: "address-space",
    edits: [
      ["const shown = w.sections[section];", "const shown = w.sections[section - 1];"],
      ["w.sections[sectionOf(w, vad)];", "w.sections[sectionOf(w, vad) - 1];"],
    ],
  },
];

export const linuxMutants: readonly WorldMutant[] = operations.map((mutant) => ({
  ...mutant,
  beyondWindows: true,
}));
