// UCX's registration cache (src/ucs/memory/rcache.c), in the family notify-before: hooks on munmap and its like call it
// before the mapping changes. One idea: the regions in its table are whole pages and never overlap. What is asked for
// across several of them is registered as one region that takes their place, with the rights of all.
//
// A region that leaves the table lives until its last put. One that nobody uses is released at the next call, never in a
// hook: the hook runs inside somebody's free().

import type {
  AddressRange,
  BufferHandle,
  DeregisterRequest,
  Host,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Subject,
} from "stalemate";
import {
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
  type Wanted,
} from "./parts/memory-domain.ts";
import { allows, bothRights, contains, hull, overlap, wholePages } from "./parts/ranges.ts";

const MOST_ENTRIES = 4;
const MOST_PAGES = 8;

interface Region extends Pinned {
  uses: number;
}

/** The table, without the way in which it hears of changes. */
interface Rcache extends Omit<RegistrationCache, "invalidate"> {
  /** True if a region in the table, or one that waits for its release, has pages of the range. */
  isOver(range: AddressRange): boolean;
  /** Takes the regions over the range out of the table. */
  invalidateRange(range: AddressRange): void;
  /** True while a call is in progress. */
  isLocked(): boolean;
}

/** `events`: the ranges that have changed and were not told to `invalidateRange`; each is answered once. */
export function rcache(host: Host, events: () => readonly AddressRange[]): Rcache {
  const { pageSizeBytes, nic, monitor } = host;
  const domain = memoryDomain(host);
  const byHandle = new Map<BufferHandle, Region>();
  // The least recently used first.
  let table: Region[] = [];
  let garbage: Region[] = [];
  let isLocked = false;

  const isIdle = ({ uses }: Region): boolean => uses === 0;
  const pageCount = ({ range }: Region): number => range.lengthBytes / pageSizeBytes;

  function destroy(region: Region): boolean {
    if (!domain.deregister(region)) return false;
    garbage = garbage.filter((other) => other !== region);
    byHandle.delete(region.handle);
    return true;
  }

  function remove(region: Region): void {
    table = table.filter((other) => other !== region);
    if (isIdle(region)) garbage.push(region);
  }

  function invalidateRange(range: AddressRange): void {
    table.filter((region) => overlap(region.range, range)).forEach(remove);
  }

  const collect = (): void => [...garbage].forEach(destroy);

  /** What waits is done, events last: nothing comes between them and a look-up. */
  function progress(): void {
    collect();
    events().forEach(invalidateRange);
  }

  function evictOne(): boolean {
    const oldest = table.find(isIdle);
    if (oldest === undefined) return false;
    remove(oldest);
    return destroy(oldest);
  }

  /** For a NIC that is full. What was read of changes since the call began waits for its release, and goes first. */
  const makeRoom = (): boolean => [...garbage].some(destroy) || evictOne();

  function keepLimits(): void {
    for (;;) {
      const idle = table.filter(isIdle);
      const pages = idle.reduce((sum, region) => sum + pageCount(region), 0);
      if (idle.length <= MOST_ENTRIES && pages <= MOST_PAGES) return;
      evictOne();
    }
  }

  /** One region over what is asked for and all that it overlaps; if that cannot be, over what is asked for alone. */
  function create({ range, access }: RegisterRequest): Region | RegisterFailure {
    const own: Wanted = { range: wholePages(range, pageSizeBytes), access };
    const overlapped = table.filter((region) => overlap(region.range, own.range));
    const merged = overlapped.reduce<Wanted>(
      (sum, region) => ({
        range: hull(sum.range, region.range),
        access: bothRights(sum.access, region.access),
      }),
      own,
    );
    overlapped.forEach(remove);
    overlapped.filter(isIdle).forEach(destroy);
    // Before anything is locked, so that no change of these pages goes unheard.
    monitor?.watch(merged.range);
    const attempts = overlapped.length > 0 ? [merged, own] : [own];
    const pinned = domain.register(attempts, makeRoom);
    return isFailure(pinned) ? pinned : { ...pinned, uses: 0 };
  }

  function get(request: RegisterRequest): RegisterOutcome {
    progress();
    const { range, access } = request;
    const found = table.find(
      (region) => contains(region.range, range) && allows(region.access, access),
    );
    const region = found ?? create(request);
    if (isFailure(region)) return region;
    byHandle.set(region.handle, region);
    // Counted before it is granted: an event may come in between.
    region.uses++;
    table = [...table.filter((other) => other !== region), region];
    const outcome = domain.grant(region, request);
    if (!outcome.ok) put(region);
    return outcome;
  }

  function put(region: Region): void {
    region.uses--;
    if (isIdle(region) && !table.includes(region)) garbage.push(region);
    // Events that were read in this call have left some, too.
    collect();
    keepLimits();
  }

  function deregister({ handle, remoteKey }: DeregisterRequest): Outcome {
    progress();
    const region = byHandle.get(handle);
    if (region === undefined || isIdle(region)) return { ok: false, error: "WSAEINVAL" };
    if (remoteKey !== undefined) nic.unexpose(remoteKey);
    put(region);
    return { ok: true };
  }

  function locked<T>(work: () => T): T {
    isLocked = true;
    const result = work();
    isLocked = false;
    return result;
  }

  return {
    register: (request) => locked(() => get(request)),
    deregister: (request) => locked(() => deregister(request)),
    closeSocket: () => locked(progress),
    cleanup: () =>
      locked(() => {
        progress();
        [...table].forEach(remove);
        collect();
      }),
    isOver: (range) => [...table, ...garbage].some((region) => overlap(region.range, range)),
    invalidateRange,
    isLocked: () => isLocked,
  };
}

const subject: Subject = {
  name: "ucx-rcache",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_ENTRIES, pages: MOST_PAGES, pending: MOST_ENTRIES },
    notification: "notify-before",
  },
  create(host) {
    const queue: AddressRange[] = [];
    const { isOver, invalidateRange, isLocked, ...cache } = rcache(host, () => queue.splice(0));
    return {
      ...cache,
      invalidate(range) {
        const isMine = isOver(range);
        // The hook must not wait for the lock: its own thread may hold it. The next call reads the queue first.
        if (isLocked()) queue.push({ ...range });
        else invalidateRange(range);
        return isMine ? { ok: true } : { ok: false, error: "WSAEINVAL" };
      },
    };
  },
};

export default subject;
