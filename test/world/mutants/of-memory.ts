// Mutants of the memory manager: address spaces, pages, frames, secures and locks.

import type { WorldMutant } from "./world-mutant.ts";

export const memoryMutants: readonly WorldMutant[] = [
  {
    id: "alloc-at-the-page",
    change: "begins a region at the page that was asked for, not at the granularity",
    file: "virtual-memory",
    edits: [
      [
        "Math.floor(address / granularityBytes) * granularityBytes",
        "Math.floor(address / pageSizeBytes) * pageSizeBytes",
      ],
    ],
  },
  {
    id: "alloc-short",
    change: "forgets the bytes that rounding the base down adds",
    file: "virtual-memory",
    edits: [["const lengthBytes = address - start + sizeBytes;", "const lengthBytes = sizeBytes;"]],
  },
  {
    id: "alloc-touching",
    change: "takes a region that ends where another begins for one that overlaps it",
    file: "virtual-memory",
    edits: [
      [
        "if (firstTaken(w, process, first, count) >= 0) return",
        "if (firstTaken(w, process, first, count + 1) >= 0) return",
      ],
    ],
  },
  {
    id: "alloc-anywhere",
    change: "looks for room at every page instead of every granularity",
    file: "virtual-memory",
    edits: [["first = Math.ceil(end / granularityPages) * granularityPages;", "first = end;"]],
  },
  {
    id: "commit-zeroes",
    change: "loses what a page holds when it is committed again",
    file: "virtual-memory",
    edits: [
      [
        "    w.mem.put(word, withProtection(w.mem.at(word), protection, guard) | COMMITTED);",
        "    discardPage(w, process, number, false);\n    w.mem.put(word, withProtection(w.mem.at(word), protection, guard) | COMMITTED);",
      ],
    ],
  },
  {
    id: "decommit-keeps",
    change: "keeps what a page held when it is decommitted",
    file: "pages",
    edits: [
      [
        "  mem.putDouble(row + PAGE.stored, 0);\n  const state = mem.at(row + PAGE.state);",
        "  const state = mem.at(row + PAGE.state);",
      ],
    ],
    on: { preset: "windows", subject: "by-the-book" },
  },
  {
    id: "decommit-releases",
    change: "takes a decommitted page out of its region",
    file: "virtual-memory",
    edits: [['const gone = type === "release";', "const gone = type.length > 0;"]],
  },
  {
    id: "release-anywhere",
    change: "releases a region by any address in it",
    file: "virtual-memory",
    edits: [
      [
        'if (sizeBytes === 0 && address !== base * pageSizeBytes) return failed("ERROR_INVALID_ADDRESS");',
        "",
      ],
    ],
  },
  {
    id: "protect-last-page",
    change: "answers the protection that the last page had",
    file: "virtual-memory",
    edits: [
      [
        "protectionName(stateOf(w, process, first));",
        "protectionName(stateOf(w, process, first + count - 1));",
      ],
    ],
    on: { preset: "wide", subject: "exemplary driver" },
  },
  {
    id: "protect-reserved",
    change: "protects pages that are not committed",
    file: "virtual-memory",
    edits: [['    if ((state & COMMITTED) === 0) return failed("ERROR_INVALID_ADDRESS");\n', ""]],
    on: { preset: "small", subject: "exact-match" },
  },
  {
    id: "copies-stay-copies",
    change: "makes a private copy copy-on-write again",
    file: "virtual-memory",
    edits: [
      [
        "(state & COPIED) !== 0 && protection === WRITECOPY ? READ_AND_WRITE : protection",
        "protection",
      ],
    ],
    on: { preset: "wide", subject: "exemplary driver" },
  },
  {
    id: "view-writes",
    change: "lets the pages of a read-only view be written",
    file: "virtual-memory",
    edits: [["|| isWritable(w, vad) || copied", "|| isWritable(w, vad) || copied || vad >= 0"]],
    on: { preset: "small", subject: "registration-cache, refuse" },
  },
  {
    id: "unmap-forgets-secures",
    change: "unmaps a view that is secured",
    file: "virtual-memory",
    edits: [
      [
        "  if (isHeldUp(w, process, first, count, UNMAP, -1, told)) return refused(first, count);\n  dropVad",
        "  dropVad",
      ],
    ],
  },
  {
    id: "access-goes-on",
    change: "does not say that a read changed anything",
    file: "virtual-memory",
    edits: [
      [
        "  const stamps: number[] = [];\n  note(w, process, first, count);",
        "  const stamps: number[] = [];",
      ],
    ],
  },
  {
    id: "outlives-its-process",
    change: "leaves the frames of a dead process mapped",
    file: "virtual-memory",
    edits: [["  for (const vad of vads) discardPages(w, process, vad);\n", ""]],
  },
  {
    id: "guards-forever",
    change: "raises at a guard page again and again",
    file: "pages",
    edits: [["    mem.put(row + PAGE.state, state & ~GUARD);\n", ""]],
    on: { preset: "small", subject: "exact-match" },
  },
  {
    id: "guards-after-trim",
    change: "reads a bad block before it sees the guard",
    file: "pages",
    edits: [
      ["if ((state & GUARD) !== 0) {", "if ((state & GUARD) !== 0 && (state & BAD_BLOCK) === 0) {"],
    ],
    on: { preset: "wide", subject: "proxy-driver" },
  },
  {
    id: "bad-forever",
    change: "meets the bad block at every page-in",
    file: "pages",
    edits: [["    mem.put(row + PAGE.state, state & ~BAD_BLOCK);\n", ""]],
  },
  {
    id: "page-in-twice",
    change: "keeps what a page held after it was read in",
    file: "pages",
    edits: [["  mem.putDouble(home.stored, 0);\n  return pfn;", "  return pfn;"]],
  },
  {
    id: "writes-the-section",
    change: "writes a WRITECOPY page where it is",
    file: "pages",
    edits: [
      [
        "if (!write || protectionOf(state) !== WRITECOPY) return resident;",
        "if (!write || write) return resident;",
      ],
    ],
  },
  {
    id: "copies-nothing",
    change: "gives a private copy an empty frame",
    file: "pages",
    edits: [["allocateFrame(w, stampOf(w, shared))", "allocateFrame(w, 0)"]],
    on: { preset: "tiny", subject: "registration-cache, refuse" },
  },
  {
    id: "knows-every-change",
    change: "takes a copy-on-write for a change that every cache was to know",
    file: "families",
    edits: [["staling: (claimed ?? promises) & ~PROTECT", "staling: EVERY & ~PROTECT"]],
  },
  {
    id: "trims-locked",
    change: "takes a locked frame away from its page",
    file: "pages",
    edits: [
      ["if (pfn < 0 || lockCountOf(w, pfn) > 0) return false;", "if (pfn < 0) return false;"],
    ],
    on: { preset: "micro", subject: "registration-cache, refuse" },
  },
  {
    id: "trims-contents",
    change: "loses what a trimmed page held",
    file: "pages",
    edits: [["w.mem.putDouble(home.stored, stampOf(w, pfn));", "w.mem.putDouble(home.stored, 0);"]],
  },
  {
    id: "shares-no-more",
    change: "gives each view of a section contents of its own",
    file: "pages",
    edits: [["if (!isShared(w, state)) return { pfn:", "if (row > 0) return { pfn:"]],
  },
  {
    id: "first-section-page",
    change: "shows the first page of the section on every page of a view",
    file: "pages",
    edits: [
      ["(number - w.mem.at(vad + VAD.base)) * SHARED.width", "(number - number) * SHARED.width"],
    ],
  },
  {
    id: "same-frame-again",
    change: "gives the frame that came free last to the next page",
    file: "frames",
    edits: [
      [
        "  w.set(SINGLE.nextPfn, (pfn + 1) % frameCount);\n",
        "  w.set(SINGLE.nextPfn, pfn);\n  w.set(SINGLE.nextFree, pfn + 1);\n",
      ],
    ],
    on: { preset: "micro" },
  },
  {
    id: "lowest-frame",
    change: "begins the rotation anew with every frame",
    file: "frames",
    edits: [
      [
        "w.set(SINGLE.nextFree, searchFree(w, next) + 1);",
        "w.set(SINGLE.nextFree, searchFree(w, 0) + 1);",
      ],
    ],
  },
  {
    id: "wraps-late",
    change: "does not see the free frames in front of the rotation",
    file: "frames",
    edits: [["  for (let pfn = 0; pfn < from; pfn++) if (!isInUse(w, pfn)) return pfn;\n", ""]],
    on: { preset: "micro", subject: "exact-match" },
  },
  {
    id: "full-forever",
    change: "does not notice a frame that comes free when there was none",
    file: "frames",
    edits: [["  if (kept < 0) w.set(SINGLE.nextFree, pfn + 1);\n", ""]],
    on: { preset: "micro", subject: "registration-cache, defer" },
  },
  {
    id: "locked-once",
    change: "unlocks a frame for everybody who locked it",
    file: "frames",
    edits: [["w.mem.put(word, w.mem.at(word) - 1);", "w.mem.put(word, 0);"]],
  },
  {
    id: "frees-mapped",
    change: "takes a frame that is locked and not mapped for a free one",
    file: "frames",
    edits: [
      [
        "w.mem.at(row + FRAME.mapped) !== 0 || w.mem.at(row + FRAME.lockCount) > 0",
        "w.mem.at(row + FRAME.mapped) !== 0",
      ],
    ],
  },
  {
    id: "secures-anything",
    change: "secures pages that are not committed",
    file: "secures",
    edits: [
      [
        "(state & COMMITTED) === 0 || !allows(protectionOf(state), code === 1)",
        "state === 0 || !allows(protectionOf(state), code === 1)",
      ],
    ],
    on: { preset: "micro", subject: "registration-cache, refuse" },
  },
  {
    id: "secures-readable",
    change: "secures for writing what can only be read",
    file: "secures",
    edits: [
      [
        "!allows(protectionOf(state), code === 1)) return 0;",
        "!allows(protectionOf(state), false)) return 0;",
      ],
    ],
  },
  {
    id: "forgets-the-mode",
    change: "forbids only what takes reading away",
    file: "secures",
    edits: [
      [
        "if (!allows(protection, mode === 1)) return true;",
        "if (!allows(protection, mode > 1)) return true;",
      ],
    ],
    on: { preset: "tiny", subject: "exemplary driver" },
  },
  {
    id: "last-page-is-free",
    change: "does not ask whether the last page of a range is secured",
    file: "secures",
    edits: [
      [
        "  if (w.secures.count === 0) return false;\n  for (let number = first; number < first + count; number++) {",
        "  if (w.secures.count === 0) return false;\n  for (let number = first; number < first + count - 1; number++) {",
      ],
    ],
  },
  {
    id: "newest-secure-only",
    change: "asks only the newest of several secures over a page",
    file: "secures",
    edits: [
      [
        "      if (!allows(protection, mode === 1)) return true;\n",
        "      if (!allows(protection, mode === 1)) return true;\n      break;\n",
      ],
    ],
    on: { preset: "tiny", subject: "wild cache" },
  },
  {
    id: "locks-without-reading",
    change: "probes a lock for both rights by writing only",
    file: "locks",
    edits: [["let pfn = code === WRITE ? 0 :", "let pfn = code !== READ ? 0 :"]],
    on: { preset: "wide", subject: "by-the-book" },
  },
  {
    id: "locks-half",
    change: "keeps frames locked when a later page of the range raises",
    file: "locks",
    edits: [
      [
        "    mem.put(frames + i, pfn);\n  }\n  for (let i = 0; i < count; i++) lockFrame(w, mem.at(frames + i));",
        "    mem.put(frames + i, pfn);\n    lockFrame(w, pfn);\n  }",
      ],
    ],
  },
  {
    id: "unlocks-first-page",
    change: "unlocks the first page of a lock only",
    file: "locks",
    edits: [
      [
        "for (let i = 0; i < count; i++) unlockFrame(w, mem.at(frames + i));",
        "unlockFrame(w, mem.at(frames));",
      ],
    ],
  },
];
