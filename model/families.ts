// Notification families: what happens between "the mapping changed" and "the entry is unusable". One row a family;
// everything that differs between them follows from it.
//
// Sources: SDK, AddSecureMemoryCacheCallback (refuse-notify-retry); UCX, src/ucm (hooks on mmap, munmap, mremap,
// madvise, shmat; under lock contention the event waits in a queue); libfabric, prov/util, memory monitors (memhooks,
// userfaultfd); Linux, userfaultfd(2), "Userfaultfd events"; Linux, mmu_notifier (kdreg2's generations); NCCL, SPDK
// and io_uring, where the caller deregisters before it changes the mapping.
// Not modelled: hooks that a process installs late or that another library replaces.

import type { Capabilities, MappingChange, NotificationFamily } from "./contract.ts";

export interface Family {
  /**
   * How a change reaches the cache. `refused`: the operation is refused while the pages are secured, the callback
   * runs, and the operation is tried once more. `before`: the callback runs, then the operation goes on whatever it
   * answered. `after`: the mapping has changed, and the thread that changed it waits until the callback returns.
   * `queued`: the change waits for `monitor.poll`. `asked`: the cache compares `monitor.generation`. `never`: nothing
   * tells it.
   */
  readonly delivery: "refused" | "before" | "after" | "queued" | "asked" | "never";
  /** The changes that can reach the cache at all. */
  readonly sees: readonly MappingChange[];
  /** The changes after which a cache is never stale, unless it declares others. */
  readonly promises: readonly MappingChange[];
}

const hooked: readonly MappingChange[] = [
  "unmap",
  "map-over",
  "move-source",
  "move-target",
  "discard",
  "protect",
];

/** Every way in which a mapping can change. */
export const mappingChanges: readonly MappingChange[] = [
  ...hooked,
  "file-hole",
  "truncate",
  "copy-on-write",
];

/** Every family, by name. */
export const families: Readonly<Record<NotificationFamily, Family>> = {
  "refuse-notify-retry": {
    delivery: "refused",
    sees: ["unmap", "protect"],
    promises: ["unmap", "protect"],
  },
  "notify-before": { delivery: "before", sees: hooked, promises: hooked },
  "notify-before-queued": { delivery: "queued", sees: hooked, promises: hooked },
  "notify-after-blocked": {
    delivery: "after",
    sees: ["unmap", "map-over", "move-source", "move-target", "discard"],
    promises: ["unmap", "map-over", "move-source", "move-target", "discard"],
  },
  "validate-on-hit": { delivery: "asked", sees: mappingChanges, promises: mappingChanges },
  // The application changes no mapping that is registered: what a cache keeps after that is its own risk.
  none: {
    delivery: "never",
    sees: [],
    promises: mappingChanges.filter((each) => each !== "copy-on-write"),
  },
};

/** True where a call of `invalidate` tells the cache. */
export function callsBack(family: NotificationFamily): boolean {
  const { delivery } = families[family];
  return delivery === "refused" || delivery === "before" || delivery === "after";
}

/** True where the system has words that Windows lacks: map over, move, discard, fork, punch a hole, truncate. */
export const isBeyondWindows = (family: NotificationFamily): boolean =>
  family !== "refuse-notify-retry";

/** What the cache hears of, and after what it promises not to be stale. */
export interface Coverage {
  readonly heard: readonly MappingChange[];
  readonly promised: readonly MappingChange[];
}

/** Of a declaration; without one, all that the family sees. */
export function coverageOf(
  family: NotificationFamily,
  declared: readonly MappingChange[] | undefined,
): Coverage {
  const { sees, promises } = families[family];
  if (declared === undefined) return { heard: sees, promised: promises };
  return { heard: sees.filter((each) => declared.includes(each)), promised: declared };
}

/** True if the cache that declares this promises not to be stale after such a change. */
export const isPromised = (change: MappingChange, declared: Declared | null): boolean =>
  declared !== null &&
  coverageOf(declared.notification, declared.coverage).promised.includes(change);

type Declared = Pick<Capabilities, "notification" | "coverage">;

/**
 * True if a callback may put idle entries aside, to be released at a later call, as many as the cache declares
 * (`limits.pending`): no operation waits for its answer. On Windows what is not held is gone when it returns.
 */
export function maySetAside({
  notification,
  limits,
}: Pick<Capabilities, "notification" | "limits">): boolean {
  return families[notification].delivery !== "refused" && limits.pending !== 0;
}
