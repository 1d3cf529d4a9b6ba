// libfabric's MR cache (prov/util/src/util_mr_cache.c). It is the same above every way of hearing of changes: what a memory
// monitor does is in three functions.
//
// Its tree takes two ranges for equal if one contains the other, so no cached entry contains another; entries that merely
// overlap stand side by side. An entry that leaves the tree is dead: if it is in use it lives uncached until its last
// close, else it waits in a list until the next look-up, since the monitor's thread must not deregister anything.

import type { Access, AddressRange, Host, RegistrationCache } from "stalemate";
import {
  allRights,
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
} from "./memory-domain.ts";
import { allows, contains, overlap, wholePages } from "./ranges.ts";

/** How the cache hears of changes. */
export interface MemoryMonitor {
  /** Called before the range is locked. What it answers is kept with the entry. */
  subscribe(range: AddressRange): number;
  /** Called when an entry is gone. `others`: what the entries that are left cover. */
  unsubscribe(range: AddressRange, others: readonly AddressRange[]): void;
  /** False: the mapping is another one than when the entry was subscribed. */
  isValid(range: AddressRange, subscribed: number): boolean;
}

interface Entry extends Pinned {
  readonly subscribed: number;
  uses: number;
  isCached: boolean;
}

/** The most entries that are cached, in use or not. */
export const MOST_CACHED = 2;

/** The cache above a monitor. */
export function mrCache(
  host: Host,
  monitor: MemoryMonitor,
): RegistrationCache & Required<Pick<RegistrationCache, "invalidate">> {
  const { pageSizeBytes, nic } = host;
  const domain = memoryDomain(host);
  const byHandle = new Map<Entry["handle"], Entry>();
  // The tree's entries, the least recently used first.
  let cached: Entry[] = [];
  let dead: Entry[] = [];
  // What is being registered, and was remapped meanwhile.
  let acquiring: AddressRange | null = null;
  let isOvertaken = false;

  function free(entry: Entry): boolean {
    if (!domain.deregister(entry)) return false;
    dead = dead.filter((other) => other !== entry);
    byHandle.delete(entry.handle);
    const others = [...byHandle.values()].map(({ range }) => range);
    // What is being registered was subscribed before room is made for it.
    monitor.unsubscribe(entry.range, acquiring === null ? others : [...others, acquiring]);
    return true;
  }

  function uncache(entry: Entry): void {
    cached = cached.filter((other) => other !== entry);
    entry.isCached = false;
    if (entry.uses === 0) dead.push(entry);
  }

  /** Frees the least recently used entry; false if there is none that nobody uses, or if the NIC is busy. */
  function flushOne(): boolean {
    const oldest = cached.find((entry) => entry.uses === 0);
    if (oldest === undefined) return false;
    uncache(oldest);
    return free(oldest);
  }

  /** For a NIC that is full. Entries that died since the call began go first. */
  const makeRoom = (): boolean => [...dead].some(free) || flushOne();

  const freeDead = (): void => [...dead].forEach(free);

  function flush(): void {
    freeDead();
    while (cached.length >= MOST_CACHED && flushOne());
  }

  function create(range: AddressRange, asked: Access): Entry | RegisterFailure {
    const subscribed = monitor.subscribe(range);
    acquiring = range;
    isOvertaken = false;
    // The rights are no part of what the tree compares: an entry has all that its pages allow.
    const pinned = domain.register(allRights(range, asked), makeRoom);
    acquiring = null;
    if (isFailure(pinned)) return pinned;
    const entry: Entry = { ...pinned, subscribed, uses: 0, isCached: false };
    byHandle.set(entry.handle, entry);
    // What is not cached is used once.
    if (isOvertaken || cached.length >= MOST_CACHED) return entry;
    entry.isCached = true;
    cached.push(entry);
    return entry;
  }

  function search(range: AddressRange, access: Access): Entry | RegisterFailure {
    flush();
    const isEqual = (other: Entry): boolean =>
      contains(other.range, range) || contains(range, other.range);
    const hit = cached.find(
      (other) =>
        contains(other.range, range) &&
        allows(other.access, access) &&
        monitor.isValid(other.range, other.subscribed),
    );
    if (hit !== undefined) return hit;
    cached.filter(isEqual).forEach(uncache);
    freeDead();
    return create(range, access);
  }

  function close(entry: Entry): void {
    entry.uses--;
    if (entry.uses > 0) return;
    if (entry.isCached) {
      cached = [...cached.filter((other) => other !== entry), entry];
    } else {
      dead.push(entry);
      free(entry);
    }
  }

  return {
    register(request) {
      const found = search(wholePages(request.range, pageSizeBytes), request.access);
      if (isFailure(found)) return found;
      // Counted before it is granted: a notification may come in between.
      found.uses++;
      const outcome = domain.grant(found, request);
      if (!outcome.ok) close(found);
      return outcome;
    },
    deregister({ handle, remoteKey }) {
      freeDead();
      const entry = byHandle.get(handle);
      if (entry === undefined || entry.uses === 0) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      close(entry);
      return { ok: true };
    },
    invalidate(range) {
      if (acquiring !== null && overlap(acquiring, range)) isOvertaken = true;
      const touched = cached.filter((entry) => overlap(entry.range, range));
      touched.forEach(uncache);
      const isMine = touched.length > 0 || dead.some((entry) => overlap(entry.range, range));
      return isMine ? { ok: true } : { ok: false, error: "WSAEINVAL" };
    },
    closeSocket() {
      freeDead();
    },
    cleanup() {
      [...cached].forEach(uncache);
      freeDead();
    },
  };
}
