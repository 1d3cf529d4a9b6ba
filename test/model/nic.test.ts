import { describe, expect, it } from "vitest";
import type { Access } from "../../model/contract.ts";
import type { HostAnswer } from "../../model/events.ts";
import { brand, type MdlHandle, type RegionKey } from "../../model/units.ts";
import {
  allocate,
  fails,
  idle,
  instance0,
  instance1,
  instance2,
  keyOf,
  lab,
  mdlOf,
  provider0,
  provider1,
  range,
  regionOf,
  release,
  socket,
  uncached,
  write,
  drive,
  type Lab,
} from "./support.ts";

const done = { ok: true, value: null };

/** Sixteen committed pages at 0x10000. */
function buffer(nic = { regions: 24, pages: 96 }): Lab {
  const one = lab({ nic });
  one.os(allocate(0x10000, 0x10000));
  return one;
}

const enter = (
  one: Lab,
  mdl: MdlHandle,
  access: Access = "readwrite",
  instance = instance0,
): HostAnswer => one.host({ name: "nicRegister", mdl, access }, instance);

const registerPages = (one: Lab, count: number, access: Access = "readwrite"): HostAnswer =>
  enter(one, mdlOf(one.lock(0x10000, count * 0x1000)), access);

const leave = (one: Lab, region: RegionKey, instance = instance0): HostAnswer =>
  one.host({ name: "nicDeregister", region }, instance);

describe("the translation table", () => {
  it("records owner, pages, access and the frames of the MDL", () => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x11fff, 2));
    const key = regionOf(enter(one, mdl, "read"));
    expect(one.world.view.regions(provider0)).toEqual([
      {
        key,
        process: 0,
        mdl,
        span: { first: 0x11, count: 2 },
        access: "read",
        frames: [one.frame(0x11000), one.frame(0x12000)],
      },
    ]);
  });
  it("has room for a number of regions: one more is NO_RESOURCES", () => {
    const one = buffer({ regions: 2, pages: 96 });
    const first = regionOf(registerPages(one, 1));
    expect(registerPages(one, 1).ok).toBe(true);
    expect(registerPages(one, 1)).toEqual(fails("NO_RESOURCES"));
    leave(one, first);
    expect(registerPages(one, 1).ok).toBe(true);
  });
  it("has room for a number of pages: one more is NO_RESOURCES", () => {
    const one = buffer({ regions: 24, pages: 3 });
    const first = regionOf(registerPages(one, 2));
    expect(registerPages(one, 2)).toEqual(fails("NO_RESOURCES"));
    expect(registerPages(one, 1).ok).toBe(true);
    leave(one, first);
    expect(registerPages(one, 2).ok).toBe(true);
  });
  it("is one a NIC: providers do not share capacity or keys", () => {
    const one = buffer({ regions: 1, pages: 96 });
    const key = regionOf(registerPages(one, 1));
    const mdl = mdlOf(one.lock(0x10000, 1, "read", instance1));
    expect(enter(one, mdl, "read", instance1).ok).toBe(true);
    expect(one.world.view.regions(provider1)).toHaveLength(1);
    expect(leave(one, brand(key + 1), instance1)).toEqual(fails("INVALID_KEY"));
  });
  it("takes no MDL that is unknown, unlocked, another provider's or another process's", () => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x10000, 1));
    const invalid = fails("INVALID_KEY");
    expect(enter(one, brand(mdl + 1))).toEqual(invalid);
    expect(enter(one, mdl, "read", instance1)).toEqual(invalid);
    expect(enter(one, mdl, "read", instance2)).toEqual(invalid);
    one.host({ name: "unlock", mdl });
    expect(enter(one, mdl)).toEqual(invalid);
  });
  it("may hold one MDL in several regions, each with a key of its own", () => {
    const one = buffer();
    const mdl = mdlOf(one.lock(0x10000, 1));
    expect(regionOf(enter(one, mdl))).not.toBe(regionOf(enter(one, mdl)));
  });
});

describe("deregistering a region", () => {
  it("works once, for its own process", () => {
    const one = buffer();
    const key = regionOf(registerPages(one, 1));
    expect(leave(one, key, instance2)).toEqual(fails("INVALID_KEY"));
    expect(leave(one, key)).toEqual(done);
    expect(leave(one, key)).toEqual(fails("INVALID_KEY"));
  });
  it("never gives its key to another region", () => {
    const one = buffer();
    const key = regionOf(registerPages(one, 1));
    leave(one, key);
    expect(regionOf(registerPages(one, 1))).not.toBe(key);
  });
  it("takes its exposures with it, and only its", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1));
    const other = regionOf(registerPages(one, 1));
    const expose = { name: "expose", range: range(0x10000, 1), access: "read" } as const;
    keyOf(one.host({ ...expose, region, socket: socket(1) }));
    const key = keyOf(one.host({ ...expose, region: other, socket: socket(1) }));
    leave(one, region);
    expect(one.world.view.exposures(provider0).map((each) => each.key)).toEqual([key]);
  });
  it("is BUSY while DMA is in flight, and changes nothing", () => {
    const one = buffer();
    const registration = { as: "buffer", range: range(0x10000, 1), flags: 3 };
    const script = uncached();
    drive(
      one.world,
      {
        type: "wsp",
        function: { name: "WSPRegisterMemory", socket: socket(1), ...registration },
      },
      script,
    );
    const [region] = one.world.view.regions(provider0);
    const key = region?.key ?? brand<RegionKey>(-1);
    const transfer = { as: "send", kind: "send", registration: "buffer" } as const;
    one.world.apply({ type: "transferStart", socket: socket(1), ...transfer });
    const { nics } = one.world.state();
    expect(leave(one, key)).toEqual(fails("BUSY"));
    expect(one.world.state().nics).toBe(nics);
    drive(one.world, { type: "transferComplete", transfer: "send", stamp: 1 }, idle);
    expect(leave(one, key)).toEqual(done);
  });
});

describe("exposing", () => {
  const expose = (
    one: Lab,
    region: RegionKey,
    at = range(0x10000, 1),
    access: Access = "read",
    instance = instance0,
  ): HostAnswer =>
    one.host({ name: "expose", region, range: at, socket: socket(1), access }, instance);

  it("records whole pages for one socket, under a key of its own", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 3));
    const key = keyOf(expose(one, region, range(0x10fff, 2)));
    expect(one.world.view.exposures(provider0)).toEqual([
      { key, process: 0, region, socket: 1, span: { first: 0x10, count: 2 }, access: "read" },
    ]);
    expect(keyOf(expose(one, region))).not.toBe(key);
  });
  it("of pages that the region does not have is INVALID_KEY", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1));
    expect(expose(one, region, range(0x10fff, 2))).toEqual(fails("INVALID_KEY"));
  });
  it("with rights that the region does not have is INVALID_KEY", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1, "read"));
    expect(expose(one, region, range(0x10000, 1), "write")).toEqual(fails("INVALID_KEY"));
    expect(expose(one, region, range(0x10000, 1), "readwrite")).toEqual(fails("INVALID_KEY"));
    expect(expose(one, region, range(0x10000, 1), "read").ok).toBe(true);
  });
  it("with fewer rights than the region has succeeds", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1));
    expect(expose(one, region, range(0x10000, 1), "write").ok).toBe(true);
  });
  it("of a region that is unknown or another process's is INVALID_KEY", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1));
    expect(expose(one, brand(region + 1))).toEqual(fails("INVALID_KEY"));
    expect(expose(one, region, range(0x10000, 1), "read", instance2)).toEqual(fails("INVALID_KEY"));
  });
  it("ends once, for its own process; its key is never given again", () => {
    const one = buffer();
    const region = regionOf(registerPages(one, 1));
    const key = keyOf(expose(one, region));
    const unexpose = { name: "unexpose", key } as const;
    expect(one.host(unexpose, instance2)).toEqual(fails("INVALID_KEY"));
    expect(one.host(unexpose)).toEqual(done);
    expect(one.host(unexpose)).toEqual(fails("INVALID_KEY"));
    expect(keyOf(expose(one, region))).not.toBe(key);
  });
});

it("a region keeps the frames of its MDL when its addresses are mapped anew", () => {
  const one = buffer();
  const region = regionOf(registerPages(one, 1));
  const frame = one.frame(0x10000);
  one.os(release(0x10000));
  one.os(allocate(0x10000, 0x1000));
  one.os(write(0x10000, 1));
  const found = one.world.view.regions(provider0).find((each) => each.key === region);
  expect(found?.frames).toEqual([frame]);
  expect(one.frame(0x10000)).not.toBe(frame);
});
