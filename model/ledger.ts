// What is remembered of one provider instance, so that the rules can be decided from events: its live
// registrations, the calls in progress, and what happened to its locks and regions.
//
// A region's key is never reused, so a key names one incarnation. Definitions of held, idle and zombie are in
// entries.ts; nothing here looks inside a cache.

import type { CacheCall, CallOutcome, HostCall } from "./events.ts";
import type { Access, Scope } from "./contract.ts";
import type { Region } from "./nic.ts";
import type {
  AddressRange,
  BufferHandle,
  InstanceId,
  MdlHandle,
  PageNumber,
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

/** What an instance has locked and registered on one MDL; see entries.ts for held, zombie and idle. */
export interface EntryBefore {
  readonly mdl: MdlHandle;
  /** False: only a region is left, without the lock under it. */
  readonly locked: boolean;
  readonly regions: readonly { readonly key: RegionKey; readonly access: Access }[];
  readonly span: PageSpan;
  readonly access: Access;
  readonly held: boolean;
  readonly zombie: boolean;
  /** The last registration that named it was for remote access. */
  readonly remote: boolean;
  readonly sockets: readonly SocketId[];
  /** The scopes of the registrations on it. */
  readonly scopes: readonly Scope[];
  /** The ranges for which it was registered. */
  readonly ranges: readonly AddressRange[];
  /** A release of it failed and is owed. */
  readonly unreleased: boolean;
  /** It was never secured when that release failed, so it cannot stay secured. */
  readonly unsecurable: boolean;
}

/** An entry as it is now. */
export interface Entry extends EntryBefore {
  readonly regions: readonly Region[];
}

/** Entries of an instance, counted. */
export interface Totals {
  readonly idleEntries: number;
  readonly idlePages: number;
  /** Idle ones of which a release failed; they are counted in `idleEntries` too. */
  readonly owedEntries: number;
  readonly owedPages: number;
  readonly heldEntries: number;
  readonly heldPages: number;
  /** Zombies that nobody holds any more and whose release was not tried. */
  readonly pendingEntries: number;
}

/** What an instance had when a call of it began. Lists are in the order of locking, or of securing. */
export interface Before {
  readonly totals: Totals;
  entry(mdl: MdlHandle): EntryBefore | undefined;
  /** The entry that had the region. */
  entryOf(region: RegionKey): EntryBefore | undefined;
  /** Entries that share a page with the span. */
  entriesOver(span: PageSpan): readonly EntryBefore[];
  /** Entries whose lock or one of whose regions is gone. */
  diminished(): readonly EntryBefore[];
  securesOver(span: PageSpan): readonly Held<SecureHandle>[];
}

/** Something over a span of pages. */
export interface Held<Handle> {
  readonly handle: Handle;
  readonly span: PageSpan;
}

/** What the instance owned when a call began. */
export interface Holdings {
  readonly entries: readonly EntryBefore[];
  readonly secures: readonly Held<SecureHandle>[];
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
  /** Host calls that succeeded, by name. */
  readonly work: Readonly<Record<HostCall["name"], number>>;
  readonly failures: readonly HostFailure[];
  /** What those changed, and on which pages. */
  readonly changes: readonly HostChange[];
  /** Locks and secures that succeeded in this call and are not released yet. */
  readonly acquired: {
    readonly mdls: readonly MdlHandle[];
    readonly secures: readonly SecureHandle[];
  };
  /** Pages that its host calls were about, those of its own request, and those of the region that a deregister names. */
  readonly touched: readonly PageSpan[];
  /** What calls that came inside this one touched. */
  readonly touchedWithin: readonly PageSpan[];
  /** What calls of other threads were about that overlapped with this one; absent if none did. */
  readonly touchedBeside?: readonly PageSpan[];
  /** Register: each distinct mapping of the range since the call began. */
  readonly mappings: readonly Mapping[];
  /** Deregister: what the range mapped when it was registered. */
  readonly framesBefore: readonly (Pfn | null)[] | null;
  /** Register: at some instant a page of the range did not allow the access. */
  readonly wasInvalid: boolean;
  /** Something happened between two host calls of it. */
  readonly interrupted: boolean;
  readonly outcome: CallOutcome;
}

/** What a range maps at some instant. */
export interface Mapping {
  /** One a page; none if it is not wholly a range of user addresses. */
  readonly frames: readonly (Pfn | null)[];
  /** What locks show in the place of those, after changes of which nobody had to tell the cache. */
  readonly spared: readonly SparedFrame[];
}

/** A frame that counts as mapped. */
export interface SparedFrame {
  readonly page: PageNumber;
  readonly pfn: Pfn;
}

/** A host call that changed something. */
export interface HostChange {
  readonly call: HostCall["name"];
  readonly span: PageSpan | null;
}

/** The record of a call in progress, with what the instance owned when it began. */
export interface RecordedCall extends ActiveCall {
  readonly before: Holdings;
  /** The thread that it is on; absent for the only one. */
  readonly thread?: number;
  /** When it began, by the clock of its episode; absent where there is only one thread. */
  began?: number;
  work: Record<HostCall["name"], number>;
  failures: HostFailure[];
  changes: HostChange[];
  acquired: { mdls: MdlHandle[]; secures: SecureHandle[] };
  touched: PageSpan[];
  touchedWithin: PageSpan[];
  touchedBeside?: readonly PageSpan[];
  mappings: Mapping[];
  wasInvalid: boolean;
  interrupted: boolean;
  outcome: CallOutcome;
}

/** Calls of several threads, from when none was in progress to when none is. */
export interface EpisodeView {
  /** What was registered when it began. */
  readonly live: readonly Registration[];
  /** Regions that there were. */
  readonly kept: readonly {
    readonly key: RegionKey;
    readonly span: PageSpan;
    readonly zombie: boolean;
  }[];
  /** Those that have returned, in that order. */
  readonly calls: readonly EpisodeCall[];
}

/** A call that has returned, with when it began and ended on the clock of its episode. */
export interface EpisodeCall {
  readonly call: CacheCall;
  readonly outcome: CallOutcome;
  readonly began: number;
  readonly ended: number;
  /** A host call of it failed. */
  readonly hasFailed: boolean;
  /** The pages of its request and of its host calls. */
  readonly about: readonly PageSpan[];
}

/** An episode, to be written to. */
export interface Episode extends EpisodeView {
  clock: number;
  calls: EpisodeCall[];
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
  sockets: readonly SocketId[];
  /** Distinct scopes that registrations on it had. */
  scopes: readonly Scope[];
  /** Distinct ranges that registrations on it had. */
  ranges: readonly AddressRange[];
  remote: boolean;
}

/** What rules and commands read of a provider instance. */
export interface InstanceView {
  readonly id: InstanceId;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  /** Between start and clean-up. */
  readonly started: boolean;
  /** Live registrations, in the order in which they were made. */
  readonly registrations: readonly Registration[];
  /** Regions over which a callback answered 0 since they were registered, and which are not released yet. */
  readonly zombies: readonly RegionKey[];
  /** Locks and regions whose release failed; they are still idle entries. */
  readonly unreleased: readonly Unreleased[];
  /** The last registrations that ended, newest first: for the situation "registered, then remapped". */
  readonly history: readonly Ended[];
  /** Innermost last. */
  readonly calls: readonly ActiveCall[];
  readonly lastCall: ActiveCall | null;
  /** The calls of several threads since none was in progress; absent where there is only one thread. */
  readonly episode?: EpisodeView;
}

/** A registration that ended, and what its range mapped when it was made. */
export interface Ended {
  readonly range: AddressRange;
  readonly frames: readonly (Pfn | null)[];
}

export interface ProviderInstance extends InstanceView {
  readonly id: InstanceId;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  started: boolean;
  registrations: Registration[];
  zombies: RegionKey[];
  /** Who used the lock, for which ranges, and for which scope last. */
  uses: Uses[];
  unreleased: Unreleased[];
  history: Ended[];
  calls: RecordedCall[];
  lastCall: RecordedCall | null;
  episode?: Episode;
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
    watch: 0,
    unwatch: 0,
    poll: 0,
    generation: 0,
    post: 0,
    cancel: 0,
    complete: 0,
  };
}
