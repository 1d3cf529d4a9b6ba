import { describe, expect, it } from "vitest";
import type { BaseProtection } from "../../model/address-space.ts";
import { brand } from "../../model/units.ts";
import {
  allocate,
  commit,
  decommit,
  fails,
  instance1,
  instance2,
  lab,
  mapView,
  mdlOf,
  process0,
  process1,
  protect,
  range,
  read,
  release,
  reserve,
  secureOf,
  trim,
  unmapView,
  write,
  type KernelCall,
  type Lab,
} from "./support.ts";

/** Two committed pages at 0x10000, secured or not. */
function buffer(mode: "readonly" | "readwrite" | null = null): Lab {
  const one = lab();
  one.os(allocate(0x10000, 0x2000));
  if (mode !== null) secureOf(one.secure(0x10000, 0x2000, mode));
  return one;
}

describe("MmSecureVirtualMemory answers NULL", () => {
  const isNull = fails("STATUS_ACCESS_VIOLATION");
  it("for a free page", () => expect(lab().secure(0x10000, 1)).toEqual(isNull));
  it("for a reserved page", () => {
    const one = lab();
    one.os(reserve(0x10000, 0x1000));
    expect(one.secure(0x10000, 1, "readonly")).toEqual(isNull);
  });
  it("when one page of the range is not committed", () => {
    const one = buffer();
    one.os(decommit(0x11000, 1));
    expect(one.secure(0x10fff, 2)).toEqual(isNull);
    expect(one.secure(0x10fff, 1).ok).toBe(true);
  });
  it.each([
    ["readonly", "NOACCESS"],
    ["readwrite", "NOACCESS"],
    ["readwrite", "READONLY"],
  ] as const)("for mode %s on a %s page", (mode, protection) => {
    const one = buffer();
    one.os(protect(0x10000, 1, protection));
    expect(one.secure(0x10000, 1, mode)).toEqual(isNull);
  });
  it.each([
    [0x10000, 0],
    [0x10000, -1],
    [-0x1000, 0x1000],
    [0, 1],
    [0x4f000, 0x1001],
    [0x10000, Number.MAX_SAFE_INTEGER],
    [0x10000 + 0.5, 1],
  ])("for the bad argument %d, %d", (start, lengthBytes) => {
    const one = lab({}, null);
    const call = {
      name: "mmSecureVirtualMemory",
      args: [process0, range(start, lengthBytes), "readonly"],
    } as const;
    expect(one.kernel(call)).toEqual({ kind: "kernel", value: null, raised: null, bugCheck: null });
  });
});

describe("MmSecureVirtualMemory succeeds", () => {
  it.each([
    ["readonly", "READONLY"],
    ["readonly", "READWRITE"],
    ["readwrite", "READWRITE"],
  ] as const)("with mode %s on a %s page", (mode, protection) => {
    const one = buffer();
    one.os(protect(0x10000, 1, protection));
    expect(one.secure(0x10000, 1, mode).ok).toBe(true);
  });
  it("with mode readwrite on a WRITECOPY page", () => {
    const one = lab();
    one.os(mapView(0, 0x10000, "WRITECOPY"));
    expect(one.secure(0x10000, 1, "readwrite").ok).toBe(true);
  });
  it("with a handle of its own for each secure of one range", () => {
    const one = buffer();
    expect(secureOf(one.secure(0x10000, 1))).not.toBe(secureOf(one.secure(0x10000, 1)));
  });
  it("without giving a page a frame", () => {
    expect(buffer("readwrite").frame(0x10000)).toBeNull();
  });
});

describe("a secured range", () => {
  it.each(["readonly", "readwrite"] as const)("in mode %s may not be released", (mode) => {
    expect(buffer(mode).os(release(0x10000))).toBe("refused");
    expect(buffer().os(release(0x10000))).toBeNull();
  });
  it.each(["readonly", "readwrite"] as const)("in mode %s may not be decommitted", (mode) => {
    expect(buffer(mode).os(decommit(0x11000, 1))).toBe("refused");
    expect(buffer().os(decommit(0x11000, 1))).toBeNull();
  });
  it.each(["readonly", "readwrite"] as const)("in mode %s may not be unmapped", (mode) => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    const handle = secureOf(one.secure(0x13000, 1, mode));
    expect(one.os(unmapView(0x10000))).toBe("refused");
    one.host({ name: "unsecure", handle });
    expect(one.os(unmapView(0x10000))).toBeNull();
  });
  const outcome: readonly ["readonly" | "readwrite", BaseProtection, string][] = [
    ["readonly", "NOACCESS", "refused"],
    ["readonly", "READONLY", "READWRITE"],
    ["readonly", "READWRITE", "READWRITE"],
    ["readwrite", "NOACCESS", "refused"],
    ["readwrite", "READONLY", "refused"],
    ["readwrite", "READWRITE", "READWRITE"],
  ];
  it.each(outcome)("in mode %s, asked to become %s, answers %s", (mode, protection, answer) => {
    expect(buffer(mode).os(protect(0x10000, 1, protection))).toBe(answer);
  });
  it.each(outcome)("in mode %s, committed again as %s, is as with VirtualProtect", (...row) => {
    const [mode, protection, answer] = row;
    const expected = answer === "refused" ? answer : 0x10000;
    expect(buffer(mode).os(commit(0x10000, 1, protection))).toBe(expected);
  });
  it("in mode readonly may become writable", () => {
    const one = buffer();
    one.os(protect(0x10000, 1, "READONLY"));
    secureOf(one.secure(0x10000, 1, "readonly"));
    expect(one.os(protect(0x10000, 1, "READWRITE"))).toBe("READONLY");
  });
  it("may get GUARD, and WRITECOPY in a view", () => {
    const one = buffer("readwrite");
    expect(one.os(protect(0x10000, 1, "READWRITE", true))).toBe("READWRITE");
    one.os(mapView(0, 0x20000));
    secureOf(one.secure(0x20000, 1));
    expect(one.os(protect(0x20000, 1, "WRITECOPY"))).toBe("READWRITE");
  });
  it("is every page that holds a byte of what was asked", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x4000));
    secureOf(one.secure(0x11fff, 2));
    const at = [0x10000, 0x11000, 0x12000, 0x13000];
    expect(at.map((address) => one.os(decommit(address, 1)))).toEqual([
      null,
      "refused",
      "refused",
      null,
    ]);
  });
  it("forbids an operation on a page beside it in the same call, which then changes nothing", () => {
    const one = lab();
    one.os(allocate(0x10000, 0x2000));
    secureOf(one.secure(0x11000, 1));
    expect(one.os(protect(0x10000, 0x2000, "READONLY"))).toBe("refused");
    expect(one.os(protect(0x10000, 1, "READONLY"))).toBe("READWRITE");
  });
  it("stays secured until every secure over it is released", () => {
    const one = buffer();
    const first = secureOf(one.secure(0x10000, 0x2000));
    const second = secureOf(one.secure(0x11000, 1, "readonly"));
    one.host({ name: "unsecure", handle: first });
    expect(one.os(release(0x10000))).toBe("refused");
    expect(one.os(protect(0x11000, 1, "READONLY"))).toBe("READWRITE");
    one.host({ name: "unsecure", handle: second });
    expect(one.os(release(0x10000))).toBeNull();
  });
  it("is one of a process: another process's same addresses are free to change", () => {
    const one = buffer("readwrite");
    one.os(allocate(0x10000, 0x1000), process1);
    expect(one.os(release(0x10000), process1)).toBeNull();
  });
  it("is forbidden to change by any provider's secure", () => {
    const one = buffer();
    secureOf(one.secure(0x10000, 1, "readonly", instance1));
    expect(one.os(release(0x10000))).toBe("refused");
  });
  it("may be trimmed", () => {
    const one = buffer("readwrite");
    one.os(write(0x10000, 1));
    expect(one.os(trim(0x10000))).toBe(1);
  });
});

describe("MmUnsecureVirtualMemory", () => {
  function secured(): Lab {
    const one = lab({}, null);
    one.os(allocate(0x10000, 0x1000));
    const call = {
      name: "mmSecureVirtualMemory",
      args: [process0, range(0x10000, 1), "readonly"],
    } as const;
    expect(one.kernel(call).value).toBe(1);
    return one;
  }
  const unsecure = (one: Lab, handle: number, process = process0): string | null =>
    one.kernel({ name: "mmUnsecureVirtualMemory", args: [process, brand(handle)] }).bugCheck;

  it("takes the secure away", () => {
    const one = secured();
    expect(unsecure(one, 1)).toBeNull();
    expect(one.os(release(0x10000))).toBeNull();
  });
  it("of a handle that was never given is a bug check", () => {
    const one = secured();
    expect(unsecure(one, 2)).toBe("INVALID_SECURE_HANDLE");
    expect(one.world.view.bugCheck()).toBe("INVALID_SECURE_HANDLE");
  });
  it("for the second time is a bug check", () => {
    const one = secured();
    unsecure(one, 1);
    expect(unsecure(one, 1)).toBe("INVALID_SECURE_HANDLE");
  });
  it("in another process is a bug check, and the range stays secured", () => {
    const one = secured();
    expect(unsecure(one, 1, process1)).toBe("INVALID_SECURE_HANDLE");
    expect(one.os(release(0x10000))).toBe("refused");
  });
  it("never gets a handle twice", () => {
    const one = buffer();
    const first = secureOf(one.secure(0x10000, 1));
    one.host({ name: "unsecure", handle: first });
    expect(secureOf(one.secure(0x10000, 1))).not.toBe(first);
  });
});

describe("MmProbeAndLockPages", () => {
  it("answers the frames of every page that holds a byte, in order", () => {
    const one = buffer();
    one.os(write(0x11000, 1));
    one.os(write(0x10000, 1));
    const mdl = mdlOf(one.lock(0x10fff, 2));
    const frames = [one.frame(0x10000), one.frame(0x11000)];
    expect(one.host({ name: "frames", mdl })).toEqual({ ok: true, value: frames });
  });
  it("raises for a page that does not allow the access, and then holds nothing", () => {
    const one = buffer();
    one.os(protect(0x11000, 1, "READONLY"));
    expect(one.lock(0x10000, 0x2000, "write")).toEqual(fails("STATUS_ACCESS_VIOLATION"));
    expect(one.world.view.locked()).toEqual([]);
    expect(one.os(trim(0x10000))).toBe(1);
    expect(one.lock(0x10000, 0x2000, "read").ok).toBe(true);
  });
  it("raises when frames run out, and then holds nothing", () => {
    const one = lab({ frameCount: 1 });
    one.os(allocate(0x10000, 0x2000));
    expect(one.lock(0x10000, 0x2000)).toEqual(fails("STATUS_INSUFFICIENT_RESOURCES"));
    expect(one.os(trim(0x10000))).toBe(1);
    expect(one.lock(0x11000, 1).ok).toBe(true);
  });
  it("does not stop the range from being freed: the frame stays in use and is not given out", () => {
    const one = lab({ frameCount: 2 });
    one.os(allocate(0x10000, 0x1000));
    one.os(write(0x10000, 5));
    const mdl = mdlOf(one.lock(0x10000, 1));
    const old = one.frame(0x10000);
    expect(one.os(release(0x10000))).toBeNull();
    one.os(allocate(0x10000, 0x2000));
    expect(one.os(read(0x10000))).toEqual([0]);
    expect(one.frame(0x10000)).not.toBe(old);
    expect(one.os(read(0x11000))).toBe(0xc000009a);
    one.host({ name: "unlock", mdl });
    expect(one.os(read(0x11000))).toEqual([0]);
    expect(one.frame(0x11000)).toBe(old);
  });
  it("a second lock of a range freed and allocated again shows the frames of now", () => {
    const one = buffer();
    const first = mdlOf(one.lock(0x10000, 1));
    const before = one.host({ name: "frames", mdl: first });
    one.os(release(0x10000));
    one.os(allocate(0x10000, 0x1000));
    const second = mdlOf(one.lock(0x10000, 1));
    expect(one.host({ name: "frames", mdl: first })).toEqual(before);
    expect(one.host({ name: "frames", mdl: second })).not.toEqual(before);
  });
  it("a second lock of a section page mapped again shows the frame of before", () => {
    const one = lab();
    one.os(mapView(0, 0x10000));
    const first = mdlOf(one.lock(0x10000, 1));
    one.os(unmapView(0x10000));
    one.os(mapView(0, 0x10000));
    const second = mdlOf(one.lock(0x10000, 1));
    expect(one.host({ name: "frames", mdl: second })).toEqual(
      one.host({ name: "frames", mdl: first }),
    );
  });
  it("locks pages of its own process", () => {
    const one = buffer();
    expect(one.lock(0x10000, 1, "read", instance2)).toEqual(fails("STATUS_ACCESS_VIOLATION"));
  });
  it("keeps a page in its frame until the last lock is gone", () => {
    const one = buffer();
    const first = mdlOf(one.lock(0x10000, 0x2000));
    const second = mdlOf(one.lock(0x10000, 1, "read"));
    one.host({ name: "unlock", mdl: first });
    expect([one.os(trim(0x10000)), one.os(trim(0x11000))]).toEqual([0, 1]);
    one.host({ name: "unlock", mdl: second });
    expect(one.os(trim(0x10000))).toBe(1);
  });
});

describe("MmUnlockPages", () => {
  it("of pages that are not locked is a bug check", () => {
    const one = lab({}, null);
    const unlock: KernelCall = { name: "mmUnlockPages", args: [brand(1)] };
    expect(one.kernel(unlock).bugCheck).toBe("MDL_NOT_LOCKED");
    expect(one.world.view.bugCheck()).toBe("MDL_NOT_LOCKED");
  });
  it("for the second time is a bug check", () => {
    const one = lab({}, null);
    one.os(allocate(0x10000, 0x1000));
    one.kernel({ name: "mmProbeAndLockPages", args: [process0, range(0x10000, 1), "read"] });
    const unlock: KernelCall = { name: "mmUnlockPages", args: [brand(1)] };
    expect(one.kernel(unlock).bugCheck).toBeNull();
    expect(one.kernel(unlock).bugCheck).toBe("MDL_NOT_LOCKED");
  });
});
