// Locked pages (MDLs). The frames are those of the moment of locking and never change. A row outlives its lock while
// regions on it are left.

import type { Access } from "../../model/contract.ts";
import type { AddressRange } from "../../model/units.ts";
import { READ, VIOLATION, WRITE, accessCode } from "./codes.ts";
import { firstRegion, forgetUses, isLocked, keep, tally } from "./entries.ts";
import { lockFrame, unlockFrame } from "./frames.ts";
import { forgetMarks } from "./mapping-changes.ts";
import { enter, leave } from "./over.ts";
import { touch } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { LOCK, PAGE, SINGLE } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/** MmProbeAndLockPages: a handle, or the negative code of the exception that it raises, with nothing held. */
export function lockRange(
  w: Store,
  process: number,
  provider: number,
  range: AddressRange,
  access: Access,
): number {
  if (!isUserRange(w, range.start, range.lengthBytes) || process >= w.config.processes) {
    return VIOLATION;
  }
  const { mem } = w;
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  const code = accessCode(access);
  const frames = mem.allocate(count);
  for (let i = 0; i < count; i++) {
    let pfn = code === WRITE ? 0 : touch(w, process, first + i, false);
    if (pfn >= 0 && code !== READ) pfn = touch(w, process, first + i, true);
    if (pfn < 0) {
      mem.release(frames, count);
      return pfn;
    }
    mem.put(frames + i, pfn);
  }
  for (let i = 0; i < count; i++) lockFrame(w, mem.at(frames + i));
  const handle = w.get(SINGLE.nextMdl);
  w.set(SINGLE.nextMdl, handle + 1);
  const slot = w.locks.add();
  const nodes = enter(w, PAGE.locks, process, first, count, slot);
  const row = w.locks.row(slot);
  mem.put(row + LOCK.handle, handle);
  mem.put(row + LOCK.process, process);
  mem.put(row + LOCK.provider, provider);
  mem.put(row + LOCK.first, first);
  mem.put(row + LOCK.count, count);
  mem.put(row + LOCK.access, code);
  mem.put(row + LOCK.nodes, nodes);
  mem.put(row + LOCK.frames, frames);
  mem.put(row + LOCK.locked, 1);
  w.lockOf.set(handle, slot);
  tally(w, slot, 1);
  return handle;
}

/** The locked row of a handle, or `NONE`. */
export function lockNamed(w: Store, handle: number): number {
  const slot = w.lockOf.get(handle);
  return slot !== NONE && isLocked(w, slot) ? slot : NONE;
}

/** MmUnlockPages: a frame that nothing maps and no other MDL holds may be used again. */
export function unlock(w: Store, lock: number): void {
  keep(w, lock);
  tally(w, lock, -1);
  const { mem } = w;
  const row = w.locks.row(lock);
  const frames = mem.at(row + LOCK.frames);
  const count = mem.at(row + LOCK.count);
  for (let i = 0; i < count; i++) unlockFrame(w, mem.at(frames + i));
  mem.put(row + LOCK.locked, 0);
  forgetMarks(w, lock);
  forgetUses(w, lock);
  tally(w, lock, 1);
  removeIfEmpty(w, lock);
}

/** A row without a lock and without regions goes. */
export function removeIfEmpty(w: Store, lock: number): void {
  if (isLocked(w, lock) || firstRegion(w, lock) !== NONE) return;
  // A region that was left without its lock may have been registered again since.
  forgetUses(w, lock);
  const { mem } = w;
  const row = w.locks.row(lock);
  const count = mem.at(row + LOCK.count);
  const process = mem.at(row + LOCK.process);
  leave(w, PAGE.locks, process, mem.at(row + LOCK.first), count, mem.at(row + LOCK.nodes));
  mem.release(mem.at(row + LOCK.frames), count);
  w.lockOf.delete(mem.at(row + LOCK.handle));
  w.locks.remove(lock);
}
