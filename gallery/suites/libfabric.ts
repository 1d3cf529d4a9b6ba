// libfabric's tests of memory registration: of the cache above its memory monitors, and of the EFA provider's registrations.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { commit, remap, visit } from "../phrases.ts";
import { anyMayGo, limitsAreClaims, sameRegionIsHit } from "./sentences.ts";
import type { Suite, SuiteCase } from "./suite-case.ts";

const w = wordsFor(presets.small);

const memhooks = { base: "gallery/subjects/libfabric-memhooks.ts" } as const;

/** The cases of fabtests, which drive a provider from outside. */
const evicting: readonly SuiteCase[] = [
  {
    tests: ["mmap"],
    checks:
      "A repeat is a hit; after an unmapping and a mapping at the same address, while both registrations are open, it is none.",
    ...memhooks,
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 0, 2),
      ...remap(2),
      w.register("mr_3", 0, 2),
      w.deregister("mr_1"),
      w.register("mr_4", 0, 2),
    ],
    answers: [1, 1, 2, 2],
    rules: {
      "LAW-1": ["a register of a range that was registered and then remapped"],
      "LAW-5": ["a callback over a buffer in use"],
      "LAW-6": ["a register of a range that a zombie covers"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "in-use-and-found-again": "LAW-1", "used-and-not-marked": "LAW-6" },
    left: sameRegionIsHit,
  },
  {
    tests: ["brk", "sbrk"],
    checks: "The same where the heap gives the memory back and takes it again.",
    ...memhooks,
    program: [
      w.alloc(0, 2),
      w.write(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1),
      w.decommit(0, 1),
      commit(0, 1),
      w.write(0, 1),
      w.register("mr_3", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_4", 0, 1),
    ],
    answers: [1, 1, 2, 2],
    rules: {
      "LAW-1": ["a register of a range that was registered and then remapped"],
      "LAW-6": ["a register of a range that a zombie covers"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "shrinking-unheard": "LAW-1" },
    left: `${sameRegionIsHit} A heap that shrinks is a decommit, one that grows a commit.`,
  },
  {
    tests: ["cuda", "rocr"],
    checks: "The same for memory of a GPU.",
    why: "Memory of a device is not modelled. A cache that compares ids of allocations is one of the family validate-on-hit, where the same is checked of the host's memory: see UCX's non_host_get_free_get.",
  },
];

/** Cases that look into the cache. */
const looking: readonly SuiteCase[] = [
  {
    tests: [],
    checks: "A range that is cached is found.",
    ...memhooks,
    program: [w.alloc(0, 2), ...visit("mr_1", 0, 2), ...visit("mr_2", 0, 2)],
    answers: [1, 1],
    rules: {
      "LAW-8": ["a repeat of a register whose entry is idle"],
      "LOCAL-3": ["a register of a range that an entry covers"],
    },
    convicts: { "never-hits": "LOCAL-3", "local-misses": "LOCAL-3" },
  },
  {
    tests: [],
    checks: "A range inside a cached one is found.",
    ...memhooks,
    program: [
      w.alloc(0, 4),
      ...visit("mr_1", 0, 4),
      w.register("mr_2", 1, 2),
      w.start("t_1", "mr_2"),
      w.complete("t_1"),
    ],
    answers: [1, 1],
    rules: { "LAW-2": ["a hit inside a larger entry"], "LAW-9": ["a transfer"] },
    left: "A cache that claims hits on equal ranges only need not find it.",
  },
  {
    tests: [],
    checks:
      "A range apart from what is cached is registered anew, and so is one that only meets it.",
    ...memhooks,
    program: [
      w.alloc(0, 6),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 4, 6),
      w.register("mr_3", 2, 4),
    ],
    answers: [1, 2, 3],
    rules: { "LAW-2": ["a register adjacent to an entry"] },
  },
  {
    tests: [],
    checks: "The least recently used entry goes first.",
    base: "gallery/subjects/few-entries.ts",
    program: [
      w.alloc(0, 6),
      ...visit("mr_1", 0, 1),
      ...visit("mr_2", 2, 3),
      ...visit("mr_3", 0, 1),
      ...visit("mr_4", 4, 5),
      ...visit("mr_5", 0, 1),
      ...visit("mr_6", 2, 3),
    ],
    answers: [1, 2, 1, 3, 1, 4],
    rules: {
      "LAW-7": ["a deregister while idle entries fill a limit"],
      "LAW-8": ["a repeat of a register whose entry is idle"],
    },
    convicts: { "miss-empties-the-cache": "LAW-8" },
    left: anyMayGo,
  },
  {
    tests: [],
    checks: "A flush releases everything that nobody uses.",
    ...memhooks,
    program: [
      w.alloc(0, 4),
      ...visit("mr_1", 0, 1),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.deregister("mr_2", 2),
      ...visit("mr_3", 2, 3),
      w.cleanup(),
    ],
    answers: [1, 1, 2],
    rules: { "LAW-4": ["a clean-up"] },
    convicts: { "keeps-after-cleanup": "LAW-4" },
  },
  {
    tests: [],
    checks: "Users of an entry are counted: it lives until the last of them is gone.",
    ...memhooks,
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
      "LAW-9": ["a transfer"],
      "SPI-4": ["a deregister of one of two registrations of a region"],
    },
    convicts: { "not-counted": "SPI-4", "releases-what-is-used": "LAW-5" },
  },
  {
    tests: ["prov/cxi/test/mr_cache.c: cache_full"],
    checks: "A cache that is full of idle entries takes one more, and stays as full.",
    base: "gallery/subjects/kdreg2.ts",
    program: [
      w.alloc(0, 6),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 2, 3),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
      w.register("mr_3", 4, 5),
      w.deregister("mr_3"),
      ...visit("mr_4", 4, 5),
    ],
    answers: [1, 2, 3, 3],
    rules: {
      "LAW-7": ["a deregister"],
      "LAW-8": ["a repeat of a register whose entry is idle"],
    },
  },
  {
    tests: [],
    checks: "The limits of a cache are changed while it runs.",
    why: limitsAreClaims,
  },
];

/** Cases of the EFA provider. */
const efa: readonly SuiteCase[] = [
  {
    tests: ["test_efa_rdm_mr_reg_host_memory", "test_efa_rdm_mr_reg_host_memory_no_mr_local"],
    checks: "One registration is one of the device, and closing it ends that one.",
    base: "examples/uncached.ts",
    program: [w.alloc(0, 1), ...visit("mr_1", 0, 1), w.cleanup()],
    answers: [1],
    rules: { "LAW-4": ["a clean-up"], "SPI-6": ["a deregister"] },
    convicts: { "released-late": "SPI-6" },
  },
  {
    tests: ["test_efa_rdm_mr_reg_host_memory_overlapping_buffers"],
    checks: "Two registrations of one buffer are two; closing one leaves the other.",
    base: "examples/uncached.ts",
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.start("t_1", "mr_2", "receive"),
      w.complete("t_1"),
      w.deregister("mr_2"),
    ],
    answers: [1, 2],
    rules: {
      "LAW-5": ["a call while another buffer is in use"],
      "LAW-9": ["a transfer"],
      "SPI-4": ["a deregister of one of two registrations of a region"],
    },
    convicts: { "not-counted": "SPI-4" },
  },
  {
    tests: ["EfaRdmMrTest.reg_map_insert_failure_propagates_error"],
    checks: "If the last step of a registration fails, the register fails.",
    ...memhooks,
    program: [
      w.alloc(0, 1),
      w.fail("nicRegister"),
      w.register("mr_1", 0, 1),
      ...visit("mr_2", 0, 1),
      w.cleanup(),
    ],
    answers: ["WSAENOBUFS", 1],
    rules: {
      "LAW-4": ["an injected failure of a NIC register", "a clean-up"],
      "SPI-1": ["WSAENOBUFS"],
    },
    convicts: { "undo-off-by-one": "LAW-4" },
    left: "The step that fails there is an insertion into a table of the provider. Here the steps that can fail are the host's: lock, secure, NIC register.",
  },
  {
    tests: [
      "test_efa_mr_close_warn_outstanding_direct_ope",
      "test_efa_mr_close_warn_outstanding_direct_ope_multi_ep",
      "test_efa_mr_close_warn_outstanding_rdm_txe",
    ],
    checks: "A registration is closed while an operation uses it: the operation lets go of it.",
    ...memhooks,
    program: [
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1", "receive"),
      w.deregister("mr_1"),
      w.close(),
    ],
    answers: [1],
    rules: { "ACCESS-5": ["a close"] },
    left: "Here the deregister is refused while a transfer uses the buffer (SPI-3), by the provider and before any cache is asked; the close of the connection ends both.",
  },
  {
    tests: [],
    checks: "A registration that fails late, after the call has returned, is reported.",
    why: "A register is answered when it returns. Asynchronous caches are not in this release: their contract is planned, their failures with it.",
  },
  {
    tests: ["test_efa_mr_ofi_to_ibv_access_…"],
    checks: "Rights of one interface are translated into rights of another.",
    why: "It is about one provider's flags. What has to come of rights is judged: ACCESS-4, LAW-2, LAW-13.",
  },
  {
    tests: [
      "test_efa_rdm_mr_reg_cuda_memory",
      "test_efa_direct_mr_reg_no_gdrcopy",
      "test_efa_direct_mr_reg_rdma_read_not_supported",
      "test_efa_direct_mr_reg_rdma_write_not_supported",
    ],
    checks: "Memory of a GPU is registered, and rights that a device does not have are refused.",
    why: "Neither memory of a device nor devices that differ in what they can do are modelled.",
  },
];

/** fabtests and the unit tests of providers; the caches of GNI are a suite of their own. */
export const libfabricSuite: Suite = {
  id: "libfabric",
  project: "libfabric",
  repository: "ofiwg/libfabric",
  paths: [
    "fabtests/unit/mr_cache_evict.c",
    "prov/cxi/test/mr_cache.c",
    "prov/efa/test/efa_unit_test_mr.c",
    "prov/efa/test/gtest/efa_gtest_rdm_mr.cc",
  ],
  cases: [...evicting, ...looking, ...efa],
};
