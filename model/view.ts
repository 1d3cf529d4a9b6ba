// The one way in which commands and rules read a world. The reference world answers from its immutable
// record; any other implementation of the world answers the same questions.

import type { Page, SectionPage } from "./address-space.ts";
import type { Claims, WorldConfig } from "./config.ts";
import type { IoctlRequest, TransferKind } from "./contract.ts";
import type { BugCheck } from "./errors.ts";
import type { CallOutcome, Fault } from "./events.ts";
import type { ActiveCall, Before, Entry, InstanceView, Registration, Totals } from "./ledger.ts";
import type { ChangedPages, LockedPages, Secure } from "./memory.ts";
import type { Exposure, Region } from "./nic.ts";
import type { Frame } from "./physical-memory.ts";
import type {
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
import type { OsOperation } from "./virtual-memory.ts";

export interface Socket {
  readonly id: SocketId;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  /** `closing`: between the close and its end. */
  readonly status: "connected" | "closing" | "closed";
}

/** A transfer that has been started and whose completion has not been signalled. */
export interface Transfer {
  readonly name: string;
  readonly socket: SocketId;
  readonly provider: ProviderId;
  readonly kind: TransferKind;
  readonly registration: string;
  readonly region: RegionKey;
  readonly span: PageSpan;
  /** False once it was aborted: DMA has stopped, completion is due. */
  readonly inFlight: boolean;
}

/** A descriptor that was ever given to a peer. */
export interface Descriptor {
  readonly registration: string;
  readonly socket: SocketId;
  readonly provider: ProviderId;
  readonly key: RemoteKey;
}

/** An operation that was refused because its range is secured, until it ends. */
export interface Attempt {
  readonly process: ProcessId;
  readonly operation: OsOperation;
  readonly span: PageSpan;
  /** Spans of which the providers have been told for this operation before: it may be about two. */
  readonly told: readonly PageSpan[];
  /** The providers that must be asked before the retry, in order. */
  readonly due: readonly InstanceId[];
  readonly answers: readonly { readonly instance: InstanceId; readonly outcome: CallOutcome }[];
  /** The thread whose operation it is; absent for the only one. */
  readonly thread?: number;
  /** A call of another thread began since. */
  readonly isDisturbed?: boolean;
}

/** A driver under test serves a request, or a process's end. */
export interface Dispatch {
  readonly process: ProcessId;
  /** Null: processExit. */
  readonly request: IoctlRequest | null;
  readonly raised: string | null;
  /** The request names no handle, or one that the driver granted to this process. */
  readonly knownHandle: boolean;
  /** What the kernel handed out in it and has not taken back. */
  readonly mdls: readonly MdlHandle[];
  readonly secures: readonly SecureHandle[];
}

/** A handle that a driver under test answered, and what the kernel handed out for it. */
export interface Grant {
  readonly kind: "lock" | "secure";
  readonly handle: number;
  readonly process: ProcessId;
  readonly kernelHandle: number;
}

/** What is of a socket and not over yet: what its close ends. */
export interface Belongings {
  readonly registrations: readonly Registration[];
  readonly exposures: readonly Exposure[];
  readonly transfers: readonly Transfer[];
}

/** Faults that are armed. */
export interface ArmedFaults {
  readonly fail: readonly (Fault & { kind: "fail" })["call"][];
  readonly kill: ProcessId | null;
  readonly interrupt: (Fault & { kind: "interrupt" }) | null;
}

/** A region of an address space. */
export interface VadView {
  readonly base: PageNumber;
  readonly pageCount: number;
  /** Null: private memory. */
  readonly section: number | null;
  /** Views: the section's own pages may be written through it. */
  readonly writable: boolean;
}

/** A live registration and the instance whose it is. */
export interface OwnedRegistration extends Registration {
  readonly instance: InstanceId;
}

/**
 * Reads a world. Rules and commands use the look-ups, whose cost is proportional to what they answer; the lists of
 * everything are for reports and for judging in full. Lists are in the order in which things were made (regions of
 * an address space: by address). What is answered is good until the next event.
 */
export interface WorldView {
  readonly config: WorldConfig;
  /** What the cache under test declares; null when a proxy driver is under test. */
  readonly claims: Claims | null;
  isAlive(process: ProcessId): boolean;
  bugCheck(): BugCheck | null;

  // Address spaces.
  vads(process: ProcessId): readonly VadView[];
  /** Undefined: the page is free. */
  vadAt(process: ProcessId, number: PageNumber): VadView | undefined;
  /** Undefined: the page is free. */
  page(process: ProcessId, number: PageNumber): Page | undefined;
  /** The frame that the page maps; null if it is not committed or has none. */
  mappedFrame(process: ProcessId, number: PageNumber): Pfn | null;
  /** Undefined: the frame is not in use. */
  frame(pfn: Pfn): Frame | undefined;
  /** What the last operation of an application, or its end, may have changed. */
  changed(): ChangedPages | null;
  /** The pages of each section object. */
  sections(): readonly (readonly SectionPage[])[];

  // Locks and secures.
  secures(): readonly Secure[];
  secure(handle: SecureHandle): Secure | undefined;
  /** Secures of the process, whoever asked for them, that share a page with the span. */
  securesOver(process: ProcessId, span: PageSpan): readonly Secure[];
  locked(): readonly LockedPages[];
  lock(mdl: MdlHandle): LockedPages | undefined;
  locksOver(process: ProcessId, span: PageSpan): readonly LockedPages[];
  hasLocks(process: ProcessId): boolean;

  // What an instance hears of changes, where it is not called before them.
  isWatched(instance: InstanceId, number: PageNumber): boolean;
  /** Changes of which it has not heard yet, oldest first. */
  unheard(instance: InstanceId): readonly PageSpan[];
  /** How often the mapping of the page has changed, where caches ask for it. */
  generation(process: ProcessId, number: PageNumber): number;

  // The NIC of a provider.
  regions(provider: ProviderId): readonly Region[];
  region(provider: ProviderId, key: number): Region | undefined;
  /** Regions of the instance's process on the instance's NIC. */
  regionCount(instance: InstanceId): number;
  exposures(provider: ProviderId): readonly Exposure[];
  exposure(provider: ProviderId, key: number): Exposure | undefined;
  /** Exposures of the instance's process on its NIC that share a page with the span. */
  exposuresOver(instance: InstanceId, span: PageSpan): readonly Exposure[];

  // The switch.
  sockets(): readonly Socket[];
  socket(id: SocketId): Socket | undefined;
  /** Those that are connected. */
  connectedSockets(): readonly Socket[];
  belongings(socket: SocketId): Belongings;
  transfers(): readonly Transfer[];
  transfer(name: string): Transfer | undefined;
  /** A transfer on the registration has not been completed. */
  isInTransfer(registration: string): boolean;
  /** The transfer that just completed, until the next one does. */
  lastTransfer(): Transfer | null;
  descriptors(): readonly Descriptor[];
  descriptor(registration: string): Descriptor | undefined;
  /** The newest ones, so many at most, newest first. */
  newestDescriptors(most: number): readonly Descriptor[];

  // Provider instances: what they registered, and what they have locked and registered (entries).
  instances(): readonly InstanceView[];
  instance(id: InstanceId): InstanceView;
  /** Live registrations of all instances. */
  liveCount(): number;
  registration(name: string): OwnedRegistration | undefined;
  /** The k-th of them, 0 ≤ k < liveCount: those of the first instance come first. */
  liveRegistration(k: number): OwnedRegistration | undefined;
  /** Live registrations of the instance that name the region. */
  registrationsOn(instance: InstanceId, region: RegionKey): readonly Registration[];
  /** Live registrations of the instance that share a page with the span. */
  registrationsOver(instance: InstanceId, span: PageSpan): readonly Registration[];
  /** An instance of the process has, or remembers (`history`), a registration that shares a page with the span. */
  wasRegistered(process: ProcessId, span: PageSpan): boolean;
  entries(instance: InstanceId): readonly Entry[];
  entriesOver(instance: InstanceId, span: PageSpan): readonly Entry[];
  /** The entry of a lock; if only regions are left without it, one entry each. */
  entriesOn(instance: InstanceId, mdl: MdlHandle): readonly Entry[];
  /** Entries that registrations of the socket, and of no other, were made on. */
  entriesOnlyOf(instance: InstanceId, socket: SocketId): readonly Entry[];
  totals(instance: InstanceId): Totals;
  instanceSecuresOver(instance: InstanceId, span: PageSpan): readonly Secure[];
  /** What the instance had when the call began. */
  before(instance: InstanceId, call: ActiveCall): Before;

  // Refuse, notify, retry.
  /** Innermost last. */
  attempts(): readonly Attempt[];
  /** The attempt that just ended, until the next one ends. */
  lastAttempt(): Attempt | null;

  // A proxy driver under test.
  dispatch(): Dispatch | null;
  lastDispatch(): Dispatch | null;
  grants(): readonly Grant[];
  grantOf(kind: Grant["kind"], kernelHandle: number): Grant | undefined;
  faults(): ArmedFaults;

  /** What is to come next: no rule asks, but two states that differ in it are not equal. */
  counters(): Counters;
}

/** Where the search for a free frame begins, and the next handle or key of each kind. */
export interface Counters {
  readonly pfn: number;
  readonly secure: number;
  readonly mdl: number;
  /** By provider. */
  readonly regions: readonly number[];
  readonly keys: readonly number[];
}
