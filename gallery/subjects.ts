// The subjects that are right, and that mutants are made of. To add one, add its module to the list.

/** Modules by their paths from the root of the repository; each exports a subject. */
export const subjects: readonly string[] = [
  "examples/uncached.ts",
  "examples/exact-match.ts",
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
];
