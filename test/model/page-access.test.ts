import { describe, expect, it } from "vitest";
import {
  allocate,
  failNextPageIn,
  lab,
  mapView,
  mdlOf,
  pageOf,
  process0,
  process1,
  protect,
  range,
  read,
  release,
  reserve,
  trim,
  unmapView,
  write,
  type Lab,
} from "./support.ts";

const guarded = ({ world }: Lab, address: number): boolean | undefined =>
  world.view.page(process0, pageOf(address))?.guard;

describe("an access", () => {
  it("to a free page raises 0xC0000005", () => {
    expect(lab().os(read(0x10000))).toBe(0xc0000005);
  });
  it("to a reserved page raises 0xC0000005", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.os(read(0x10000))).toBe(0xc0000005);
  });
  it("to a NOACCESS page raises 0xC0000005", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "NOACCESS"));
    expect(one.os(read(0x10000))).toBe(0xc0000005);
  });
  it("that writes a READONLY page raises 0xC0000005; reading it does not", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READONLY"));
    expect(one.os(write(0x10000, 1))).toBe(0xc0000005);
    expect(one.os(read(0x10000))).toEqual([0]);
  });
  it("to a page of another process raises 0xC0000005", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.os(read(0x10000), process1)).toBe(0xc0000005);
  });
  it("stops at the page that raises; the pages before it were accessed", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    one.os(protect(0x11000, 1, "READONLY"));
    expect(one.os(write(0x10000, 5, 0x2000))).toBe(0xc0000005);
    expect(one.os(read(0x10000, 0x2000))).toEqual([5, 0]);
  });
  it("raises STATUS_INSUFFICIENT_RESOURCES when every frame is in use", () => {
    const one = lab({ frameCount: 1 });
    one.os(allocate(0x10000, 0x2000));
    expect(one.os(write(0x10000, 1))).toBeNull();
    expect(one.os(write(0x11000, 1))).toBe(0xc000009a);
    one.os(trim(0x10000));
    expect(one.os(write(0x11000, 1))).toBeNull();
  });
});

describe("a guard page", () => {
  it("raises 0x80000001 on the first access, then is like the others", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READWRITE", true));
    expect(one.os(read(0x10000))).toBe(0x80000001);
    expect(one.os(read(0x10000))).toEqual([0]);
  });
  it("keeps its guard when the protection forbids the access", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000, "READONLY", true));
    expect(one.os(write(0x10000, 1))).toBe(0xc0000005);
    expect(guarded(one, 0x10000)).toBe(true);
  });
  it("is set and cleared by VirtualProtect", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(protect(0x10000, 1, "READWRITE", true));
    expect(guarded(one, 0x10000)).toBe(true);
    one.os(protect(0x10000, 1, "READWRITE"));
    expect(one.os(read(0x10000))).toEqual([0]);
  });
});

describe("a committed page", () => {
  it("has no frame before the first access, and is zero after it", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    expect(one.frame(0x10000)).toBeNull();
    expect(one.os(read(0x10000))).toEqual([0]);
    expect(one.frame(0x10000)).not.toBeNull();
  });
  it("gets its frame when it is locked, before any access", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.lock(0x10000, 1);
    expect(one.frame(0x10000)).not.toBeNull();
  });
  it("keeps its frame through accesses", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 3));
    const frame = one.frame(0x10000);
    one.os(read(0x10000));
    expect(one.frame(0x10000)).toBe(frame);
  });
  it("holds what was written last to any of its bytes", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    one.os(write(0x10000, 3, 0x2000));
    one.os(write(0x10800, 4));
    expect(one.os(read(0x10000, 0x2000))).toEqual([4, 3]);
  });
});

describe("trimming", () => {
  it("takes the frame of an unlocked page; the contents come back in a different one", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 42));
    const before = one.frame(0x10000);
    expect(one.os(trim(0x10000))).toBe(1);
    expect(one.frame(0x10000)).toBeNull();
    expect(one.os(read(0x10000))).toEqual([42]);
    expect(one.frame(0x10000)).not.toBe(before);
  });
  it("gives a different frame also after a full turn of the rotation", () => {
    const one = lab({ frameCount: 3 });
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 42));
    const first = one.frame(0x10000);
    for (let turn = 0; turn < 2; turn++) {
      one.os(allocate(0x20000, 0x1000));
      one.os(write(0x20000, 1));
      one.os(release(0x20000));
    }
    one.os(trim(0x10000));
    expect(one.os(read(0x10000))).toEqual([42]);
    expect(one.frame(0x10000)).not.toBe(first);
  });
  it("leaves a locked page where it is", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    const mdl = mdlOf(one.lock(0x10000, 1));
    const frame = one.frame(0x10000);
    expect(one.os(trim(0x10000))).toBe(0);
    expect(one.frame(0x10000)).toBe(frame);
    one.host({ name: "unlock", mdl });
    expect(one.os(trim(0x10000))).toBe(1);
  });
  it("finds nothing at a page that has no frame", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    one.os(allocate(0x20000, 0x1000));
    expect([0x10000, 0x20000, 0x30000].map((at) => one.os(trim(at)))).toEqual([0, 0, 0]);
  });
  it("of a view takes the page from every view of the section", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    one.os(mapView(0, 0x10000), process1);
    one.os(write(0x10000, 8));
    expect(one.os(trim(0x10000), process1)).toBe(1);
    expect(one.frame(0x10000)).toBeNull();
    expect(one.os(read(0x10000))).toEqual([8]);
    expect(one.frame(0x10000, process1)).toBe(one.frame(0x10000));
  });
});

describe("an error of the paging device", () => {
  it("raises 0xC0000006 at the next access to a valid page, once; the contents are kept", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 6));
    expect(one.os(failNextPageIn(0x10000))).toBe(1);
    expect(one.os(read(0x10000))).toBe(0xc0000006);
    expect(one.os(read(0x10000))).toEqual([6]);
  });
  it("is not prevented by securing", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 6));
    expect(one.secure(0x10000, 1).ok).toBe(true);
    one.os(failNextPageIn(0x10000));
    expect(one.os(read(0x10000))).toBe(0xc0000006);
  });
  it("does not meet a locked page, which is not paged in", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x1000));
    one.lock(0x10000, 1);
    expect(one.os(failNextPageIn(0x10000))).toBe(0);
    expect(one.os(read(0x10000))).toEqual([0]);
  });
});

describe("views of one section", () => {
  it("alias the same frames, in one process and in two", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    one.os(mapView(0, 0x20000, "READONLY"));
    one.os(mapView(0, 0x30000), process1);
    one.os(write(0x11000, 5));
    expect(one.os(read(0x21000))).toEqual([5]);
    expect(one.os(read(0x31000), process1)).toEqual([5]);
    expect(one.frame(0x21000)).toBe(one.frame(0x11000));
    expect(one.frame(0x31000, process1)).toBe(one.frame(0x11000));
  });
  it("mapped again show the same frame", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    one.os(write(0x10000, 5));
    const frame = one.frame(0x10000);
    one.os(unmapView(0x10000));
    one.os(mapView(0, 0x10000));
    expect(one.frame(0x10000)).toBe(frame);
  });
});

describe("copy-on-write", () => {
  it("gives the page a private frame with the section's contents, at the first write", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    one.os(mapView(0, 0x20000, "WRITECOPY"));
    one.os(write(0x10000, 5, 0x2000));
    const shared = one.frame(0x10000);
    expect(one.os(read(0x20000))).toEqual([5]);
    expect(one.frame(0x20000)).toBe(shared);
    expect(one.os(write(0x20000, 6))).toBeNull();
    expect(one.frame(0x20000)).not.toBe(shared);
    expect(one.os(read(0x10000))).toEqual([5]);
    expect(one.os(read(0x20000))).toEqual([6]);
  });
  it("copies the page that is written and no other", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    one.os(mapView(0, 0x20000));
    one.os(read(0x10000, 0x2000));
    one.os(write(0x10000, 6));
    expect(one.frame(0x11000)).toBe(one.frame(0x21000));
    expect(one.world.view.page(process0, pageOf(0x10000))?.protection).toBe("READWRITE");
    expect(one.world.view.page(process0, pageOf(0x11000))?.protection).toBe("WRITECOPY");
  });
  it("keeps the copy through a trim, and loses it with the view", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    one.os(write(0x10000, 6));
    one.os(trim(0x10000));
    expect(one.os(read(0x10000))).toEqual([6]);
    one.os(unmapView(0x10000));
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    expect(one.os(read(0x10000))).toEqual([0]);
  });
  it("happens although the page is secured, and nobody is notified", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    one.os(read(0x10000));
    const before = one.frame(0x10000);
    expect(one.secure(0x10000, 1).ok).toBe(true);
    const { then } = one.world.apply({
      type: "os",
      process: process0,
      operation: write(0x10000, 6),
    });
    expect(then).toEqual([]);
    expect(one.frame(0x10000)).not.toBe(before);
  });
  it("happens when the page is locked for writing, and not when it is locked for reading", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    one.os(mapView(0, 0x20000));
    one.lock(0x10000, 1, "read");
    expect(one.frame(0x10000)).toBe(one.frame(0x20000));
    one.lock(0x10000, 1, "write");
    expect(one.frame(0x10000)).not.toBe(one.frame(0x20000));
  });
  it("leaves the frame of a lock for reading behind, in use and unchanged", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    const mdl = mdlOf(one.lock(0x10000, 1, "read"));
    const locked = one.frame(0x10000);
    one.os(write(0x10000, 6));
    expect(one.host({ name: "frames", mdl })).toEqual({ ok: true, value: [locked] });
    const again = mdlOf(one.lock(0x10000, 1, "read"));
    expect(one.host({ name: "frames", mdl: again })).toEqual({
      ok: true,
      value: [one.frame(0x10000)],
    });
    expect(one.frame(0x10000)).not.toBe(locked);
  });
});

it("a range that ends on the edge of a page touches no page more", () => {
  const one = lab();
  one.os(allocate(0x10000, 0x1000));
  expect(one.os({ name: "read", range: range(0x10000, 0x1000) })).toEqual([0]);
  expect(one.os({ name: "read", range: range(0x10000, 0x1001) })).toBe(0xc0000005);
});
