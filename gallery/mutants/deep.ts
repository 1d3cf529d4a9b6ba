// Mistakes that only a long program shows: the shortest that breaks each has eight commands or more, and is given. They
// are what tells one way of generating from another. Most are tables with too little room, or counts that go wrong
// after so many rounds. Above each stands what it takes, command by command.

import { presets } from "../../model/config.ts";
import { wordsFor, type Words } from "../../properties/cases/words.ts";
import type { Command } from "../../model/trace.ts";
import type { TextMutant } from "../mutant.ts";

const w = wordsFor(presets.small);
const t = wordsFor(presets.tiny);

/** Numbers from 1 on. */
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** So many registrations of ranges that share a page and of which no two are the same. */
const different = (words: Words, count: number): Command[] =>
  upTo(count).map((n) => words.register(`mr_${n}`, 0, n / 16));

/** So many registrations of one range. */
const equal = (words: Words, count: number): Command[] =>
  upTo(count).map((n) => words.register(`mr_${n}`, 0, 1));

const table = "findable = [...findable.filter((other) => other !== entry), entry];";
const declared = "let owed: Entry[] = [];";
const field = "  private readonly mostPending: number;\n";

export const deepMutants: readonly TextMutant[] = [
  // An allocation, a registration, six that push its key out, and its deregister.
  {
    id: "room-for-six-keys",
    rule: "REMOTE-1",
    change: "has room for six keys, and takes back those only that are in it",
    preset: "tiny",
    base: "examples/exact-match.ts",
    edits: [
      [declared, `${declared}\n  let keys: RemoteKey[] = [];`],
      ["  RegionKey,\n", "  RegionKey,\n  RemoteKey,\n"],
      [
        "    if (exposed.ok) return",
        "    if (exposed.ok) keys = [...keys, exposed.value].slice(-6);\n    if (exposed.ok) return",
      ],
      [
        "if (remoteKey !== undefined) nic",
        "if (remoteKey !== undefined && keys.includes(remoteKey)) nic",
      ],
    ],
    observed: "the peer of s_1 reaches ",
    program: [
      t.alloc(0, 2),
      t.registerRdma("mr_1", 0, 1),
      ...upTo(6).map((n) => t.registerRdma(`mr_${n + 1}`, 1, 2)),
      t.deregisterRdma("mr_1"),
    ],
  },
  // An allocation, six buffers of which the first is pushed out, and the free that has to find it.
  {
    id: "room-for-five-buffers",
    rule: "SPI-5",
    change: "has room for five buffers, and loses sight of the one that was used longest ago",
    base: "examples/exact-match.ts",
    edits: [[table, table.replace(";", ".slice(-5);")]],
    observed: "is left there",
    program: [w.alloc(0, 1), ...different(w, 6), w.free(0)],
  },
  // An allocation, five buffers, the free that invalidates them, and the last deregister of the first.
  {
    id: "room-for-four-invalidated",
    rule: "LAW-7",
    change:
      "has room for four invalidated buffers in use, and releases no others at their last deregister",
    base: "examples/exact-match.ts",
    edits: [
      [declared, `${declared}\n  let deferred: Entry[] = [];`],
      [
        "      entry.secure = null;\n",
        "      entry.secure = null;\n      deferred = [...deferred, entry].slice(-4);\n",
      ],
      ["entry.uses === 0 && entry.secure === null", "entry.uses === 0 && deferred.includes(entry)"],
    ],
    observed: "1",
    program: [w.alloc(0, 1), ...different(w, 5), w.free(0), w.deregister("mr_1")],
  },
  // An allocation, two idle buffers of two commands each and three in use, since four in use may fill the limit, and
  // the register that fails.
  {
    id: "limits-what-is-used",
    rule: "SPI-1",
    change: "counts the buffers in use for its limit, and fails beyond it instead of evicting",
    preset: "tiny",
    base: "examples/exact-match.ts",
    edits: [
      [
        "const made = acquire(request);",
        'if (findable.length > MOST_ENTRIES) return { ok: false, error: "WSAENOBUFS" };\n      const made = acquire(request);',
      ],
    ],
    observed: "every host call succeeded",
    program: [
      t.alloc(0, 1),
      ...different(t, 5),
      t.deregister("mr_1"),
      t.deregister("mr_2"),
      t.register("mr_6", 0, 1),
    ],
  },
  // An allocation, a buffer, eight more until one has its handle, and the close that deregisters both.
  {
    id: "handles-of-three-bits",
    rule: "SPI-4",
    change: "gives out handles of three bits, and each again after eight regions",
    base: "examples/exact-match.ts",
    edits: [
      [
        "handle: Number(entered.value) as BufferHandle",
        "handle: (Number(entered.value) % 8) as BufferHandle",
      ],
      // Else a buffer whose handle another one has taken along stays findable, and making room for it never ends.
      [
        "    if (!byHandle.has(entry.handle)) return true;\n",
        "    findable = findable.filter((other) => other !== entry);\n    if (!byHandle.has(entry.handle)) return true;\n",
      ],
    ],
    observed: "mr_9",
    program: [w.alloc(0, 1), ...different(w, 9), w.close()],
  },
  // An allocation, eight buffers, and the free that unsecures the eighth.
  {
    id: "secures-of-three-bits",
    rule: "OWN-2",
    change: "keeps three bits of the handle that securing returned",
    base: "examples/exact-match.ts",
    edits: [
      ["      secure: secured.value,\n", "      secure: (secured.value % 8) as SecureHandle,\n"],
    ],
    observed: "secure 0 is not live",
    program: [w.alloc(0, 1), ...different(w, 8), w.free(0)],
  },
  // An allocation, a buffer, eight callbacks over nothing, and one over the buffer.
  {
    id: "room-for-eight-callbacks",
    rule: "SPI-5",
    change: "notes callbacks in a table with room for eight, and misses those that follow",
    preset: "tiny",
    base: "examples/exact-match.ts",
    edits: [
      [declared, `${declared}\n  let heard = 0;`],
      [
        "    let failed = isBusy(range);",
        '    if (++heard > 8) return { ok: false, error: "WSAEINVAL" };\n    let failed = isBusy(range);',
      ],
    ],
    observed: "secure 1 was there",
    program: [
      t.alloc(0, 2),
      t.register("mr_1", 0, 1),
      ...upTo(8).map(() => t.notify(1, 2)),
      t.notify(0, 1),
    ],
  },
  // An allocation, eight buffers, the callback that invalidates them, and a register of the last one's range.
  {
    id: "every-eighth-stays-found",
    rule: "LAW-6",
    change: "leaves every eighth buffer that is invalidated in use where a register finds it",
    preset: "tiny",
    base: "examples/exact-match.ts",
    edits: [
      [declared, `${declared}\n  let invalidated = 0;`],
      [
        "      findable = findable.filter((other) => other !== entry);\n      entry.secure",
        "      if (++invalidated % 8 !== 0) findable = findable.filter((other) => other !== entry);\n      entry.secure",
      ],
    ],
    observed: "region 8 is returned again",
    program: [t.alloc(0, 1), ...different(t, 8), t.notify(0, 1), t.register("mr_9", 0, 8 / 16)],
  },
  // An allocation, a buffer, eight uses of another, and the callback that has to find the first.
  {
    id: "forgets-the-old",
    rule: "SPI-5",
    change: "loses sight of a buffer that was not used in eight registers",
    base: "examples/exact-match.ts",
    edits: [
      [declared, `${declared}\n  let clock = 0;\n  const usedAt = new Map<Entry, number>();`],
      ["    entry.uses++;\n", "    entry.uses++;\n    usedAt.set(entry, ++clock);\n"],
      [
        table,
        "findable = [...findable.filter((other) => other !== entry && clock - (usedAt.get(other) ?? 0) < 8), entry];",
      ],
    ],
    observed: "secure 1 ",
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      ...upTo(8).map((n) => w.register(`mr_${n + 1}`, 1, 2)),
      w.notify(0, 1),
    ],
  },
  // An allocation, a register that misses, five that hit, and the close whose last deregister finds no use left.
  {
    id: "every-fifth-hit-not-counted",
    rule: "SPI-4",
    change: "does not count the use of every fifth hit",
    base: "gallery/subjects/registration-cache.ts",
    file: "src/cache/registration-cache.ts",
    edits: [
      [field, `${field}  private hits = 0;\n`],
      [
        "    if (table.use(slot)) this.idle.remove(slot);\n    this.ownership.use(slot, request.socket);",
        "    if (++this.hits % 5 !== 0 && table.use(slot)) this.idle.remove(slot);\n    this.ownership.use(slot, request.socket);",
      ],
    ],
    observed: "mr_6",
    program: [w.alloc(0, 1), ...equal(w, 6), w.close()],
  },
  // An allocation, eight uses of a buffer, the free that invalidates it, and the close that deregisters it eight times.
  // A clean-up in the place of the last two breaks LAW-4 one command sooner.
  {
    id: "every-eighth-end-not-counted",
    rule: "LAW-7",
    change: "does not count the end of every eighth use",
    base: "gallery/subjects/registration-cache.ts",
    file: "src/cache/registration-cache.ts",
    edits: [
      [field, `${field}  private ends = 0;\n`],
      [
        "if (!this.table.endUse(slot)) return;",
        "if (++this.ends % 8 === 0 || !this.table.endUse(slot)) return;",
      ],
    ],
    observed: "1",
    program: [w.alloc(0, 1), ...equal(w, 8), w.free(0), w.close()],
  },
];
