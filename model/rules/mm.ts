// MM: the operating system's half of the bargain. The world that we play keeps it; a proxy driver has a
// part in the last one.
// Source: Windows driver documentation and Windows API documentation, the pages named in each row.

import { ordinary, securingFamilies, type Rule } from "./rule.ts";

export const mmRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "MM-1",
    level: "must",
    sentence:
      "A secured range is not freed, decommitted, unmapped or restricted in protection while it is secured.",
    source: "MmSecureVirtualMemory, remarks",
    appliesTo: ["world"],
    families: securingFamilies,
    witness: "an attempt to free, decommit, unmap or restrict a secured range",
  },
  {
    ...ordinary,
    id: "MM-2",
    level: "must",
    sentence:
      "The callback of every provider in the process runs before the mapping changes; then the operation is tried once more, and if it is refused again the mapping is unchanged.",
    source:
      "AddSecureMemoryCacheCallback and PSECURE_MEMORY_CACHE_CALLBACK, remarks; WSPMemoryRegistrationCacheCallback, remarks",
    appliesTo: ["world"],
    families: securingFamilies,
    witness: "a refused operation in a process with two providers, one of which has entries there",
  },
  {
    ...ordinary,
    id: "MM-3",
    level: "must",
    sentence:
      "A locked frame keeps its identity until it is unlocked: it is neither moved nor reused.",
    source: "MmProbeAndLockPages, remarks",
    appliesTo: ["world"],
    witness: "a page is trimmed, freed or reused while its frame is locked",
  },
  {
    ...ordinary,
    id: "MM-4",
    level: "must",
    sentence: "No secure outlives its process, and no process ends with pages still locked.",
    source: "MmSecureVirtualMemory, remarks; bug check 0x76, PROCESS_HAS_LOCKED_PAGES",
    appliesTo: ["world", "driver"],
    witness: "a process ends while entries of it are idle",
  },
];
