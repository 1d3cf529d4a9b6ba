// The entries of a provider instance: what it has locked, the regions on that, and who uses them. An entry is a row of
// the locks; when the lock is released before the regions, each region left is an entry without a lock.
//
// The counts of idle, held and owed entries are kept, not counted: whatever changes an entry takes it out of the counts
// first and puts it back in afterwards (`tally`), and has it kept in the calls in progress (`keep`).

import { brand, type AddressRange, type PageSpan, type SocketId } from "../../model/units.ts";
import type { Scope } from "../../model/contract.ts";
import { appended } from "./active-call.ts";
import { accessNames, scopeNames } from "./codes.ts";
import { rangeAt, spanOf } from "./ranges.ts";
import {
  INSTANCE,
  LOCK,
  REGION,
  SOCKET,
  UNRELEASED,
  USED,
  USED_REMOTELY,
  WAS_SECURED,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { EntryBefore, Totals } from "./words.ts";

/** Each count of entries has that of their pages behind it. */
const IDLE_ENTRIES = 0;
const IDLE_PAGES = 1;
const OWED_ENTRIES = 2;
const OWED_PAGES = 3;
const HELD_ENTRIES = 4;
const HELD_PAGES = 5;
const PENDING_ENTRIES = 6;

export const instanceOfLock = (w: Store, lock: number): number => {
  const row = w.locks.row(lock);
  return w.instanceOf(w.mem.at(row + LOCK.process), w.mem.at(row + LOCK.provider));
};

export function isHeldRegion(w: Store, region: number): boolean {
  const row = w.regions.row(region);
  return w.mem.at(row + REGION.users) > 0 || w.mem.at(row + REGION.inFlight) > 0;
}

export const isZombieRegion = (w: Store, region: number): boolean =>
  w.mem.at(w.regions.row(region) + REGION.zombie) === 1;

export const firstRegion = (w: Store, lock: number): number =>
  w.regionsOfLock.first(w.locks.row(lock) + LOCK.regions);

export const flagsOf = (w: Store, lock: number): number => w.mem.at(w.locks.row(lock) + LOCK.flags);

export const isLocked = (w: Store, lock: number): boolean =>
  w.mem.at(w.locks.row(lock) + LOCK.locked) === 1;

/** Counts the entry in (`sign` 1) or out (-1). */
export function tally(w: Store, lock: number, sign: number): void {
  const unreleased = (flagsOf(w, lock) & UNRELEASED) !== 0;
  if (!isLocked(w, lock)) {
    for (let r = firstRegion(w, lock); r !== NONE; r = w.regionsOfLock.next(r)) {
      const pages = w.mem.at(w.regions.row(r) + REGION.count);
      count(w, lock, sign, pages, isHeldRegion(w, r), isZombieRegion(w, r), unreleased);
    }
    return;
  }
  let held = false;
  let zombie = false;
  for (let r = firstRegion(w, lock); r !== NONE; r = w.regionsOfLock.next(r)) {
    held ||= isHeldRegion(w, r);
    zombie ||= isZombieRegion(w, r);
  }
  count(w, lock, sign, w.mem.at(w.locks.row(lock) + LOCK.count), held, zombie, unreleased);
}

function count(
  w: Store,
  lock: number,
  sign: number,
  pages: number,
  held: boolean,
  zombie: boolean,
  unreleased: boolean,
): void {
  const totals = w.instance(instanceOfLock(w, lock)) + INSTANCE.totals;
  if (held) addTo(w, totals + HELD_ENTRIES, sign, pages);
  else if (!zombie) {
    addTo(w, totals + IDLE_ENTRIES, sign, pages);
    if (unreleased) addTo(w, totals + OWED_ENTRIES, sign, pages);
  } else if (!unreleased) {
    const pending = totals + PENDING_ENTRIES;
    w.mem.put(pending, w.mem.at(pending) + sign);
  }
}

/** A count of entries, with that of their pages behind it. */
function addTo(w: Store, word: number, sign: number, pages: number): void {
  w.mem.put(word, w.mem.at(word) + sign);
  w.mem.put(word + 1, w.mem.at(word + 1) + sign * pages);
}

export function totalsOf(w: Store, instance: number): Totals {
  const at = w.instance(instance) + INSTANCE.totals;
  const { mem } = w;
  return {
    idleEntries: mem.at(at + IDLE_ENTRIES),
    idlePages: mem.at(at + IDLE_PAGES),
    owedEntries: mem.at(at + OWED_ENTRIES),
    owedPages: mem.at(at + OWED_PAGES),
    heldEntries: mem.at(at + HELD_ENTRIES),
    heldPages: mem.at(at + HELD_PAGES),
    pendingEntries: mem.at(at + PENDING_ENTRIES),
  };
}

/** The entry is about to change: calls in progress that began before it did keep it as it is. */
export function keep(w: Store, lock: number): void {
  const mdl = w.mem.at(w.locks.row(lock) + LOCK.handle);
  for (const call of w.calls[instanceOfLock(w, lock)] ?? []) {
    if (mdl >= call.nextMdl || call.hasKept(mdl)) continue;
    for (const each of entriesOn(w, lock)) call.kept = appended(call.kept, each);
  }
}

/** The entry of a lock as a record; if only regions are left, one each. */
export function entriesOn(w: Store, lock: number): EntryBefore[] {
  const regions = regionSlots(w, lock);
  if (isLocked(w, lock)) {
    const row = w.locks.row(lock);
    const span = spanOf(w.mem.at(row + LOCK.first), w.mem.at(row + LOCK.count));
    return [entry(w, lock, regions, true, span, w.mem.at(row + LOCK.access))];
  }
  return regions.map((region) => {
    const row = w.regions.row(region);
    const span = spanOf(w.mem.at(row + REGION.first), w.mem.at(row + REGION.count));
    return entry(w, lock, [region], false, span, w.mem.at(row + REGION.access));
  });
}

export function regionSlots(w: Store, lock: number): number[] {
  const regions: number[] = [];
  for (let r = firstRegion(w, lock); r !== NONE; r = w.regionsOfLock.next(r)) regions.push(r);
  return regions;
}

function entry(
  w: Store,
  lock: number,
  regions: readonly number[],
  locked: boolean,
  span: PageSpan,
  access: number,
): EntryBefore {
  const flags = flagsOf(w, lock);
  return {
    mdl: brand(w.mem.at(w.locks.row(lock) + LOCK.handle)),
    locked,
    span,
    access: accessNames[access] ?? "read",
    regions: regions.map((region) => {
      const row = w.regions.row(region);
      return {
        key: brand(w.mem.at(row + REGION.key)),
        access: accessNames[w.mem.at(row + REGION.access)] ?? "read",
      };
    }),
    held: regions.some((region) => isHeldRegion(w, region)),
    zombie: regions.some((region) => isZombieRegion(w, region)),
    remote: (flags & USED_REMOTELY) !== 0,
    sockets: socketsOf(w, lock),
    scopes: scopesOf(w, lock),
    ranges: rangesOf(w, lock),
    unreleased: (flags & UNRELEASED) !== 0,
    unsecurable: (flags & (UNRELEASED | WAS_SECURED)) === UNRELEASED,
  };
}

export function socketsOf(w: Store, lock: number): SocketId[] {
  const row = w.locks.row(lock);
  const block = w.mem.at(row + LOCK.sockets);
  const sockets: SocketId[] = [];
  for (let i = 0; i < w.mem.at(row + LOCK.sockets + 2); i++) {
    sockets.push(brand(w.mem.at(block + i)));
  }
  return sockets;
}

export function scopesOf(w: Store, lock: number): Scope[] {
  const scopes: Scope[] = [];
  for (let code = w.mem.at(w.locks.row(lock) + LOCK.scopes); code > 0; code >>= 2) {
    scopes.push(scopeNames[(code & 3) - 1] ?? "local");
  }
  return scopes;
}

export function rangesOf(w: Store, lock: number): AddressRange[] {
  const row = w.locks.row(lock);
  const block = w.mem.at(row + LOCK.ranges);
  const ranges: AddressRange[] = [];
  for (let i = 0; i < w.mem.at(row + LOCK.ranges + 2); i++) {
    ranges.push(rangeAt(w.mem.doubleAt(block + 4 * i), w.mem.doubleAt(block + 4 * i + 2)));
  }
  return ranges;
}

/** A registration named the entry: by which socket, for which scope and range. */
export function noteUse(
  w: Store,
  lock: number,
  socket: number,
  scope: number,
  range: AddressRange,
): void {
  const { mem } = w;
  const row = w.locks.row(lock);
  const remote = scope === 1 ? USED_REMOTELY : 0;
  mem.put(row + LOCK.flags, (mem.at(row + LOCK.flags) & ~USED_REMOTELY) | USED | remote);
  const code = mem.at(row + LOCK.scopes);
  if (code === 0) mem.put(row + LOCK.scopes, scope + 1);
  else if ((code & 3) !== scope + 1 && code >> 2 === 0) {
    mem.put(row + LOCK.scopes, code | ((scope + 1) << 2));
  }
  if (!hasSocket(w, row, socket)) {
    mem.put(room(w, row + LOCK.sockets, 1), socket);
    noteSoleUser(w, lock, mem.at(row + LOCK.sockets + 2) === 1 ? socket : 0);
  }
  if (hasRange(w, row, range)) return;
  const at = room(w, row + LOCK.ranges, 4);
  mem.putDouble(at, range.start);
  mem.putDouble(at + 2, range.lengthBytes);
}

/** The entry is now used by this socket alone; by several, or by none, if it is 0. */
function noteSoleUser(w: Store, lock: number, socket: number): void {
  const { mem } = w;
  const row = w.locks.row(lock);
  const before = mem.at(row + LOCK.soleSocket) - 1;
  if (before !== NONE) {
    w.entriesOfSocket.remove(w.sockets.row(before) + SOCKET.soleEntries, lock);
  }
  const slot = socket === 0 ? NONE : w.socketOf.get(socket);
  mem.put(row + LOCK.soleSocket, slot + 1);
  if (slot !== NONE) w.entriesOfSocket.append(w.sockets.row(slot) + SOCKET.soleEntries, lock);
}

function hasSocket(w: Store, row: number, socket: number): boolean {
  const block = w.mem.at(row + LOCK.sockets);
  for (let i = 0; i < w.mem.at(row + LOCK.sockets + 2); i++) {
    if (w.mem.at(block + i) === socket) return true;
  }
  return false;
}

function hasRange(w: Store, row: number, range: AddressRange): boolean {
  const block = w.mem.at(row + LOCK.ranges);
  for (let i = 0; i < w.mem.at(row + LOCK.ranges + 2); i++) {
    const at = block + 4 * i;
    if (w.mem.doubleAt(at) === range.start && w.mem.doubleAt(at + 2) === range.lengthBytes) {
      return true;
    }
  }
  return false;
}

/** Room for one more item of so many words in a list: a block, its capacity in words, and how many items. */
function room(w: Store, list: number, width: number): number {
  const { mem } = w;
  const items = mem.at(list + 2);
  const capacity = mem.at(list + 1);
  if ((items + 1) * width > capacity) {
    const wanted = Math.max(4, capacity * 2);
    const block = mem.allocate(wanted);
    const old = mem.at(list);
    if (capacity > 0) {
      mem.words.copyWithin(block, old, old + capacity);
      mem.release(old, capacity);
    }
    mem.put(list, block);
    mem.put(list + 1, wanted);
  }
  mem.put(list + 2, items + 1);
  return mem.at(list) + items * width;
}

/** Sets or takes away the flags of an owed release. */
export function setOwed(w: Store, lock: number, flags: number): void {
  const { mem } = w;
  const row = w.locks.row(lock) + LOCK.flags;
  const before = mem.at(row);
  mem.put(row, (before & ~(UNRELEASED | WAS_SECURED)) | flags);
  const by = ((flags & UNRELEASED) - (before & UNRELEASED)) / UNRELEASED;
  const owed = w.instance(instanceOfLock(w, lock)) + INSTANCE.owed;
  mem.put(owed, mem.at(owed) + by);
}

/** The lock is gone, and with it what it was used for. */
export function forgetUses(w: Store, lock: number): void {
  const { mem } = w;
  const row = w.locks.row(lock);
  if (mem.at(row + LOCK.soleSocket) !== 0) noteSoleUser(w, lock, 0);
  for (const list of [LOCK.sockets, LOCK.ranges]) {
    const capacity = mem.at(row + list + 1);
    if (capacity > 0) mem.release(mem.at(row + list), capacity);
    mem.put(row + list, 0);
    mem.put(row + list + 1, 0);
    mem.put(row + list + 2, 0);
  }
  setOwed(w, lock, 0);
  mem.put(row + LOCK.flags, 0);
  mem.put(row + LOCK.scopes, 0);
}
