// The one way in which commands and rules read a world. The reference world answers from its immutable
// record; any other implementation of the world answers the same questions.

import type { AddressSpace, Page } from "./address-space.ts";
import type { Claims, WorldConfig } from "./config.ts";
import type { IoctlRequest } from "./contract.ts";
import type { BugCheck } from "./errors.ts";
import type { CallOutcome, Fault, TransferKind } from "./events.ts";
import type { ProviderInstance } from "./ledger.ts";
import type { LockedPages, Secure } from "./memory.ts";
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
  /** The providers that must be asked before the retry, in order. */
  readonly due: readonly InstanceId[];
  readonly answers: readonly { readonly instance: InstanceId; readonly outcome: CallOutcome }[];
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

/** Faults that are armed. */
export interface ArmedFaults {
  readonly fail: readonly (Fault & { kind: "fail" })["call"][];
  readonly kill: ProcessId | null;
  readonly interrupt: (Fault & { kind: "interrupt" }) | null;
}

export interface WorldView {
  readonly config: WorldConfig;
  /** What the cache under test declares; null when a proxy driver is under test. */
  readonly claims: Claims | null;
  isAlive(process: ProcessId): boolean;
  space(process: ProcessId): AddressSpace;
  /** Undefined: the page is free. */
  page(process: ProcessId, number: PageNumber): Page | undefined;
  /** The frame that the page maps; null if it is not committed or has none. */
  mappedFrame(process: ProcessId, number: PageNumber): Pfn | null;
  /** Undefined: the frame is not in use. */
  frame(pfn: Pfn): Frame | undefined;
  secures(): readonly Secure[];
  locked(): readonly LockedPages[];
  regions(provider: ProviderId): readonly Region[];
  exposures(provider: ProviderId): readonly Exposure[];
  sockets(): readonly Socket[];
  transfers(): readonly Transfer[];
  /** The transfer that just completed, until the next one does. */
  lastTransfer(): Transfer | null;
  descriptors(): readonly Descriptor[];
  instances(): readonly ProviderInstance[];
  instance(id: InstanceId): ProviderInstance;
  /** Innermost last. */
  attempts(): readonly Attempt[];
  /** The attempt that just ended, until the next one ends. */
  lastAttempt(): Attempt | null;
  dispatch(): Dispatch | null;
  lastDispatch(): Dispatch | null;
  grants(): readonly Grant[];
  faults(): ArmedFaults;
  bugCheck(): BugCheck | null;
}
