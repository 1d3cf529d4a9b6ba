// ucx-rcache.ts for several threads. One lock is around every call, host calls included; the hook does not wait for it,
// since it may run inside a call that has it: then it leaves the range in a queue, which whoever has the lock next reads
// before it looks anything up.

import type {
  AddressRange,
  AsyncHost,
  AsyncRegistrationCache,
  AsyncSubject,
  BufferHandle,
  Outcome,
  DeregisterRequest,
  RegisterOutcome,
  RegisterRequest,
} from "stalemate";
import { asyncMemoryDomain } from "./parts/async-memory-domain.ts";
import { lock } from "./parts/lock.ts";
import {
  isFailure,
  type Pinned,
  type RegisterFailure,
  type Wanted,
} from "./parts/memory-domain.ts";
import { allows, bothRights, contains, hull, overlap, wholePages } from "./parts/ranges.ts";

const MOST_ENTRIES = 1;

interface Region extends Pinned {
  uses: number;
}

function createAsync(host: AsyncHost): AsyncRegistrationCache {
  const { pageSizeBytes, monitor } = host;
  const domain = asyncMemoryDomain(host);
  const calls = lock();
  const byHandle = new Map<BufferHandle, Region>();
  // The least recently used first.
  let table: Region[] = [];
  let garbage: Region[] = [];
  let queue: AddressRange[] = [];

  const isIdle = ({ uses }: Region): boolean => uses === 0;
  const isOver = (range: AddressRange): boolean =>
    [...table, ...garbage].some((region) => overlap(region.range, range));

  async function destroy(region: Region): Promise<boolean> {
    if (!(await domain.deregister(region))) return false;
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

  /** What waits is done, events last: nothing comes between them and a look-up. */
  async function progress(): Promise<void> {
    const old = queue.length;
    for (const region of garbage) await destroy(region);
    queue.forEach(invalidateRange);
    // What came since this call began is for the next one as well: this one may still lock pages that it was about.
    queue = queue.slice(old);
  }

  async function evictOne(): Promise<boolean> {
    const oldest = table.find(isIdle);
    if (oldest === undefined) return false;
    remove(oldest);
    return destroy(oldest);
  }

  async function keepLimits(): Promise<void> {
    while (table.filter(isIdle).length > MOST_ENTRIES) await evictOne();
  }

  /** One region over what is asked for and all that it overlaps; if that cannot be, over what is asked for alone. */
  async function create({ range, access }: RegisterRequest): Promise<Region | RegisterFailure> {
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
    for (const region of overlapped.filter(isIdle)) await destroy(region);
    // Before anything is locked, so that no change of these pages goes unheard.
    await monitor?.watch(merged.range);
    const attempts = overlapped.length > 0 ? [merged, own] : [own];
    const pinned = await domain.register(attempts, evictOne);
    return isFailure(pinned) ? pinned : { ...pinned, uses: 0 };
  }

  async function get(request: RegisterRequest): Promise<RegisterOutcome> {
    await progress();
    const { range, access } = request;
    const found = table.find(
      (region) => contains(region.range, range) && allows(region.access, access),
    );
    const region = found ?? (await create(request));
    if (isFailure(region)) return region;
    byHandle.set(region.handle, region);
    // Counted before it is granted: an event may come in between.
    region.uses++;
    table = [...table.filter((other) => other !== region), region];
    const outcome = await domain.grant(region, request);
    if (!outcome.ok) await put(region);
    return outcome;
  }

  async function put(region: Region): Promise<void> {
    region.uses--;
    if (isIdle(region) && !table.includes(region)) {
      garbage.push(region);
      await destroy(region);
    }
    await keepLimits();
  }

  async function deregister(request: DeregisterRequest): Promise<Outcome> {
    await progress();
    const region = byHandle.get(request.handle);
    if (region === undefined || isIdle(region)) return { ok: false, error: "WSAEINVAL" };
    await domain.revoke(request);
    await put(region);
    return { ok: true };
  }

  return {
    register: (request) => calls.during(() => get(request)),
    deregister: (request) => calls.during(() => deregister(request)),
    closeSocket: () => calls.during(progress),
    cleanup: () =>
      calls.during(async () => {
        await progress();
        [...table].forEach(remove);
        for (const region of garbage) await destroy(region);
      }),
    async invalidate(range) {
      const isMine = isOver(range);
      if (calls.isTaken()) queue.push({ ...range });
      else invalidateRange(range);
      return isMine ? { ok: true } : { ok: false, error: "WSAEINVAL" };
    },
    snapshot: () =>
      JSON.stringify([[...byHandle], table, garbage, queue, calls.isTaken(), calls.waiting()]),
  };
}

const subject: AsyncSubject = {
  name: "async-ucx",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_ENTRIES, pages: null, pending: 4 },
    notification: "notify-before",
  },
  createAsync,
};

export default subject;
