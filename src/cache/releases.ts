// How entries go: released when they may not be kept, owed when the host refuses, given up when room is needed.
//
// Also what the calls in progress are at work on, for the callback that may come inside any of their host calls.

import type { Host } from "../../model/contract.ts";
import type { RemoteKey } from "../../model/units.ts";
import type { CacheParts } from "./cache-parts.ts";
import { INDEXED, NONE, OWED, onLock } from "./entry-table.ts";
import { Holdings } from "./holdings.ts";

export class Releases {
  private readonly parts: CacheParts;
  private readonly nic: Host["nic"];
  readonly holdings: Holdings;
  /** Slots, innermost call last. */
  private readonly atWork: number[] = [];

  constructor(host: Host, parts: CacheParts) {
    this.parts = parts;
    this.nic = host.nic;
    this.holdings = new Holdings(host, parts.table, {
      inDriver: () => this.evictOldest(),
      inNic: () => this.dropOldestRegion(),
    });
  }

  /** The host is about to be asked for something of the entry: a callback leaves it alone until `end`. */
  begin(slot: number): void {
    this.atWork.push(slot);
  }

  end(): void {
    this.atWork.pop();
  }

  isAtWork(slot: number): boolean {
    return this.atWork.length > 0 && this.atWork.includes(slot);
  }

  /** True if a call in progress is at work on pages of the range. */
  isBusy(first: number, last: number): boolean {
    return this.atWork.some((slot) => this.parts.table.overlaps(slot, first, last));
  }

  /** Releases what there is of an entry that nobody uses. False: a part of it stays, is not found, and is owed. */
  release(slot: number): boolean {
    const { table, idle, owed, ownership, index } = this.parts;
    // Out of the lists first: a callback may come in the middle.
    if (table.found(slot) !== 0) {
      table.setFound(slot, 0);
      idle.remove(slot);
    } else if (table.is(slot, OWED)) {
      owed.remove(slot);
    }
    ownership.disown(slot);
    this.begin(slot);
    const released = this.holdings.release(slot);
    this.end();
    if (!released) {
      this.owe(slot);
      return false;
    }
    if (table.is(slot, INDEXED)) index.remove(slot);
    table.free(slot);
    return true;
  }

  /** The release is to be tried at a later call. While it is secured, the callback has to answer for it. */
  owe(slot: number): void {
    const { table, owed, ownership, index } = this.parts;
    ownership.disown(slot);
    owed.add(slot);
    if (table.secure(slot) === NONE || table.is(slot, INDEXED)) return;
    table.mark(slot, INDEXED, true);
    index.add(slot);
  }

  /** Takes an exposure back, or owes it. */
  unexpose(key: RemoteKey): void {
    const unexposed = this.nic.unexpose(key);
    if (!unexposed.ok && unexposed.error !== "INVALID_KEY") this.parts.owed.addKey(key);
  }

  /** Tries again what is owed, the longest waiting first: so many keys and entries at most, each once. */
  settle(most: number): void {
    const { owed } = this.parts;
    for (const key of owed.takeKeys(most)) this.unexpose(key);
    for (let tries = Math.min(most, owed.size); tries > 0 && owed.oldest !== NONE; tries--) {
      this.release(owed.oldest);
    }
  }

  /** Releases the least recently used idle entry that can be released; false: there is none. */
  private evictOldest(): boolean {
    const { idle } = this.parts;
    while (idle.oldest !== NONE) if (this.release(idle.oldest)) return true;
    return false;
  }

  /** Gives the oldest region of an idle entry back to the NIC, and keeps its lock; false: there is none. */
  private dropOldestRegion(): boolean {
    const { table, idle } = this.parts;
    while (idle.oldestRegion !== NONE) {
      const slot = idle.oldestRegion;
      // Nobody finds it, and no callback releases it, while the NIC is asked.
      idle.remove(slot);
      table.setFound(slot, 0);
      this.begin(slot);
      const dropped = this.holdings.takeOut(slot);
      this.end();
      if (dropped) {
        table.setFound(slot, onLock(table.rights(slot)));
        idle.addBare(slot);
        return true;
      }
      this.owe(slot);
    }
    return false;
  }
}
