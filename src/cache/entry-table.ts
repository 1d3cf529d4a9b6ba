// The entries of a registration cache, as rows of a few typed arrays: no object per entry, nothing for the garbage
// collector to trace, and the fields that a hit needs lie in 48 bytes. A row is named by its slot, which is also the
// handle that the application gets; the lowest free slot is given out, so that what a cache answers depends on what it
// holds and not on how it came to hold it.

import type { BufferHandle, MdlHandle, RegionKey, SecureHandle } from "../../model/units.ts";
import { NumberSet } from "./number-set.ts";

/** No slot, no region, no lock, no secure. Whatever is one is not negative. */
export const NONE = -1;
/** The owner of an entry that more than one socket has used. */
export const SHARED = -2;

// Columns stay inside this file: the machine code of a hit reads a constant of another module from memory each time.

/** Columns of `reals`: first and last page, the NIC's region, and the only socket that has used the entry. */
const FIRST = 0;
const LAST = 1;
const REGION = 2;
const OWNER = 3;
const REALS = 4;

/** Columns of `ints`: the next slot in the bucket, how it is found, live registrations, pages. */
const CHAIN = 0;
const FOUND = 1;
const USES = 2;
const PAGES = 3;
const INTS = 4;

/** Columns of `holdings`. */
const MDL = 0;
const SECURE = 1;
const HOLDINGS = 2;

/** How an entry is found that kept only its lock: not by these rights themselves. */
export const onLock = (rights: number): number => rights << 2;

/** Marks: the rights of its lock, and where it stands. */
const RIGHTS_MASK = 3;
/** It is in the page index: the callback has to answer for it. */
export const INDEXED = 4;
/** Its release failed or waits; it is in the list of those. */
export const OWED = 8;
/** A call in progress is acquiring, changing or releasing it. */
export const AT_WORK = 16;

const FEWEST = 16;

export class EntryTable {
  private capacity = FEWEST;
  private reals = new Float64Array(FEWEST * REALS);
  private ints = new Int32Array(FEWEST * INTS);
  /** Neighbours in the list of idle or of owed entries; an entry is in one of them at most. */
  readonly order: Links = new Links(FEWEST);
  /** Neighbours in the list of entries that only one socket has used. */
  readonly ownership: Links = new Links(FEWEST);
  private marks = new Int32Array(FEWEST);
  private holdings = new Float64Array(FEWEST * HOLDINGS);
  /** Freed slots below `used`; all from there on are free as well. */
  private freed = new NumberSet(2 ** 30);
  private used = 0;

  /** A slot for the pages, with nothing acquired. */
  take(first: number, last: number, rights: number): number {
    const least = this.freed.next(0, this.used - 1);
    const slot = least === NONE ? this.used++ : least;
    if (least === NONE) this.reach(slot);
    else this.freed.delete(slot);
    this.set(slot, first, last, rights);
    return slot;
  }

  /** Fills a slot that the caller names: nothing may be in it. */
  put(slot: number, first: number, last: number, rights: number): void {
    while (this.used < slot) this.freed.add(this.used++);
    if (this.used === slot) this.used++;
    else this.freed.delete(slot);
    this.reach(slot);
    this.set(slot, first, last, rights);
  }

  private set(slot: number, first: number, last: number, rights: number): void {
    const { reals, ints } = this;
    reals[slot * REALS + FIRST] = first;
    reals[slot * REALS + LAST] = last;
    reals[slot * REALS + REGION] = NONE;
    reals[slot * REALS + OWNER] = NONE;
    ints[slot * INTS + CHAIN] = NONE;
    ints[slot * INTS + FOUND] = 0;
    ints[slot * INTS + USES] = 0;
    ints[slot * INTS + PAGES] = Math.min(last - first + 1, 2 ** 31 - 1);
    this.marks[slot] = rights;
    this.holdings[slot * HOLDINGS + MDL] = NONE;
    this.holdings[slot * HOLDINGS + SECURE] = NONE;
  }

  /** The slot may be given out again. */
  free(slot: number): void {
    this.marks[slot] = 0;
    this.freed.add(slot);
  }

  private reach(slot: number): void {
    if (slot < this.capacity) return;
    while (this.capacity <= slot) this.capacity *= 2;
    const reals = new Float64Array(this.capacity * REALS);
    const ints = new Int32Array(this.capacity * INTS);
    const marks = new Int32Array(this.capacity);
    const holdings = new Float64Array(this.capacity * HOLDINGS);
    reals.set(this.reals);
    ints.set(this.ints);
    marks.set(this.marks);
    holdings.set(this.holdings);
    this.reals = reals;
    this.ints = ints;
    this.marks = marks;
    this.holdings = holdings;
    this.order.reach(this.capacity);
    this.ownership.reach(this.capacity);
  }

  /** True if the handle may name a slot at all. */
  has(handle: BufferHandle): boolean {
    return handle >>> 0 === handle && handle < this.capacity;
  }

  first(slot: number): number {
    return this.reals[slot * REALS + FIRST] as number;
  }
  last(slot: number): number {
    return this.reals[slot * REALS + LAST] as number;
  }
  pageCount(slot: number): number {
    return this.last(slot) - this.first(slot) + 1;
  }
  /** The page count as limits count it. */
  pages(slot: number): number {
    return this.ints[slot * INTS + PAGES] as number;
  }
  overlaps(slot: number, first: number, last: number): boolean {
    return this.first(slot) <= last && first <= this.last(slot);
  }
  region(slot: number): RegionKey {
    return this.reals[slot * REALS + REGION] as RegionKey;
  }
  setRegion(slot: number, region: RegionKey | typeof NONE): void {
    this.reals[slot * REALS + REGION] = region;
  }
  owner(slot: number): number {
    return this.reals[slot * REALS + OWNER] as number;
  }
  setOwner(slot: number, owner: number): void {
    this.reals[slot * REALS + OWNER] = owner;
  }
  mdl(slot: number): MdlHandle {
    return this.holdings[slot * HOLDINGS + MDL] as MdlHandle;
  }
  setMdl(slot: number, mdl: MdlHandle | typeof NONE): void {
    this.holdings[slot * HOLDINGS + MDL] = mdl;
  }
  secure(slot: number): SecureHandle {
    return this.holdings[slot * HOLDINGS + SECURE] as SecureHandle;
  }
  setSecure(slot: number, secure: SecureHandle | typeof NONE): void {
    this.holdings[slot * HOLDINGS + SECURE] = secure;
  }
  uses(slot: number): number {
    return this.ints[slot * INTS + USES] as number;
  }
  setUses(slot: number, uses: number): void {
    this.ints[slot * INTS + USES] = uses;
  }
  /** The rights of its lock. */
  rights(slot: number): number {
    return (this.marks[slot] as number) & RIGHTS_MASK;
  }
  /** The next slot in the bucket of the page index. */
  next(slot: number): number {
    return this.ints[slot * INTS + CHAIN] as number;
  }
  setNext(slot: number, next: number): void {
    this.ints[slot * INTS + CHAIN] = next;
  }
  /** The rights for which a register finds it, see also `onLock`; 0: none does. */
  found(slot: number): number {
    return this.ints[slot * INTS + FOUND] as number;
  }
  setFound(slot: number, found: number): void {
    this.ints[slot * INTS + FOUND] = found;
  }
  is(slot: number, mark: number): boolean {
    return ((this.marks[slot] as number) & mark) !== 0;
  }
  mark(slot: number, mark: number, on: boolean): void {
    const marks = this.marks[slot] as number;
    this.marks[slot] = on ? marks | mark : marks & ~mark;
  }
}

/** Storage for the neighbours of slots in doubly linked lists. */
export class Links {
  pairs: Int32Array;

  constructor(capacity: number) {
    this.pairs = new Int32Array(capacity * 2);
  }

  reach(capacity: number): void {
    const pairs = new Int32Array(capacity * 2);
    pairs.set(this.pairs);
    this.pairs = pairs;
  }
}

/** A doubly linked list of slots, oldest first. A slot is in one list of its storage at most. */
export class SlotList {
  private readonly links: Links;
  head: number = NONE;
  tail: number = NONE;
  size = 0;

  constructor(links: Links) {
    this.links = links;
  }

  /** The next younger slot. */
  after(slot: number): number {
    return this.links.pairs[slot * 2 + 1] as number;
  }

  push(slot: number): void {
    const { pairs } = this.links;
    const { tail } = this;
    pairs[slot * 2] = tail;
    pairs[slot * 2 + 1] = NONE;
    if (tail === NONE) this.head = slot;
    else pairs[tail * 2 + 1] = slot;
    this.tail = slot;
    this.size++;
  }

  /** Puts the slot before one that is in the list. */
  insertBefore(next: number, slot: number): void {
    const { pairs } = this.links;
    const previous = pairs[next * 2] as number;
    pairs[slot * 2] = previous;
    pairs[slot * 2 + 1] = next;
    pairs[next * 2] = slot;
    if (previous === NONE) this.head = slot;
    else pairs[previous * 2 + 1] = slot;
    this.size++;
  }

  remove(slot: number): void {
    const { pairs } = this.links;
    const previous = pairs[slot * 2] as number;
    const next = pairs[slot * 2 + 1] as number;
    if (previous === NONE) this.head = next;
    else pairs[previous * 2 + 1] = next;
    if (next === NONE) this.tail = previous;
    else pairs[next * 2] = previous;
    this.size--;
  }

  slots(): number[] {
    const found: number[] = [];
    for (let slot = this.head; slot !== NONE; slot = this.after(slot)) found.push(slot);
    return found;
  }
}
