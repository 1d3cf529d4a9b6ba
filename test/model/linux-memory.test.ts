import { describe, expect, it } from "vitest";
import type { NotificationFamily } from "../../model/contract.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import type { VirtualAddress } from "../../model/units.ts";
import { brand } from "../../model/units.ts";
import {
  allocate,
  claims,
  lab,
  mapView,
  mdlOf,
  pageOf,
  process0,
  process1,
  read,
  reserve,
  write,
} from "./support.ts";
import type { Lab } from "./support.ts";

const at = (address: number): VirtualAddress => brand(address);
const mmap = (address: number, sizeBytes: number): OsOperation => ({
  name: "mmap",
  address: at(address),
  sizeBytes,
});
const mremap = (address: number, target: number, sizeBytes: number): OsOperation => ({
  name: "mremap",
  address: at(address),
  target: at(target),
  sizeBytes,
});
const madvise = (address: number, sizeBytes: number): OsOperation => ({
  name: "madvise",
  address: at(address),
  sizeBytes,
});
const punch = (section: number, firstPage: number, pageCount = 1): OsOperation => ({
  name: "fallocate",
  section,
  firstPage,
  pageCount,
});
const truncate = (section: number, pageCount: number): OsOperation => ({
  name: "ftruncate",
  section,
  pageCount,
});

/** Two regions of four pages at 0x10000 and 0x20000, written with 1 and 2. */
function written(notification: NotificationFamily = "none"): Lab {
  const one = lab({ notification }, { ...claims, notification });
  one.os(allocate(0x10000, 0x4000));
  one.os(allocate(0x20000, 0x4000));
  one.os(write(0x10000, 1, 0x4000));
  one.os(write(0x20000, 2, 0x4000));
  return one;
}

describe("mmap over what is mapped", () => {
  it("puts fresh, writable pages there and leaves the others alone", () => {
    const one = written();
    const before = one.frame(0x11000);
    expect(one.os(mmap(0x11000, 0x2000))).toBe(0x11000);
    expect(one.frame(0x11000)).toBeNull();
    expect(one.os(read(0x10000, 0x4000))).toEqual([1, 0, 0, 1]);
    expect(one.frame(0x11000)).not.toBe(before);
  });

  it("needs whole pages of one private region", () => {
    const one = written();
    one.os(mapView(0, 0x40000));
    for (const [address, size] of [
      [0x11001, 0x1000],
      [0x13000, 0x2000],
      [0x40000, 0x1000],
      [0x60000, 0x1000],
    ] as const) {
      expect(one.os(mmap(address, size))).toBe(487);
    }
  });
});

describe("mremap onto another range", () => {
  it("moves pages with their frames, and leaves the source without any", () => {
    const one = written();
    const frames = [one.frame(0x10000), one.frame(0x11000)];
    expect(one.os(mremap(0x10000, 0x21000, 0x2000))).toBe(0x21000);
    expect([one.frame(0x21000), one.frame(0x22000)]).toEqual(frames);
    expect(one.os(read(0x20000, 0x4000))).toEqual([2, 1, 1, 2]);
    expect(one.os(read(0x10000))).toBe(0xc0000005);
    expect(one.os(read(0x12000))).toEqual([1]);
  });

  it("refuses ranges that overlap, and changes nothing", () => {
    const one = written();
    expect(one.os(mremap(0x10000, 0x11000, 0x2000))).toBe(87);
    expect(one.os(read(0x10000, 0x4000))).toEqual([1, 1, 1, 1]);
  });
});

describe("madvise(DONTNEED)", () => {
  it("empties committed pages and reserves nothing more", () => {
    const one = written();
    one.os(reserve(0x40000, 0x1000));
    expect(one.os(madvise(0x12000, 0x1000))).toBeNull();
    expect(one.frame(0x12000)).toBeNull();
    expect(one.os(read(0x10000, 0x4000))).toEqual([1, 1, 0, 1]);
    expect(one.os(madvise(0x40000, 0x1000))).toBeNull();
    expect(one.os(read(0x40000))).toBe(0xc0000005);
  });
});

describe("fork", () => {
  it("lets a page keep its frame until it is written, and its contents beyond that", () => {
    const one = written();
    const before = one.frame(0x10000);
    expect(one.os({ name: "fork" })).toBeNull();
    expect(one.os(read(0x10000))).toEqual([1]);
    expect(one.frame(0x10000)).toBe(before);
    one.os(write(0x10000, 7));
    expect(one.frame(0x10000)).not.toBe(before);
    if (before === null) throw new Error("the page was written");
    expect(one.world.view.frame(before)).toBeUndefined();
    expect(one.os(read(0x10000, 0x2000))).toEqual([7, 1]);
  });

  it("copies a page once only", () => {
    const one = written();
    one.os({ name: "fork" });
    one.os(write(0x10000, 7));
    const copy = one.frame(0x10000);
    one.os(write(0x10000, 8));
    expect(one.frame(0x10000)).toBe(copy);
  });

  it("does not concern pages without a frame, nor views", () => {
    const one = lab({ notification: "none" }, { ...claims, notification: "none" });
    one.os(allocate(0x10000, 0x1000));
    one.os(mapView(0, 0x40000));
    one.os(write(0x40000, 3));
    const shared = one.frame(0x40000);
    one.os({ name: "fork" });
    expect(one.world.view.page(process0, pageOf(0x10000))?.protection).toBe("READWRITE");
    one.os(write(0x10000, 1));
    one.os(write(0x40000, 4));
    expect(one.frame(0x40000)).toBe(shared);
  });
});

describe("a hole in a file, and a truncated file", () => {
  it("empty the section's pages in every view of every process", () => {
    const one = lab({ notification: "none" }, { ...claims, notification: "none" });
    one.os(mapView(0, 0x40000));
    one.os(mapView(0, 0x40000), process1);
    one.os(write(0x40000, 5, 0x4000));
    expect(one.os(read(0x40000, 0x4000), process1)).toEqual([5, 5, 5, 5]);
    expect(one.os(punch(0, 1))).toBeNull();
    expect(one.os(read(0x40000, 0x4000))).toEqual([5, 0, 5, 5]);
    expect(one.os(truncate(0, 2))).toBeNull();
    expect(one.os(read(0x40000, 0x4000), process1)).toEqual([5, 0, 0, 0]);
  });

  it("leave a private copy alone", () => {
    const one = lab({ notification: "none" }, { ...claims, notification: "none" });
    one.os(mapView(0, 0x40000, "WRITECOPY"));
    one.os(write(0x40000, 5));
    const mdl = mdlOf(one.lock(0x40000, 0x2000, "read"));
    one.os(punch(0, 0, 2));
    expect(one.os(read(0x40000))).toEqual([5]);
    expect(one.world.view.lock(mdl)?.changed).toEqual([0x41]);
  });

  it("need pages that the section has", () => {
    const one = lab({ notification: "none" }, { ...claims, notification: "none" });
    expect([one.os(punch(0, 4)), one.os(punch(0, 0, 0)), one.os(punch(9, 0))]).toEqual([
      87, 87, 87,
    ]);
    expect([one.os(truncate(0, 4)), one.os(truncate(0, -1))]).toEqual([87, 87]);
  });
});

describe("a lock", () => {
  it("keeps its frames whatever is mapped over, moved, emptied or copied", () => {
    const one = written();
    const mdl = mdlOf(one.lock(0x10000, 0x4000));
    const frames = one.world.view.lock(mdl)?.frames;
    one.os(mmap(0x10000, 0x1000));
    one.os(mremap(0x11000, 0x21000, 0x1000));
    one.os(madvise(0x12000, 0x1000));
    one.os({ name: "fork" });
    one.os(write(0x13000, 9));
    expect(one.world.view.lock(mdl)?.frames).toEqual(frames);
    for (const pfn of frames ?? []) expect(one.world.view.frame(pfn)?.lockCount).toBe(1);
  });

  it("is marked where the mapping changed in a way that is in the coverage set", () => {
    const one = written();
    const mdl = mdlOf(one.lock(0x10000, 0x4000));
    one.os(madvise(0x12000, 0x1000));
    // The family none does not promise to see copy-on-write.
    one.os({ name: "fork" });
    one.os(write(0x13000, 9));
    one.os(mmap(0x10000, 0x1000));
    expect(one.world.view.lock(mdl)?.changed).toEqual([0x10, 0x12]);
  });

  it("is not marked by a protection, which moves no frame", () => {
    const one = written("notify-before");
    const mdl = mdlOf(one.lock(0x10000, 0x1000));
    one.os({
      name: "VirtualProtect",
      address: at(0x10000),
      sizeBytes: 0x1000,
      protection: "READONLY",
      guard: false,
    });
    expect(one.world.view.lock(mdl)?.changed).toEqual([]);
  });
});
