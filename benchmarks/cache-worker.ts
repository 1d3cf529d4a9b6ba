// The registration cache at one size, in a process of its own, so that no other size has shaped the machine code.
// Started by cache.ts, with the size as its argument; prints one JSON object, in ns. benchmarks/ucx/rcache.c does the
// same with UCX's cache: the same buffers, in the same order, with registration calls that do nothing.

import { performance } from "node:perf_hooks";
import type { Host, RegistrationCache } from "../model/contract.ts";
import { brand, type BufferHandle, type SocketId, type VirtualAddress } from "../model/units.ts";
import { createRegistrationCache } from "../src/cache/registration-cache.ts";
import { median } from "./figures.ts";

/** Nanoseconds an operation, medians. */
export interface SizeFigures {
  /** Register and deregister of what is cached, in random order, up to 16 in use at once. */
  readonly hit: number;
  /** Register of what is not, beside as many entries as the size says. */
  readonly miss: number;
  /** A callback over one of those, that releases it. */
  readonly release: number;
  /** One callback over everything, for each entry that it releases. */
  readonly callback: number;
}

const PAGE_BYTES = 4096;
/** Buffers of one page, with a page between them, where a Linux process has its mappings. */
const BASE = 0x7f00_0000_0000;
const STRIDE = 2 * PAGE_BYTES;
/** Rounds are short, so that most of them are not interrupted by another process. */
const ROUNDS = 400;
const WARM = 100;
const OPERATIONS = 20_000;
const AT_ONCE = 16;

const done = { ok: true, value: undefined } as const;
const key = { ok: true, value: 7 } as never;
/** A host that does nothing. */
const host: Host = {
  pageSizeBytes: PAGE_BYTES,
  driver: {
    lock: () => key,
    unlock: () => done,
    secure: () => key,
    unsecure: () => done,
    frames: () => [],
  },
  nic: { register: () => key, deregister: () => done, expose: () => key, unexpose: () => done },
};

const socket = brand<SocketId>(1);
// No `brand` here: a function of another module is a call in the middle of what is measured.
const addressOf = (buffer: number): VirtualAddress => (BASE + buffer * STRIDE) as VirtualAddress;

function refused(error: string): never {
  throw new Error(`a register was answered with ${error}`);
}

/** One register, with a request that is made for it; answers the handle. */
function register(cache: RegistrationCache, buffer: number): BufferHandle {
  const range = { start: addressOf(buffer), lengthBytes: PAGE_BYTES };
  const outcome = cache.register({ socket, range, access: "readwrite", scope: "local" });
  return outcome.ok ? outcome.handle : refused(outcome.error);
}

function deregister(cache: RegistrationCache, handle: BufferHandle): void {
  cache.deregister({ socket, handle, scope: "local" });
}

/** The numbers below `count` in an order without a pattern, the same in every run. */
function shuffled(count: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function fill(cache: RegistrationCache, size: number): void {
  for (const buffer of shuffled(size, 1)) deregister(cache, register(cache, buffer));
}

/** Registers as many buffers as there is room for handles, in the order given, from a place in it on. */
function registerNext(
  cache: RegistrationCache,
  order: Int32Array,
  from: number,
  handles: BufferHandle[],
): number {
  let at = from;
  for (let i = 0; i < handles.length; i++) {
    handles[i] = register(cache, order[at] as number);
    if (++at === order.length) at = 0;
  }
  return at;
}

function deregisterAll(cache: RegistrationCache, handles: readonly BufferHandle[]): void {
  for (let i = 0; i < handles.length; i++) deregister(cache, handles[i] as BufferHandle);
}

function hit(size: number): number {
  const cache = createRegistrationCache(host);
  // Not the order in which they were registered: neighbours in time are not neighbours in memory.
  const order = shuffled(size, 2);
  // So many are in use at once.
  const handles = Array.from({ length: Math.min(size, AT_ONCE) }, () => brand<BufferHandle>(0));
  fill(cache, size);
  let at = 0;
  const rounds = Array.from({ length: WARM + ROUNDS }, () => {
    const before = performance.now();
    for (let operation = 0; operation < OPERATIONS; operation += handles.length) {
      at = registerNext(cache, order, at, handles);
      deregisterAll(cache, handles);
    }
    return ((performance.now() - before) / OPERATIONS) * 1e6;
  });
  return median(rounds.slice(WARM));
}

/** New buffers beside `size` cached ones, in batches: registered, deregistered, and released by the callback. */
function missAndRelease(size: number): Pick<SizeFigures, "miss" | "release"> {
  const batch = Math.min(size, 1000);
  const cache = createRegistrationCache(host);
  const fresh = shuffled(4 * size + 1000, 3).map((buffer) => size + buffer);
  const handles: BufferHandle[] = [];
  const misses: number[] = [];
  const releases: number[] = [];
  const timer = median(
    Array.from({ length: 10_001 }, () => -performance.now() + performance.now()),
  );
  fill(cache, size);
  for (let cycle = 0, at = 0; cycle * batch < 200_000; cycle++, at += batch) {
    if (at + batch > fresh.length) at = 0;
    const start = performance.now();
    for (let i = 0; i < batch; i++) handles[i] = register(cache, fresh[at + i] as number);
    const registered = performance.now();
    for (const handle of handles) deregister(cache, handle);
    const idle = performance.now();
    for (let i = 0; i < batch; i++) {
      cache.invalidate?.({ start: addressOf(fresh[at + i] as number), lengthBytes: PAGE_BYTES });
    }
    const released = performance.now();
    misses.push(((registered - start - timer) / batch) * 1e6);
    releases.push(((released - idle - timer) / batch) * 1e6);
  }
  const settled = Math.floor(misses.length / 10);
  return { miss: median(misses.slice(settled)), release: median(releases.slice(settled)) };
}

function callback(size: number): number {
  const cache = createRegistrationCache(host);
  const times = Array.from({ length: Math.max(40, Math.ceil(200_000 / size)) }, () => {
    fill(cache, size);
    const before = performance.now();
    cache.invalidate?.({ start: addressOf(0), lengthBytes: size * STRIDE });
    return ((performance.now() - before) / size) * 1e6;
  });
  return median(times.slice(10));
}

const size = Number(process.argv[2]);
const figures: SizeFigures = { hit: hit(size), ...missAndRelease(size), callback: callback(size) };
console.log(JSON.stringify(figures));
