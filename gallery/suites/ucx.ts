// UCX's tests of its registration cache. "Get" and "put" are register and deregister here.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { remap, visit } from "../phrases.ts";
import { anyMayGo, nobodyLooksInside, oneThreadInside } from "./sentences.ts";
import type { Suite, SuiteCase } from "./suite-case.ts";
import { failing, merging } from "./ucx-merging.ts";

const w = wordsFor(presets.small);

const ucx = { base: "gallery/subjects/ucx-rcache.ts" } as const;
const queued = { base: "gallery/subjects/ucx-queued.ts" } as const;

const lifecycle: readonly SuiteCase[] = [
  {
    tests: ["test_rcache_basic.create_fail"],
    checks: "A cache that asks for a kind of event that does not exist is not made.",
    why: "A cache says what it wants to hear of in its capabilities, before one is made. Capabilities that name something unknown are refused as misuse, and no rule is about that.",
  },
  {
    tests: [],
    checks: "An empty cache is made and destroyed, and leaves nothing behind.",
    ...ucx,
    program: [w.cleanup()],
    answers: [],
    rules: { "LAW-4": ["a clean-up"] },
  },
  {
    tests: ["test_rcache.basic"],
    checks: "Get, put, free: as much is released as was registered.",
    ...ucx,
    program: [w.alloc(0, 2), ...visit("mr_1", 0, 2), w.free(0), w.cleanup()],
    answers: [1],
    rules: { "LAW-4": ["a clean-up"], "LOCAL-4": ["a callback over an idle entry"] },
    convicts: { "never-reclaimed": "LAW-4", "keeps-the-region": "LOCAL-4" },
    left: "Ten threads do this at once, each with memory of its own: see test_rcache.shared_region.",
  },
  {
    tests: ["test_rcache.get_unmapped"],
    checks:
      "Getting a range again is a hit; once it was freed and allocated again, with other frames, it is not.",
    ...ucx,
    program: [
      w.alloc(0, 2),
      ...visit("mr_1", 0, 2),
      ...visit("mr_2", 0, 2),
      ...remap(2),
      ...visit("mr_3", 0, 2),
    ],
    answers: [1, 1, 2],
    rules: {
      "LAW-1": ["a register of a range that was registered and then remapped"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "queue-not-read": "LAW-1", "never-hits": "LOCAL-3" },
  },
  {
    tests: ["test_rcache.non_host_get_free_get"],
    checks: "Memory of a GPU that was freed and allocated again is never a hit.",
    base: "gallery/subjects/kdreg2.ts",
    program: [
      w.alloc(0, 1),
      ...visit("mr_1", 0, 1),
      ...remap(1),
      ...visit("mr_2", 0, 1),
      ...remap(1),
      ...visit("mr_3", 0, 1),
    ],
    answers: [1, 2, 3],
    rules: { "LAW-1": ["a register of a range that was registered and then remapped"] },
    convicts: { "hit-without-validity": "LAW-1" },
    left: "The memory here is the host's. What UCX compares at a hit is the id of the allocation; here it is the generation of the range, in the family validate-on-hit.",
  },
  {
    tests: [],
    checks: "An invalidated entry is not returned again, and is released once, after its last put.",
    ...ucx,
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.notify(0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
      w.cleanup(),
    ],
    answers: [1, 2],
    rules: {
      "LAW-4": ["a clean-up"],
      "LAW-5": ["a callback over a buffer in use"],
      "LAW-6": ["a register of a range that a zombie covers"],
    },
    convicts: { "used-and-not-marked": "LAW-6", "deferred-and-lost": "LAW-4" },
    left: "UCX calls the one who invalidated when the entry is gone. Here a callback has its answer, and who waits for more is not told.",
  },
  {
    tests: ["test_rcache.release_inuse"],
    checks: "What is freed while it is in use stays registered until its put.",
    ...ucx,
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 2),
      ...remap(2),
      ...visit("mr_2", 0, 2),
      w.free(0),
      w.deregister("mr_1"),
    ],
    answers: [1, 2],
    rules: {
      "LAW-5": ["a callback over a buffer in use", "a call while another buffer is in use"],
      "LAW-6": ["a register of a range that a zombie covers"],
    },
    convicts: { "used-and-not-marked": "LAW-6", "in-use-and-found-again": "LAW-1" },
  },
];

const limited: readonly SuiteCase[] = [
  {
    tests: ["test_rcache_with_limit.by_count"],
    checks: "More regions than the limit: the least recently used one goes.",
    ...ucx,
    program: [
      w.alloc(0, 12),
      ...[0, 2, 4, 6, 8].flatMap((page, i) => visit(`mr_${i + 1}`, page, page + 1)),
      ...visit("mr_6", 2, 3),
      ...visit("mr_7", 8, 9),
      ...visit("mr_8", 0, 1),
    ],
    answers: [1, 2, 3, 4, 5, 2, 5, 6],
    rules: { "LAW-7": ["a deregister while idle entries fill a limit"] },
    convicts: { "one-too-many": "LAW-7" },
    left: anyMayGo,
  },
  {
    tests: ["test_rcache_with_limit.by_size"],
    checks: "More pages than the limit: a region goes.",
    ...ucx,
    program: [
      w.alloc(0, 12),
      ...visit("mr_1", 0, 4),
      ...visit("mr_2", 4, 8),
      ...visit("mr_3", 8, 9),
      ...visit("mr_4", 0, 4),
    ],
    answers: [1, 2, 3, 4],
    rules: { "LAW-7": ["a deregister while idle entries fill a limit"] },
    convicts: { "one-page-too-many": "LAW-7" },
  },
  {
    tests: ["test_rcache_with_limit.by_size_inuse"],
    checks: "A region in use is not evicted; after its put, it counts.",
    ...ucx,
    program: [
      w.alloc(0, 12),
      w.register("mr_1", 0, 4),
      ...visit("mr_2", 4, 8),
      ...visit("mr_3", 8, 12),
      w.start("t_1", "mr_1"),
      w.complete("t_1"),
      w.deregister("mr_1"),
      ...visit("mr_4", 0, 4),
    ],
    answers: [1, 2, 3, 4],
    rules: {
      "LAW-5": ["a call while another buffer is in use"],
      "LAW-7": ["a deregister while idle entries fill a limit"],
      "LAW-9": ["a transfer"],
    },
    left: "UCX counts regions in use as well; here a limit is one of idle entries.",
  },
  {
    tests: [],
    checks:
      "Tens of thousands of rounds of get, put, free and allocate: what is kept stays bounded.",
    ...ucx,
    program: [
      w.alloc(0, 1),
      ...[1, 2, 3, 4, 5, 6].flatMap((i) => [...visit(`mr_${i}`, 0, 1), ...remap(1)]),
    ],
    answers: [1, 2, 3, 4, 5, 6],
    rules: {
      "LAW-1": ["a register of a range that was registered and then remapped"],
      "LAW-7": ["a deregister"],
    },
    convicts: { "dead-for-ever": "LAW-7" },
    left: "What may wait for its release is declared, and small: more rounds than that are enough.",
  },
];

const counted: readonly SuiteCase[] = [
  {
    tests: ["test_rcache_stats.basic"],
    checks: "Gets, hits, misses, puts, registrations and deregistrations are counted.",
    why: nobodyLooksInside,
  },
  {
    tests: ["test_rcache_stats.merge"],
    checks: "Merges are counted.",
    why: nobodyLooksInside,
  },
  {
    tests: ["test_rcache_stats.unmap_dereg"],
    checks: "An unmapping invalidates at once; the region is released at the next operation.",
    ...ucx,
    program: [
      w.alloc(0, 2),
      ...visit("mr_1", 0, 2),
      ...remap(2),
      ...visit("mr_2", 0, 2),
      w.free(0),
      w.cleanup(),
    ],
    answers: [1, 2],
    rules: {
      "LAW-1": ["a register of a range that was registered and then remapped"],
      "LAW-4": ["a clean-up"],
      "LOCAL-4": ["a callback over an idle entry"],
    },
    convicts: { "never-reclaimed": "LAW-4" },
    left: "Whether a region is released in the callback or later is the cache's choice, within what it declares (`limits.pending`).",
  },
  {
    tests: ["test_rcache_stats.unmap_dereg_with_lock"],
    checks: "An unmapping while the table is locked waits in a queue, and the next get finds it.",
    ...queued,
    program: [w.alloc(0, 2), ...visit("mr_1", 0, 2), ...remap(2), ...visit("mr_2", 0, 2)],
    answers: [1, 2],
    rules: { "LAW-1": ["a register of a range that was registered and then remapped"] },
    convicts: { "queue-not-read": "LAW-1" },
  },
  {
    tests: ["test_rcache_stats.hits_slow"],
    checks: "While a change of another range waits in the queue, a get is still a hit.",
    ...queued,
    program: [
      w.alloc(0, 2),
      w.alloc(4, 6),
      ...visit("mr_1", 0, 2),
      w.register("mr_2", 4, 6),
      w.free(0),
      w.register("mr_3", 4, 6),
      w.deregister("mr_2"),
      w.deregister("mr_3"),
    ],
    answers: [1, 2, 2],
    rules: {
      "LOCAL-3": ["a register of a range that an entry covers"],
      "SPI-4": ["a deregister of one of two registrations of a region"],
    },
    left: "Fast and slow ways to a hit are not told apart.",
  },
];

const others: readonly SuiteCase[] = [
  {
    tests: ["test_rcache.shared_region"],
    checks: "Six threads get and put ranges that overlap.",
    why: oneThreadInside,
  },
  {
    tests: ["test_rcache_pfn.enum_pfn"],
    checks: "The frames of a range can be listed, each page once.",
    why: "It is a test of a function that reads Linux's pagemap, and not of the cache. The frames of this world are known to whoever judges.",
  },
];

/** UCX's test_rcache. */
export const ucxSuite: Suite = {
  id: "ucx",
  project: "UCX",
  repository: "openucx/ucx",
  paths: ["test/gtest/ucs/test_rcache.cc"],
  cases: [...lifecycle, ...merging, ...failing, ...limited, ...counted, ...others],
};
