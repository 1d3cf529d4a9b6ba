// DPDK's memory regions for mlx5 (drivers/common/mlx5/mlx5_common_mr.c), in the family notify-before: DPDK's allocator tells
// its drivers of memory that it is about to give back. Each queue has a small table of its own, which it reads without any
// lock, above one that all share. A queue is a socket here.
//
// One number keeps the small tables right. Whatever takes a region out of the shared table counts the generation up, and a
// queue that sees another generation than its own forgets all that it knows.

import type {
  Access,
  AddressRange,
  Host,
  RegisterRequest,
  RegistrationCache,
  SocketId,
  Subject,
} from "stalemate";
import {
  allRights,
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
} from "./parts/memory-domain.ts";
import { allows, contains, overlap, wholePages } from "./parts/ranges.ts";

const MOST_UNUSED = 4;
/** Regions that a queue knows of: few, since it looks through them one by one. */
const MOST_OF_A_QUEUE = 2;

interface MemoryRegion extends Pinned {
  uses: number;
}

interface Queue {
  generation: number;
  /** The one that was used last comes first. */
  known: MemoryRegion[];
}

function create(host: Host): RegistrationCache {
  const { pageSizeBytes, nic, monitor } = host;
  const domain = memoryDomain(host);
  const byHandle = new Map<MemoryRegion["handle"], MemoryRegion>();
  const queues = new Map<SocketId, Queue>();
  // The one that was used last is at the end.
  let shared: MemoryRegion[] = [];
  let freed: MemoryRegion[] = [];
  let generation = 0;
  let creating: { readonly range: AddressRange; isOvertaken: boolean } | null = null;

  function free(region: MemoryRegion): boolean {
    if (!domain.deregister(region)) return false;
    freed = freed.filter((other) => other !== region);
    byHandle.delete(region.handle);
    return true;
  }

  const collectGarbage = (): void => [...freed].forEach(free);

  function detach(regions: readonly MemoryRegion[]): void {
    if (regions.length === 0) return;
    shared = shared.filter((each) => !regions.includes(each));
    freed.push(...regions.filter((each) => each.uses === 0));
    generation++;
  }

  function evictOne(): boolean {
    const oldest = shared.find((each) => each.uses === 0);
    if (oldest === undefined) return false;
    detach([oldest]);
    return free(oldest);
  }

  function queueOf(socket: SocketId): Queue {
    const queue = queues.get(socket) ?? { generation, known: [] };
    queues.set(socket, queue);
    if (queue.generation === generation) return queue;
    queue.generation = generation;
    queue.known = [];
    return queue;
  }

  function addressToRegion(request: RegisterRequest): MemoryRegion | RegisterFailure {
    const range = wholePages(request.range, pageSizeBytes);
    const serves = (each: MemoryRegion): boolean =>
      contains(each.range, range) && allows(each.access, request.access);
    const queue = queueOf(request.socket);
    const region = queue.known.find(serves) ?? shared.find(serves) ?? add(range, request.access);
    if (isFailure(region) || !shared.includes(region)) return region;
    // Adding one may have evicted another, and then this queue has to be read anew.
    const { known } = queueOf(request.socket);
    const others = known.filter((each) => each !== region);
    queue.known = [region, ...others].slice(0, MOST_OF_A_QUEUE);
    return region;
  }

  function add(range: AddressRange, asked: Access): MemoryRegion | RegisterFailure {
    collectGarbage();
    const current = { range, isOvertaken: false };
    creating = current;
    monitor?.watch(range);
    const pinned = domain.register(allRights(range, asked), evictOne);
    creating = null;
    if (isFailure(pinned)) return pinned;
    const region: MemoryRegion = { ...pinned, uses: 0 };
    byHandle.set(region.handle, region);
    if (!current.isOvertaken) shared.push(region);
    return region;
  }

  function leave(region: MemoryRegion): void {
    region.uses--;
    if (region.uses > 0) return;
    if (shared.includes(region)) {
      shared = [...shared.filter((each) => each !== region), region];
      if (shared.filter((each) => each.uses === 0).length > MOST_UNUSED) evictOne();
    } else {
      freed.push(region);
      free(region);
    }
  }

  return {
    register(request) {
      const region = addressToRegion(request);
      if (isFailure(region)) return region;
      // Counted before it is granted: a callback may come in between.
      region.uses++;
      const outcome = domain.grant(region, request);
      if (!outcome.ok) leave(region);
      return outcome;
    },
    deregister({ handle, remoteKey }) {
      collectGarbage();
      const region = byHandle.get(handle);
      if (region === undefined || region.uses === 0) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      leave(region);
      return { ok: true };
    },
    invalidate(range) {
      if (creating !== null && overlap(creating.range, range)) creating.isOvertaken = true;
      detach(shared.filter((each) => overlap(each.range, range)));
      const isMine = [...byHandle.values()].some((each) => overlap(each.range, range));
      return isMine ? { ok: true } : { ok: false, error: "WSAEINVAL" };
    },
    closeSocket(socket) {
      queues.delete(socket);
      collectGarbage();
    },
    cleanup() {
      detach(shared);
      collectGarbage();
    },
  };
}

const subject: Subject = {
  name: "dpdk-mr",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_UNUSED, pages: null, pending: MOST_UNUSED },
    notification: "notify-before",
  },
  create,
};

export default subject;
