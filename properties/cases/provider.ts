// Cases of the rules that only a whole provider is judged by.

import type { Case, Make } from "./case.ts";
import type { Words } from "./words.ts";

export function providerCases(w: Words, make: Make): Case[] {
  return [...handleCases(w, make), ...operationCases(w, make)];
}

/** ACCESS-1, SPI-2, SPI-3: whose handle it is. */
function handleCases(w: Words, make: Make): Case[] {
  const registered = [w.alloc(0, 2), w.register("mr_1", 0, 1)];
  return [
    make(
      "ACCESS-1",
      "a transfer from another process",
      ...registered,
      w.start("t_1", "mr_1", "send", w.foreignSocket),
    ),
    make(
      "SPI-2",
      "a deregister and a transfer on another socket",
      ...registered,
      w.deregister("mr_1", 2),
      w.start("t_1", "mr_1", "send", 2),
      w.start("t_2", "mr_1"),
      w.complete("t_2"),
      w.deregister("mr_1"),
    ),
    make(
      "SPI-2",
      "a remote buffer, deregistered on another socket",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.deregisterRdma("mr_1", 2),
      w.peer("mr_1"),
      w.deregisterRdma("mr_1"),
    ),
    make(
      "SPI-3",
      "a handle that was never given out, and one that was released",
      w.alloc(0, 2),
      w.deregister("mr_0"),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 1, 2),
      w.deregister("mr_1"),
      w.deregister("mr_0"),
      w.deregister("mr_2"),
    ),
    make(
      "SPI-3",
      "a descriptor that was released",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.deregisterRdma("mr_1"),
      w.deregisterRdma("mr_0"),
    ),
    make(
      "SPI-3",
      "a handle that a transfer is using",
      ...registered,
      w.start("t_1", "mr_1"),
      w.deregister("mr_1"),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
  ];
}

/** SPI-1, SPI-4, SPI-7, ACCESS-4: what is refused at once, what operations may be started, and how they end. */
function operationCases(w: Words, make: Make): Case[] {
  return [
    make(
      "SPI-1",
      "a descriptor block that is too small",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1, "readwrite", 1, 1),
    ),
    make(
      "SPI-4",
      "one buffer registered twice on a socket, one of them in use",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1),
      w.start("t_1", "mr_1", "receive"),
      w.deregister("mr_2"),
      w.start("t_2", "mr_1"),
      w.complete("t_1"),
      w.complete("t_2"),
      w.deregister("mr_1"),
    ),
    make(
      "ACCESS-4",
      "a receive into a buffer that is registered for reading, on a region with more rights",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "read"),
      w.start("t_1", "mr_2", "receive"),
    ),
    make(
      "SPI-7",
      "a close with two operations pending",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 2),
      w.start("t_1", "mr_1", "receive"),
      w.start("t_2", "mr_2"),
      w.close(),
    ),
    make(
      "SPI-7",
      "the end of the provider with an operation pending",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1"),
      w.cleanup(),
    ),
  ];
}
