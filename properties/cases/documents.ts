// Cases of the rules that the documents state for local buffers and for the registration interface.

import type { Command } from "../../model/trace.ts";
import type { Words } from "./words.ts";
import type { Case, Make } from "./case.ts";

export function localCases(w: Words, make: Make): Case[] {
  return [
    ...cachingCases(w, make),
    ...securingCases(w, make),
    ...interfaceCases(w, make),
    ...accessCases(w, make),
  ];
}

/** A buffer of two pages, registered and let go. */
function keptOf(w: Words): Command[] {
  return [w.alloc(0, 4), w.register("mr_1", 0, 2), w.deregister("mr_1")];
}

/** LOCAL: what the documents say of cached buffers. */
function cachingCases(w: Words, make: Make): Case[] {
  return [
    make("LOCAL-1", "the last deregister keeps the buffer", ...keptOf(w)),
    make("LOCAL-2", "a kept buffer is secured", ...keptOf(w)),
    make(
      "LOCAL-3",
      "a repeat does no work",
      ...keptOf(w),
      w.register("mr_2", 0, 2),
      w.deregister("mr_2"),
    ),
    make("LOCAL-4", "a free of a kept buffer", ...keptOf(w), w.free(0)),
    make(
      "LOCAL-4",
      "a free of a buffer in use",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.free(0),
      w.deregister("mr_1"),
    ),
    make("LOCAL-5", "a close with kept buffers", ...keptOf(w), w.close()),
  ];
}

/** OWN: securing and releasing ownership of virtual addresses. */
function securingCases(w: Words, make: Make): Case[] {
  return [
    make(
      "OWN-1",
      "a decommit of the last page of one and a half",
      w.alloc(0, 4),
      w.register("mr_1", 0, 1.5),
      w.deregister("mr_1"),
      w.decommit(1, 2),
    ),
    make(
      "OWN-2",
      "a free and a second notification",
      ...keptOf(w),
      w.free(0),
      w.notify(0, 2),
      w.cleanup(),
    ),
  ];
}

/** SPI: what the functions answer. */
function interfaceCases(w: Words, make: Make): Case[] {
  return [
    make(
      "SPI-1",
      "a range that is not valid",
      w.alloc(0, 2),
      w.register("mr_1", 1, 3),
      w.register("mr_2", 4, 5),
    ),
    make(
      "SPI-1",
      "a host call that fails",
      w.alloc(0, 2),
      w.fail("lock"),
      w.register("mr_1", 0, 1),
    ),
    make(
      "SPI-4",
      "two registers, one deregister",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.deregister("mr_1"),
      w.start("t_1", "mr_2", "send", 2),
      w.complete("t_1"),
      w.deregister("mr_2", 2),
    ),
    make(
      "SPI-5",
      "a notification over nothing",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.notify(1, 2),
    ),
    make(
      "SPI-5",
      "a decommit of a part that is in use",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.decommit(1, 2),
    ),
    make("SPI-6", "the last deregister", ...keptOf(w)),
    make(
      "SPI-1",
      "pages that can be read only",
      w.alloc(0, 2, "READONLY"),
      w.register("mr_1", 0, 1, "read"),
      w.deregister("mr_1"),
    ),
  ];
}

/** ACCESS: who may reach what. */
function accessCases(w: Words, make: Make): Case[] {
  return [
    make(
      "ACCESS-4",
      "read, then read and write",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1, "read"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.start("t_1", "mr_2", "receive"),
      w.complete("t_1"),
      w.deregister("mr_2"),
    ),
    make(
      "ACCESS-4",
      "pages that forbid writing",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1, "read"),
      w.protect(0, 1, "READONLY"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.register("mr_3", 0, 1, "read"),
    ),
    make(
      "ACCESS-4",
      "pages that forbid writing since the buffer is idle",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.protect(0, 1, "READONLY"),
      w.register("mr_2", 0, 1),
    ),
    make(
      "ACCESS-5",
      "a close with a transfer in flight",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1"),
      w.close(),
    ),
  ];
}
