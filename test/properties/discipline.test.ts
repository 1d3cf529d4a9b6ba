import { describe, expect, it } from "vitest";
import memhooks from "../../gallery/subjects/libfabric-memhooks.ts";
import nccl from "../../gallery/subjects/nccl.ts";
import { presets, type Claims } from "../../model/config.ts";
import type { Subject } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import { referenceWorld } from "../../model/world.ts";
import { runProgram } from "../../properties/agreement.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { shell } from "../../src/provider/shell.ts";

const w = wordsFor(presets.small);

/** Commands that the application does not give. */
function skipped(subject: Subject, program: readonly Command[]): Readonly<Record<string, number>> {
  const { notification } = subject.capabilities;
  const claims: Claims = { ...subject.capabilities, callback: notification !== "none" };
  const config = { ...presets.small, notification };
  const player = { kind: "cache", provider: shell(subject, config.pageSizeBytes), claims } as const;
  const world = referenceWorld(config, claims);
  return runProgram({ world, player, counts: () => true, strict: false }, program).skipped;
}

const view = (process: number): Command => ({
  name: "MapViewOfFile",
  args: {
    process,
    operation: {
      name: "MapViewOfFile",
      address: w.address(0),
      section: 0,
      protection: "READWRITE",
    },
  },
});

const truncate = (process: number): Command => ({
  name: "ftruncate",
  args: { process, operation: { name: "ftruncate", section: 0, pageCount: 1 } },
});

const mapOver = (first: number, pages: number): Command => ({
  name: "mmap",
  args: {
    process: 0,
    operation: {
      name: "mmap",
      address: w.address(first),
      sizeBytes: pages * presets.small.pageSizeBytes,
    },
  },
});

describe("an application that changes no mapping which is registered", () => {
  it("frees what is deregistered, and not what is registered", () => {
    const registered = [w.alloc(0, 2), w.register("mr_1", 0, 1)];
    expect(skipped(nccl, [...registered, w.free(0)])).toEqual({ VirtualFree: 1 });
    expect(skipped(nccl, [...registered, w.deregister("mr_1"), w.free(0)])).toEqual({});
  });

  it("truncates no section that another process has registered in a view of it", () => {
    const program = [view(1), w.register("mr_1", 0, 1, "readwrite", 3), truncate(0)];
    expect(skipped(nccl, program)).toEqual({ ftruncate: 1 });
    expect(skipped(nccl, program.toSpliced(1, 1))).toEqual({});
  });

  it("may change no page at all, wherever that is", () => {
    const registered = [w.alloc(0, 2), w.register("mr_1", 0, 2)];
    expect(skipped(nccl, [...registered, mapOver(1, 1)])).toEqual({ mmap: 1 });
    expect(skipped(nccl, [...registered, mapOver(1, 0)])).toEqual({});
  });

  it("is one where nobody tells the cache, and no other", () => {
    const program = [view(1), w.register("mr_1", 0, 1, "readwrite", 3), truncate(0)];
    expect(skipped(memhooks, program)).toEqual({});
  });
});
