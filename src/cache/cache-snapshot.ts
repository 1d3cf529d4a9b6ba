// The state of a cache between two calls, as JSON: its entries by handle, the order of its lists, and nothing that
// follows from those. Equal states have equal snapshots.

import type { Access, JsonValue } from "../../model/contract.ts";
import type { RemoteKey } from "../../model/units.ts";
import type { CacheParts } from "./cache-parts.ts";
import { IDLE_ENDS, INDEXED, NONE, OWED, OWED_ENDS, onLock } from "./entry-table.ts";
import { accessOf, bitsOf } from "./holdings.ts";

interface EntrySnapshot {
  readonly handle: number;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly access: Access;
  readonly uses: number;
  readonly region: number | null;
  readonly mdl: number | null;
  readonly secure: number | null;
}

interface CacheSnapshot {
  readonly entries: readonly EntrySnapshot[];
  /** Handles of idle entries, least recently released first. */
  readonly idle: readonly number[];
  /** Handles of entries that are still to be released, the longest waiting first. */
  readonly owed: readonly number[];
  readonly owedKeys: readonly number[];
  /** Sockets, each with the handles of the entries that only it has used, newest first. */
  readonly sockets: readonly (readonly [number, readonly number[]])[];
}

const orNull = (value: number): number | null => (value === NONE ? null : value);
const orNone = (value: number | null): never => (value ?? NONE) as never;

export function writeSnapshot({ table, owed, ownership }: CacheParts): JsonValue {
  const entries = table.slots().map((slot) => ({
    handle: slot,
    firstPage: table.first(slot),
    pageCount: table.pages(slot),
    access: accessOf(table.rights(slot)),
    uses: table.uses(slot),
    region: orNull(table.region(slot)),
    mdl: orNull(table.mdl(slot)),
    secure: orNull(table.secure(slot)),
  }));
  return {
    entries,
    idle: table.listed(IDLE_ENDS),
    owed: table.listed(OWED_ENDS),
    owedKeys: [...owed.keys],
    sockets: ownership.lists(),
  };
}

/** Puts the state of a snapshot in the place of the present one. */
export function readSnapshot(parts: CacheParts, snapshot: JsonValue | Uint8Array): void {
  if (!isSnapshot(snapshot)) {
    throw new TypeError("restore was given something that snapshot of this cache did not return");
  }
  forget(parts);
  const { table, index, idle, owed, ownership } = parts;
  const waiting = new Set(snapshot.owed);
  for (const { handle, firstPage, pageCount, access, ...rest } of snapshot.entries) {
    const rights = bitsOf(access);
    table.put(handle, firstPage, firstPage + pageCount - 1, rights);
    table.setRegion(handle, orNone(rest.region));
    table.setMdl(handle, orNone(rest.mdl));
    table.setSecure(handle, orNone(rest.secure));
    for (let uses = 0; uses < rest.uses; uses++) table.use(handle);
    if (rest.secure === null) continue;
    table.mark(handle, INDEXED, true);
    index.add(handle);
    if (!waiting.has(handle))
      table.setFound(handle, rest.region === null ? onLock(rights) : rights);
  }
  for (const handle of snapshot.idle) {
    if (table.region(handle) === NONE) idle.addBare(handle);
    else idle.add(handle);
  }
  for (const handle of snapshot.owed) owed.add(handle);
  owed.takeKeys(owed.keys.length);
  for (const key of snapshot.owedKeys) owed.addKey(key as RemoteKey);
  for (const [socket, handles] of snapshot.sockets) {
    for (const handle of handles.toReversed()) ownership.own(handle, socket);
  }
}

/** Empties the cache, without releasing anything. */
function forget({ table, index, idle, owed, ownership }: CacheParts): void {
  for (const slot of table.listed(IDLE_ENDS)) idle.remove(slot);
  for (const slot of table.slots()) {
    if (table.is(slot, OWED)) owed.remove(slot);
    if (table.is(slot, INDEXED)) index.remove(slot);
    ownership.disown(slot);
    table.free(slot);
  }
}

function isSnapshot(value: unknown): value is CacheSnapshot {
  return typeof value === "object" && value !== null && "entries" in value && "owedKeys" in value;
}
