// The subjects that are right, and that mutants are made of. To add one, add its module to the list.

import type { RuleId } from "../model/rules.ts";

/** Modules by their paths from the root of the repository; each exports a subject. */
export const subjects: readonly string[] = [
  "examples/uncached.ts",
  "examples/exact-match.ts",
  "examples/whole-provider.ts",
  "examples/proxy-driver.ts",
  "gallery/subjects/registration-cache.ts",
  "gallery/subjects/refusing-cache.ts",
  "gallery/subjects/ucx-rcache.ts",
  "gallery/subjects/ucx-queued.ts",
  "gallery/subjects/libfabric-memhooks.ts",
  "gallery/subjects/libfabric-uffd.ts",
  "gallery/subjects/openmpi-rcache.ts",
  "gallery/subjects/dpdk-mr.ts",
  "gallery/subjects/kdreg2.ts",
  "gallery/subjects/nccl.ts",
  "gallery/subjects/spdk-map.ts",
  "gallery/subjects/sorted-array.ts",
  "gallery/subjects/few-entries.ts",
];

/** What caches with a table over all connections do not follow: a close tells them nothing. */
const atLeast: readonly RuleId[] = ["LOCAL-5", "LOCAL-3", "REMOTE-3"];

/**
 * Recommendations that the design behind a subject does not follow, by module; its page in docs/subjects says why. A
 * range that was notified while it was registered is registered once more (LOCAL-3, REMOTE-3) in all of them.
 */
export const notFollowed: Readonly<Record<string, readonly RuleId[]>> = {
  "gallery/subjects/ucx-rcache.ts": [...atLeast, "LOCAL-1", "LAW-8"],
  "gallery/subjects/ucx-queued.ts": [...atLeast, "LAW-8"],
  "gallery/subjects/libfabric-memhooks.ts": [...atLeast, "LOCAL-1", "LAW-8"],
  "gallery/subjects/libfabric-uffd.ts": [...atLeast, "LOCAL-1", "LAW-8"],
  "gallery/subjects/openmpi-rcache.ts": [...atLeast, "LOCAL-1", "LAW-8"],
  "gallery/subjects/dpdk-mr.ts": [...atLeast, "LOCAL-1"],
  "gallery/subjects/kdreg2.ts": [...atLeast, "LAW-8"],
};
