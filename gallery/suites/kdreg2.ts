// The tests of kdreg2, a kernel module that tells a cache of changes of what it monitors. A monitored region is an entry of
// a cache here, and an event that names it is what makes the entry unusable.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { fork, remap, visit } from "../phrases.ts";
import { limitsAreClaims, oneThreadInside } from "./sentences.ts";
import type { Suite, SuiteCase } from "./suite-case.ts";

const w = wordsFor(presets.small);

const kdreg2 = { base: "gallery/subjects/kdreg2.ts" } as const;

const interfaceOfTheModule =
  "It is about the module's own interface: a device, its descriptor, its counters. Here the host has `monitor.generation`, which answers when it is asked.";

const basic: readonly SuiteCase[] = [
  {
    tests: ["test_basic: 1 to 4, 9 and 10", "test_multi_open"],
    checks:
      "The device opens twice, starts empty, has several events read at once, and says when there is something to read.",
    why: interfaceOfTheModule,
  },
  {
    tests: ["test_basic: 5"],
    checks: "What is monitored is valid until it is monitored no more.",
    ...kdreg2,
    program: [w.alloc(0, 2), ...visit("mr_1", 0, 2), ...visit("mr_2", 0, 2), w.cleanup()],
    answers: [1, 1],
    rules: {
      "LAW-4": ["a clean-up"],
      "LAW-8": ["a repeat of a register whose entry is idle"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "never-hits": "LOCAL-3" },
  },
  {
    tests: ["test_basic: 6"],
    checks:
      "Regions that begin at one address, of different lengths, are each told of an unmapping.",
    base: "examples/exact-match.ts",
    program: [
      w.alloc(0, 4),
      ...visit("mr_1", 0, 4),
      ...visit("mr_2", 0, 2),
      ...visit("mr_3", 0, 1),
      w.free(0),
    ],
    answers: [1, 2, 3],
    rules: {
      "LAW-3": ["a callback over several idle entries"],
      "LOCAL-4": ["a callback over an idle entry"],
    },
    convicts: { "first-only": "LAW-3", "empty-notification": "LAW-3" },
  },
  {
    tests: ["test_basic: 7"],
    checks: "Of a region that is monitored no more nobody is told.",
    base: "examples/exact-match.ts",
    program: [w.alloc(0, 1), ...visit("mr_1", 0, 1), w.free(0), w.notify(0, 1)],
    answers: [1],
    rules: { "SPI-5": ["0", "WSAEINVAL"] },
    convicts: { "notified-again": "LAW-4" },
  },
  {
    tests: ["test_basic: 8"],
    checks: "Regions apart from each other are both told of an unmapping of all.",
    ...kdreg2,
    program: [
      w.alloc(0, 4),
      ...visit("mr_1", 0, 2),
      ...visit("mr_2", 3, 4),
      ...remap(4),
      ...visit("mr_3", 3, 4),
      ...visit("mr_4", 0, 2),
    ],
    answers: [1, 2, 3, 4],
    rules: { "LAW-1": ["a register of a range that was registered and then remapped"] },
    convicts: { "first-of-several-regions": "LAW-6", "hit-without-validity": "LAW-1" },
  },
  {
    tests: ["test_basic: 11"],
    checks:
      "Unmapping pages one by one tells of exactly the regions on them, also of those that reach there by a byte.",
    base: "gallery/subjects/refusing-cache.ts",
    program: [
      w.alloc(0, 5),
      ...visit("mr_1", 0, 1),
      ...visit("mr_2", 1, 2),
      ...visit("mr_3", 2, 3),
      ...visit("mr_4", 3, 4),
      ...visit("mr_5", 1 - w.byte, 2),
      ...visit("mr_6", 3 - w.byte, 3 + w.byte),
      w.decommit(4, 5),
      w.decommit(3, 4),
      ...visit("mr_7", 2, 3),
      w.decommit(1, 2),
      ...visit("mr_8", 0, 1),
      ...visit("mr_9", 2, 3),
    ],
    answers: [1, 2, 3, 4, 5, 6, 3, 1, 3],
    rules: {
      "LAW-3": ["a callback over several idle entries", "a callback over part of an idle entry"],
      "LAW-3b": ["a callback beside an idle entry"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "contained-only": "LAW-3", "callback-empties-the-cache": "LAW-3b" },
  },
  {
    tests: ["test_basic: 12"],
    checks:
      "As many regions as the module was made for are monitored, dropped and monitored again.",
    ...kdreg2,
    program: [
      w.alloc(0, 6),
      ...[0, 2, 4].flatMap((page, i) => visit(`mr_${i + 1}`, page, page + 1)),
      ...[0, 2, 4].flatMap((page, i) => visit(`mr_${i + 4}`, page, page + 1)),
      w.cleanup(),
    ],
    answers: [1, 2, 3, 4, 5, 6],
    rules: { "LAW-4": ["a clean-up"], "LAW-7": ["a deregister"] },
    left: "A limit is what a cache claims; here it is two entries instead of half a million.",
  },
];

const processes: readonly SuiteCase[] = [
  {
    tests: ["test_resize"],
    checks: "The number of regions that can be monitored is changed.",
    why: limitsAreClaims,
  },
  {
    tests: ["test_fork", "test_fork2", "test_fork3"],
    checks: "After a fork the child cannot use the parent's monitor, and the parent goes on.",
    ...kdreg2,
    program: [
      w.alloc(0, 1),
      w.write(0, 1),
      ...visit("mr_1", 0, 1),
      fork,
      w.write(0, 1),
      ...visit("mr_2", 0, 1),
    ],
    answers: [1, 2],
    rules: { "LAW-1": ["a register of a range that was registered and then remapped"] },
    convicts: { "hit-without-validity": "LAW-1" },
    left: "Only the parent is played: its pages move when it writes to them. The child does nothing here; that memory is for the process that registered it is ACCESS-1, which is about whole providers.",
  },
  {
    tests: ["test_threads"],
    checks: "Threads register and unmap pages, each its own, while another one reads the events.",
    why: `${oneThreadInside} What one thread sees of such rounds is in UCX's tens of thousands of them.`,
  },
];

/** The module's tests, which come with it. */
export const kdreg2Suite: Suite = {
  id: "kdreg2",
  project: "kdreg2",
  repository: "HewlettPackard/shs-kdreg2",
  paths: ["tests"],
  cases: [...basic, ...processes],
};
