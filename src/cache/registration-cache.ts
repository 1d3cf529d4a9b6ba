// A registration cache for a SAN service provider: what an application registers again and again stays locked,
// registered and secured, and a repeat costs a lookup.
//
// Policy. A register that misses makes an entry of exactly its pages. Entries may overlap in any way, whatever their
// rights, and are never merged, widened or split: each has the lock, the region and the secure that it was made with,
// and goes as a whole. A register is a hit if ONE entry that may be found holds all its pages with all its rights; so
// adjacent entries do not add up. Memory is secured before it is locked and stays secured for as long as the entry can
// be found: whatever changes its mapping must come through the callback first.
//
// Data structures, and what they cost for n entries:
//
// - entries are rows of typed arrays (entry-table.ts). The slot is the handle: deregister finds it by indexing, O(1).
// - pages → entries is an index by size class and cell (page-index.ts). A hit probes two buckets for each size class in
//   use, from the smallest that can hold the range, the exact range first; a callback pays for the entries it hits
//   plus O(log n) for each class. There are as many classes as doublings between the smallest and the largest entry.
// - idle entries are one list, least recently released first. Those whose region was given back to a full NIC, and that
//   kept their lock, are a prefix of it: regions are dropped from the old end, and what comes back goes to the young
//   end. Eviction, a hit and a release relink a constant number of neighbours.
// - entries that only one socket has used are a list of that socket's: a close pays for those. The second socket to use
//   an entry takes it out.
// - releases that failed are a list, tried again oldest first, at most `TRIES` of them in a register or deregister.
//
// The callback can arrive inside every host call. What a call is at work on carries a mark and is on a stack; a callback
// over it answers WSAEFAULT and touches nothing of it. Everything else is consistent whenever the host is called.

import type {
  Access,
  Capabilities,
  DeregisterRequest,
  Host,
  InvalidateOutcome,
  JsonValue,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Scope,
} from "../../model/contract.ts";
import {
  type AddressRange,
  type BufferHandle,
  type SocketId,
  type VirtualAddress,
} from "../../model/units.ts";
import type { CacheParts } from "./cache-parts.ts";
import { readSnapshot, writeSnapshot } from "./cache-snapshot.ts";
import { EntryTable, INDEXED, MOST_PAGES, NONE, onLock } from "./entry-table.ts";
import { FAULT, NO_BUFFERS, type Failure } from "./holdings.ts";
import { IdleList } from "./idle-list.ts";
import { OwedList } from "./owed-list.ts";
import { Ownership } from "./ownership.ts";
import { PageIndex } from "./page-index.ts";
import { Releases } from "./releases.ts";

/** What a registration cache is to do; everything has a default. */
export interface RegistrationCacheOptions {
  /**
   * What the callback does with a buffer in use. `defer`, the default: it answers 0, unsecures the buffer and never
   * finds it again. `refuse`: it answers WSAEFAULT and changes nothing of it.
   */
  readonly inUse?: Capabilities["inUse"];
  /**
   * Most idle entries and most pages of them together; null, the default: no limit. `pending`: how many invalidated
   * entries that nobody uses any more may wait for their release until a later call; 0, the default: none waits.
   */
  readonly limits?: Partial<Capabilities["limits"]>;
}

/** Owed releases that one register or deregister tries again. */
const TRIES = 4;

const DONE = { ok: true } as const;
const UNKNOWN = { ok: false, error: "WSAEINVAL" } as const;

/** As in holdings.ts: an import is read from memory at each hit. */
const bitsOf = (access: Access): number => (access === "readwrite" ? 3 : access === "read" ? 1 : 2);

class Cache implements Required<RegistrationCache>, CacheParts {
  private readonly inUse: Capabilities["inUse"];
  private readonly mostPending: number;
  private readonly pageSizeBytes: number;
  private readonly pagesPerByte: number;

  readonly table = new EntryTable();
  readonly index: PageIndex;
  private readonly releases: Releases;
  readonly idle: IdleList;
  readonly ownership = new Ownership(this.table);
  readonly owed = new OwedList(this.table);

  constructor(host: Host, { inUse = "defer", limits = {} }: RegistrationCacheOptions) {
    const { entries = null, pages = null, pending = 0 } = limits;
    this.inUse = inUse;
    this.mostPending = pending ?? Infinity;
    this.pageSizeBytes = host.pageSizeBytes;
    this.pagesPerByte = 1 / host.pageSizeBytes;
    this.index = new PageIndex(this.table, host.pageSizeBytes);
    this.idle = new IdleList(this.table, {
      entries: entries ?? Infinity,
      pages: pages ?? Infinity,
    });
    this.releases = new Releases(host, this);
  }

  // ── Register ──────────────────────────────────────────────────────────────────────────────────────

  /**
   * Nothing of the request is handed on but its fields, here and in `deregister`: a caller that the compiler merges
   * with them makes no object for it.
   */
  register(request: RegisterRequest): RegisterOutcome {
    if (this.owed.size > 0) this.releases.settle(TRIES);
    const { table } = this;
    const { start, lengthBytes } = request.range;
    const slot = this.index.find(start, lengthBytes, bitsOf(request.access));
    if (slot < 0 || request.scope !== "local") {
      const { socket, access, scope } = request;
      return this.registerWithHost(slot, socket, start, lengthBytes, access, scope);
    }
    if (table.use(slot)) this.idle.remove(slot);
    this.ownership.use(slot, request.socket);
    return {
      ok: true,
      handle: slot as BufferHandle,
      region: table.region(slot),
      offsetBytes: table.offset(slot, start, this.pageSizeBytes),
    };
  }

  /** A register that has something to ask of the host. */
  private registerWithHost(
    found: number,
    socket: SocketId,
    start: VirtualAddress,
    lengthBytes: number,
    access: Access,
    scope: Scope,
  ): RegisterOutcome {
    const request = { socket, range: { start, lengthBytes }, access, scope };
    let slot = found;
    // No entry with a region serves. One that kept only its lock does, for a call of the NIC.
    if (slot === NONE && this.idle.hasBare) {
      slot = this.index.find(start, lengthBytes, onLock(bitsOf(access)));
    }
    if (slot === NONE) return this.registerNew(request);
    if (this.table.use(slot)) this.idle.remove(slot);
    this.ownership.use(slot, socket);
    this.releases.begin(slot);
    const error = this.table.region(slot) === NONE ? this.enterAgain(slot) : null;
    const outcome = error ?? this.answer(request, slot);
    this.releases.end();
    if (!outcome.ok) this.endUse(slot);
    return outcome;
  }

  private enterAgain(slot: number): Failure | null {
    const rights = this.table.rights(slot);
    this.table.setFound(slot, 0);
    const error = this.releases.holdings.enter(slot);
    this.table.setFound(slot, error === null ? rights : onLock(rights));
    return error;
  }

  private registerNew(request: RegisterRequest): RegisterOutcome {
    const table = this.table;
    const rights = bitsOf(request.access);
    const { start, lengthBytes } = request.range;
    const first = Math.floor(start * this.pagesPerByte);
    const last = Math.floor((start + lengthBytes - 1) * this.pagesPerByte);
    if (last - first >= MOST_PAGES) return NO_BUFFERS;
    const slot = table.take(first, last, rights);
    this.releases.begin(slot);
    const outcome = this.releases.holdings.acquire(slot, request) ?? this.answer(request, slot);
    this.releases.end();
    if (!outcome.ok) {
      this.releases.release(slot);
      return outcome;
    }
    table.use(slot);
    table.setFound(slot, rights);
    table.mark(slot, INDEXED, true);
    this.index.add(slot);
    this.ownership.own(slot, request.socket);
    return outcome;
  }

  /** The answer to a register of an entry whose region is there. */
  private answer(request: RegisterRequest, slot: number): RegisterOutcome {
    const table = this.table;
    const region = table.region(slot);
    const offsetBytes = table.offset(slot, request.range.start, this.pageSizeBytes);
    const handle = slot as BufferHandle;
    if (request.scope === "local") return { ok: true, handle, region, offsetBytes };
    const remoteKey = this.releases.holdings.expose(slot, request);
    if (remoteKey === null) return NO_BUFFERS;
    return { ok: true, handle, region, offsetBytes, remoteKey };
  }

  // ── Deregister ────────────────────────────────────────────────────────────────────────────────────

  deregister(request: DeregisterRequest): Outcome {
    if (this.owed.size > 0) this.releases.settle(TRIES);
    const { handle, remoteKey } = request;
    if (!this.table.isUsed(handle)) return UNKNOWN;
    if (remoteKey !== undefined) this.releases.unexpose(remoteKey);
    this.endUse(handle);
    return DONE;
  }

  /** One live registration less. The last one leaves the entry idle, unless it may not be found any more. */
  private endUse(slot: number): void {
    if (!this.table.endUse(slot)) return;
    const found = this.table.found(slot);
    if (found === 0 || found > 3) this.endLastUse(slot, found);
    else this.idle.add(slot);
    if (this.idle.isOver) this.keepLimits();
  }

  /** The last use of what is not found any more, or kept only its lock. */
  private endLastUse(slot: number, found: number): void {
    if (found !== 0) this.idle.addBare(slot);
    else if (this.owed.size < this.mostPending) this.releases.owe(slot);
    else this.releases.release(slot);
  }

  private keepLimits(): void {
    while (this.idle.isOver) this.releases.release(this.idle.excess());
  }

  // ── The callback ──────────────────────────────────────────────────────────────────────────────────

  invalidate({ start, lengthBytes }: AddressRange): InvalidateOutcome {
    const table = this.table;
    const first = Math.floor(start * this.pagesPerByte);
    const last = Math.floor((start + lengthBytes - 1) * this.pagesPerByte);
    let failed = this.releases.isBusy(first, last);
    const owed: number[] = [];
    const slots = this.index.overlapping(first, last);
    let inUse = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      // A callback inside one of these releases may have taken this one.
      if (!table.is(slot, INDEXED) || this.releases.isAtWork(slot)) continue;
      if (table.uses(slot) > 0) slots[inUse++] = slot;
      else if (!this.releases.release(slot)) owed.push(slot);
    }
    if (inUse > 0 && this.inUse === "refuse") failed = true;
    // What was owed may be gone by now: a callback inside a later release tried it again.
    for (let i = 0; i < owed.length; i++) if (table.is(owed[i] as number, INDEXED)) failed = true;
    // The operation will not go on: buffers in use stay as they are.
    if (failed) return FAULT;
    for (let i = 0; i < inUse; i++) {
      const slot = slots[i] as number;
      if (table.is(slot, INDEXED) && !this.abandon(slot)) failed = true;
    }
    if (failed) return FAULT;
    return slots.length > 0 ? DONE : UNKNOWN;
  }

  /** The mapping of an entry in use may change: it is unsecured, and not found again. False: it stays as it was. */
  private abandon(slot: number): boolean {
    const table = this.table;
    table.setFound(slot, 0);
    this.releases.begin(slot);
    const unsecured = this.releases.holdings.unsecure(slot);
    this.releases.end();
    if (unsecured) {
      table.mark(slot, INDEXED, false);
      this.index.remove(slot);
    } else {
      table.setFound(slot, table.rights(slot));
    }
    return unsecured;
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────────

  closeSocket(socket: SocketId): void {
    this.releases.settle(this.owed.size);
    for (;;) {
      const slot = this.ownership.newestOf(socket);
      if (slot === NONE) break;
      this.ownership.disown(slot);
      if (this.table.uses(slot) === 0) this.releases.release(slot);
    }
    this.ownership.forget(socket);
  }

  cleanup(): void {
    while (this.idle.oldest !== NONE) this.releases.release(this.idle.oldest);
    this.releases.settle(this.owed.size);
  }

  snapshot(): JsonValue {
    return writeSnapshot(this);
  }

  restore(snapshot: JsonValue | Uint8Array): void {
    readSnapshot(this, snapshot);
  }
}

/** A cache to embed in a provider: it calls nothing but the host, and only while it is called. */
export function createRegistrationCache(
  host: Host,
  options: RegistrationCacheOptions = {},
): Required<RegistrationCache> {
  return new Cache(host, options);
}
