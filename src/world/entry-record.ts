// An entry as it is now; what nobody asks for is not looked up.

import {
  brand,
  type AddressRange,
  type MdlHandle,
  type PageSpan,
  type SocketId,
} from "../../model/units.ts";
import type { Access, Scope } from "../../model/contract.ts";
import { accessNames } from "./codes.ts";
import {
  flagsOf,
  isHeldRegion,
  isLocked,
  isZombieRegion,
  rangesOf,
  regionSlots,
  scopesOf,
  socketsOf,
} from "./entries.ts";
import { RegionRecord } from "./records.ts";
import { spanOf } from "./ranges.ts";
import { LOCK, REGION, UNRELEASED, USED_REMOTELY, WAS_SECURED } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { Entry, Region } from "./words.ts";

class EntryRecord implements Entry {
  readonly mdl: MdlHandle;
  readonly locked: boolean;
  readonly span: PageSpan;
  readonly #w: Store;
  readonly #lock: number;
  /** The one region that is left without its lock, or `NONE`. */
  readonly #orphan: number;

  constructor(w: Store, lock: number, orphan: number) {
    const row = w.locks.row(lock);
    this.#w = w;
    this.#lock = lock;
    this.#orphan = orphan;
    this.mdl = brand(w.mem.at(row + LOCK.handle));
    this.locked = orphan === NONE;
    this.span = spanOf(w.mem.at(row + LOCK.first), w.mem.at(row + LOCK.count));
  }

  get access(): Access {
    const w = this.#w;
    const word = this.locked
      ? w.locks.row(this.#lock) + LOCK.access
      : w.regions.row(this.#orphan) + REGION.access;
    return accessNames[w.mem.at(word)] ?? "read";
  }

  get regions(): readonly Region[] {
    return this.#slots().map((slot) => new RegionRecord(this.#w, slot));
  }

  #slots(): readonly number[] {
    return this.locked ? regionSlots(this.#w, this.#lock) : [this.#orphan];
  }

  get held(): boolean {
    return this.#some(isHeldRegion);
  }

  get zombie(): boolean {
    return this.#some(isZombieRegion);
  }

  #some(is: (w: Store, region: number) => boolean): boolean {
    const w = this.#w;
    if (!this.locked) return is(w, this.#orphan);
    let region = w.regionsOfLock.first(w.locks.row(this.#lock) + LOCK.regions);
    for (; region !== NONE; region = w.regionsOfLock.next(region)) if (is(w, region)) return true;
    return false;
  }

  get remote(): boolean {
    return (flagsOf(this.#w, this.#lock) & USED_REMOTELY) !== 0;
  }

  get sockets(): readonly SocketId[] {
    return socketsOf(this.#w, this.#lock);
  }

  get scopes(): readonly Scope[] {
    return scopesOf(this.#w, this.#lock);
  }

  get ranges(): readonly AddressRange[] {
    return rangesOf(this.#w, this.#lock);
  }

  get unreleased(): boolean {
    return (flagsOf(this.#w, this.#lock) & UNRELEASED) !== 0;
  }

  get unsecurable(): boolean {
    return (flagsOf(this.#w, this.#lock) & (UNRELEASED | WAS_SECURED)) === UNRELEASED;
  }
}

/** The entries of a lock: one, or one for each region that is left without it. */
export function addEntries(w: Store, lock: number, to: Entry[]): void {
  if (isLocked(w, lock)) to.push(new EntryRecord(w, lock, NONE));
  else for (const region of regionSlots(w, lock)) to.push(new EntryRecord(w, lock, region));
}
