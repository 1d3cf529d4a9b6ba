// Notification families: which changes of a mapping reach a cache, how, and after which it promises not to be stale. All
// of it as bits, worked out once a world, so that an operation asks one question of each kind.

import type { MappingChange, NotificationFamily } from "../../model/contract.ts";

/** Ways in which a mapping changes, a bit each. */
export const UNMAP = 1;
export const MAP_OVER = 2;
export const MOVE_SOURCE = 4;
export const MOVE_TARGET = 8;
export const DISCARD = 16;
export const PROTECT = 32;
export const FILE_HOLE = 64;
export const TRUNCATE = 128;
export const COPY_ON_WRITE = 256;
const EVERY = 511;

const bitOf: Readonly<Record<MappingChange, number>> = {
  unmap: UNMAP,
  "map-over": MAP_OVER,
  "move-source": MOVE_SOURCE,
  "move-target": MOVE_TARGET,
  discard: DISCARD,
  protect: PROTECT,
  "file-hole": FILE_HOLE,
  truncate: TRUNCATE,
  "copy-on-write": COPY_ON_WRITE,
};

/** What `mmap`, `munmap` and their like can be hooked for. */
const HOOKED = UNMAP | MAP_OVER | MOVE_SOURCE | MOVE_TARGET | DISCARD | PROTECT;

/**
 * What an operation does: it is refused while pages are secured, it waits for callbacks, it is followed by them, it fills
 * a queue, it is counted, or nothing of that.
 */
type Delivery = "refused" | "before" | "after" | "queued" | "asked" | "never";

interface Family {
  readonly delivery: Delivery;
  readonly sees: number;
  readonly promises: number;
}

const families: Readonly<Record<NotificationFamily, Family>> = {
  "refuse-notify-retry": {
    delivery: "refused",
    sees: UNMAP | PROTECT,
    promises: UNMAP | PROTECT,
  },
  "notify-before": { delivery: "before", sees: HOOKED, promises: HOOKED },
  "notify-before-queued": { delivery: "queued", sees: HOOKED, promises: HOOKED },
  "notify-after-blocked": {
    delivery: "after",
    sees: HOOKED & ~PROTECT,
    promises: HOOKED & ~PROTECT,
  },
  "validate-on-hit": { delivery: "asked", sees: EVERY, promises: EVERY },
  none: { delivery: "never", sees: 0, promises: EVERY & ~COPY_ON_WRITE },
};

/** What a change of a mapping leads to, in one family and for one declared coverage. */
export interface Hearing {
  /** `refused` is Windows, where memory is secured; elsewhere it is watched. */
  readonly delivery: Delivery;
  /** `invalidate` is called at all. */
  readonly calls: boolean;
  /** Changes that wait until whoever watches has been called. */
  readonly before: number;
  /** Changes that whoever watches finds in its queue. */
  readonly queued: number;
  /** Changes that are counted. */
  readonly counted: number;
  /** Changes after which the frames of a lock are not what the pages map, and the cache was to know. */
  readonly staling: number;
}

/** `declared`: the coverage that the cache claims; without one, all that the family sees. */
export function hearingOf(
  family: NotificationFamily,
  declared: readonly MappingChange[] | undefined,
): Hearing {
  const { delivery, sees, promises } = families[family];
  const claimed = declared?.reduce((bits, each) => bits | bitOf[each], 0);
  const heard = sees & (claimed ?? EVERY);
  return {
    delivery,
    calls: delivery === "refused" || delivery === "before" || delivery === "after",
    before: delivery === "before" ? heard : 0,
    queued: delivery === "after" || delivery === "queued" ? heard : 0,
    counted: delivery === "asked" ? heard : 0,
    // A protection moves no frame.
    staling: (claimed ?? promises) & ~PROTECT,
  };
}
