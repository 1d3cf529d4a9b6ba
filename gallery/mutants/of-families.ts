// Images of bugs that shipped in real registration caches, made in the subjects that are modelled on these caches; and
// mistakes that only the notification families let one make.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { Command } from "../../model/trace.ts";
import type { TextMutant } from "../mutant.ts";
import { commit, fork, remap, visit } from "../phrases.ts";

const w = wordsFor(presets.small);
const t = wordsFor(presets.tiny);

const ucxRcache = "gallery/subjects/ucx-rcache.ts";
const ucxQueued = "gallery/subjects/ucx-queued.ts";
const memhooks = "gallery/subjects/libfabric-memhooks.ts";
const uffd = "gallery/subjects/libfabric-uffd.ts";
const kdreg2 = "gallery/subjects/kdreg2.ts";
const openmpi = "gallery/subjects/openmpi-rcache.ts";
const dpdk = "gallery/subjects/dpdk-mr.ts";
const nccl = "gallery/subjects/nccl.ts";
const spdk = "gallery/subjects/spdk-map.ts";
const sortedArray = "gallery/subjects/sorted-array.ts";
const mrCache = "gallery/subjects/parts/mr-cache.ts";

/** The range is registered, kept, remapped and registered again. */
const remappedWhileKept: readonly Command[] = [
  w.alloc(0, 2),
  ...visit("mr_1", 0, 2),
  ...remap(2),
  w.register("mr_2", 0, 2),
];

/** A part stays registered while the whole, which was registered first, is deregistered and partly remapped. */
const remappedBesideUse: readonly Command[] = [
  w.alloc(0, 2),
  w.register("mr_1", 0, 2),
  w.register("mr_2", 1, 2),
  w.deregister("mr_1"),
  w.decommit(0, 1),
  commit(0, 1),
  w.write(0, 1),
  w.register("mr_3", 0, 1),
];

const ofUcx: readonly TextMutant[] = [
  {
    id: "merge-not-tried-again",
    bug: { row: 2, from: "UCX, pull request 1481" },
    rule: "SPI-1",
    change:
      "fails where a region over all that overlaps cannot be registered, instead of trying what was asked for",
    base: ucxRcache,
    edits: [["overlapped.length > 0 ? [merged, own] : [own]", "[merged]"]],
    preset: "tiny",
    observed: "is, and no host call faulted",
    program: [
      t.alloc(0, 3),
      t.protect(0, 1, "READONLY"),
      t.register("mr_1", 0, 2, "read"),
      t.deregister("mr_1"),
      t.register("mr_2", 1, 3, "write"),
    ],
  },
  {
    id: "pending-without-end",
    bug: { row: 7, from: "UCX, pull request 5131, issue 11248" },
    rule: "LAW-7",
    change: "releases what was invalidated only when somebody registers",
    base: ucxRcache,
    edits: [
      ["    collect();\n    keepLimits();\n", "    keepLimits();\n"],
      ["    progress();\n    const region = byHandle", "    const region = byHandle"],
    ],
    observed: "5",
    program: [
      w.alloc(0, 6),
      ...[0, 1, 2, 3, 4].map((page) => w.register(`mr_${page}`, page, page + 1)),
      w.notify(0, 6),
      ...[0, 1, 2, 3, 4].map((page) => w.deregister(`mr_${page}`)),
    ],
  },
  {
    id: "never-reclaimed",
    bug: { row: 8, from: "UCX, pull request 6840" },
    rule: "LAW-4",
    change: "forgets a region that is invalidated while nobody uses it",
    base: ucxRcache,
    edits: [
      [
        "table.filter((region) => overlap(region.range, range)).forEach(remove)",
        "table = table.filter((region) => !overlap(region.range, range))",
      ],
    ],
    observed: "lock 1, region 1",
    program: [w.alloc(0, 2), ...visit("mr_1", 0, 2), w.free(0), w.cleanup()],
  },
  {
    id: "copy-on-write-unheard",
    bug: { row: 9, from: "UCX, issue 5146" },
    rule: "LAW-1",
    change: "declares that it is never stale after copy-on-write, of which no hook can tell it",
    base: ucxRcache,
    edits: [
      [
        'notification: "notify-before",',
        'notification: "notify-before",\n    coverage: ["unmap", "map-over", "discard", "protect", "copy-on-write"],',
      ],
    ],
    observed: "region 1, which still maps pfn ",
    program: [w.alloc(0, 1), ...visit("mr_1", 0, 1), fork, w.write(0, 1), w.register("mr_2", 0, 1)],
  },
  {
    id: "first-of-several-regions",
    bug: { row: 14, from: "libfabric, commit df1c9f977" },
    rule: "LAW-6",
    change: "invalidates only the first of several regions in a range",
    base: ucxRcache,
    edits: [
      [
        "table.filter((region) => overlap(region.range, range)).forEach(remove)",
        "table.filter((region) => overlap(region.range, range)).slice(0, 1).forEach(remove)",
      ],
    ],
    observed: "region 2 is returned again",
    program: [
      w.alloc(0, 3),
      ...visit("mr_1", 0, 1),
      ...visit("mr_2", 2, 3),
      ...remap(3),
      w.register("mr_3", 2, 3),
    ],
  },
  {
    id: "watched-too-late",
    bug: { row: 51, from: "a mistake of our own" },
    rule: "LAW-1",
    change: "watches a region after it has registered it, so that a change in between goes unheard",
    base: ucxRcache,
    edits: [
      ["    monitor?.watch(merged.range);\n", ""],
      [
        "    const pinned = domain.register(attempts, makeRoom);\n",
        "    const pinned = domain.register(attempts, makeRoom);\n    monitor?.watch(merged.range);\n",
      ],
    ],
    observed: "region 1, which still maps pfn ",
    program: [
      w.alloc(0, 1),
      w.interrupt(1, {
        kind: "operation",
        operation: { name: "VirtualFree", address: w.address(0), sizeBytes: 0, type: "release" },
      }),
      ...visit("mr_1", 0, 1),
      w.alloc(0, 1),
      w.write(0, 1),
      w.register("mr_2", 0, 1),
    ],
  },
  {
    id: "queue-not-read",
    rule: "LAW-1",
    change: "looks a range up without reading the queue of changes first",
    base: ucxQueued,
    file: ucxRcache,
    edits: [["    progress();\n    const { range, access }", "    const { range, access }"]],
    observed: "region 1, which still maps pfn ",
    program: remappedWhileKept,
  },
];

const ofLibfabric: readonly TextMutant[] = [
  {
    id: "contained-entries-only",
    bug: { row: 16, from: "libfabric, pull request 5067" },
    rule: "LAW-3",
    change: "invalidates the entries that lie in a range, and not those that overlap it",
    base: memhooks,
    file: mrCache,
    edits: [
      [
        "cached.filter((entry) => overlap(entry.range, range))",
        "cached.filter((entry) => contains(range, entry.range))",
      ],
    ],
    observed: "is still there",
    program: [w.alloc(0, 3), ...visit("mr_1", 0, 3), w.decommit(1, 2)],
  },
  {
    id: "stops-the-watch-of-another",
    bug: { row: 18, from: "libfabric, issue 5347" },
    rule: "LOCAL-2",
    change: "stops watching all pages of an entry that goes, also those that another entry has",
    base: uffd,
    edits: [["if (!others.some((other) => overlap(other, page))) ", ""]],
    observed: "not watched: ",
    program: [
      w.alloc(0, 4),
      ...visit("mr_1", 0, 2),
      ...visit("mr_2", 1, 3),
      w.register("mr_3", 3, 4),
    ],
  },
  {
    id: "dead-for-ever",
    bug: { row: 22, from: "libfabric, commit 51693907e" },
    rule: "LAW-7",
    change: "never frees what is on its list of dead entries",
    base: memhooks,
    file: mrCache,
    edits: [["[...dead].forEach(free)", "[...dead].forEach((entry) => entry.uses)"]],
    observed: "3",
    program: [
      w.alloc(0, 1),
      ...[1, 2, 3].flatMap((i) => [...visit(`mr_${i}`, 0, 1), w.notify(0, 1)]),
    ],
  },
  {
    id: "hit-without-validity",
    bug: { row: 24, from: "libfabric, commit 7b3870600" },
    rule: "LAW-1",
    change: "looks an entry up without asking whether it is still valid",
    base: kdreg2,
    file: mrCache,
    edits: [[" &&\n        monitor.isValid(other.range, other.subscribed)", ""]],
    observed: "region 1, which still maps pfn ",
    program: remappedWhileKept,
  },
  {
    id: "deferred-and-lost",
    bug: { row: 27, from: "libfabric, commit f06b0832e" },
    rule: "LAW-4",
    change: "forgets at its last close an entry that was invalidated while in use",
    base: memhooks,
    file: mrCache,
    edits: [["      dead.push(entry);\n      free(entry);\n", ""]],
    observed: "lock 1, region 1",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.notify(0, 1),
      w.deregister("mr_1"),
      w.cleanup(),
    ],
  },
];

const ofOthers: readonly TextMutant[] = [
  {
    id: "three-and-no-more",
    bug: { row: 29, from: "Open MPI, issue 1654" },
    rule: "LAW-1",
    change: "invalidates no more than three registrations at once",
    base: openmpi,
    edits: [["touched.forEach(discard)", "touched.slice(0, 3).forEach(discard)"]],
    observed: "region 4, which still maps pfn ",
    program: [
      w.alloc(0, 4),
      ...[0, 1, 2, 3].flatMap((page) => visit(`mr_${page}`, page, page + 1)),
      ...remap(4),
      w.register("mr_4", 3, 4),
    ],
  },
  {
    id: "in-use-and-found-again",
    bug: { row: 32, from: "MVAPICH2" },
    rule: "LAW-1",
    change: "refuses the callback over a registration in use, and does not mark it",
    base: openmpi,
    edits: [
      [
        "touched.forEach(discard)",
        "touched.filter((each) => each.references === 0).forEach(discard)",
      ],
    ],
    observed: "region 1, which still maps pfn ",
    program: [w.alloc(0, 1), w.register("mr_1", 0, 1), ...remap(1), w.register("mr_2", 0, 1)],
  },
  {
    id: "queue-keeps-its-table",
    rule: "LAW-6",
    change: "takes a region out of the shared table without telling the queues that know of it",
    base: dpdk,
    edits: [["    generation++;\n", ""]],
    observed: "region 1 is returned again",
    program: remappedWhileKept,
  },
  {
    id: "serves-the-slot",
    rule: "LAW-1",
    change: "serves a request by a slot, of which a part may be registered no more",
    base: nccl,
    edits: [["contains(each.range, range)", "contains(each.slot.range, range)"]],
    observed: "region 1, which still maps pfn ",
    program: remappedBesideUse,
  },
  {
    id: "translates-what-nobody-holds",
    rule: "LAW-1",
    change: "leaves the translation of a page in the map when its last registration goes",
    base: spdk,
    edits: [["if (translation.count === 0) map.delete(page);", ""]],
    observed: "region 1, which still maps pfn ",
    program: remappedBesideUse,
  },
  {
    id: "serves-who-comes-late",
    rule: "LAW-1",
    change: "serves a request by a slot that somebody has left",
    base: sortedArray,
    edits: [["!each.wasLeft && ", ""]],
    observed: "region 1, which still maps pfn ",
    program: remappedBesideUse,
  },
  {
    id: "kept-without-hearing",
    rule: "LAW-7",
    change: "keeps a slot after its last deregister, though nobody will tell it of changes",
    base: sortedArray,
    edits: [["    slots.splice(slots.indexOf(slot), 1);\n    release(slot);\n", ""]],
    observed: "is kept",
    program: [w.alloc(0, 1), ...visit("mr_1", 0, 1)],
  },
];

/** Every text mutant of a subject of the families. */
export const familyMutants: readonly TextMutant[] = [...ofUcx, ...ofLibfabric, ...ofOthers];
