// What a cache still owes: entries that nobody uses and that could not be released, or that wait for it, the longest
// waiting first; and keys that the NIC was too busy to take back.

import type { RemoteKey } from "../../model/units.ts";
import { NONE, OWED, OWED_ENDS, type EntryTable } from "./entry-table.ts";

export class OwedList {
  private readonly table: EntryTable;
  size = 0;
  keys: RemoteKey[] = [];

  constructor(table: EntryTable) {
    this.table = table;
  }

  /** The entry that has waited longest; NONE: none does. */
  get oldest(): number {
    return this.size === 0 ? NONE : this.table.after(OWED_ENDS);
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
}
