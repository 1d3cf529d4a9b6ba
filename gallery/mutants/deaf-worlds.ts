// Worlds whose hooks miss a way in which mappings change. The subjects are right: the bug was in what called them, in the
// list of functions that UCX and libfabric intercept.

import { presets } from "../../model/config.ts";
import type { MappingChange } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { WorldMutant } from "../mutant.ts";
import { commit } from "../phrases.ts";

/** Nobody hears of these changes while such an operation is performed. */
const deafTo =
  (
    changes: readonly MappingChange[],
    isMissed: (operation: OsOperation) => boolean,
  ): WorldMutant["apply"] =>
  (world, event) => {
    if (event.type !== "os" || !isMissed(event.operation)) return world.apply(event);
    const { memory, ...state } = world.state();
    const { coverage } = memory;
    const heard = coverage.heard.filter((each) => !changes.includes(each));
    world.reset({ ...state, memory: { ...memory, coverage: { ...coverage, heard } } });
    const applied = world.apply(event);
    const after = world.state();
    world.reset({ ...after, memory: { ...after.memory, coverage } });
    return applied;
  };

const w = wordsFor(presets.small);
const { lengthBytes: pageBytes } = w.range(0, 1);

const mmap: Command = {
  name: "mmap",
  args: {
    process: 0,
    operation: { name: "mmap", address: w.address(0), sizeBytes: pageBytes },
  },
};
const madvise: Command = {
  name: "madvise",
  args: {
    process: 0,
    operation: { name: "madvise", address: w.address(0), sizeBytes: pageBytes },
  },
};
const mremap: Command = {
  name: "mremap",
  args: {
    process: 0,
    operation: {
      name: "mremap",
      address: w.address(1),
      sizeBytes: pageBytes,
      target: w.address(0),
    },
  },
};
/** The first of two pages is registered, kept, changed so, touched and registered again. */
const changedWhileKept = (...changes: readonly Command[]): readonly Command[] => [
  w.alloc(0, 2),
  w.write(0, 2),
  w.register("mr_1", 0, 1),
  w.deregister("mr_1"),
  ...changes,
  w.write(0, 1),
  w.register("mr_2", 0, 1),
];

const stale = "region 1, which still maps pfn 0";

/** Every world whose hooks miss something. */
export const deafWorlds: readonly WorldMutant[] = [
  {
    id: "map-over-unheard",
    bug: { row: 4, from: "UCX, pull request 2731" },
    rule: "LAW-1",
    change: "tells nobody that a mapping takes the place of another one",
    base: "gallery/subjects/ucx-rcache.ts",
    observed: stale,
    program: changedWhileKept(mmap),
    apply: deafTo(["map-over"], ({ name }) => name === "mmap"),
  },
  {
    id: "discard-unheard",
    bug: { row: 5, from: "UCX, commit 51a14c3eb8; Open MPI, issue 3685" },
    rule: "LAW-1",
    change: "tells nobody that pages are discarded",
    base: "gallery/subjects/openmpi-rcache.ts",
    observed: stale,
    program: changedWhileKept(madvise),
    apply: deafTo(["discard"], ({ name }) => name === "madvise"),
  },
  {
    id: "move-target-unheard",
    bug: { row: 13, from: "UCX and libfabric" },
    rule: "LAW-1",
    change: "tells of the pages that are moved away, and not of those that are moved onto",
    base: "gallery/subjects/libfabric-memhooks.ts",
    observed: stale,
    program: changedWhileKept(mremap),
    apply: deafTo(["move-target"], ({ name }) => name === "mremap"),
  },
  {
    id: "shrinking-unheard",
    bug: { row: 21, from: "libfabric, commit e44e4245c" },
    rule: "LAW-1",
    change:
      "tells nobody that a part of a region is given back, as a heap does that shrinks and grows again",
    base: "gallery/subjects/libfabric-memhooks.ts",
    observed: stale,
    program: changedWhileKept(w.decommit(0, 1), commit(0, 1)),
    // Memory that comes back is told of as well in this world, as a change of what may be done with it.
    apply: deafTo(
      ["unmap", "protect"],
      (operation) => "type" in operation && ["decommit", "commit"].includes(operation.type),
    ),
  },
];
