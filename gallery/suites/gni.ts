// The tests of a registration cache that libfabric had for Cray's network. What it calls stale is idle here.

import { presets } from "../../model/config.ts";
import type { Command } from "../../model/trace.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { visit } from "../phrases.ts";
import { anyMayGo } from "./sentences.ts";
import type { Suite } from "./suite-case.ts";

const w = wordsFor(presets.small);
const tight = wordsFor(presets.micro);

const shipped = { base: "gallery/subjects/registration-cache.ts" } as const;
const memhooks = { base: "gallery/subjects/libfabric-memhooks.ts" } as const;

/** Four buffers, each of a page. */
const four = [0, 1, 2, 3];
const registerFour = (first: number): readonly Command[] =>
  four.map((page, i) => w.register(`mr_${first + i}`, 2 * page, 2 * page + 1));
const deregisterFour = (first: number): readonly Command[] =>
  four.map((_, i) => w.deregister(`mr_${first + i}`));

/** prov/gni/test/mr.c, as it was when libfabric had the provider. */
export const gniSuite: Suite = {
  id: "gni",
  project: "libfabric's GNI provider",
  repository: "ofiwg/libfabric",
  paths: ["prov/gni/test/mr.c"],
  cases: [
    {
      tests: ["mr_internal_cache.basic_init"],
      checks: "After the first registration is closed, it is kept.",
      ...shipped,
      program: [w.alloc(0, 1), ...visit("mr_1", 0, 1)],
      answers: [1],
      rules: {
        "LOCAL-1": ["the last deregister of a local buffer"],
        "LOCAL-2": ["an idle entry"],
      },
      convicts: { "keeps-nothing": "LOCAL-1", "secured-only-while-locking": "LOCAL-2" },
    },
    {
      tests: ["mr_internal_cache.duplicate_registration"],
      checks: "Two registrations of one range are one entry with two users.",
      ...shipped,
      program: [
        w.alloc(0, 1),
        w.register("mr_1", 0, 1),
        w.register("mr_2", 0, 1),
        w.deregister("mr_1"),
        w.start("t_1", "mr_2"),
        w.complete("t_1"),
        w.deregister("mr_2"),
      ],
      answers: [1, 1],
      rules: {
        "LOCAL-3": ["a register of a range that an entry covers"],
        "SPI-4": ["a deregister of one of two registrations of a region"],
      },
      convicts: { "releases-what-is-used": "LAW-5" },
    },
    {
      tests: ["mr_internal_cache.register_1024_distinct_regions"],
      checks: "As many distinct ranges as you like are registered at once.",
      base: "examples/exact-match.ts",
      preset: "micro",
      program: [
        tight.alloc(0, 1),
        tight.register("mr_0", 0, 1),
        tight.deregister("mr_0"),
        ...[1, 2, 3, 4].map((n) => tight.register(`mr_${n}`, 0, n / 16)),
      ],
      answers: [1, 2, 3, 4, 5],
      rules: { "LAW-7": ["a deregister"] },
      convicts: { "never-makes-room": "LAW-7" },
      left: "There is no such number: as many as the NIC takes, which is four in this world, and what is idle makes room for them.",
    },
    {
      tests: ["mr_internal_cache.register_1024_non_unique_regions"],
      checks: "Many ranges inside one that is registered are served by its entry.",
      ...shipped,
      program: [
        w.alloc(0, 4),
        w.register("mr_0", 0, 4),
        ...four.map((page) => w.register(`mr_${page + 1}`, page, page + 1)),
        ...deregisterFour(1),
        w.deregister("mr_0"),
      ],
      answers: [1, 1, 1, 1, 1],
      rules: {
        "LAW-2": ["a hit inside a larger entry"],
        "LOCAL-3": ["a register of a range that an entry covers"],
      },
    },
    {
      tests: ["mr_internal_cache.cyclic_register_128_distinct_regions"],
      checks: "Entries go from used to idle and back, and their number does not change.",
      ...shipped,
      program: [
        w.alloc(0, 8),
        ...registerFour(1),
        ...deregisterFour(1),
        ...registerFour(5),
        ...deregisterFour(5),
      ],
      answers: [1, 2, 3, 4, 1, 2, 3, 4],
      rules: {
        "LAW-7": ["a deregister"],
        "LAW-8": ["a repeat of a register whose entry is idle"],
        "LOCAL-3": ["a register of a range that an entry covers"],
      },
      convicts: { "local-misses": "LOCAL-3" },
    },
    {
      tests: ["mr_internal_cache.same_addr_incr_size"],
      checks:
        "A range at the same address that is larger each time: the new entry replaces the old.",
      ...memhooks,
      program: [
        w.alloc(0, 4),
        ...visit("mr_1", 0, 1),
        ...visit("mr_2", 0, 2),
        ...visit("mr_3", 0, 4),
        ...visit("mr_4", 0, 1),
      ],
      answers: [1, 2, 3, 3],
      rules: { "LAW-2": ["a register that overlaps an entry", "a hit inside a larger entry"] },
      left: "Whether the smaller entry goes is the cache's choice.",
    },
    {
      tests: ["mr_internal_cache.same_addr_decr_size"],
      checks: "A range at the same address that is smaller each time is a hit.",
      ...shipped,
      program: [
        w.alloc(0, 4),
        ...visit("mr_1", 0, 4),
        ...visit("mr_2", 0, 2),
        ...visit("mr_3", 0, 1),
        ...visit("mr_4", 0, 0.5),
      ],
      answers: [1, 1, 1, 1],
      rules: {
        "LAW-2": ["a hit inside a larger entry"],
        "LOCAL-3": ["a register of a range that an entry covers"],
      },
    },
    {
      tests: ["mr_internal_cache.lru_evict_first_entry"],
      checks: "One entry more than may be idle: the first one that was closed goes, and only that.",
      ...shipped,
      program: [
        w.alloc(0, 10),
        ...registerFour(1),
        w.register("mr_5", 8, 9),
        ...deregisterFour(1),
        w.deregister("mr_5"),
        w.register("mr_6", 2, 3),
        w.register("mr_7", 4, 5),
        w.register("mr_8", 6, 7),
        w.register("mr_9", 8, 9),
        w.register("mr_10", 0, 1),
      ],
      answers: [1, 2, 3, 4, 5, 2, 3, 4, 5, 6],
      rules: {
        "LAW-7": ["a deregister while idle entries fill a limit"],
        "LAW-8": ["a repeat of a register whose entry is idle"],
      },
      convicts: { "one-too-many": "LAW-7" },
      left: anyMayGo,
    },
    {
      tests: ["mr_internal_cache.lru_evict_middle_entry"],
      checks:
        "An idle entry that is used again is not evicted meanwhile, wherever it stood in the order.",
      ...shipped,
      program: [
        w.alloc(0, 12),
        ...registerFour(1),
        w.register("mr_5", 8, 9),
        w.register("mr_6", 10, 11),
        ...deregisterFour(1),
        w.register("mr_7", 2, 3),
        w.deregister("mr_5"),
        w.deregister("mr_6"),
        w.start("t_1", "mr_7"),
        w.complete("t_1"),
        w.deregister("mr_7"),
      ],
      answers: [1, 2, 3, 4, 5, 6, 2],
      rules: {
        "LAW-5": ["a call while another buffer is in use"],
        "LAW-7": ["a deregister while idle entries fill a limit"],
        "LAW-9": ["a transfer"],
      },
      left: anyMayGo,
    },
    {
      tests: ["mr_internal_cache.regression_615"],
      checks:
        "An idle entry inside one that was registered later is dropped; the later one serves.",
      ...memhooks,
      program: [
        w.alloc(0, 8),
        ...visit("mr_1", 3, 4),
        ...visit("mr_2", 0, 8),
        ...visit("mr_3", 5, 6),
        w.free(0),
        w.cleanup(),
      ],
      answers: [1, 2, 2],
      rules: {
        "LAW-2": ["a register that overlaps an entry", "a hit inside a larger entry"],
        "LAW-4": ["a clean-up"],
      },
      left: "Whether the smaller entry goes is the cache's choice. That no two idle entries are for one range and right is recommended (LAW-8).",
    },
    {
      tests: ["mr_internal_cache_nld.…", "mr_no_cache.…"],
      checks: "The same where nothing is kept after a close, and where there is no cache at all.",
      base: "examples/uncached.ts",
      program: [
        w.alloc(0, 4),
        w.register("mr_1", 0, 4),
        w.register("mr_2", 0, 4),
        w.register("mr_3", 1, 2),
        w.deregister("mr_1"),
        w.deregister("mr_2"),
        w.deregister("mr_3"),
        w.cleanup(),
      ],
      answers: [1, 2, 3],
      rules: {
        "LAW-4": ["a clean-up"],
        "SPI-4": ["a deregister of one of two registrations of a region"],
        "SPI-6": ["a deregister"],
      },
      convicts: { "not-counted": "SPI-4", "released-late": "SPI-6" },
    },
    {
      tests: ["perf_mr_internal.…", "perf_mr_no_cache.…"],
      checks: "How long repeated, contained and random registrations take.",
      why: "Time is not judged. The cache that ships has benchmarks, and a hit is told from a miss by what it asks of its host (LOCAL-3).",
    },
  ],
};
