// Which entries only one socket has used: a list for each socket, so that a close finds them without a search. The
// second socket to use an entry takes it out of the list for good.

import { NONE, SHARED, SlotList, type EntryTable } from "./entry-table.ts";
import type { SocketId } from "../../model/units.ts";

export class Ownership {
  private readonly table: EntryTable;
  private readonly bySocket = new Map<number, SlotList>();

  constructor(table: EntryTable) {
    this.table = table;
  }

  own(slot: number, socket: number): void {
    this.table.setOwner(slot, socket);
    let list = this.bySocket.get(socket);
    if (list === undefined) {
      list = new SlotList(this.table.ownership);
      this.bySocket.set(socket, list);
    }
    list.push(slot);
  }

  /** The entry is on its way out. */
  disown(slot: number): void {
    const owner = this.table.owner(slot);
    if (owner < 0) return;
    this.bySocket.get(owner)?.remove(slot);
    this.table.setOwner(slot, NONE);
  }

  /** A socket that is not its owner uses the entry. */
  share(slot: number): void {
    if (this.table.owner(slot) === SHARED) return;
    this.disown(slot);
    this.table.setOwner(slot, SHARED);
  }

  /** An entry that only this socket has used; NONE: there is no other, and the socket is forgotten. */
  next(socket: SocketId): number {
    const slot = this.bySocket.get(socket)?.head ?? NONE;
    if (slot === NONE) this.bySocket.delete(socket);
    return slot;
  }

  /** Each socket's entries, by socket. */
  lists(): [socket: number, slots: number[]][] {
    return [...this.bySocket]
      .map(([socket, list]): [number, number[]] => [socket, list.slots()])
      .filter(([, slots]) => slots.length > 0)
      .toSorted(([a], [b]) => a - b);
  }
}
