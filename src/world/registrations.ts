// Live registrations: what the application was told that it may use.

import type { AddressRange, Pfn } from "../../model/units.ts";
import { keep, tally } from "./entries.ts";
import { regionNamed } from "./nic.ts";
import { enter, firstOver, leave, rowsOver } from "./over.ts";
import { firstPageOf, pageCountOf, rangeAt } from "./ranges.ts";
import {
  ENDED,
  INSTANCE,
  PAGE,
  REGION,
  REGISTRATION,
  REMEMBERED,
  SOCKET,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

export interface NewRegistration {
  readonly name: string;
  readonly instance: number;
  readonly socket: number;
  readonly scope: number;
  readonly access: number;
  readonly range: AddressRange;
  readonly handle: number;
  readonly region: number;
  readonly remoteKey: number | null;
  readonly frames: readonly (Pfn | null)[];
}

/** The row of a registration, or `NONE`. */
export const registrationNamed = (w: Store, name: string): number =>
  w.registrationOf.get(w.symbols.find(name));

export function addRegistration(w: Store, made: NewRegistration): number {
  const { mem } = w;
  const { instance, range } = made;
  // A wrong cache may take a range that lies outside the user's pages: it is found from those that it has.
  const first = Math.max(0, firstPageOf(w, range));
  const end = Math.min(firstPageOf(w, range) + pageCountOf(w, range), w.pageEnd);
  const count = Math.max(0, end - first);
  const slot = w.registrations.add();
  const process = w.processOf(instance);
  const nodes = count === 0 ? 0 : enter(w, PAGE.registrations, process, first, count, slot);
  const name = w.symbols.id(made.name);
  const row = w.registrations.row(slot);
  mem.put(row + REGISTRATION.name, name);
  mem.put(row + REGISTRATION.nameHash, w.symbols.hash(name));
  mem.put(row + REGISTRATION.instance, instance);
  mem.put(row + REGISTRATION.socket, made.socket);
  mem.put(row + REGISTRATION.scope, made.scope);
  mem.put(row + REGISTRATION.access, made.access);
  mem.put(row + REGISTRATION.first, count === 0 ? 0 : first);
  mem.put(row + REGISTRATION.count, count);
  mem.put(row + REGISTRATION.nodes, nodes);
  mem.put(row + REGISTRATION.frames, writeFrames(w, made.frames));
  mem.put(row + REGISTRATION.frameCount, made.frames.length);
  mem.putDouble(row + REGISTRATION.start, range.start);
  mem.putDouble(row + REGISTRATION.lengthBytes, range.lengthBytes);
  mem.putDouble(row + REGISTRATION.handle, made.handle);
  mem.putDouble(row + REGISTRATION.region, made.region);
  mem.putDouble(row + REGISTRATION.remoteKey, made.remoteKey ?? -1);
  mem.put(row + REGISTRATION.order, w.get(SINGLE.order));
  w.set(SINGLE.order, w.get(SINGLE.order) + 1);
  const owner = w.instance(instance);
  w.registrationsOfInstance.append(owner + INSTANCE.registrations, slot);
  mem.put(owner + INSTANCE.liveCount, mem.at(owner + INSTANCE.liveCount) + 1);
  w.registrationOf.set(name, slot);
  const socket = w.socketOf.get(made.socket);
  mem.put(row + REGISTRATION.socketSlot, socket + 1);
  if (socket !== NONE) {
    w.registrationsOfSocket.append(w.sockets.row(socket) + SOCKET.registrations, slot);
  }
  setUser(w, slot, 1);
  countOutlying(w, slot, 1);
  return slot;
}

/** A wrong cache took a range that no list of pages has: it is looked for, while there is one. */
function countOutlying(w: Store, slot: number, by: number): void {
  const { start, lengthBytes } = rangeOfRegistration(w, slot);
  if (start + lengthBytes <= w.pageEnd * w.config.pageSizeBytes) return;
  w.set(SINGLE.outlying, w.get(SINGLE.outlying) + by);
}

/** The registration begins or ceases to hold its region. */
function setUser(w: Store, slot: number, by: number): void {
  const { mem } = w;
  const row = w.registrations.row(slot);
  const instance = mem.at(row + REGISTRATION.instance);
  const key = mem.doubleAt(row + REGISTRATION.region);
  const region = regionNamed(w, w.processOf(instance), w.providerOf(instance), key);
  if (region === NONE) {
    w.set(SINGLE.dangling, w.get(SINGLE.dangling) + by);
    return;
  }
  const regionRow = w.regions.row(region);
  const lock = mem.at(regionRow + REGION.lock);
  keep(w, lock);
  tally(w, lock, -1);
  const ends = regionRow + REGION.registrations;
  if (by > 0) w.registrationsOfRegion.append(ends, slot);
  else w.registrationsOfRegion.remove(ends, slot);
  mem.put(regionRow + REGION.users, mem.at(regionRow + REGION.users) + by);
  tally(w, lock, 1);
}

/** The registration ended; its range and frames are remembered for a while. */
export function endRegistration(w: Store, slot: number): void {
  const { mem } = w;
  const row = w.registrations.row(slot);
  const instance = mem.at(row + REGISTRATION.instance);
  setUser(w, slot, -1);
  countOutlying(w, slot, -1);
  const nodes = mem.at(row + REGISTRATION.nodes);
  if (nodes !== 0) {
    const first = mem.at(row + REGISTRATION.first);
    const count = mem.at(row + REGISTRATION.count);
    leave(w, PAGE.registrations, w.processOf(instance), first, count, nodes);
  }
  const owner = w.instance(instance);
  w.registrationsOfInstance.remove(owner + INSTANCE.registrations, slot);
  mem.put(owner + INSTANCE.liveCount, mem.at(owner + INSTANCE.liveCount) - 1);
  w.registrationOf.delete(mem.at(row + REGISTRATION.name));
  const socket = mem.at(row + REGISTRATION.socketSlot) - 1;
  if (socket !== NONE) {
    w.registrationsOfSocket.remove(w.sockets.row(socket) + SOCKET.registrations, slot);
  }
  w.registrations.remove(slot);
}

/** Puts the registration's range and frames in front of the history; the block of frames changes hands. */
export function remember(w: Store, slot: number): void {
  const { mem } = w;
  const row = w.registrations.row(slot);
  const start = mem.doubleAt(row + REGISTRATION.start);
  const lengthBytes = mem.doubleAt(row + REGISTRATION.lengthBytes);
  const history = w.instance(mem.at(row + REGISTRATION.instance)) + INSTANCE.history;
  // The place that is given up: the one of the same range, else the first empty one, else the oldest.
  let place = 0;
  while (place < REMEMBERED - 1) {
    const at = history + place * ENDED;
    const isSame = mem.doubleAt(at) === start && mem.doubleAt(at + 2) === lengthBytes;
    if (mem.doubleAt(at + 2) === 0 || isSame) break;
    place++;
  }
  const given = history + place * ENDED;
  if (mem.at(given + 5) > 0) mem.release(mem.at(given + 4), mem.at(given + 5));
  mem.words.copyWithin(history + ENDED, history, given);
  mem.putDouble(history, start);
  mem.putDouble(history + 2, lengthBytes);
  mem.put(history + 4, mem.at(row + REGISTRATION.frames));
  mem.put(history + 5, mem.at(row + REGISTRATION.frameCount));
}

export function forgetHistory(w: Store, instance: number): void {
  const { mem } = w;
  const history = w.instance(instance) + INSTANCE.history;
  for (let at = history; at < history + REMEMBERED * ENDED; at += ENDED) {
    if (mem.at(at + 5) > 0) mem.release(mem.at(at + 4), mem.at(at + 5));
    mem.words.fill(0, at, at + ENDED);
  }
}

/** Gives the registration's frames back, when nobody remembers them. */
export function releaseFrames(w: Store, slot: number): void {
  const row = w.registrations.row(slot);
  const count = w.mem.at(row + REGISTRATION.frameCount);
  if (count > 0) w.mem.release(w.mem.at(row + REGISTRATION.frames), count);
}

function writeFrames(w: Store, frames: readonly (Pfn | null)[]): number {
  if (frames.length === 0) return 0;
  const block = w.mem.allocate(frames.length);
  for (const [i, pfn] of frames.entries()) w.mem.put(block + i, pfn === null ? 0 : pfn + 1);
  return block;
}

export function readFrames(w: Store, block: number, count: number): (Pfn | null)[] {
  const frames: (Pfn | null)[] = [];
  for (let i = 0; i < count; i++) {
    const pfn = w.mem.at(block + i);
    frames.push(pfn === 0 ? null : ((pfn - 1) as Pfn));
  }
  return frames;
}

/** Live registrations of a process that share a page with the span, in the order in which they were made. */
export function registrationsOver(
  w: Store,
  process: number,
  first: number,
  count: number,
): number[] {
  const { registrations } = w;
  if (registrations.count === 0) return [];
  if (first + count > w.pageEnd && w.get(SINGLE.outlying) > 0) {
    return searched(w, process, first, count);
  }
  return rowsOver(
    w,
    PAGE.registrations,
    process,
    first,
    count,
    registrations,
    REGISTRATION.first,
    REGISTRATION.order,
  );
}

/** The same, without the lists of the pages. */
function searched(w: Store, process: number, first: number, count: number): number[] {
  const found: number[] = [];
  const { registrations } = w;
  for (let slot = registrations.first(); slot !== NONE; slot = registrations.next(slot)) {
    const instance = w.mem.at(registrations.row(slot) + REGISTRATION.instance);
    const range = rangeOfRegistration(w, slot);
    const own = firstPageOf(w, range);
    const isOver = own < first + count && first < own + pageCountOf(w, range);
    if (isOver && w.processOf(instance) === process) found.push(slot);
  }
  return found;
}

export function rangeOfRegistration(w: Store, slot: number): AddressRange {
  const row = w.registrations.row(slot);
  return rangeAt(
    w.mem.doubleAt(row + REGISTRATION.start),
    w.mem.doubleAt(row + REGISTRATION.lengthBytes),
  );
}

/** The k-th live registration, by instance and in the order in which they were made; `NONE` if there are fewer. */
export function nthRegistration(w: Store, k: number): number {
  let left = k;
  const chain = w.registrationsOfInstance;
  for (let id = 0; id < w.calls.length; id++) {
    const row = w.instance(id);
    const live = w.mem.at(row + INSTANCE.liveCount);
    if (left >= live) {
      left -= live;
      continue;
    }
    let slot = chain.first(row + INSTANCE.registrations);
    for (; left > 0; left--) slot = chain.next(slot);
    return slot;
  }
  return NONE;
}

/** True if a live registration of the process shares a page with the span. */
export function isRegistered(w: Store, process: number, first: number, count: number): boolean {
  for (let page = first; page < first + count; page++) {
    if (firstOver(w, PAGE.registrations, process, page) !== 0) return true;
  }
  return first + count > w.pageEnd && registrationsOver(w, process, first, count).length > 0;
}

/** True if one that ended and is remembered does. */
export function isRemembered(w: Store, process: number, first: number, count: number): boolean {
  const { mem } = w;
  const { providersPerProcess, pageSizeBytes } = w.config;
  for (let provider = 0; provider < providersPerProcess; provider++) {
    const history = w.instance(w.instanceOf(process, provider)) + INSTANCE.history;
    for (let at = history; at < history + REMEMBERED * ENDED; at += ENDED) {
      const lengthBytes = mem.doubleAt(at + 2);
      if (lengthBytes === 0) break;
      const start = mem.doubleAt(at);
      const isOver =
        start < (first + count) * pageSizeBytes && first * pageSizeBytes < start + lengthBytes;
      if (isOver) return true;
    }
  }
  return false;
}
