// Cases of the derived laws; freshness, the reason for all of it, apart.

import type { Command } from "../../model/trace.ts";
import type { Words } from "./words.ts";
import type { Case, Make } from "./case.ts";

/** The reason for all of it comes first: no stale registration after a remap. */
export function freshCases(w: Words, make: Make): Case[] {
  const address = w.address(0);
  const freed = { name: "VirtualFree", address, sizeBytes: 0, type: "release" } as const;
  const allocated = {
    name: "VirtualAlloc",
    address,
    sizeBytes: w.range(0, 1).lengthBytes,
    type: "reserve|commit",
    protection: "READWRITE",
    guard: false,
  } as const;
  return [
    make(
      "LAW-1",
      "freed and allocated again after the deregister",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.free(0),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
    ),
    make(
      "LAW-1",
      "freed and allocated again while registered",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.free(0),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_3", 0, 1),
    ),
    make(
      "LAW-1",
      "freed between two host calls of the register",
      w.alloc(0, 1),
      w.interrupt(1, { kind: "operation", operation: freed }),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.alloc(0, 1),
      w.register("mr_2", 0, 1),
    ),
    ...[1, 2, 3].map((hostCalls) =>
      make(
        "LAW-1",
        `freed and allocated again after ${hostCalls} host ${hostCalls === 1 ? "call" : "calls"} of the register`,
        w.alloc(0, 1),
        w.interrupt(hostCalls, { kind: "operation", operation: freed, next: allocated }),
        w.register("mr_1", 0, 1),
        w.deregister("mr_1"),
        w.register("mr_2", 0, 1),
      ),
    ),
  ];
}

export function lawCases(w: Words, make: Make): Case[] {
  return [
    ...coverCases(w, make),
    ...callbackCases(w, make),
    ...balanceCases(w, make),
    ...lifetimeCases(w, make),
    ...limitCases(w, make),
    ...dataCases(w, make),
  ];
}

/** Three neighbouring pages, each registered and let go. */
function neighboursOf(w: Words): Command[] {
  return [
    w.alloc(0, 4),
    w.register("mr_1", 0, 1),
    w.register("mr_2", 1, 2),
    w.register("mr_3", 2, 3),
    w.deregister("mr_1"),
    w.deregister("mr_2"),
    w.deregister("mr_3"),
  ];
}

/** LAW-2: the region covers what was asked for. */
function coverCases(w: Words, make: Make): Case[] {
  return [
    make(
      "LAW-2",
      "overlap, adjacency, sub-page neighbours",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 1, 3),
      w.register("mr_3", 2, 3),
      w.register("mr_4", 3, 3.5),
      w.register("mr_5", 3.5, 4),
    ),
    make(
      "SPI-1",
      "a register for writing beside pages that may only be read, which another one covers",
      w.alloc(0, 3),
      w.protect(0, 1, "READONLY"),
      w.register("mr_1", 0, 2, "read"),
      w.deregister("mr_1"),
      w.register("mr_2", 1, 3, "write"),
      w.deregister("mr_2"),
    ),
    ...(
      [
        ["one byte more, across a page", 1, 2, 1, 2 + w.byte],
        ["one byte earlier, across a page", 1, 2, 1 - w.byte, 2],
        ["one page more", 1, 2, 1, 3],
        ["one page earlier", 1, 2, 0, 2],
        ["one byte less", 1, 2, 1, 2 - w.byte],
        ["one byte later", 1, 2, 1 + w.byte, 2],
      ] as const
    ).map(([name, from, to, from2, to2]) =>
      make(
        "LAW-2",
        name,
        w.alloc(0, 4),
        w.register("mr_1", from, to),
        w.deregister("mr_1"),
        w.register("mr_2", from2, to2),
        w.deregister("mr_2"),
      ),
    ),
    make(
      "LAW-2",
      "inside a larger buffer",
      w.alloc(0, 4),
      w.register("mr_1", 0, 4),
      w.deregister("mr_1"),
      w.register("mr_2", 1, 2),
    ),
  ];
}

/** LAW-3, LAW-3b: a callback misses nothing and loses nothing. */
function callbackCases(w: Words, make: Make): Case[] {
  return [
    make("LAW-3", "one free over several kept buffers", ...neighboursOf(w), w.free(0)),
    make(
      "LAW-3",
      "a decommit of the middle of a kept buffer",
      w.alloc(0, 4),
      w.register("mr_1", 0, 3),
      w.deregister("mr_1"),
      w.decommit(1, 2),
    ),
    make("LAW-3b", "a decommit of the middle one of three", ...neighboursOf(w), w.decommit(1, 2)),
  ];
}

/** LAW-4: everything is released once, also when a step fails. */
function balanceCases(w: Words, make: Make): Case[] {
  return [
    ...(["lock", "secure", "nicRegister"] as const).map((call) =>
      make(
        "LAW-4",
        `${call} fails`,
        w.alloc(0, 2),
        w.fail(call),
        w.register("mr_1", 0, 1),
        w.register("mr_2", 0, 1),
        w.deregister("mr_2"),
        w.deregister("mr_1"),
      ),
    ),
    make(
      "LAW-4",
      "the NIC is busy at a callback",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.fail("nicDeregister"),
      w.free(0),
      w.free(0),
    ),
    make(
      "LAW-4",
      "the NIC is busy at the last deregister",
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.fail("nicDeregister"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1),
      w.deregister("mr_2"),
      w.cleanup(),
    ),
    make("LAW-4", "clean-up", ...neighboursOf(w), w.cleanup()),
    make(
      "LAW-4",
      "clean-up of a buffer that two sockets used",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.deregister("mr_2", 2),
      w.cleanup(),
    ),
    make(
      "LAW-4",
      "clean-up of what the NIC was too busy for",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.deregister("mr_1"),
      w.fail("nicDeregister"),
      w.notify(0, 1),
      w.cleanup(),
    ),
  ];
}

/** LAW-5, LAW-6: what is in use stays, and a zombie is not used anew. */
function lifetimeCases(w: Words, make: Make): Case[] {
  return [
    make(
      "LAW-5",
      "a transfer across a free",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1", "receive"),
      w.free(0),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
    make(
      "LAW-5",
      "a register with other rights while in use",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1, "read"),
      w.start("t_1", "mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.complete("t_1"),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ),
    make(
      "LAW-6",
      "a zombie",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.notify(0, 1),
      w.register("mr_2", 0, 1),
      w.deregister("mr_1"),
      w.deregister("mr_2"),
    ),
    make(
      "LAW-5",
      "evictions under a larger buffer in use",
      w.alloc(0, 4),
      w.register("mr_1", 0, 2),
      ...[2, 3, 4, 5, 6].flatMap((i) => [
        w.register(`mr_${i}`, (i - 2) / 2, (i - 1) / 2),
        w.deregister(`mr_${i}`),
      ]),
      w.start("t_1", "mr_1"),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
    make(
      "LAW-5",
      "room is made for a NIC that is full, where a buffer in use covers an idle one",
      w.alloc(0, 3),
      w.register("mr_1", 0, 2),
      w.register("mr_2", 0, 1),
      w.deregister("mr_2"),
      w.fail("nicRegister"),
      w.register("mr_3", 2, 3),
      w.start("t_1", "mr_1"),
      w.complete("t_1"),
      w.deregister("mr_3"),
      w.deregister("mr_1"),
    ),
    make(
      "LAW-5",
      "a close of one of two sockets that use a buffer",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 0, 1, "readwrite", 2),
      w.close(1),
      w.start("t_1", "mr_2", "send", 2),
      w.complete("t_1"),
      w.deregister("mr_2", 2),
    ),
  ];
}

/** LAW-7, LAW-8: limits are kept, and what may be kept is used again. */
function limitCases(w: Words, make: Make): Case[] {
  const filling = Array.from({ length: 8 }, (_, i) => [
    w.register(`mr_${i + 1}`, i / 2, i / 2 + 0.5),
    w.deregister(`mr_${i + 1}`),
  ]).flat();
  return [
    make("LAW-7", "more buffers than a limit", w.alloc(0, 4), ...filling),
    make(
      "LAW-7",
      "the NIC is full of buffers in use, but for an idle one",
      w.alloc(0, 4),
      w.register("mr_0", 0, 1),
      w.deregister("mr_0"),
      // A NIC that takes more than this is not filled by a literal program.
      ...Array.from({ length: Math.min(w.nicRegions, 40) }, (_, i) =>
        w.register(`mr_${i + 1}`, 1 + i * w.byte, 1 + (i + 1) * w.byte),
      ),
    ),
    make(
      "LAW-7",
      "more buffers than a limit, apart from each other",
      w.alloc(0, 12),
      ...[0, 1, 2, 3, 4, 5].flatMap((i) => [
        w.register(`mr_${i + 1}`, 2 * i, 2 * i + 1),
        w.deregister(`mr_${i + 1}`),
      ]),
    ),
    make(
      "LAW-7",
      "many buffers in use change at once, and end one after the other",
      w.alloc(0, 6),
      ...[0, 1, 2, 3, 4, 5].map((i) => w.register(`mr_${i + 1}`, i, i + 1)),
      w.notify(0, 6),
      ...[0, 1, 2, 3, 4, 5].map((i) => w.deregister(`mr_${i + 1}`)),
    ),
    make(
      "LAW-7",
      "more pages than a limit",
      w.alloc(0, 6),
      ...[0, 1, 2, 3].flatMap((i) => [
        w.register(`mr_${i + 1}`, i, i + 3),
        w.deregister(`mr_${i + 1}`),
      ]),
    ),
    make(
      "LAW-8",
      "two users alternate rights",
      w.alloc(0, 1),
      w.register("mr_1", 0, 1, "read"),
      w.deregister("mr_1"),
      w.register("mr_2", 0, 1, "readwrite"),
      w.deregister("mr_2"),
      w.register("mr_3", 0, 1, "read"),
      w.deregister("mr_3"),
    ),
  ];
}

/** LAW-9: the data is that of a provider that never caches. */
function dataCases(w: Words, make: Make): Case[] {
  return [
    make(
      "LAW-9",
      "data that is sent is the data that was written",
      w.alloc(0, 1),
      w.write(0, 1),
      w.register("mr_1", 0, 1),
      w.start("t_1", "mr_1"),
      w.complete("t_1"),
      w.deregister("mr_1"),
    ),
  ];
}
