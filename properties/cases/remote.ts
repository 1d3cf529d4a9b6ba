// Cases of the rules on buffers exposed to peers.

import type { Words } from "./words.ts";
import type { Case, Make } from "./case.ts";

export function remoteCases(w: Words, make: Make): Case[] {
  const kept = [w.alloc(0, 4), w.registerRdma("mr_1", 0, 1), w.deregisterRdma("mr_1")];
  return [
    make("REMOTE-1", "a peer after the deregister", ...kept, w.peer("mr_1")),
    make("REMOTE-2", "a kept remote buffer is secured", ...kept),
    make(
      "REMOTE-3",
      "a repeat of a remote buffer",
      ...kept,
      w.registerRdma("mr_2", 0, 1),
      w.peer("mr_2", "write"),
    ),
    make("REMOTE-4", "a free of a kept remote buffer", ...kept, w.free(0)),
    make(
      "ACCESS-2",
      "another socket's peer",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.peer("mr_1", "read", 2),
      w.deregisterRdma("mr_1"),
      w.registerRdma("mr_2", 0, 1, "readwrite", 2),
      w.peer("mr_2", "read", 2),
    ),
    make(
      "ACCESS-3",
      "a close of a connection with an exposed buffer",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.close(),
    ),
    make(
      "LAW-13",
      "a remote buffer inside a kept one",
      w.alloc(0, 4),
      w.registerRdma("mr_1", 0, 3),
      w.deregisterRdma("mr_1"),
      w.registerRdma("mr_2", 1, 2, "read"),
      w.peer("mr_2"),
    ),
    make(
      "LAW-13",
      "fewer rights than before",
      ...kept,
      w.registerRdma("mr_2", 0, 1, "read"),
      w.peer("mr_2", "write"),
    ),
    make(
      "ACCESS-3",
      "a remote buffer after another connection has closed",
      ...kept,
      w.close(1),
      w.registerRdma("mr_2", 0, 1, "readwrite", 2),
      w.peer("mr_2", "read", 2),
    ),
    make(
      "REMOTE-1",
      "the NIC is busy",
      w.alloc(0, 2),
      w.registerRdma("mr_1", 0, 1),
      w.fail("nicDeregister"),
      w.deregisterRdma("mr_1"),
      w.close(),
    ),
  ];
}
