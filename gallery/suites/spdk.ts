// SPDK's unit tests of its memory map. A page of its maps, of 2 MB or 4 KB, is a page here.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { commit, visit } from "../phrases.ts";
import type { Suite } from "./suite-case.ts";

const w = wordsFor(presets.small);

const spdk = { base: "gallery/subjects/spdk-map.ts" } as const;

/** The chunks that the test registers side by side, in pages. */
const chunks = [2, 1, 3, 2, 1, 1];
const chunkAt = (i: number): readonly [from: number, to: number] => {
  const from = chunks.slice(0, i).reduce((sum, pages) => sum + pages, 0);
  return [from, from + (chunks[i] ?? 0)];
};

const twoSizes = "A world has one size of pages: large pages are not modelled.";

/** memory_ut, test by test. */
export const spdkSuite: Suite = {
  id: "spdk",
  project: "SPDK",
  repository: "spdk/spdk",
  paths: ["test/unit/lib/env_dpdk/memory.c/memory_ut.c"],
  cases: [
    {
      tests: ["alloc_free_mem_map"],
      checks:
        "A map that is made late is told of what is registered already; if it refuses one, it is not made, and the earlier ones are undone.",
      why: "There is one table of registrations there and any number of maps that follow it. A cache here has no followers, and none that come late.",
    },
    {
      tests: ["mem_map_translation"],
      checks:
        "Pages are translated, also from their middle, until their translation is cleared; clearing one leaves its neighbours.",
      ...spdk,
      program: [
        w.alloc(0, 4),
        w.register("mr_1", 0, 3),
        w.register("mr_2", 1, 2),
        w.register("mr_3", 1.5, 2.5),
        w.deregister("mr_1"),
        w.decommit(0, 1),
        commit(0, 1),
        w.write(0, 1),
        w.register("mr_4", 0, 1),
        w.register("mr_5", 1, 2),
      ],
      answers: [1, 1, 1, 2, 1],
      rules: {
        "LAW-1": ["a register of a range that was registered and then remapped"],
        "LAW-2": ["a hit inside a larger entry"],
        "LAW-5": ["a call while another buffer is in use"],
      },
      convicts: { "translates-what-nobody-holds": "LAW-1" },
      left: "How far a translation goes on is not asked for: a register names the whole range that it wants.",
    },
    {
      tests: ["mem_map_registration"],
      checks:
        "What is registered cannot be registered again, also not in part; what is not registered, or a part of it, cannot be unregistered; both change nothing.",
      ...spdk,
      program: [
        w.alloc(0, 4),
        // Names nothing.
        w.deregister("mr_0"),
        w.register("mr_1", 1, 2),
        w.register("mr_2", 0, 3),
        w.deregister("mr_1"),
        w.register("mr_3", 0, 3),
        w.deregister("mr_3"),
        w.deregister("mr_2"),
        w.register("mr_4", 4, 5),
      ],
      answers: [1, 2, 3, "WSAEFAULT"],
      rules: { "LAW-2": ["a register that overlaps an entry"], "SPI-1": ["WSAEFAULT"] },
      left: "Here it is the other way round: a register may overlap what is registered, and to refuse it breaks SPI-1. A deregister names a registration and not a range, so that no part can be asked for; one that names nothing is refused by the provider (SPI-3).",
    },
    {
      tests: ["mem_map_adjacent_registrations"],
      checks: "Chunks that meet stay apart: each is unregistered as it was registered.",
      ...spdk,
      program: [
        w.alloc(0, 10),
        ...chunks.map((_, i) => w.register(`mr_${i + 1}`, ...chunkAt(i))),
        w.register("mr_7", 0, 3),
        ...chunks.map((_, i) => w.deregister(`mr_${i + 1}`)),
        w.deregister("mr_7"),
        w.cleanup(),
      ],
      answers: [1, 2, 3, 4, 5, 6, 7],
      rules: {
        "LAW-2": ["a register adjacent to an entry", "a register that overlaps an entry"],
        "LAW-4": ["a clean-up"],
      },
      convicts: { "neighbours-as-one": "LAW-2" },
      left: "SPDK can unregister several chunks by one call; here each registration has a deregister of its own.",
    },
    {
      tests: ["mem_4kb_register_notify"],
      checks: "Each registration of small pages is told to a map once, and taken back once.",
      ...spdk,
      program: [
        w.alloc(0, 4),
        ...visit("mr_1", 0, 1),
        ...visit("mr_2", 1, 3),
        w.register("mr_3", 0, 1),
        w.register("mr_4", 0, 2),
        w.deregister("mr_3"),
        w.deregister("mr_4"),
        w.cleanup(),
      ],
      answers: [1, 2, 3, 4],
      rules: {
        "LAW-2": ["a register that overlaps an entry"],
        "LAW-4": ["a clean-up"],
        "SPI-6": ["a deregister"],
      },
      convicts: { "kept-without-hearing": "LAW-7", "released-late": "SPI-6" },
      left: `What crosses from small pages to large ones is not played. ${twoSizes}`,
    },
    {
      tests: ["mem_4kb_register_create"],
      checks: "The same for a map that is made after the registrations.",
      why: "A cache here has no followers that come late: see alloc_free_mem_map.",
    },
    {
      tests: ["mem_map_4kb", "mem_map_4kb_contig_pages"],
      checks: "Small pages in the place of large ones, and large ones in theirs, are translated.",
      why: twoSizes,
    },
  ],
};
