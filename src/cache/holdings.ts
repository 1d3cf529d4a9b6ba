// What an entry holds in the driver and in the NIC: each step of acquiring and of releasing it, noted in the table as
// soon as it has succeeded. So whatever was acquired when a step fails, releasing the entry gives back exactly that.

import type {
  Access,
  Host,
  RegisterRequest,
  RegisterOutcome,
  Result,
} from "../../model/contract.ts";
import type { RemoteKey } from "../../model/units.ts";
import { NONE, type EntryTable } from "./entry-table.ts";

export type Failure = Extract<RegisterOutcome, { ok: false }>;

export const FAULT = { ok: false, error: "WSAEFAULT" } as const;
export const NO_BUFFERS = { ok: false, error: "WSAENOBUFS" } as const;

export const bitsOf = (access: Access): number =>
  access === "readwrite" ? 3 : access === "read" ? 1 : 2;
export const accessOf = (bits: number): Access =>
  bits === 3 ? "readwrite" : bits === 1 ? "read" : "write";

/** How the cache makes room when the driver or the NIC has none; false: there is nothing left to give back. */
export interface Room {
  inDriver(): boolean;
  inNic(): boolean;
}

export class Holdings {
  private readonly host: Host;
  private readonly table: EntryTable;
  private readonly room: Room;

  constructor(host: Host, table: EntryTable, room: Room) {
    this.host = host;
    this.table = table;
    this.room = room;
  }

  /** Secure, lock, region, in this order; null: all of it is there. */
  acquire(slot: number, { range, access }: RegisterRequest): Failure | null {
    const { driver } = this.host;
    const mode = access === "read" ? "readonly" : "readwrite";
    const secured = this.withRoom(() => driver.secure(range, mode));
    if (!secured.ok) return failure(secured.error);
    this.table.setSecure(slot, secured.value);
    const locked = this.withRoom(() => driver.lock(range, access));
    if (!locked.ok) return failure(locked.error);
    this.table.setMdl(slot, locked.value);
    return this.enter(slot);
  }

  /** Enters the locked pages into the NIC. */
  enter(slot: number): Failure | null {
    const { nic } = this.host;
    const mdl = this.table.mdl(slot);
    const access = accessOf(this.table.rights(slot));
    const entered = this.withRoom(() => nic.register(mdl, access));
    if (!entered.ok) return NO_BUFFERS;
    this.table.setRegion(slot, entered.value);
    return null;
  }

  /** Lets the peer reach what was asked for, and no more; null: the NIC does not. */
  expose(slot: number, { range, socket, access }: RegisterRequest): RemoteKey | null {
    const { nic } = this.host;
    const region = this.table.region(slot);
    const exposed = this.withRoom(() => nic.expose(region, range, socket, access));
    return exposed.ok ? exposed.value : null;
  }

  private withRoom<T, E extends string>(ask: () => Result<T, E>): Result<T, E> {
    let result = ask();
    while (!result.ok && this.makesRoom(result.error)) result = ask();
    return result;
  }

  private makesRoom(error: string): boolean {
    if (error === "NO_RESOURCES") return this.room.inNic();
    return error === "STATUS_INSUFFICIENT_RESOURCES" && this.room.inDriver();
  }

  /** Region, lock, secure, in this order; false: a step failed, and what is left stays in the table. */
  release(slot: number): boolean {
    const { table } = this;
    const { driver, nic } = this.host;
    const region = table.region(slot);
    if (region !== NONE && !isGone(nic.deregister(region))) return false;
    const mdl = table.mdl(slot);
    if (mdl !== NONE && !isGone(driver.unlock(mdl))) {
      table.setRegion(slot, NONE);
      return false;
    }
    if (this.unsecure(slot)) return true;
    table.setRegion(slot, NONE);
    table.setMdl(slot, NONE);
    return false;
  }

  /** Takes the region out of the NIC; false: it stays. */
  takeOut(slot: number): boolean {
    const gone = isGone(this.host.nic.deregister(this.table.region(slot)));
    if (gone) this.table.setRegion(slot, NONE);
    return gone;
  }

  unsecure(slot: number): boolean {
    const secure = this.table.secure(slot);
    if (secure !== NONE && !isGone(this.host.driver.unsecure(secure))) return false;
    this.table.setSecure(slot, NONE);
    return true;
  }
}

/** Released, or not known to the host: nothing is left to try again. */
function isGone(result: Result<void, string>): boolean {
  return result.ok || result.error === "INVALID_KEY" || result.error === "STATUS_INVALID_HANDLE";
}

/** The memory is not valid for the access, or something ran out. */
function failure(error: string): Failure {
  const fault = error === "STATUS_ACCESS_VIOLATION" || error === "STATUS_INVALID_PARAMETER";
  return fault ? FAULT : NO_BUFFERS;
}
