// Open MPI's registration cache (opal/mca/rcache: base/rcache_base_vma_tree.c, grdma), in the family notify-before. Its
// address space is cut into segments wherever a registration begins or ends, and each segment lists the registrations that
// cover it, so that they may overlap in any way.
//
// The hook releases nothing: it may run inside free(). It marks what it finds as invalid; what nobody uses goes onto a
// garbage list, which the next call empties. Of a registration in use it tells the caller that this was an error.

import type {
  Access,
  AddressRange,
  DeregisterRequest,
  Host,
  Outcome,
  RegistrationCache,
  Subject,
} from "stalemate";
import {
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
} from "./parts/memory-domain.ts";
import { allows, bothRights, contains, overlap, wholePages } from "./parts/ranges.ts";
import { vmaTree } from "./parts/vma-tree.ts";

const MOST_UNUSED = 4;

interface Registration extends Pinned {
  references: number;
  isInvalid: boolean;
}

function create(host: Host): RegistrationCache {
  const { pageSizeBytes, nic, monitor } = host;
  const domain = memoryDomain(host);
  const tree = vmaTree<Registration>();
  const byHandle = new Map<Registration["handle"], Registration>();
  // Valid and unused, the one that was used last at the end.
  let unused: Registration[] = [];
  let garbage: Registration[] = [];
  let registering: { readonly range: AddressRange; isOvertaken: boolean } | null = null;

  function release(registration: Registration): boolean {
    if (!domain.deregister(registration)) return false;
    garbage = garbage.filter((other) => other !== registration);
    tree.remove(registration);
    byHandle.delete(registration.handle);
    return true;
  }

  const collect = (): void => [...garbage].forEach(release);

  function discard(registration: Registration): void {
    if (registration.isInvalid) return;
    registration.isInvalid = true;
    if (registration.references > 0) return;
    unused = unused.filter((other) => other !== registration);
    garbage.push(registration);
  }

  function evictOne(): boolean {
    const [oldest] = unused;
    if (oldest === undefined) return false;
    discard(oldest);
    return release(oldest);
  }

  /** For a NIC that is full. What this call replaces waits for its release, and goes first. */
  const makeRoom = (): boolean => [...garbage].some(release) || evictOne();

  function find(range: AddressRange, access: Access): Registration | undefined {
    return tree
      .over(range)
      .find(
        (each) => !each.isInvalid && contains(each.range, range) && allows(each.access, access),
      );
  }

  /** What covers the range and lacks rights gives way to one that has the rights of both. */
  function replace(range: AddressRange, access: Access): Registration | RegisterFailure {
    const lacking = tree
      .over(range)
      .filter((each) => !each.isInvalid && contains(each.range, range));
    lacking.forEach(discard);
    const wider = lacking.reduce((sum, each) => bothRights(sum, each.access), access);
    return acquire(range, [...new Set([wider, access])]);
  }

  function acquire(range: AddressRange, rights: readonly Access[]): Registration | RegisterFailure {
    const current = { range, isOvertaken: false };
    registering = current;
    monitor?.watch(range);
    const attempts = rights.map((access) => ({ range, access }));
    const pinned = domain.register(attempts, makeRoom);
    registering = null;
    if (isFailure(pinned)) return pinned;
    const made: Registration = { ...pinned, references: 0, isInvalid: current.isOvertaken };
    tree.insert(made);
    byHandle.set(made.handle, made);
    return made;
  }

  function leave(registration: Registration): void {
    registration.references--;
    if (registration.references > 0) return;
    if (registration.isInvalid) {
      garbage.push(registration);
      release(registration);
    } else {
      unused.push(registration);
      if (unused.length > MOST_UNUSED) evictOne();
    }
  }

  function deregister({ handle, remoteKey }: DeregisterRequest): Outcome {
    collect();
    const registration = byHandle.get(handle);
    if (registration === undefined || registration.references === 0) {
      return { ok: false, error: "WSAEINVAL" };
    }
    if (remoteKey !== undefined) nic.unexpose(remoteKey);
    leave(registration);
    return { ok: true };
  }

  return {
    register(request) {
      collect();
      const range = wholePages(request.range, pageSizeBytes);
      const found = find(range, request.access) ?? replace(range, request.access);
      if (isFailure(found)) return found;
      unused = unused.filter((other) => other !== found);
      // Counted before it is granted: the hook may run in between.
      found.references++;
      const outcome = domain.grant(found, request);
      if (!outcome.ok) leave(found);
      return outcome;
    },
    deregister,
    invalidate(range) {
      const isRegistering = registering !== null && overlap(registering.range, range);
      if (registering !== null && isRegistering) registering.isOvertaken = true;
      const touched = tree.over(range);
      touched.forEach(discard);
      const isInUse = isRegistering || touched.some((each) => each.references > 0);
      if (isInUse) return { ok: false, error: "WSAEFAULT" };
      return touched.length > 0 ? { ok: true } : { ok: false, error: "WSAEINVAL" };
    },
    closeSocket: collect,
    cleanup() {
      [...unused].forEach(discard);
      collect();
    },
  };
}

const subject: Subject = {
  name: "openmpi-rcache",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "refuse",
    limits: { entries: MOST_UNUSED, pages: null, pending: MOST_UNUSED },
    notification: "notify-before",
  },
  create,
};

export default subject;
