// Whether a region's frames are what a range maps, or mapped at some instant of the register in progress.

import { brand, type AddressRange, type Pfn } from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { isLocked } from "./entries.ts";
import { isMarked } from "./mapping-changes.ts";
import { mappedFrame } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { REGION } from "./layout.ts";
import type { Store } from "./store.ts";

/** The frames of the region behind the range if they are fresh; else null. */
export function freshFrames(
  w: Store,
  process: number,
  active: FlatCall,
  range: AddressRange,
  region: number,
): Pfn[] | null {
  const { mem } = w;
  const row = w.regions.row(region);
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  const from = first - mem.at(row + REGION.first);
  if (from < 0 || from + count > mem.at(row + REGION.count)) return null;
  const frames: Pfn[] = [];
  for (let i = 0; i < count; i++)
    frames.push(brand(mem.at(mem.at(row + REGION.frames) + from + i)));
  const lock = mem.at(row + REGION.lock);
  if (mapsNow(w, process, range, first, frames, lock)) return frames;
  const wasMapped = active.mappings.some((mapping) =>
    frames.every(
      (shown, i) =>
        shown === mapping.frames[i] ||
        mapping.spared.some(({ page, pfn }) => page === first + i && pfn === shown),
    ),
  );
  return wasMapped ? frames : null;
}

function mapsNow(
  w: Store,
  process: number,
  range: AddressRange,
  first: number,
  frames: readonly Pfn[],
  lock: number,
): boolean {
  const isUser = isUserRange(w, range.start, range.lengthBytes);
  for (let i = 0; i < frames.length; i++) {
    const pfn = frames[i] as Pfn;
    const isMapped = isUser && mappedFrame(w, process, first + i) === pfn;
    if (!isMapped && !isUnmarked(w, lock, first + i)) return false;
  }
  return true;
}

/** The page is locked, and has not changed in a way that the cache was to know: its frame counts as mapped. */
const isUnmarked = (w: Store, lock: number, page: number): boolean =>
  isLocked(w, lock) && !isMarked(w, lock, page);
