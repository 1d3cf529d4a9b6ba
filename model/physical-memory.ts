// Physical memory: which frames are in use, what they hold, and who keeps them.
//
// A frame is in use while a page maps it or a lock holds it. It holds one stamp: the last value written to
// any of its bytes (0 is a zeroed page). Frames are given out in rotation, so that a page which lost its
// frame does not get the same one back and staleness shows.
// Not modelled: the contents byte by byte, large pages, AWE, NUMA.

import { own } from "./ownership.ts";
import { brand, type Pfn } from "./units.ts";

export interface Frame {
  /** The last value written; 0 for a zeroed frame. */
  stamp: number;
  /** True while a page of an address space or of a section maps the frame. */
  mapped: boolean;
  /** How many MDLs hold the frame. */
  lockCount: number;
}

export interface PhysicalMemory {
  readonly frameCount: number;
  /** The rotation: the search for a free frame begins here. */
  nextPfn: number;
  /** By PFN, up to the last one in use; null: free. */
  frames: (Frame | null)[];
}

export function physicalMemory(frameCount: number): PhysicalMemory {
  return { frameCount, nextPfn: 0, frames: [] };
}

/** A free frame with the given contents, mapped by its caller; null if every frame is in use. */
export function allocateFrame(memory: PhysicalMemory, stamp: number): Pfn | null {
  const pfn = nextFree(memory);
  if (pfn === null) return null;
  const frames = own(memory, "frames");
  while (frames.length < pfn) frames.push(null);
  frames[pfn] = { stamp, mapped: true, lockCount: 0 };
  memory.nextPfn = (pfn + 1) % memory.frameCount;
  return pfn;
}

function nextFree(memory: PhysicalMemory): Pfn | null {
  for (let step = 0; step < memory.frameCount; step++) {
    const pfn = (memory.nextPfn + step) % memory.frameCount;
    if ((memory.frames[pfn] ?? null) === null) return brand(pfn);
  }
  return null;
}

export function frameAt(memory: PhysicalMemory, pfn: Pfn): Frame {
  const frame = memory.frames[pfn] ?? null;
  if (frame === null) throw new RangeError(`frame ${pfn} is free`);
  return frame;
}

/** The frame, to be written to. */
export function ownFrame(memory: PhysicalMemory, pfn: Pfn): Frame {
  frameAt(memory, pfn);
  return own(own(memory, "frames") as Frame[], pfn);
}

/** The page no longer maps the frame. A lock still keeps it from being used again (WDK: MmProbeAndLockPages). */
export function unmapFrame(memory: PhysicalMemory, pfn: Pfn): void {
  ownFrame(memory, pfn).mapped = false;
  freeIfUnused(memory, pfn);
}

export function lockFrame(memory: PhysicalMemory, pfn: Pfn): void {
  ownFrame(memory, pfn).lockCount++;
}

export function unlockFrame(memory: PhysicalMemory, pfn: Pfn): void {
  ownFrame(memory, pfn).lockCount--;
  freeIfUnused(memory, pfn);
}

function freeIfUnused(memory: PhysicalMemory, pfn: Pfn): void {
  const frame = frameAt(memory, pfn);
  if (frame.mapped || frame.lockCount > 0) return;
  const frames = own(memory, "frames");
  frames[pfn] = null;
  while (frames.at(-1) === null) frames.pop();
  // The rotation passes over the frame that was given back just now, unless no other is free.
  if (nextFree(memory) === pfn) memory.nextPfn = (pfn + 1) % memory.frameCount;
}
