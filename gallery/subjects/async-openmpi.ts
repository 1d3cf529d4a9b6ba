// openmpi-rcache.ts for several threads. The tree of segments has a lock, and the lists have one; each is held for as long
// as it takes to change them, one at a time, and never while the device is asked for something: the hook takes both, and may
// run inside any call.
//
// A registration leaves its list before the device is asked to let go of it, so that nobody else asks as well.

import type {
  Access,
  AddressRange,
  AsyncHost,
  AsyncRegistrationCache,
  AsyncSubject,
  DeregisterRequest,
  InvalidateOutcome,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
} from "stalemate";
import { asyncMemoryDomain } from "./parts/async-memory-domain.ts";
import { lock } from "./parts/lock.ts";
import { isFailure, type Pinned, type RegisterFailure } from "./parts/memory-domain.ts";
import { allows, contains, overlap, wholePages } from "./parts/ranges.ts";
import { vmaTree } from "./parts/vma-tree.ts";

const MOST_UNUSED = 1;

interface Registration extends Pinned {
  references: number;
  isInvalid: boolean;
}

/** A register in progress, and whether a hook over its range came meanwhile. */
interface Registering {
  readonly range: AddressRange;
  isOvertaken: boolean;
}

function createAsync(host: AsyncHost): AsyncRegistrationCache {
  const { pageSizeBytes, monitor } = host;
  const domain = asyncMemoryDomain(host);
  const tree = vmaTree<Registration>();
  const treeLock = lock();
  const listLock = lock();
  const byHandle = new Map<Registration["handle"], Registration>();
  // Valid and unused, the one that was used last at the end.
  let unused: Registration[] = [];
  const garbage: Registration[] = [];
  let registering: Registering[] = [];

  const inTree = <T>(work: () => T): Promise<T> => treeLock.during(async () => work());
  const inLists = <T>(work: () => T): Promise<T> => listLock.during(async () => work());

  /** Of one that is in no list. */
  async function release(registration: Registration): Promise<boolean> {
    if (!(await domain.deregister(registration))) {
      await inLists(() => garbage.push(registration));
      return false;
    }
    await inTree(() => tree.remove(registration));
    byHandle.delete(registration.handle);
    return true;
  }

  async function collect(): Promise<void> {
    const taken = await inLists(() => garbage.splice(0));
    for (const registration of taken) await release(registration);
  }

  /** With the lock of the lists. */
  function discard(registration: Registration): void {
    if (registration.isInvalid) return;
    registration.isInvalid = true;
    if (registration.references > 0) return;
    unused = unused.filter((other) => other !== registration);
    garbage.push(registration);
  }

  async function evictOne(): Promise<boolean> {
    const oldest = await inLists(() => {
      const first = unused.shift();
      if (first !== undefined) first.isInvalid = true;
      return first;
    });
    return oldest !== undefined && release(oldest);
  }

  /** With the lock of the tree. */
  const find = (range: AddressRange, access: Access): Registration | undefined =>
    tree
      .over(range)
      .find(
        (each) => !each.isInvalid && contains(each.range, range) && allows(each.access, access),
      );

  /** Finds one and counts it, with nothing in between. */
  async function take(range: AddressRange, access: Access): Promise<Registration | undefined> {
    await treeLock.acquire();
    const found = find(range, access);
    if (found !== undefined) {
      found.references++;
      unused = unused.filter((other) => other !== found);
    }
    treeLock.release();
    return found;
  }

  async function acquire(
    range: AddressRange,
    access: Access,
    current: Registering,
  ): Promise<Registration | RegisterFailure> {
    // Before anything is locked, so that no change of these pages goes unheard.
    await monitor?.watch(range);
    const pinned = await domain.register([{ range, access }], evictOne);
    if (isFailure(pinned)) return pinned;
    const made: Registration = { ...pinned, references: 1, isInvalid: current.isOvertaken };
    await inTree(() => tree.insert(made));
    byHandle.set(made.handle, made);
    return made;
  }

  async function leave(registration: Registration): Promise<void> {
    registration.references--;
    if (registration.references > 0) return;
    if (registration.isInvalid) await release(registration);
    else {
      await inLists(() => unused.push(registration));
      while (unused.length > MOST_UNUSED && (await evictOne()));
    }
  }

  async function register(request: RegisterRequest): Promise<RegisterOutcome> {
    const range = wholePages(request.range, pageSizeBytes);
    // From the very beginning: a hook that runs while this call waits would find nothing of it.
    const current = { range, isOvertaken: false };
    registering.push(current);
    await collect();
    const { access } = request;
    const found = (await take(range, access)) ?? (await acquire(range, access, current));
    registering = registering.filter((other) => other !== current);
    if (isFailure(found)) return found;
    const outcome = await domain.grant(found, request);
    if (!outcome.ok) await leave(found);
    return outcome;
  }

  async function deregister(request: DeregisterRequest): Promise<Outcome> {
    await collect();
    const registration = byHandle.get(request.handle);
    if (registration === undefined || registration.references === 0) {
      return { ok: false, error: "WSAEINVAL" };
    }
    await domain.revoke(request);
    await leave(registration);
    return { ok: true };
  }

  async function invalidate(range: AddressRange): Promise<InvalidateOutcome> {
    const overtaken = registering.filter((each) => overlap(each.range, range));
    for (const each of overtaken) each.isOvertaken = true;
    const touched = await inTree(() => tree.over(range));
    const isInUse = await inLists(() => {
      touched.forEach(discard);
      return overtaken.length > 0 || touched.some((each) => each.references > 0);
    });
    if (isInUse) return { ok: false, error: "WSAEFAULT" };
    return touched.length > 0 ? { ok: true } : { ok: false, error: "WSAEINVAL" };
  }

  return {
    register,
    deregister,
    invalidate,
    closeSocket: collect,
    async cleanup() {
      await inLists(() => [...unused].forEach(discard));
      await collect();
    },
    snapshot: () =>
      JSON.stringify([
        [...byHandle],
        [unused, garbage].map((each) => each.map(({ handle }) => handle)),
        registering,
        [treeLock, listLock].map((each) => [each.isTaken(), each.waiting()]),
      ]),
  };
}

const subject: AsyncSubject = {
  name: "async-openmpi",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "refuse",
    limits: { entries: MOST_UNUSED, pages: null, pending: 4 },
    notification: "notify-before",
  },
  createAsync,
};

export default subject;
