// What a cache still owes: entries that nobody uses and that could not be released, or that wait for it, the longest
// waiting first; and keys that the NIC was too busy to take back.

import type { RemoteKey } from "../../model/units.ts";
import { NONE, OWED, OWED_ENDS, type EntryTable } from "./entry-table.ts";

export class OwedList {
  private readonly table: EntryTable;
  /** Entries and keys. */
  size = 0;
  keys: RemoteKey[] = [];

  constructor(table: EntryTable) {
    this.table = table;
  }

  /** The entry that has waited longest; NONE: none does. */
  get oldest(): number {
    const slot = this.table.after(OWED_ENDS);
    return slot === OWED_ENDS ? NONE : slot;
  }

  add(slot: number): void {
    this.size++;
    this.table.mark(slot, OWED, true);
    this.table.insertBefore(OWED_ENDS, slot);
  }

  remove(slot: number): void {
    this.size--;
    this.table.mark(slot, OWED, false);
    this.table.takeOut(slot);
  }

  addKey(key: RemoteKey): void {
    this.size++;
    this.keys.push(key);
  }

  /** Takes keys out, the longest waiting first. */
  takeKeys(most: number): RemoteKey[] {
    const keys = this.keys.splice(0, most);
    this.size -= keys.length;
    return keys;
  }
}
