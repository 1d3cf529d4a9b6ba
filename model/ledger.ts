// What is remembered of one provider instance, so that the rules can be decided from events: its live
// registrations, the calls in progress, and what happened to its locks and regions.
//
// A region's key is never reused, so a key names one incarnation. Definitions of held, idle and zombie are in
// entries.ts; nothing here looks inside a cache.

import type { CacheCall, CallOutcome, HostCall } from "./events.ts";
import type { Access, Scope } from "./contract.ts";
import type {
  AddressRange,
  BufferHandle,
  InstanceId,
  MdlHandle,
  PageSpan,
  Pfn,
  ProcessId,
  ProviderId,
  RegionKey,
  RemoteKey,
  SecureHandle,
  SocketId,
} from "./units.ts";

/** A live instance: a successful register, not yet matched by a successful deregister. */
export interface Registration {
  readonly name: string;
  readonly socket: SocketId;
  readonly scope: Scope;
  readonly range: AddressRange;
  readonly access: Access;
  readonly handle: BufferHandle;
  readonly region: RegionKey;
  readonly remoteKey: RemoteKey | null;
  /** What the range mapped when it was registered, one frame a page; what a transfer is to reach. */
  readonly frames: readonly (Pfn | null)[];
}

/** An entry as it was when a call began. */
export interface EntryBefore {
  readonly mdl: MdlHandle;
  readonly locked: boolean;
  readonly regions: readonly { readonly key: RegionKey; readonly access: Access }[];
  readonly span: PageSpan;
  readonly access: Access;
  readonly held: boolean;
  readonly zombie: boolean;
  readonly remote: boolean;
  readonly sockets: readonly SocketId[];
  readonly scopes: readonly Scope[];
  readonly ranges: readonly AddressRange[];
  readonly unreleased: boolean;
  readonly unsecurable: boolean;
}

/** What the instance owned when a call began. */
export interface Holdings {
  readonly entries: readonly EntryBefore[];
  readonly secures: readonly { readonly handle: SecureHandle; readonly span: PageSpan }[];
  readonly exposures: readonly RemoteKey[];
}

export interface HostFailure {
  readonly call: HostCall["name"];
  readonly error: string;
  readonly injected: boolean;
  /** A page that the register asked for had a bad block. */
  readonly badBlock: boolean;
}

/** A call of the instance that has begun; it stays readable, as `lastCall`, until the next one returns. */
export interface ActiveCall {
  readonly call: CacheCall;
  readonly before: Holdings;
  /** Host calls that succeeded, by name. */
  work: Record<HostCall["name"], number>;
  failures: HostFailure[];
  /** What those changed, and on which pages. */
  changes: { readonly call: HostCall["name"]; readonly span: PageSpan | null }[];
  /** Locks and secures that succeeded in this call and are not released yet. */
  acquired: { mdls: MdlHandle[]; secures: SecureHandle[] };
  /** Pages that its host calls were about, and those of its own request. */
  touched: PageSpan[];
  /** Register: each distinct mapping of the range since the call began. */
  mappings: (Pfn | null)[][];
  /** Deregister: what the range mapped when it was registered. */
  readonly framesBefore: readonly (Pfn | null)[] | null;
  /** Register: at some instant the whole range allowed the access. */
  wasValid: boolean;
  /** Register: at some instant a page of it did not. */
  wasInvalid: boolean;
  /** Something happened between two host calls of it. */
  interrupted: boolean;
  outcome: CallOutcome;
}

/** An entry whose release failed. */
export interface Unreleased {
  readonly mdl: MdlHandle;
  /** It was secured when the release was tried, and stays so until it is gone. */
  readonly wasSecured: boolean;
}

/** What an entry was used for since it was locked. */
export interface Uses {
  readonly mdl: MdlHandle;
  sockets: SocketId[];
  /** Distinct scopes that registrations on it had. */
  scopes: Scope[];
  /** Distinct ranges that registrations on it had. */
  ranges: AddressRange[];
  remote: boolean;
}

export interface ProviderInstance {
  readonly id: InstanceId;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  /** Between start and clean-up. */
  started: boolean;
  registrations: Registration[];
  /** Held regions over which a callback answered 0 since they were registered. */
  zombies: RegionKey[];
  /** Who used the lock, for which ranges, and for which scope last. */
  uses: Uses[];
  /** Locks and regions whose release failed; they are still idle entries. */
  unreleased: Unreleased[];
  /** The last registrations that ended: for the situation "registered, then remapped". */
  history: { readonly range: AddressRange; readonly frames: readonly (Pfn | null)[] }[];
  /** Innermost last. */
  calls: ActiveCall[];
  lastCall: ActiveCall | null;
}

export function providerInstance(
  id: InstanceId,
  process: ProcessId,
  provider: ProviderId,
): ProviderInstance {
  return {
    id,
    process,
    provider,
    started: true,
    registrations: [],
    zombies: [],
    uses: [],
    unreleased: [],
    history: [],
    calls: [],
    lastCall: null,
  };
}

export function noWork(): Record<HostCall["name"], number> {
  return {
    lock: 0,
    unlock: 0,
    secure: 0,
    unsecure: 0,
    frames: 0,
    nicRegister: 0,
    nicDeregister: 0,
    expose: 0,
    unexpose: 0,
  };
}
