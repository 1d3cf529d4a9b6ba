// The SAN NIC: its translation table, what is exposed to peers, and DMA. A region keeps the frames of its MDL, and a
// transfer touches exactly those.

import type { Access, NicError } from "../../model/contract.ts";
import type { AddressRange } from "../../model/units.ts";
import { accessCode, includes } from "./codes.ts";
import { keep, tally } from "./entries.ts";
import { isInUse, setStamp, stampOf } from "./frames.ts";
import { lockNamed, removeIfEmpty } from "./locks.ts";
import { enter, leave } from "./over.ts";
import { firstPageOf, pageCountOf } from "./ranges.ts";
import {
  EXPOSURE,
  INSTANCE,
  LOCK,
  NIC,
  PAGE,
  REGION,
  REGISTRATION,
  SOCKET,
  TRANSFER,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { HostAnswer } from "./words.ts";

const nicError = (error: NicError): HostAnswer => ({ ok: false, error });

function addTo(w: Store, word: number, by: number): void {
  w.mem.put(word, w.mem.at(word) + by);
}

/** Enters locked pages into the table. */
export function registerRegion(
  w: Store,
  process: number,
  provider: number,
  mdl: number,
  access: Access,
): HostAnswer {
  const { mem } = w;
  const lock = lockNamed(w, mdl);
  if (lock === NONE) return nicError("INVALID_KEY");
  const lockRow = w.locks.row(lock);
  if (mem.at(lockRow + LOCK.provider) !== provider || mem.at(lockRow + LOCK.process) !== process) {
    return nicError("INVALID_KEY");
  }
  const card = w.nic(provider);
  const count = mem.at(lockRow + LOCK.count);
  const { regions, pages } = w.config.nic;
  if (mem.at(card + NIC.regions) >= regions || mem.at(card + NIC.pages) + count > pages) {
    return nicError("NO_RESOURCES");
  }
  const key = mem.at(card + NIC.nextRegion);
  mem.put(card + NIC.nextRegion, key + 1);
  addTo(w, card + NIC.regions, 1);
  addTo(w, card + NIC.pages, count);
  addTo(w, w.instance(w.instanceOf(process, provider)) + INSTANCE.regionCount, 1);
  keep(w, lock);
  tally(w, lock, -1);
  const slot = w.regions.add();
  const row = w.regions.row(slot);
  const frames = mem.allocate(count);
  const locked = mem.at(lockRow + LOCK.frames);
  for (let i = 0; i < count; i++) mem.put(frames + i, mem.at(locked + i));
  mem.put(row + REGION.key, key);
  mem.put(row + REGION.provider, provider);
  mem.put(row + REGION.process, process);
  mem.put(row + REGION.lock, lock);
  mem.put(row + REGION.mdl, mdl);
  mem.put(row + REGION.first, mem.at(lockRow + LOCK.first));
  mem.put(row + REGION.count, count);
  mem.put(row + REGION.access, accessCode(access));
  mem.put(row + REGION.frames, frames);
  w.regionsOfLock.append(lockRow + LOCK.regions, slot);
  w.regionOf[provider]?.set(key, slot);
  if (w.get(SINGLE.dangling) > 0) adoptRegistrations(w, slot);
  if (w.transfers.count > 0) adoptTransfers(w, slot);
  tally(w, lock, 1);
  return { ok: true, value: key };
}

/** Registrations that named the key before there was such a region: only a cache that guesses makes them. */
function adoptRegistrations(w: Store, region: number): void {
  const row = w.regions.row(region);
  const instance = w.instanceOf(w.mem.at(row + REGION.process), w.mem.at(row + REGION.provider));
  const ends = w.instance(instance) + INSTANCE.registrations;
  const chain = w.registrationsOfInstance;
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    if (
      w.mem.doubleAt(w.registrations.row(slot) + REGISTRATION.region) !== w.mem.at(row + REGION.key)
    ) {
      continue;
    }
    w.registrationsOfRegion.append(row + REGION.registrations, slot);
    addTo(w, row + REGION.users, 1);
    w.set(SINGLE.dangling, w.get(SINGLE.dangling) - 1);
  }
}

function adoptTransfers(w: Store, region: number): void {
  const row = w.regions.row(region);
  for (let slot = w.transfers.first(); slot !== NONE; slot = w.transfers.next(slot)) {
    const transfer = w.transfers.row(slot);
    const isOnIt =
      w.mem.at(transfer + TRANSFER.inFlight) === 1 &&
      w.mem.at(transfer + TRANSFER.provider) === w.mem.at(row + REGION.provider) &&
      w.mem.doubleAt(transfer + TRANSFER.region) === w.mem.at(row + REGION.key);
    if (isOnIt) addTo(w, row + REGION.inFlight, 1);
  }
}

/** The row of a region of the process, or `NONE`. */
export function regionNamed(w: Store, process: number, provider: number, key: number): number {
  const slot = w.regionOf[provider]?.get(key) ?? NONE;
  return slot !== NONE && w.mem.at(w.regions.row(slot) + REGION.process) === process ? slot : NONE;
}

/** Takes a region and its exposures out of the table. BUSY, and nothing changes, while DMA is in flight. */
export function deregisterRegion(
  w: Store,
  process: number,
  provider: number,
  key: number,
): HostAnswer {
  const slot = regionNamed(w, process, provider, key);
  if (slot === NONE) return nicError("INVALID_KEY");
  if (w.mem.at(w.regions.row(slot) + REGION.inFlight) > 0) return nicError("BUSY");
  dropRegion(w, slot);
  return { ok: true, value: null };
}

export function dropRegion(w: Store, slot: number): void {
  const { mem } = w;
  const row = w.regions.row(slot);
  const lock = mem.at(row + REGION.lock);
  keep(w, lock);
  tally(w, lock, -1);
  const ends = row + REGION.exposures;
  for (let e = w.exposuresOfRegion.first(ends); e !== NONE; e = w.exposuresOfRegion.first(ends)) {
    dropExposure(w, e);
  }
  const named = row + REGION.registrations;
  const chain = w.registrationsOfRegion;
  for (let r = chain.first(named); r !== NONE; r = chain.first(named)) {
    chain.remove(named, r);
    w.set(SINGLE.dangling, w.get(SINGLE.dangling) + 1);
  }
  const provider = mem.at(row + REGION.provider);
  const card = w.nic(provider);
  const count = mem.at(row + REGION.count);
  addTo(w, card + NIC.regions, -1);
  addTo(w, card + NIC.pages, -count);
  const instance = w.instanceOf(mem.at(row + REGION.process), provider);
  addTo(w, w.instance(instance) + INSTANCE.regionCount, -1);
  w.regionsOfLock.remove(w.locks.row(lock) + LOCK.regions, slot);
  w.regionOf[provider]?.delete(mem.at(row + REGION.key));
  mem.release(mem.at(row + REGION.frames), count);
  w.regions.remove(slot);
  tally(w, lock, 1);
  removeIfEmpty(w, lock);
}

/** Exposes the pages of the range to the peer of a socket. */
export function exposeRange(
  w: Store,
  process: number,
  provider: number,
  key: number,
  range: AddressRange,
  socket: number,
  access: Access,
): HostAnswer {
  const { mem } = w;
  const region = regionNamed(w, process, provider, key);
  if (region === NONE) return nicError("INVALID_KEY");
  const regionRow = w.regions.row(region);
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  const from = mem.at(regionRow + REGION.first);
  if (first < from || first + count > from + mem.at(regionRow + REGION.count)) {
    return nicError("INVALID_KEY");
  }
  const code = accessCode(access);
  if (!includes(mem.at(regionRow + REGION.access), code)) return nicError("INVALID_KEY");
  const card = w.nic(provider);
  const remoteKey = mem.at(card + NIC.nextKey);
  mem.put(card + NIC.nextKey, remoteKey + 1);
  const slot = w.exposures.add();
  const nodes = enter(w, PAGE.exposures, process, first, count, slot);
  const row = w.exposures.row(slot);
  mem.put(row + EXPOSURE.key, remoteKey);
  mem.put(row + EXPOSURE.provider, provider);
  mem.put(row + EXPOSURE.process, process);
  mem.put(row + EXPOSURE.region, region);
  mem.put(row + EXPOSURE.regionKey, key);
  mem.putDouble(row + EXPOSURE.socket, socket);
  mem.put(row + EXPOSURE.first, first);
  mem.put(row + EXPOSURE.count, count);
  mem.put(row + EXPOSURE.access, code);
  mem.put(row + EXPOSURE.nodes, nodes);
  w.exposuresOfRegion.append(regionRow + REGION.exposures, slot);
  own(w, slot, w.socketOf.get(socket));
  w.exposureOf[provider]?.set(remoteKey, slot);
  return { ok: true, value: remoteKey };
}

/** The exposure is of the socket of a row, or of none that is there. */
function own(w: Store, slot: number, owner: number): void {
  w.mem.put(w.exposures.row(slot) + EXPOSURE.socketSlot, owner + 1);
  if (owner !== NONE) w.exposuresOfSocket.append(w.sockets.row(owner) + SOCKET.exposures, slot);
  else w.set(SINGLE.homeless, w.get(SINGLE.homeless) + 1);
}

/** A new socket gets what was exposed to it before it was there: only a cache that guesses does that. */
export function adoptExposures(w: Store, socket: number, owner: number): void {
  if (w.get(SINGLE.homeless) === 0) return;
  for (let slot = w.exposures.first(); slot !== NONE; slot = w.exposures.next(slot)) {
    if (w.mem.doubleAt(w.exposures.row(slot) + EXPOSURE.socket) !== socket) continue;
    w.set(SINGLE.homeless, w.get(SINGLE.homeless) - 1);
    own(w, slot, owner);
  }
}

export function unexposeKey(w: Store, process: number, provider: number, key: number): HostAnswer {
  const slot = w.exposureOf[provider]?.get(key) ?? NONE;
  if (slot === NONE || w.mem.at(w.exposures.row(slot) + EXPOSURE.process) !== process) {
    return nicError("INVALID_KEY");
  }
  dropExposure(w, slot);
  return { ok: true, value: null };
}

function dropExposure(w: Store, slot: number): void {
  const { mem } = w;
  const row = w.exposures.row(slot);
  const region = w.regions.row(mem.at(row + EXPOSURE.region));
  w.exposuresOfRegion.remove(region + REGION.exposures, slot);
  const owner = mem.at(row + EXPOSURE.socketSlot) - 1;
  if (owner === NONE) w.set(SINGLE.homeless, w.get(SINGLE.homeless) - 1);
  else w.exposuresOfSocket.remove(w.sockets.row(owner) + SOCKET.exposures, slot);
  const process = mem.at(row + EXPOSURE.process);
  const count = mem.at(row + EXPOSURE.count);
  const nodes = mem.at(row + EXPOSURE.nodes);
  leave(w, PAGE.exposures, process, mem.at(row + EXPOSURE.first), count, nodes);
  w.exposureOf[mem.at(row + EXPOSURE.provider)]?.delete(mem.at(row + EXPOSURE.key));
  w.exposures.remove(slot);
}

/**
 * DMA through pages of a region: the stamp goes to every frame, or, when it is null, the stamps are read. A frame that
 * is out of use reads as null and swallows what is written: the table said so, nobody checks.
 */
export function dma(
  w: Store,
  region: number,
  first: number,
  count: number,
  stamp: number | null,
): (number | null)[] {
  const row = w.regions.row(region);
  const from = first - w.mem.at(row + REGION.first);
  const frames = w.mem.at(row + REGION.frames);
  const stamps: (number | null)[] = [];
  const end = Math.min(from + count, w.mem.at(row + REGION.count));
  for (let i = Math.max(0, from); i < end; i++) {
    const pfn = w.mem.at(frames + i);
    if (!isInUse(w, pfn)) {
      stamps.push(null);
      continue;
    }
    if (stamp !== null) setStamp(w, pfn, stamp);
    stamps.push(stampOf(w, pfn));
  }
  return stamps;
}
