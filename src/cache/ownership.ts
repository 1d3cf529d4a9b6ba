// Which entries only one socket has used: a list for each socket, so that a close finds them without a search. The
// second socket to use an entry takes it out of the list for good.

import type { SocketId } from "../../model/units.ts";
import { NONE, SHARED, type EntryTable } from "./entry-table.ts";

export class Ownership {
  private readonly table: EntryTable;
  /** Sockets by their number, the sockets' numbers, and each one's entry that was made last. */
  private readonly sockets: number[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly newest: number[] = [];
  private freed: number[] = [];

  constructor(table: EntryTable) {
    this.table = table;
  }

  /** The socket uses the entry, as others may have done. */
  use(slot: number, socket: number): void {
    const owner = this.table.owner(slot);
    if (owner >= 0 && this.sockets[owner] !== socket) this.share(slot);
  }

  private share(slot: number): void {
    this.disown(slot);
    this.table.setOwner(slot, SHARED);
  }

  /** The socket uses the entry, and is the first to do so. */
  own(slot: number, socket: number): void {
    const { table, newest } = this;
    const owner = this.numbers.get(socket) ?? this.enter(socket);
    const after = newest[owner] as number;
    table.setOwner(slot, owner);
    table.setOwnedBefore(slot, NONE);
    table.setOwnedAfter(slot, after);
    if (after !== NONE) table.setOwnedBefore(after, slot);
    newest[owner] = slot;
  }

  private enter(socket: number): number {
    const number = this.freed.pop() ?? this.sockets.length;
    this.sockets[number] = socket;
    this.newest[number] = NONE;
    this.numbers.set(socket, number);
    return number;
  }

  /** The entry is on its way out. */
  disown(slot: number): void {
    const { table, newest } = this;
    const owner = table.owner(slot);
    if (owner < 0) return;
    const before = table.ownedBefore(slot);
    const after = table.ownedAfter(slot);
    if (after !== NONE) table.setOwnedBefore(after, before);
    if (before === NONE) newest[owner] = after;
    else table.setOwnedAfter(before, after);
    table.setOwner(slot, NONE);
  }

  /** The entry that the socket made last of those that only it has used; NONE: there is none. */
  newestOf(socket: SocketId): number {
    const owner = this.numbers.get(socket);
    return owner === undefined ? NONE : (this.newest[owner] as number);
  }

  /** The socket owns nothing, and does not come back. */
  forget(socket: SocketId): void {
    const owner = this.numbers.get(socket);
    if (owner === undefined) return;
    this.numbers.delete(socket);
    this.freed.push(owner);
  }

  /** Each socket's entries, newest first, by socket. */
  lists(): [socket: number, slots: number[]][] {
    return [...this.numbers]
      .toSorted(([a], [b]) => a - b)
      .map(([socket, owner]): [number, number[]] => {
        const slots: number[] = [];
        for (let slot = this.newest[owner] as number; slot !== NONE;) {
          slots.push(slot);
          slot = this.table.ownedAfter(slot);
        }
        return [socket, slots];
      })
      .filter(([, slots]) => slots.length > 0);
  }
}
