import { describe, expect, it } from "vitest";
import type { AddressRange } from "../../model/units.ts";
import { bugChecks } from "../../model/errors.ts";
import { BugCheckError, KernelException, kernelOver } from "../../model/kernel.ts";
import { driverTables, proxyDriver } from "../../model/proxy-driver.ts";
import { initialState } from "../../model/state.ts";
import { brand } from "../../model/units.ts";
import { presets } from "../../model/config.ts";
import type { IoctlRequest } from "../../model/contract.ts";
import {
  allocate,
  decommit,
  failNextPageIn,
  fails,
  lab,
  mdlOf,
  process0,
  process1,
  protect,
  provider0,
  provider1,
  range,
  read,
  release,
  secureOf,
  trim,
  write,
  type Lab,
} from "./support.ts";

/** Two committed pages at 0x10000, holding 3. */
function buffer(): Lab {
  const one = lab();
  one.os(allocate(0x10000, 0x2000));
  one.os(write(0x10000, 3, 0x2000));
  return one;
}

/** Every request that names a range. */
const requests = {
  lock: (at: AddressRange): IoctlRequest => ({ code: "lock", range: at, access: "readwrite" }),
  secure: (at: AddressRange): IoctlRequest => ({ code: "secure", range: at, mode: "readwrite" }),
  copyFromUser: (at: AddressRange): IoctlRequest => ({ code: "copyFromUser", range: at }),
  copyToUser: (at: AddressRange): IoctlRequest => ({ code: "copyToUser", range: at, stamp: 9 }),
} as const;
const codes = ["lock", "secure", "copyFromUser", "copyToUser"] as const;

describe("the proxy driver serves", () => {
  it("lock, frames and unlock", () => {
    const one = buffer();
    const mdl = mdlOf(one.ioctl(requests.lock(range(0x10000, 0x2000))));
    expect(one.ioctl({ code: "frames", mdl })).toEqual({
      ok: true,
      value: [one.frame(0x10000), one.frame(0x11000)],
    });
    expect(one.os(trim(0x10000))).toBe(0);
    expect(one.ioctl({ code: "unlock", mdl })).toEqual({ ok: true, value: null });
    expect(one.os(trim(0x10000))).toBe(1);
  });
  it("secure and unsecure", () => {
    const one = buffer();
    const handle = secureOf(one.ioctl(requests.secure(range(0x10000, 1))));
    expect(one.os(release(0x10000))).toBe("refused");
    expect(one.ioctl({ code: "unsecure", handle })).toEqual({ ok: true, value: null });
    expect(one.os(release(0x10000))).toBeNull();
  });
  it("copies from and to a user buffer", () => {
    const one = buffer();
    expect(one.ioctl(requests.copyToUser(range(0x11000, 1)))).toEqual({ ok: true, value: null });
    expect(one.ioctl(requests.copyFromUser(range(0x10000, 0x2000)))).toEqual({
      ok: true,
      value: [3, 9],
    });
    expect(one.os(read(0x11000))).toEqual([9]);
  });
});

describe.each(codes)("the request %s", (code) => {
  const request = requests[code];
  it.each([
    ["of no bytes", 0x10000, 0],
    ["of a negative length", 0x10000, -1],
    ["at a negative address", -1, 0x1000],
    ["whose end overflows", 0x10000, Number.MAX_SAFE_INTEGER],
    ["at no address", Number.NaN, 1],
    ["that ends beyond the user addresses", 0x4f000, 0x1001],
    ["of kernel addresses", 2 ** 47, 1],
  ])("%s is STATUS_INVALID_PARAMETER", (_, start, lengthBytes) => {
    expect(buffer().ioctl(request(range(start, lengthBytes)))).toEqual(
      fails("STATUS_INVALID_PARAMETER"),
    );
  });
  it("of a range that was freed is STATUS_ACCESS_VIOLATION", () => {
    const one = buffer();
    one.os(release(0x10000));
    expect(one.ioctl(request(range(0x10000, 1)))).toEqual(fails("STATUS_ACCESS_VIOLATION"));
  });
  it("of a range whose last page was decommitted acquires and changes nothing", () => {
    const one = buffer();
    one.os(decommit(0x11000, 1));
    const { memory, drivers } = one.world.state();
    expect(one.ioctl(request(range(0x10000, 0x1001)))).toEqual(fails("STATUS_ACCESS_VIOLATION"));
    expect(one.world.state().memory).toEqual(memory);
    expect(one.world.state().drivers).toEqual(drivers);
  });
  it("of a NOACCESS page is STATUS_ACCESS_VIOLATION", () => {
    const one = buffer();
    one.os(protect(0x10000, 1, "NOACCESS"));
    expect(one.ioctl(request(range(0x10000, 1)))).toEqual(fails("STATUS_ACCESS_VIOLATION"));
  });
  it("of another process's memory is STATUS_ACCESS_VIOLATION", () => {
    expect(buffer().ioctl(request(range(0x10000, 1)), process1)).toEqual(
      fails("STATUS_ACCESS_VIOLATION"),
    );
  });
  it("leaves the machine up", () => {
    const one = buffer();
    one.os(protect(0x10000, 1, "READWRITE", true));
    one.ioctl(request(range(0x10000, 1)));
    one.ioctl(request(range(0x20000, 1)));
    expect(one.world.view.bugCheck()).toBeNull();
  });
});

describe.each(["lock", "copyFromUser", "copyToUser"] as const)("the request %s", (code) => {
  const request = requests[code](range(0x10000, 1));
  it("of a guard page is STATUS_ACCESS_VIOLATION, once", () => {
    const one = buffer();
    one.os(protect(0x10000, 1, "READWRITE", true));
    expect(one.ioctl(request)).toEqual(fails("STATUS_ACCESS_VIOLATION"));
    expect(one.ioctl(request).ok).toBe(true);
  });
  it("that meets a bad block catches it, although the range is secured", () => {
    const one = buffer();
    secureOf(one.secure(0x10000, 1));
    one.os(failNextPageIn(0x10000));
    expect(one.ioctl(request)).toEqual(fails("STATUS_ACCESS_VIOLATION"));
    expect(one.world.view.locked()).toEqual([]);
    expect(one.world.view.bugCheck()).toBeNull();
    expect(one.os(read(0x10000))).toEqual([3]);
  });
});

describe("a request that writes", () => {
  it.each(["lock", "copyToUser"] as const)("fails on a READONLY page: %s", (code) => {
    const one = buffer();
    one.os(protect(0x10000, 1, "READONLY"));
    expect(one.ioctl(requests[code](range(0x10000, 1)))).toEqual(fails("STATUS_ACCESS_VIOLATION"));
    expect(one.ioctl(requests.copyFromUser(range(0x10000, 1))).ok).toBe(true);
  });
  it("to two pages, of which the second forbids it, writes neither", () => {
    const one = buffer();
    one.os(protect(0x11000, 1, "READONLY"));
    one.ioctl(requests.copyToUser(range(0x10000, 0x2000)));
    expect(one.os(read(0x10000))).toEqual([3]);
  });
});

describe("a handle", () => {
  const named = ["unlock", "frames"] as const;
  it.each(named)("that was never given is STATUS_INVALID_HANDLE: %s", (code) => {
    expect(buffer().ioctl({ code, mdl: brand(1) })).toEqual(fails("STATUS_INVALID_HANDLE"));
  });
  it.each(named)("of another process is STATUS_INVALID_HANDLE: %s", (code) => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x10000, 1));
    expect(one.ioctl({ code, mdl }, process1)).toEqual(fails("STATUS_INVALID_HANDLE"));
    expect(one.ioctl({ code, mdl }).ok).toBe(true);
  });
  it.each(named)("of another provider's driver is STATUS_INVALID_HANDLE: %s", (code) => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x10000, 1));
    const result = one.ioctl({ code, mdl }, process0, provider1);
    expect(result).toEqual(fails("STATUS_INVALID_HANDLE"));
  });
  it.each(named)("that was unlocked is STATUS_INVALID_HANDLE: %s", (code) => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x10000, 1));
    one.ioctl({ code: "unlock", mdl });
    expect(one.ioctl({ code, mdl })).toEqual(fails("STATUS_INVALID_HANDLE"));
    expect(one.world.view.bugCheck()).toBeNull();
  });
  it("of a secure works once, in its process, for its driver", () => {
    const one = buffer();
    const handle = secureOf(one.secure(0x10000, 1));
    const unsecure: IoctlRequest = { code: "unsecure", handle };
    const invalid = fails("STATUS_INVALID_HANDLE");
    expect(one.ioctl({ code: "unsecure", handle: brand(handle + 1) })).toEqual(invalid);
    expect(one.ioctl(unsecure, process1)).toEqual(invalid);
    expect(one.ioctl(unsecure, process0, provider1)).toEqual(invalid);
    expect(one.ioctl(unsecure).ok).toBe(true);
    expect(one.ioctl(unsecure)).toEqual(invalid);
  });
});

describe("the kernel under a driver", () => {
  const over = (frameCount = 4): ReturnType<typeof kernelOver> =>
    kernelOver(
      structuredClone(initialState({ ...presets.windows, frameCount }, null).memory),
      provider0,
    );

  it("raises what a careless driver does not catch", () => {
    const at = range(0x10000, 1);
    const calls = [
      () => over().mmProbeAndLockPages(process0, at, "read"),
      () => over().readUser(process0, at),
      () => over().writeUser(process0, at, 1),
      () => over().probeForWrite(process0, at),
      () => over().probeForRead(range(0x4ffff, 2)),
    ];
    for (const call of calls) expect(call).toThrow(KernelException);
    expect(calls[0]).toThrow("STATUS_ACCESS_VIOLATION (0xc0000005) was raised");
  });
  it("lets ProbeForRead look at addresses only", () => {
    expect(over().probeForRead(range(0x10000, 1))).toBeUndefined();
  });
  it("bug checks, which no driver can catch and go on from", () => {
    const tables = driverTables();
    tables.locks.push({ mdl: brand(5), process: process0, frames: [] });
    const driver = proxyDriver(tables, over());
    expect(() => driver.dispatch(process0, { code: "unlock", mdl: brand(5) })).toThrow(
      BugCheckError,
    );
  });
  it("an exception that leaves the driver is bug check 0x1E", () => {
    const one = lab({}, null);
    const request = requests.copyFromUser(range(0x10000, 1));
    one.world.apply({ type: "ioctl", process: process0, provider: provider0, request });
    one.kernel({ name: "readUser", args: [process0, range(0x10000, 1)] });
    const result = { ok: false, error: "STATUS_ACCESS_VIOLATION" } as const;
    const caught = one.world.state();
    one.world.apply({ type: "completed", result, escaped: null });
    expect(one.world.view.bugCheck()).toBeNull();
    one.world.reset(caught);
    one.world.apply({ type: "completed", result: null, escaped: "STATUS_ACCESS_VIOLATION" });
    expect(one.world.view.bugCheck()).toBe("KMODE_EXCEPTION_NOT_HANDLED");
    expect(bugChecks.KMODE_EXCEPTION_NOT_HANDLED).toBe(0x1e);
  });
});
