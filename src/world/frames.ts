// Physical memory. A frame is in use while a page maps it or a lock holds it; frames are given out in rotation, and the
// rotation passes over the one that was given back last, unless no other is free.
//
// The next free frame is kept, not searched for: a frame that comes free before it in the rotation is passed over at
// once, so the kept one stays the next. Only giving it out starts a search, which goes on where the last one ended.

import { FRAME, SINGLE } from "./layout.ts";
import type { Store } from "./store.ts";

/** The first word of a frame, or 0 while none in its neighbourhood was ever in use. */
export function frameRow(w: Store, pfn: number): number {
  if (!(pfn >= 0 && pfn < w.config.frameCount)) return 0;
  const chunk = w.mem.at(w.frameChunks + (pfn >> w.frameShift));
  return chunk === 0 ? 0 : chunk + (pfn & ((1 << w.frameShift) - 1)) * FRAME.width;
}

export function isInUse(w: Store, pfn: number): boolean {
  const row = frameRow(w, pfn);
  return row !== 0 && (w.mem.at(row + FRAME.mapped) !== 0 || w.mem.at(row + FRAME.lockCount) > 0);
}

/** A free frame with the given contents, mapped by its caller; -1 if every frame is in use. */
export function allocateFrame(w: Store, stamp: number): number {
  const pfn = w.get(SINGLE.nextFree) - 1;
  if (pfn < 0) return -1;
  const entry = w.frameChunks + (pfn >> w.frameShift);
  if (w.mem.at(entry) === 0) {
    const chunk = w.mem.allocate(FRAME.width << w.frameShift);
    w.mem.put(entry, chunk);
  }
  const row = frameRow(w, pfn);
  w.mem.putDouble(row + FRAME.stamp, stamp);
  w.mem.put(row + FRAME.mapped, 1);
  w.mem.put(row + FRAME.lockCount, 0);
  const next = (pfn + 1) % w.config.frameCount;
  w.set(SINGLE.nextPfn, next);
  w.set(SINGLE.nextFree, searchFree(w, next) + 1);
  return pfn;
}

function searchFree(w: Store, from: number): number {
  const { frameCount } = w.config;
  for (let pfn = from; pfn < frameCount; pfn++) if (!isInUse(w, pfn)) return pfn;
  for (let pfn = 0; pfn < from; pfn++) if (!isInUse(w, pfn)) return pfn;
  return -1;
}

export function stampOf(w: Store, pfn: number): number {
  return w.mem.doubleAt(frameRow(w, pfn) + FRAME.stamp);
}

export function setStamp(w: Store, pfn: number, stamp: number): void {
  w.mem.putDouble(frameRow(w, pfn) + FRAME.stamp, stamp);
}

export function lockCountOf(w: Store, pfn: number): number {
  return w.mem.at(frameRow(w, pfn) + FRAME.lockCount);
}

/** The page no longer maps the frame. */
export function unmapFrame(w: Store, pfn: number): void {
  w.mem.put(frameRow(w, pfn) + FRAME.mapped, 0);
  freeIfUnused(w, pfn);
}

export function lockFrame(w: Store, pfn: number): void {
  const word = frameRow(w, pfn) + FRAME.lockCount;
  w.mem.put(word, w.mem.at(word) + 1);
}

export function unlockFrame(w: Store, pfn: number): void {
  const word = frameRow(w, pfn) + FRAME.lockCount;
  w.mem.put(word, w.mem.at(word) - 1);
  freeIfUnused(w, pfn);
}

function freeIfUnused(w: Store, pfn: number): void {
  if (isInUse(w, pfn)) return;
  w.mem.putDouble(frameRow(w, pfn) + FRAME.stamp, 0);
  const { frameCount } = w.config;
  const from = w.get(SINGLE.nextPfn);
  const kept = w.get(SINGLE.nextFree) - 1;
  const isNext =
    kept < 0 || (pfn - from + frameCount) % frameCount < (kept - from + frameCount) % frameCount;
  if (!isNext) return;
  w.set(SINGLE.nextPfn, (pfn + 1) % frameCount);
  if (kept < 0) w.set(SINGLE.nextFree, pfn + 1);
}
