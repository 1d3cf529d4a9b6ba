import { describe, expect, it } from "vitest";
import {
  allocateFrame,
  frameAt,
  lockFrame,
  physicalMemory,
  unlockFrame,
  unmapFrame,
} from "../../model/physical-memory.ts";
import { brand, type Pfn } from "../../model/units.ts";
import { lab, mapView, mdlOf } from "./support.ts";

const pfn = (value: number): Pfn => brand(value);

describe("frames", () => {
  it("are given out in rotation, with the contents asked for", () => {
    const memory = physicalMemory(3);
    expect(allocateFrame(memory, 7)).toBe(0);
    expect(allocateFrame(memory, 8)).toBe(1);
    unmapFrame(memory, pfn(0));
    expect(allocateFrame(memory, 9)).toBe(2);
    expect(allocateFrame(memory, 10)).toBe(0);
    expect([0, 1, 2].map((n) => frameAt(memory, pfn(n)).stamp)).toEqual([10, 8, 9]);
  });
  it("run out when every one is in use", () => {
    const memory = physicalMemory(1);
    expect(allocateFrame(memory, 0)).toBe(0);
    expect(allocateFrame(memory, 0)).toBeNull();
    unmapFrame(memory, pfn(0));
    expect(allocateFrame(memory, 0)).toBe(0);
  });
  it("given back are not the next ones given out, unless no other is free", () => {
    const memory = physicalMemory(2);
    allocateFrame(memory, 0);
    allocateFrame(memory, 0);
    unmapFrame(memory, pfn(1));
    unmapFrame(memory, pfn(0));
    expect(allocateFrame(memory, 0)).toBe(1);
    unmapFrame(memory, pfn(1));
    expect(allocateFrame(memory, 0)).toBe(0);
    unmapFrame(memory, pfn(0));
    expect(allocateFrame(memory, 0)).toBe(1);
    expect(allocateFrame(memory, 0)).toBe(0);
    unmapFrame(memory, pfn(0));
    expect(allocateFrame(memory, 0)).toBe(0);
  });
  it("stay in use while a lock holds them, mapped or not", () => {
    const memory = physicalMemory(1);
    allocateFrame(memory, 5);
    lockFrame(memory, pfn(0));
    lockFrame(memory, pfn(0));
    unmapFrame(memory, pfn(0));
    unlockFrame(memory, pfn(0));
    expect(frameAt(memory, pfn(0))).toEqual({ stamp: 5, mapped: false, lockCount: 1 });
    expect(allocateFrame(memory, 0)).toBeNull();
    unlockFrame(memory, pfn(0));
    expect(memory.frames).toEqual([]);
  });
  it("stay in use while a page maps them, locked or not", () => {
    const memory = physicalMemory(1);
    allocateFrame(memory, 5);
    lockFrame(memory, pfn(0));
    unlockFrame(memory, pfn(0));
    expect(frameAt(memory, pfn(0))).toEqual({ stamp: 5, mapped: true, lockCount: 0 });
  });
  it("that are free cannot be looked at", () => {
    expect(() => frameAt(physicalMemory(1), pfn(0))).toThrow("frame 0 is free");
  });
});

it("a frame that one MDL lists twice, through two views, is locked twice and unlocked twice", () => {
  const one = lab({ sections: [1], granularityPages: 1 });
  one.os(mapView(0, 0x1000));
  one.os(mapView(0, 0x2000));
  const mdl = mdlOf(one.lock(0x1000, 0x2000));
  const frame = one.frame(0x1000) ?? pfn(-1);
  expect(one.host({ name: "frames", mdl })).toEqual({ ok: true, value: [frame, frame] });
  expect(one.world.view.frame(frame)?.lockCount).toBe(2);
  one.host({ name: "unlock", mdl });
  expect(one.world.view.frame(frame)?.lockCount).toBe(0);
});
