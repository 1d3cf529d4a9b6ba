// What programs of the gallery are made of: a few commands that belong together, over the pages of the `small` world.

import { presets } from "../model/config.ts";
import type { Command } from "../model/trace.ts";
import type { OsOperation } from "../model/virtual-memory.ts";
import { wordsFor } from "../properties/cases/words.ts";

const w = wordsFor(presets.small);

/** Registers a range and deregisters it again. */
export const visit = (as: string, from: number, to: number): readonly Command[] => [
  w.register(as, from, to),
  w.deregister(as),
];

/** Frees the area at the first page and allocates it anew; its pages are touched, so that they have frames. */
export const remap = (to: number): readonly Command[] => [
  w.free(0),
  w.alloc(0, to),
  w.write(0, to),
];

/** Commits pages that are reserved. */
export const commit = (from: number, to: number): Command => ({
  name: "VirtualAlloc",
  args: {
    process: 0,
    operation: {
      name: "VirtualAlloc",
      address: w.address(from),
      sizeBytes: w.range(from, to).lengthBytes,
      type: "commit",
      protection: "READWRITE",
      guard: false,
    },
  },
});

/** A fork of the process: its pages are copied when they are written next. */
export const fork: Command = {
  name: "fork",
  args: { process: 0, operation: { name: "fork" } satisfies OsOperation },
};
