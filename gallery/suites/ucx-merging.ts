// UCX's tests of what becomes of regions that overlap, and of registrations that fail.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { visit } from "../phrases.ts";
import type { SuiteCase } from "./suite-case.ts";

const w = wordsFor(presets.small);

const ucx = { base: "gallery/subjects/ucx-rcache.ts" } as const;

/** Cases about merging regions. */
export const merging: readonly SuiteCase[] = [
  {
    tests: ["test_rcache.merge"],
    checks: "A range across two regions is one region over all three, and serves their ranges.",
    ...ucx,
    program: [
      w.alloc(0, 8),
      w.register("mr_1", 0, 2),
      ...visit("mr_2", 0, 2),
      w.register("mr_3", 3, 6),
      w.register("mr_4", 1, 5),
      ...visit("mr_5", 0, 2),
      w.deregister("mr_1"),
      w.deregister("mr_3"),
      w.deregister("mr_4"),
    ],
    answers: [1, 1, 2, 3, 3],
    rules: {
      "LAW-2": ["a register that overlaps an entry", "a hit inside a larger entry"],
      "LAW-5": ["a call while another buffer is in use"],
    },
    left: "Whether overlapping regions become one is the cache's choice. What is judged is that the answer covers what was asked for.",
  },
  {
    tests: [],
    checks: "A cache that rounds to a large alignment serves neighbours by one region.",
    ...ucx,
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 0.5),
      w.register("mr_2", 0.5, 1),
      w.register("mr_3", 0.5, 1.5),
    ],
    answers: [1, 1, 2],
    rules: {
      "LAW-2": ["sub-page neighbours", "a register that overlaps an entry"],
    },
    convicts: { "no-offset": "LAW-2" },
    left: "How far a cache rounds is its choice. The subject rounds to a page, which it is given; UCX can be told more.",
  },
  {
    tests: ["test_rcache.merge_inv"],
    checks: "An idle region that is merged into another one is released.",
    ...ucx,
    program: [w.alloc(0, 6), ...visit("mr_1", 0, 3), ...visit("mr_2", 1, 5), w.cleanup()],
    answers: [1, 2],
    rules: { "LAW-2": ["a register that overlaps an entry"], "LAW-4": ["a clean-up"] },
    convicts: { "merges-and-forgets": "LAW-4" },
  },
  {
    tests: ["test_rcache.merge_with_unwritable"],
    checks: "A region of pages that forbid writing is not merged into one that is for writing.",
    ...ucx,
    program: [
      w.alloc(0, 3),
      w.protect(0, 1, "READONLY"),
      w.register("mr_1", 0, 2, "read"),
      w.register("mr_2", 1, 3, "write"),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ],
    answers: [1, 2],
    rules: {
      "ACCESS-4": ["a register with other rights than an entry over the range has"],
      "LAW-2": ["a register that overlaps an entry"],
    },
    convicts: { "merge-not-tried-again": "SPI-1" },
  },
  {
    tests: ["test_rcache.merge_merge_unwritable"],
    checks: "A region has no more rights than its pages, whatever it overlaps.",
    ...ucx,
    program: [
      w.alloc(0, 3),
      w.register("mr_1", 0, 2),
      w.protect(1, 3, "READONLY"),
      w.register("mr_2", 1, 3, "read"),
      w.register("mr_3", 1, 3),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ],
    answers: [1, 2, "WSAEFAULT"],
    rules: {
      "ACCESS-4": [
        "a register with other rights than an entry over the range has",
        "a register of pages that forbid writing",
      ],
      "SPI-1": ["WSAEFAULT"],
    },
  },
  {
    tests: ["test_rcache.merge_expand_prot"],
    checks: "A region that takes the place of another one has the rights of both, if the pages do.",
    ...ucx,
    program: [
      w.alloc(0, 3),
      w.register("mr_1", 0, 2, "read"),
      w.register("mr_2", 1, 3, "write"),
      w.register("mr_3", 0, 1),
      w.start("t_1", "mr_3", "receive"),
      w.complete("t_1"),
      w.start("t_2", "mr_3"),
      w.complete("t_2"),
    ],
    answers: [1, 2, 2],
    rules: {
      "ACCESS-4": ["a register with other rights than an entry over the range has"],
      "LAW-2": ["a register that overlaps an entry", "a hit inside a larger entry"],
      "LAW-9": ["a transfer"],
    },
    left: "Whether rights are united is the cache's choice. What is judged is that a register has the rights that it asked for.",
  },
  {
    tests: ["test_rcache.merge_invalid_prot"],
    checks:
      "If an old region lost rights on a part of its pages, a new one that overlaps it stands alone.",
    ...ucx,
    program: [
      w.alloc(0, 3),
      ...visit("mr_1", 0, 2),
      w.protect(0, 1, "READONLY"),
      w.register("mr_2", 1, 3),
      w.start("t_1", "mr_2", "receive"),
      w.complete("t_1"),
      w.deregister("mr_2"),
    ],
    answers: [1, 2],
    rules: {
      "LAW-3": ["a callback over part of an idle entry"],
      "LAW-9": ["a transfer"],
      "LOCAL-4": ["a callback over an idle entry"],
    },
    convicts: { "contained-only": "LAW-3", "contained-entries-only": "LAW-3" },
    left: "UCX's hooks do not hear of a protection that changes; here they do, and the old region is out of the table before the new one is asked for.",
  },
];

/** Cases about failures. */
export const failing: readonly SuiteCase[] = [
  {
    tests: ["test_rcache_no_register.register_failure"],
    checks: "A registration that fails is reported, and nothing stays registered.",
    ...ucx,
    program: [w.alloc(0, 1), w.fail("nicRegister"), w.register("mr_1", 0, 1), w.cleanup()],
    answers: ["WSAENOBUFS"],
    rules: {
      "LAW-4": ["an injected failure of a NIC register", "a clean-up"],
      "SPI-1": ["WSAENOBUFS"],
    },
    convicts: { "undo-off-by-one": "LAW-4" },
  },
  {
    tests: ["test_rcache_no_register.merge_invalid_prot_slow"],
    checks:
      "A merge that fails because the pages forbid writing is reported; the old region is out of the cache.",
    ...ucx,
    program: [
      w.alloc(0, 3),
      ...visit("mr_1", 0, 2),
      w.protect(0, 3, "READONLY"),
      w.register("mr_2", 1, 3, "write"),
      w.register("mr_3", 0, 2),
      w.register("mr_4", 0, 2, "read"),
    ],
    answers: [1, "WSAEFAULT", "WSAEFAULT", 2],
    rules: {
      "ACCESS-4": ["a register of pages that forbid writing"],
      "LOCAL-4": ["a callback over an idle entry"],
      "SPI-1": ["WSAEFAULT"],
    },
    convicts: { "keeps-the-secure": "LOCAL-4", "secured-for-reading": "ACCESS-4" },
  },
];
