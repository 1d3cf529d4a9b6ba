// What the cache of a random policy knows: plain records and nothing else, so that a snapshot is their JSON.

import type { Access, Scope, SecureMode } from "../../model/contract.ts";
import {
  spansOverlap,
  type AddressRange,
  type BufferHandle,
  type MdlHandle,
  type PageSpan,
  type RegionKey,
  type RemoteKey,
  type SecureHandle,
  type SocketId,
} from "../../model/units.ts";

/** A live secure. Whose it is, is what the entries say. */
export interface Secured {
  readonly handle: SecureHandle;
  readonly span: PageSpan;
  readonly mode: SecureMode;
  /** It is being released. */
  atWork: boolean;
}

/** A region in the NIC. */
export interface Region {
  readonly key: RegionKey;
  readonly access: Access;
  /** Live registrations that name it. */
  uses: number;
  /** Its release failed: it is not named again, and tried again later. */
  owed: boolean;
}

/**
 * - `new`: a call in progress makes it.
 * - `found`: its frames are right for as long as it is secured.
 * - `doubtful`: its mapping may have changed; whoever wants to use it has to compare.
 * - `invalidated`: a callback over it answered 0 while it was in use.
 * - `owed`: its release failed; nobody uses it.
 */
type EntryState = "new" | "found" | "doubtful" | "invalidated" | "owed";

/** Locked pages, the regions on them, and the secures that they rely on. */
export interface Entry {
  readonly id: number;
  /** What was asked for when it was made; pages may be more. */
  readonly range: AddressRange;
  readonly span: PageSpan;
  readonly access: Access;
  mdl: MdlHandle | null;
  secures: SecureHandle[];
  regions: Region[];
  state: EntryState;
  /** Calls in progress that are about it: a callback inside one of them leaves it alone. */
  atWork: number;
  sockets: SocketId[];
  scopes: Scope[];
}

/** Live registrations that cannot be told apart. */
export interface Use {
  readonly socket: SocketId;
  readonly scope: Scope;
  readonly handle: BufferHandle;
  readonly entry: number;
  readonly region: RegionKey;
  /** Remote scope: what exposes which pages for what. */
  readonly exposed: {
    readonly key: RemoteKey;
    readonly span: PageSpan;
    readonly access: Access;
  } | null;
  count: number;
}

export interface Tables {
  nextEntry: number;
  nextHandle: number;
  /** Oldest first. */
  entries: Entry[];
  secures: Secured[];
  uses: Use[];
}

export function emptyTables(): Tables {
  return { nextEntry: 1, nextHandle: 1, entries: [], secures: [], uses: [] };
}

/** An entry of which nothing is there yet; the call that makes it is at work on it. */
export function beginEntry(
  tables: Tables,
  { range, span, access }: Pick<Entry, "range" | "span" | "access">,
): Entry {
  const entry: Entry = {
    id: tables.nextEntry++,
    range,
    span,
    access,
    mdl: null,
    secures: [],
    regions: [],
    state: "new",
    atWork: 1,
    sockets: [],
    scopes: [],
  };
  tables.entries.push(entry);
  return entry;
}

export const includesAccess = (have: Access, want: Access): boolean =>
  have === "readwrite" || have === want;

/** Registrations name a region of it. */
export const isUsed = ({ regions }: Entry): boolean => regions.some((region) => region.uses > 0);

/** A region of it is named by no registration. */
export const hasIdleRegion = ({ regions }: Entry): boolean =>
  regions.some((region) => region.uses === 0);

/** Kept for the next register, and nobody is at work on it. */
export const isIdle = (entry: Entry): boolean =>
  entry.state === "found" && entry.atWork === 0 && !isUsed(entry);

/** Invalidated, and the last deregister is over. A lock without its region is nothing that may wait: it would be idle. */
export const isPending = (entry: Entry): boolean =>
  entry.state === "invalidated" && entry.atWork === 0 && entry.regions.length > 0 && !isUsed(entry);

/** A call begins to be about the entry: callbacks inside it leave the entry alone until `endWork`. */
export function beginWork(entry: Entry): void {
  entry.atWork++;
}

/** What is left of an entry when a call has no more to do with it: unused with a region that failed to go, it is owed. */
export function endWork(entry: Entry): void {
  entry.atWork--;
  const isOwed = entry.atWork === 0 && !isUsed(entry) && entry.regions.some(({ owed }) => owed);
  if (isOwed) entry.state = "owed";
}

/** True if the entry is still in the tables: a callback inside a host call may have released it. */
export const isThere = ({ entries }: Tables, entry: Entry): boolean => entries.includes(entry);

export const entriesOver = ({ entries }: Tables, span: PageSpan): Entry[] =>
  entries.filter((entry) => spansOverlap(entry.span, span));

export const securesOver = ({ secures }: Tables, span: PageSpan): Secured[] =>
  secures.filter((secure) => spansOverlap(secure.span, span));

/** The entries that rely on the secure. */
export const usersOf = ({ entries }: Tables, { handle }: Secured): Entry[] =>
  entries.filter((entry) => entry.secures.includes(handle));

/** True if the entry stays secured for the access: then its pages allow it. */
export function isSecuredFor({ secures }: Tables, entry: Entry, access: Access): boolean {
  if (access === "read") return true;
  return entry.secures.every(
    (handle) => secures.find((each) => each.handle === handle)?.mode === "readwrite",
  );
}

/** True if buffers in use alone fill a limit, or would with one more. */
export function isFilled(
  { entries }: Tables,
  limits: { readonly entries: number | null; readonly pages: number | null },
  pageCount: number,
): boolean {
  const held = entries.filter(isUsed);
  const pages = held.reduce((sum, { span }) => sum + span.count, 0);
  return (
    (limits.entries !== null && limits.entries > 0 && held.length >= limits.entries) ||
    (limits.pages !== null && limits.pages > 0 && pages + pageCount > limits.pages)
  );
}
