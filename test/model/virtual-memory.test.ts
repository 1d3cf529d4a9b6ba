import { describe, expect, it } from "vitest";
import {
  allocate,
  commit,
  decommit,
  lab,
  mapView,
  pageOf,
  process0,
  process1,
  protect,
  read,
  release,
  reserve,
  trim,
  unmapView,
  virtualFree,
  write,
  type Lab,
} from "./support.ts";

/** free, reserved, or the protection of a committed page. */
function pageIs({ world }: Lab, address: number): string {
  const page = world.view.page(process0, pageOf(address));
  if (page === undefined) return "free";
  if (!page.committed) return "reserved";
  return page.guard ? `${page.protection}|GUARD` : page.protection;
}

describe("VirtualAlloc, MEM_RESERVE", () => {
  it("rounds the base down to the granularity and the end up to a page", () => {
    const one = lab();
    expect(one.os(reserve(0x12005, 0x1000))).toBe(0x10000);
    expect(pageIs(one, 0x10000)).toBe("reserved");
    expect(pageIs(one, 0x13000)).toBe("reserved");
    expect(pageIs(one, 0x14000)).toBe("free");
  });
  it("an end on the edge of a page takes no page more", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(pageIs(one, 0x11000)).toBe("free");
    one.os(reserve(0x20000, 0x1001));
    expect(pageIs(one, 0x21000)).toBe("reserved");
  });
  it("fails with 487 if one page of it is not free", () => {
    const one = lab();
    one.os(reserve(0x20000, 0x1000));
    expect(one.os(reserve(0x20000, 0x1000))).toBe(487);
    expect(one.os(reserve(0x10000, 0x10001))).toBe(487);
    expect(one.os(reserve(0x10000, 0x10000))).toBe(0x10000);
  });
  it("fails with 487 if rounding down reaches a page that is not free", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.os(reserve(0x18000, 0x1000))).toBe(487);
  });
  it("fails with 487 outside the user addresses", () => {
    const one = lab();
    expect(one.os(reserve(0, 0x1000))).toBe(487);
    expect(one.os(reserve(0xffff, 0x1000))).toBe(487);
    expect(one.os(reserve(0x40000, 0x10001))).toBe(487);
    expect(one.os(reserve(0x40000, 0x10000))).toBe(0x40000);
  });
  it("fails with 487 if the end overflows", () => {
    expect(lab().os(reserve(0x10000, Number.MAX_SAFE_INTEGER))).toBe(487);
  });
  it("without an address goes to the first gap that starts at the granularity", () => {
    const one = lab();
    expect(one.os(reserve(null, 0x1000))).toBe(0x10000);
    expect(one.os(reserve(null, 0x11000))).toBe(0x20000);
    expect(one.os(reserve(null, 0x1000))).toBe(0x40000);
  });
  it("without an address fails with 487 if there is no gap", () => {
    const one = lab();
    expect(one.os(reserve(null, 0x40001))).toBe(487);
    expect(one.os(reserve(null, 0x40000))).toBe(0x10000);
    expect(one.os(reserve(null, 1))).toBe(487);
  });
  it("fails with 87 for size 0", () => expect(lab().os(reserve(0x10000, 0))).toBe(87));
  it("fails with 87 for WRITECOPY, which only views have", () => {
    expect(lab().os(reserve(0x10000, 1, "WRITECOPY"))).toBe(87);
  });
  it("fails with 87 for GUARD with NOACCESS", () => {
    expect(lab().os(allocate(0x10000, 1, "NOACCESS", true))).toBe(87);
    expect(lab().os(allocate(0x10000, 1, "READONLY", true))).toBe(0x10000);
  });
  it("takes address space of its own process only", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000), process0);
    expect(one.os(reserve(0x10000, 0x1000), process1)).toBe(0x10000);
  });
});

describe("VirtualAlloc, MEM_COMMIT", () => {
  it("commits every page that holds a byte of the range, in a region", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x4000));
    expect(one.os(commit(0x11fff, 2))).toBe(0x11000);
    expect(["0", "1", "2", "3"].map((n) => pageIs(one, Number(`0x1${n}000`)))).toEqual([
      "reserved",
      "READWRITE",
      "READWRITE",
      "reserved",
    ]);
  });
  it("fails with 487 on a free page", () => expect(lab().os(commit(0x10000, 1))).toBe(487));
  it("fails with 487 beyond the end of the region, and commits nothing", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x2000));
    expect(one.os(commit(0x11000, 0x1001))).toBe(487);
    expect(pageIs(one, 0x11000)).toBe("reserved");
  });
  it("fails with 487 across two regions", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x10000));
    one.os(reserve(0x20000, 0x10000));
    expect(one.os(commit(0x1f000, 0x2000))).toBe(487);
    expect(one.os(commit(0x1f000, 0x1000))).toBe(0x1f000);
  });
  it("fails with 487 on a view", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    expect(one.os(commit(0x10000, 1))).toBe(487);
  });
  it("of a committed page succeeds, keeps its data and its frame, and sets the protection", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 7));
    const frame = one.frame(0x10000);
    expect(one.os(commit(0x10000, 1, "READONLY"))).toBe(0x10000);
    expect(pageIs(one, 0x10000)).toBe("READONLY");
    expect(one.os(read(0x10000))).toEqual([7]);
    expect(one.frame(0x10000)).toBe(frame);
  });
  it("of a fresh page reads zero, after a decommit too", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(read(0x10000))).toEqual([0]);
    one.os(write(0x10000, 7));
    one.os(decommit(0x10000, 1));
    one.os(commit(0x10000, 1));
    expect(one.os(read(0x10000))).toEqual([0]);
  });
  it("of a page that was trimmed and then decommitted reads zero", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 7));
    one.os(trim(0x10000));
    one.os(decommit(0x10000, 1));
    one.os(commit(0x10000, 1));
    expect(one.os(read(0x10000))).toEqual([0]);
  });
  it("without an address reserves as well", () => {
    const one = lab();
    expect(one.os(commit(null, 0x1000))).toBe(0x10000);
    expect(pageIs(one, 0x10000)).toBe("READWRITE");
  });
  it("fails with 87 for size 0", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.os(commit(0x10000, 0))).toBe(87);
  });
});

describe("VirtualFree, MEM_RELEASE", () => {
  it("frees the whole region", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x3000));
    one.os(commit(0x11000, 1));
    expect(one.os(release(0x10000))).toBeNull();
    expect([0x10000, 0x11000, 0x12000].map((at) => pageIs(one, at))).toEqual(
      Array.from({ length: 3 }, () => "free"),
    );
  });
  it("fails with 87 if the size is not 0, even that of the region", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(virtualFree(0x10000, 0x1000, "release"))).toBe(87);
  });
  it("fails with 487 if the address is not the base of the region", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    expect(one.os(release(0x11000))).toBe(487);
  });
  it("fails with 487 on a free page", () => expect(lab().os(release(0x10000))).toBe(487));
  it("fails with 87 on a view", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    expect(one.os(release(0x10000))).toBe(87);
  });
  it("fails with 87 together with MEM_DECOMMIT", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(virtualFree(0x10000, 0, "release|decommit"))).toBe(87);
  });
  it("fails with 87 with neither flag", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(virtualFree(0x10000, 0, "none"))).toBe(87);
  });
});

describe("VirtualFree, MEM_DECOMMIT", () => {
  it("takes every page that holds one byte of the range", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x4000));
    expect(one.os(decommit(0x11fff, 2))).toBeNull();
    expect([0x10000, 0x11000, 0x12000, 0x13000].map((at) => pageIs(one, at))).toEqual([
      "READWRITE",
      "reserved",
      "reserved",
      "READWRITE",
    ]);
  });
  it("of uncommitted pages is no error", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x2000));
    expect(one.os(decommit(0x10000, 0x2000))).toBeNull();
    expect(pageIs(one, 0x10000)).toBe("reserved");
  });
  it("takes the guard of a page with it", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READWRITE", true));
    one.os(decommit(0x10000, 1));
    expect(one.world.view.page(process0, pageOf(0x10000))?.guard).toBe(false);
  });
  it("with size 0 at the base means the whole region", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    expect(one.os(decommit(0x10000, 0))).toBeNull();
    expect([0x10000, 0x11000].map((at) => pageIs(one, at))).toEqual(["reserved", "reserved"]);
  });
  it("with size 0 elsewhere fails with 487", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    expect(one.os(decommit(0x11000, 0))).toBe(487);
  });
  it("across two regions fails with 87 and changes nothing", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x10000));
    one.os(allocate(0x20000, 0x10000));
    expect(one.os(decommit(0x1f000, 0x2000))).toBe(87);
    expect([0x1f000, 0x20000].map((at) => pageIs(one, at))).toEqual(["READWRITE", "READWRITE"]);
  });
  it("of a free page fails with 487", () => expect(lab().os(decommit(0x10000, 1))).toBe(487));
  it("on a view fails with 87", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    expect(one.os(decommit(0x10000, 1))).toBe(87);
  });
});

describe("VirtualProtect", () => {
  it("sets every page that holds a byte and answers the old protection of the first", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x3000));
    one.os(protect(0x10000, 1, "READONLY"));
    expect(one.os(protect(0x10fff, 2, "NOACCESS"))).toBe("READONLY");
    expect([0x10000, 0x11000, 0x12000].map((at) => pageIs(one, at))).toEqual([
      "NOACCESS",
      "NOACCESS",
      "READWRITE",
    ]);
  });
  it("answers GUARD with the old protection while the guard is there", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READWRITE", true));
    expect(one.os(protect(0x10000, 1, "READONLY", true))).toBe("READWRITE|GUARD");
    one.os(read(0x10000));
    expect(one.os(protect(0x10000, 1, "READWRITE"))).toBe("READONLY");
  });
  it("fails with 487 if the first page is free", () => {
    expect(lab().os(protect(0x10000, 1, "READONLY"))).toBe(487);
  });
  it("fails with 487 if one page of the region is not committed, and changes none", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    one.os(decommit(0x11000, 1));
    expect(one.os(protect(0x10000, 0x2000, "READONLY"))).toBe(487);
    expect(pageIs(one, 0x10000)).toBe("READWRITE");
  });
  it("fails with 87 across two regions, and changes neither", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x10000));
    one.os(allocate(0x20000, 0x10000));
    expect(one.os(protect(0x1f000, 0x2000, "READONLY"))).toBe(87);
    expect([0x1f000, 0x20000].map((at) => pageIs(one, at))).toEqual(["READWRITE", "READWRITE"]);
  });
  it("fails with 87 for size 0", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(protect(0x10000, 0, "READONLY"))).toBe(87);
  });
  it("fails with 87 for GUARD with NOACCESS", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(protect(0x10000, 1, "NOACCESS", true))).toBe(87);
  });
  it("fails with 87 for WRITECOPY on private memory", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(protect(0x10000, 1, "WRITECOPY"))).toBe(87);
  });
  it("gives a view no more than it was mapped with: 87", () => {
    const one = lab();
    one.os(mapView(1, 0x10000, "READONLY"));
    one.os(mapView(1, 0x20000, "READWRITE"));
    expect(one.os(protect(0x10000, 1, "READWRITE"))).toBe(87);
    expect(one.os(protect(0x10000, 1, "WRITECOPY"))).toBe("READONLY");
    one.os(protect(0x20000, 1, "READONLY"));
    expect(one.os(protect(0x20000, 1, "READWRITE"))).toBe("READONLY");
  });
  it("makes the private copy of a page READWRITE when it is asked for WRITECOPY", () => {
    const one = lab();
    one.os(mapView(1, 0x10000, "WRITECOPY"));
    one.os(write(0x10000, 5));
    one.os(protect(0x10000, 0x2000, "WRITECOPY"));
    expect([0x10000, 0x11000].map((at) => pageIs(one, at))).toEqual(["READWRITE", "WRITECOPY"]);
  });
});

describe("MapViewOfFile and UnmapViewOfFile", () => {
  it("maps the whole section, committed", () => {
    const one = lab();
    expect(one.os(mapView(1, 0x20000, "READONLY"))).toBe(0x20000);
    expect([0x20000, 0x21000, 0x22000].map((at) => pageIs(one, at))).toEqual([
      "READONLY",
      "READONLY",
      "free",
    ]);
  });
  it("fails with 1132 at an address that is no multiple of the granularity", () => {
    expect(lab().os(mapView(0, 0x11000))).toBe(1132);
  });
  it("fails with 487 if a page is not free", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.os(mapView(0, 0x10000))).toBe(487);
  });
  it("without an address goes to the first gap", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.os(mapView(0, null))).toBe(0x20000);
  });
  it("fails with 87 for a section that does not exist", () => {
    expect(lab().os(mapView(2, 0x10000))).toBe(87);
  });
  it("unmapping removes the whole view", () => {
    const one = lab();
    one.os(mapView(1, 0x10000));
    expect(one.os(unmapView(0x10000))).toBeNull();
    expect([0x10000, 0x11000].map((at) => pageIs(one, at))).toEqual(["free", "free"]);
  });
  it("unmapping fails with 487 where no view begins", () => {
    const one = lab();
    one.os(mapView(1, 0x10000));
    one.os(allocate(0x20000, 0x1000));
    expect(one.os(unmapView(0x11000))).toBe(487);
    expect(one.os(unmapView(0x20000))).toBe(487);
    expect(one.os(unmapView(0x30000))).toBe(487);
  });
  it("a section keeps its contents without a view", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    one.os(write(0x10000, 9));
    one.os(unmapView(0x10000));
    one.os(mapView(0, 0x20000), process1);
    expect(one.os(read(0x20000), process1)).toEqual([9]);
  });
});
