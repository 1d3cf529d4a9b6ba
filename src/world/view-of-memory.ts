// Reading memory and NICs: address spaces, frames, secures, locks, regions, exposures.

import { brand, type PageSpan, type ProcessId, type ProviderId } from "../../model/units.ts";
import { vadAt, vadByAddress, vadCount } from "./address-space.ts";
import { isLocked } from "./entries.ts";
import { frameRow, isInUse } from "./frames.ts";
import { lockNamed } from "./locks.ts";
import { generation, isWatchedBy, unheardSpan } from "./mapping-changes.ts";
import { rowsOver } from "./over.ts";
import { mappedFrame } from "./pages.ts";
import {
  RegionRecord,
  exposureRecord,
  LockRecord,
  PageRecord,
  secureRecord,
  vadRecord,
} from "./records.ts";
import { securesOver } from "./secures.ts";
import { EXPOSURE, FRAME, INSTANCE, LOCK, PAGE, REGION, SHARED } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { WorldView } from "./words.ts";
import { absent, links, rows } from "./listing.ts";

export type MemoryView = Pick<
  WorldView,
  | "vads"
  | "vadAt"
  | "page"
  | "mappedFrame"
  | "frame"
  | "changed"
  | "sections"
  | "secures"
  | "secure"
  | "securesOver"
  | "locked"
  | "lock"
  | "locksOver"
  | "hasLocks"
  | "isWatched"
  | "unheard"
  | "generation"
>;

export function ofMemory(w: Store): MemoryView {
  const { mem } = w;
  const exists = (process: number): void => {
    if (!(process >= 0 && process < w.config.processes)) absent("process", process);
  };
  const locksOver = (process: ProcessId, { first, count }: PageSpan): number[] =>
    rowsOver(w, PAGE.locks, process, first, count, w.locks, LOCK.first, LOCK.handle);
  return {
    vads(process) {
      exists(process);
      return Array.from({ length: vadCount(w, process) }, (_, k) =>
        vadRecord(w, vadByAddress(w, process, k)),
      );
    },
    vadAt(process, number) {
      const slot = vadAt(w, process, number);
      return slot === NONE ? undefined : vadRecord(w, slot);
    },
    page(process, number) {
      const row = w.page(process, number);
      return row === 0 || mem.at(row + PAGE.state) === 0 ? undefined : new PageRecord(w, row);
    },
    mappedFrame(process, number) {
      const pfn = mappedFrame(w, process, number);
      return pfn < 0 ? null : brand(pfn);
    },
    frame(pfn) {
      if (!isInUse(w, pfn)) return undefined;
      const row = frameRow(w, pfn);
      return {
        stamp: mem.doubleAt(row + FRAME.stamp),
        mapped: mem.at(row + FRAME.mapped) === 1,
        lockCount: mem.at(row + FRAME.lockCount),
      };
    },
    changed: () => w.changed,
    sections: () =>
      w.sections.map(({ first, count }) =>
        Array.from({ length: count }, (_, i) => {
          const row = first + i * SHARED.width;
          const pfn = mem.at(row + SHARED.pfn) - 1;
          return { pfn: pfn < 0 ? null : brand(pfn), stored: mem.doubleAt(row + SHARED.stored) };
        }),
      ),
    secures: () => rows(w.secures, (slot) => secureRecord(w, slot)),
    secure(handle) {
      const slot = w.secureOf.get(handle);
      return slot === NONE ? undefined : secureRecord(w, slot);
    },
    securesOver: (process, span) =>
      securesOver(w, process, span.first, span.count).map((slot) => secureRecord(w, slot)),
    locked: () =>
      rows(
        w.locks,
        (slot) => new LockRecord(w, slot),
        (slot) => isLocked(w, slot),
      ),
    lock(mdl) {
      const slot = lockNamed(w, mdl);
      return slot === NONE ? undefined : new LockRecord(w, slot);
    },
    locksOver: (process, span) =>
      locksOver(process, span)
        .filter((slot) => isLocked(w, slot))
        .map((slot) => new LockRecord(w, slot)),
    hasLocks(process) {
      for (let slot = w.locks.first(); slot !== NONE; slot = w.locks.next(slot)) {
        if (mem.at(w.locks.row(slot) + LOCK.process) === process && isLocked(w, slot)) return true;
      }
      return false;
    },
    isWatched: (id, number) => isWatchedBy(w, id, number),
    unheard: (id) =>
      links(w.unheardOfInstance, w.instance(id) + INSTANCE.unheard, (slot) => unheardSpan(w, slot)),
    generation: (process, number) => generation(w, process, number, 1),
  };
}

export type NicView = Pick<
  WorldView,
  "regions" | "region" | "regionCount" | "exposures" | "exposure" | "exposuresOver"
>;

export function ofNics(w: Store): NicView {
  const { mem } = w;
  return {
    regions(provider) {
      w.nic(provider);
      return rows(
        w.regions,
        (slot) => new RegionRecord(w, slot),
        (slot) => mem.at(w.regions.row(slot) + REGION.provider) === provider,
      );
    },
    region(provider, key) {
      const slot = w.regionOf[provider]?.get(key) ?? NONE;
      return slot === NONE ? undefined : new RegionRecord(w, slot);
    },
    regionCount: (id) => mem.at(w.instance(id) + INSTANCE.regionCount),
    exposures(provider: ProviderId) {
      w.nic(provider);
      return rows(
        w.exposures,
        (slot) => exposureRecord(w, slot),
        (slot) => mem.at(w.exposures.row(slot) + EXPOSURE.provider) === provider,
      );
    },
    exposure(provider, key) {
      const slot = w.exposureOf[provider]?.get(key) ?? NONE;
      return slot === NONE ? undefined : exposureRecord(w, slot);
    },
    exposuresOver(id, { first, count }) {
      if (w.exposures.count === 0) return [];
      const { exposures } = w;
      const process = w.processOf(id);
      const provider = w.providerOf(id);
      return rowsOver(
        w,
        PAGE.exposures,
        process,
        first,
        count,
        exposures,
        EXPOSURE.first,
        EXPOSURE.key,
      )
        .filter((slot) => mem.at(exposures.row(slot) + EXPOSURE.provider) === provider)
        .map((slot) => exposureRecord(w, slot));
    },
  };
}
