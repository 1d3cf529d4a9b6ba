// The entries of a registration cache, as rows of typed arrays: no object per entry, nothing for the garbage collector
// to trace, and all that a hit needs of an entry in one row of 32 bytes and in 8 more of its place in a list. A row is
// named by its slot, which is also the handle that the application gets. The lowest free slot is given out, so that
// what a cache answers depends on what it holds, and not on how it came to hold it.

import type { MdlHandle, RegionKey, SecureHandle } from "../../model/units.ts";
import { NumberSet } from "./number-set.ts";

/** No slot, no region, no lock, no secure. Whatever is one is not negative. */
export const NONE = -1;
/** The owner of an entry that more than one socket has used. */
export const SHARED = -2;

/** The ends of the two lists that an entry can be in; entries have the slots behind them. */
export const IDLE_ENDS = 0;
export const OWED_ENDS = 1;
const FIRST_SLOT = 2;

// Columns stay inside this file: the machine code of a hit reads a constant of another module from memory each time.

/** A row is so many numbers of 8 bytes, as a shift; seen as numbers of 4 bytes it is twice as many. */
const REALS = 2;
const INTS = 3;
/** 8 bytes: first page, and the NIC's region. */
const FIRST = 0;
const REGION = 1;
/** 4 bytes: pages, the next slot in the bucket, how it is found and by how many it is used, and who owns it. */
const PAGES = 4;
const CHAIN = 5;
const STATE = 6;
const OWNER = 7;

/** State: what a register may find it by, in the low bits, and live registrations above. */
const FOUND_MASK = 15;
const ONE_USE = 16;

/** In rows of their own, what a hit does not need: lock and secure; marks, and neighbours in the owner's list. */
const MDL = 0;
const SECURE = 1;
const MARKS = 4;
const OWNED_BEFORE = 5;
const OWNED_AFTER = 6;

/** How an entry is found that kept only its lock: not by these rights themselves. */
export const onLock = (rights: number): number => rights << 2;

/** Marks: the rights of its lock, and where it stands. */
const RIGHTS_MASK = 3;
/** It is in the page index: the callback has to answer for it. */
export const INDEXED = 4;
/** Its release failed or waits; it is in the list of those. */
export const OWED = 8;

/** No memory descriptor list describes more. */
export const MOST_PAGES: number = 2 ** 31 - 1;

/** The same number, as the machine keeps small ones: without a box of its own. */
const compact = (value: number): number => (value < 2 ** 31 ? value | 0 : value);

export class EntryTable {
  private capacity = 16;
  private reals = new Float64Array(16 << REALS);
  private ints = new Int32Array(this.reals.buffer);
  private holdings = new Float64Array(16 << REALS);
  private places = new Int32Array(this.holdings.buffer);
  /** Neighbours in the list of idle or of owed entries: the slot before, and the one after. */
  private neighbours = new Int32Array(32);
  /** Free slots below `used`; all from there on are free as well. */
  private freed = new NumberSet(2 ** 30);
  private used = FIRST_SLOT;
  /** No slot below it is free. */
  private leastFree = FIRST_SLOT;

  constructor() {
    for (const ends of [IDLE_ENDS, OWED_ENDS]) this.neighbours.fill(ends, 2 * ends, 2 * ends + 2);
  }

  /** A slot for the pages, with nothing acquired. */
  take(first: number, last: number, rights: number): number {
    const least = this.freed.next(this.leastFree, this.used - 1);
    const slot = least === NONE ? this.used++ : least;
    if (least === NONE) this.reach(slot);
    else this.freed.delete(slot);
    this.leastFree = slot + 1;
    this.fill(slot, first, last, rights);
    return slot;
  }

  /** Takes a slot that the caller names, and that is free. */
  put(slot: number, first: number, last: number, rights: number): void {
    this.leastFree = FIRST_SLOT;
    while (this.used <= slot) this.freed.add(this.used++);
    this.freed.delete(slot);
    this.reach(slot);
    this.fill(slot, first, last, rights);
  }

  private fill(slot: number, first: number, last: number, rights: number): void {
    const { reals, ints, holdings } = this;
    reals[(slot << REALS) + FIRST] = first;
    reals[(slot << REALS) + REGION] = NONE;
    ints[(slot << INTS) + PAGES] = last - first + 1;
    ints[(slot << INTS) + STATE] = 0;
    ints[(slot << INTS) + OWNER] = NONE;
    holdings[(slot << REALS) + MDL] = NONE;
    holdings[(slot << REALS) + SECURE] = NONE;
    this.places[(slot << INTS) + MARKS] = rights;
  }

  /** The slots that are not free. */
  slots(): number[] {
    const slots: number[] = [];
    for (let slot = FIRST_SLOT; slot < this.used; slot++) {
      if (this.freed.next(slot, slot) === NONE) slots.push(slot);
    }
    return slots;
  }

  /** The slot may be given out again. */
  free(slot: number): void {
    this.places[(slot << INTS) + MARKS] = 0;
    this.freed.add(slot);
    if (slot < this.leastFree) this.leastFree = slot;
  }

  private reach(slot: number): void {
    if (slot < this.capacity) return;
    while (this.capacity <= slot) this.capacity *= 2;
    const reals = new Float64Array(this.capacity << REALS);
    const holdings = new Float64Array(this.capacity << REALS);
    const neighbours = new Int32Array(2 * this.capacity);
    reals.set(this.reals);
    holdings.set(this.holdings);
    neighbours.set(this.neighbours);
    this.reals = reals;
    this.ints = new Int32Array(reals.buffer);
    this.holdings = holdings;
    this.places = new Int32Array(holdings.buffer);
    this.neighbours = neighbours;
  }

  /** True if the number names an entry that is in use. */
  isUsed(handle: number): boolean {
    return handle >>> 0 === handle && handle < this.used && this.uses(handle) > 0;
  }

  first(slot: number): number {
    return this.reals[(slot << REALS) + FIRST] as number;
  }
  last(slot: number): number {
    return this.first(slot) + this.pages(slot) - 1;
  }
  pages(slot: number): number {
    return this.ints[(slot << INTS) + PAGES] as number;
  }
  /** True if the entry holds the pages and may be found for the rights. */
  serves(slot: number, first: number, last: number, rights: number): boolean {
    const own = this.reals[(slot << REALS) + FIRST] as number;
    return (
      own <= first &&
      last < own + (this.ints[(slot << INTS) + PAGES] as number) &&
      ((this.ints[(slot << INTS) + STATE] as number) & rights) === rights
    );
  }
  overlaps(slot: number, first: number, last: number): boolean {
    return this.first(slot) <= last && first <= this.last(slot);
  }
  region(slot: number): RegionKey {
    return compact(this.reals[(slot << REALS) + REGION] as number) as RegionKey;
  }
  /** How far an address is behind the first byte of the entry. */
  offset(slot: number, address: number, pageSizeBytes: number): number {
    return compact(address - this.first(slot) * pageSizeBytes);
  }
  setRegion(slot: number, region: RegionKey | typeof NONE): void {
    this.reals[(slot << REALS) + REGION] = region;
  }
  /** The number of the only socket that has used the entry, SHARED or NONE. */
  owner(slot: number): number {
    return this.ints[(slot << INTS) + OWNER] as number;
  }
  setOwner(slot: number, owner: number): void {
    this.ints[(slot << INTS) + OWNER] = owner;
  }
  mdl(slot: number): MdlHandle {
    return this.holdings[(slot << REALS) + MDL] as MdlHandle;
  }
  setMdl(slot: number, mdl: MdlHandle | typeof NONE): void {
    this.holdings[(slot << REALS) + MDL] = mdl;
  }
  secure(slot: number): SecureHandle {
    return this.holdings[(slot << REALS) + SECURE] as SecureHandle;
  }
  setSecure(slot: number, secure: SecureHandle | typeof NONE): void {
    this.holdings[(slot << REALS) + SECURE] = secure;
  }

  /** The next slot in the bucket of the page index. */
  chain(slot: number): number {
    return this.ints[(slot << INTS) + CHAIN] as number;
  }
  setChain(slot: number, next: number): void {
    this.ints[(slot << INTS) + CHAIN] = next;
  }
  /** The rights for which a register finds it, see also `onLock`; 0: none does. */
  found(slot: number): number {
    return this.state(slot) & FOUND_MASK;
  }
  setFound(slot: number, found: number): void {
    this.ints[(slot << INTS) + STATE] = (this.state(slot) & ~FOUND_MASK) | found;
  }
  private state(slot: number): number {
    return this.ints[(slot << INTS) + STATE] as number;
  }
  /** Live registrations. */
  uses(slot: number): number {
    return this.state(slot) >> 4;
  }
  /** One live registration more; true if it is the only one. */
  use(slot: number): boolean {
    const state = this.state(slot);
    this.ints[(slot << INTS) + STATE] = state + ONE_USE;
    return state < ONE_USE;
  }
  /** One live registration less; true if none is left. */
  endUse(slot: number): boolean {
    const state = this.state(slot) - ONE_USE;
    this.ints[(slot << INTS) + STATE] = state;
    return state < ONE_USE;
  }
  /** The rights of its lock. */
  rights(slot: number): number {
    return (this.places[(slot << INTS) + MARKS] as number) & RIGHTS_MASK;
  }
  is(slot: number, mark: number): boolean {
    return ((this.places[(slot << INTS) + MARKS] as number) & mark) !== 0;
  }
  mark(slot: number, mark: number, on: boolean): void {
    const at = (slot << INTS) + MARKS;
    const marks = this.places[at] as number;
    this.places[at] = on ? marks | mark : marks & ~mark;
  }

  /** Neighbours in the list of its owner. */
  ownedBefore(slot: number): number {
    return this.places[(slot << INTS) + OWNED_BEFORE] as number;
  }
  ownedAfter(slot: number): number {
    return this.places[(slot << INTS) + OWNED_AFTER] as number;
  }
  setOwnedBefore(slot: number, before: number): void {
    this.places[(slot << INTS) + OWNED_BEFORE] = before;
  }
  setOwnedAfter(slot: number, after: number): void {
    this.places[(slot << INTS) + OWNED_AFTER] = after;
  }

  /** The next younger entry of its list, or the ends. */
  after(slot: number): number {
    return this.neighbours[2 * slot + 1] as number;
  }
  before(slot: number): number {
    return this.neighbours[2 * slot] as number;
  }
  /** Puts the slot into the list of `next`: before that entry, or behind the youngest if `next` are the ends. */
  insertBefore(next: number, slot: number): void {
    const { neighbours } = this;
    const before = neighbours[2 * next] as number;
    neighbours[2 * before + 1] = slot;
    neighbours[2 * slot] = before;
    neighbours[2 * slot + 1] = next;
    neighbours[2 * next] = slot;
  }
  /** Takes the slot out of its list. */
  takeOut(slot: number): void {
    const { neighbours } = this;
    const before = neighbours[2 * slot] as number;
    const after = neighbours[2 * slot + 1] as number;
    neighbours[2 * before + 1] = after;
    neighbours[2 * after] = before;
  }
  /** The slots between the ends, oldest first. */
  listed(ends: number): number[] {
    const slots: number[] = [];
    for (let slot = this.after(ends); slot !== ends; slot = this.after(slot)) slots.push(slot);
    return slots;
  }
}
