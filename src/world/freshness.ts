// Whether a region's frames are what a range maps, or mapped at some instant of the register in progress.

import { brand, type AddressRange, type Pfn } from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { mappedFrame } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { PAGE, REGION } from "./layout.ts";
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
  const seesCopies = w.claims?.coverage?.includes("copy-on-write") ?? false;
  if (mapsNow(w, process, range, first, frames, seesCopies)) return frames;
  const wasMapped = active.mappings.some((mapping) =>
    frames.every((pfn, i) => pfn === mapping[i] || isLeft(w, process, first + i, pfn, seesCopies)),
  );
  return wasMapped ? frames : null;
}

function mapsNow(
  w: Store,
  process: number,
  range: AddressRange,
  first: number,
  frames: readonly Pfn[],
  seesCopies: boolean,
): boolean {
  const isUser = isUserRange(w, range.start, range.lengthBytes);
  for (let i = 0; i < frames.length; i++) {
    const pfn = frames[i] as Pfn;
    const isMapped = isUser && mappedFrame(w, process, first + i) === pfn;
    if (!isMapped && !isLeft(w, process, first + i, pfn, seesCopies)) return false;
  }
  return true;
}

/** The frame is the one that the page's last copy-on-write left behind, and the subject is not to see that. */
function isLeft(w: Store, process: number, number: number, pfn: number, sees: boolean): boolean {
  if (sees) return false;
  const page = w.page(process, number);
  return page !== 0 && w.mem.at(page + PAGE.copiedFrom) === pfn + 1;
}
