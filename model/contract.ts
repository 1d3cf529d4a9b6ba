// What a user implements and what the checker hands to it. Types only.
//
// A `Subject` makes `RegistrationCache`s; a cache sees the world through its `Host` and nothing else. A
// `ProviderSubject` makes `SanServiceProvider`s, which have a `ProviderHost`. A `DriverSubject` makes
// `ProxyDriver`s; a driver sees the world through `Kernel`. An `AsyncSubject` is a `Subject` with promises. Requests
// and results are plain objects: neither side keeps or changes one that it was given. Lengths are at least 1 byte.

import type {
  AddressRange,
  BufferHandle,
  MdlHandle,
  Pfn,
  ProcessId,
  RegionKey,
  RemoteKey,
  SecureHandle,
  SocketId,
} from "./units.ts";

/** What the holder may do with memory: a NIC "read"s to send, "write"s to receive. */
export type Access = "read" | "write" | "readwrite";
/** `local`: WSPRegisterMemory. `remote`: WSPRegisterRdmaMemory. */
export type Scope = "local" | "remote";
/** How the caller learns that a mapping changes. See "notification families" in the documentation. */
export type NotificationFamily =
  | "refuse-notify-retry"
  | "notify-before"
  | "notify-before-queued"
  | "notify-after-blocked"
  | "validate-on-hit"
  | "none";
/** The ways in which a virtual address can come to mean other memory, or fewer rights. */
export type MappingChange =
  | "unmap"
  | "map-over"
  | "move-source"
  | "move-target"
  | "discard"
  | "protect"
  | "file-hole"
  | "truncate"
  | "copy-on-write";

/** JSON, as a snapshot may be. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** An outcome of a call into the world: a value, or an error by its Windows name. */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** Whatever can be checked. */
export type AnySubject = Subject | ProviderSubject | DriverSubject;

// ── The cache under test ────────────────────────────────────────────────────────────────────────────

/** A registration cache, as it is handed to the checker. Export one as `default` or as `subject`. */
export interface Subject {
  /** Shown in reports and in the names of trace files. */
  readonly name: string;
  /** What the cache claims; every claim is tested, in both directions. */
  readonly capabilities: Capabilities;
  /** A new, empty cache. Called once per provider instance and run; never returns the same object twice. */
  create(host: Host): RegistrationCache;
}

/** What a cache declares about itself. A verdict is always relative to this declaration. */
export interface Capabilities {
  /** Whether buffers stay registered after the last deregister, for each scope. */
  readonly caches: { readonly local: boolean; readonly remote: boolean };
  /** `exact`: only an equal range (and enough rights) is a hit. `containment`: any covered range is. */
  readonly hit: "exact" | "containment";
  /** What the callback does with a buffer that is still registered by the application. */
  readonly inUse: "refuse" | "defer";
  /** Limits of idle entries, of their pages, and of invalidated entries not yet released. Null: none. */
  readonly limits: {
    readonly entries: number | null;
    readonly pages: number | null;
    readonly pending: number | null;
  };
  readonly notification: NotificationFamily;
  /** The mapping changes after which the cache promises never to be stale. Default: all its family sees. */
  readonly coverage?: readonly MappingChange[];
}

/** Lives in the SAN service provider, one per provider and process. */
export interface RegistrationCache {
  /**
   * Makes `request.range` usable by the NIC, or finds that it is.
   *
   * WSAEFAULT: the range is not wholly valid for the access. WSAENOBUFS: a host call failed for want of
   * resources. A failed register leaves nothing behind that it acquired.
   */
  register(request: RegisterRequest): RegisterOutcome;
  /**
   * Takes back one successful register. The cache counts: only the last one may release. Never called for
   * an instance that a transfer uses.
   */
  deregister(request: DeregisterRequest): Outcome;
  /**
   * WSPMemoryRegistrationCacheCallback: the mapping of `range` is about to change.
   *
   * `ok`: everything of this cache in the range is released. WSAEINVAL: nothing of it was cached there.
   * WSAEFAULT: something was, and could not be released. A cache without this member may keep nothing after
   * the last deregister.
   */
  invalidate?(range: AddressRange): InvalidateOutcome;
  /** The connection closes; every buffer of it is deregistered already. */
  closeSocket(socket: SocketId): void;
  /** WSPCleanup: everything is released. The cache is not called again. */
  cleanup(): void;
  /** The whole state of the cache, canonical: equal states, equal snapshots. */
  snapshot?(): Uint8Array | JsonValue;
  /** Returns to the state of a snapshot. */
  restore?(snapshot: Uint8Array | JsonValue): void;
}

export interface RegisterRequest {
  readonly socket: SocketId;
  readonly range: AddressRange;
  readonly access: Access;
  readonly scope: Scope;
  /** Whole providers, remote scope only: the room that the application has for the descriptor. */
  readonly descriptorBytes?: number;
}

/** Names one instance as `register` answered it. */
export interface DeregisterRequest {
  readonly socket: SocketId;
  readonly handle: BufferHandle;
  readonly scope: Scope;
  /** Remote scope only: the key that `register` answered. */
  readonly remoteKey?: RemoteKey;
}

export type RegisterOutcome =
  | {
      readonly ok: true;
      /** Any non-negative integer. May repeat while live; may be reused when its count is 0. */
      readonly handle: BufferHandle;
      /** The NIC region that covers the range. */
      readonly region: RegionKey;
      /** First byte of the request minus first byte of the region's first page. */
      readonly offsetBytes: number;
      /** Remote scope only: the key that `nic.expose` answered. */
      readonly remoteKey?: RemoteKey;
    }
  | { readonly ok: false; readonly error: "WSAENOBUFS" | "WSAEFAULT" };
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: "WSAEINVAL" };
export type InvalidateOutcome =
  { readonly ok: true } | { readonly ok: false; readonly error: "WSAEINVAL" | "WSAEFAULT" };

// ── What the cache sees of the world ────────────────────────────────────────────────────────────────

export type DriverError =
  | "STATUS_ACCESS_VIOLATION"
  | "STATUS_INSUFFICIENT_RESOURCES"
  | "STATUS_INVALID_HANDLE"
  | "STATUS_INVALID_PARAMETER";
/** BUSY: DMA is in flight, nothing changed, try again at a later call. */
export type NicError = "BUSY" | "NO_RESOURCES" | "INVALID_KEY";

/** The cache's only window on the world. */
export interface Host {
  /** Bytes in a page; a power of two. */
  readonly pageSizeBytes: number;
  /** Requests to the proxy driver (IRP_MJ_DEVICE_CONTROL). */
  readonly driver: {
    /** MmProbeAndLockPages: the pages of the range stay in their frames until `unlock`. */
    lock(range: AddressRange, access: Access): Result<MdlHandle, DriverError>;
    unlock(mdl: MdlHandle): Result<void, DriverError>;
    /** MmSecureVirtualMemory over every page that holds a byte of the range. */
    secure(range: AddressRange, mode: SecureMode): Result<SecureHandle, DriverError>;
    /** MmUnsecureVirtualMemory: once per handle. */
    unsecure(handle: SecureHandle): Result<void, DriverError>;
    /** The frames of the MDL, one per page, as they were when it was locked. Empty for an unknown handle. */
    frames(mdl: MdlHandle): readonly Pfn[];
  };
  /** The SAN NIC's registration interface. */
  readonly nic: {
    /** Enters the locked pages into the NIC's translation table. */
    register(mdl: MdlHandle, access: Access): Result<RegionKey, NicError>;
    deregister(region: RegionKey): Result<void, NicError>;
    /** Lets the peer of `socket` reach the pages of `range`. */
    expose(
      region: RegionKey,
      range: AddressRange,
      socket: SocketId,
      access: Access,
    ): Result<RemoteKey, NicError>;
    unexpose(key: RemoteKey): Result<void, NicError>;
  };
  /** Present only in families other than refuse-notify-retry. */
  readonly monitor?: {
    watch(range: AddressRange): void;
    unwatch(range: AddressRange): void;
    poll(): readonly AddressRange[];
    generation(range: AddressRange): number;
  };
}

/** The probe mode of a secure: what the protection must keep allowing. */
export type SecureMode = "readonly" | "readwrite";

// ── The asynchronous cache under test ───────────────────────────────────────────────────────────────

/** The same functions, which answer by promises. */
type Promised<T> = {
  readonly [Name in keyof T]: NonNullable<T[Name]> extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Answer>
    : T[Name];
};

/** A host whose calls take time: other threads of the process act before each of them is performed. */
export interface AsyncHost extends Pick<Host, "pageSizeBytes"> {
  readonly driver: Promised<Host["driver"]>;
  readonly nic: Promised<Host["nic"]>;
  readonly monitor?: Promised<NonNullable<Host["monitor"]>>;
}

/**
 * A cache that several threads call at once, the callback included. It waits for its host and for promises of its own,
 * and for nothing else: no timer, no file. Its snapshot holds everything that one call leaves for another to find.
 */
export type AsyncRegistrationCache = Promised<Omit<RegistrationCache, "snapshot" | "restore">> &
  Pick<RegistrationCache, "snapshot">;

/** An asynchronous cache, as it is handed to the checker: the member `createAsync` says that it is one. */
export interface AsyncSubject {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** A new, empty cache. Called once per run; never returns the same object twice. */
  createAsync(host: AsyncHost): AsyncRegistrationCache;
}

// ── The whole provider under test ───────────────────────────────────────────────────────────────────

/** A whole SAN service provider, as it is handed to the checker. */
export interface ProviderSubject {
  readonly name: string;
  /** What its cache claims. A provider that never keeps a buffer says so in `caches`. */
  readonly capabilities: Capabilities;
  /** A new provider without sockets. Called once per process and run; never returns the same object twice. */
  createProvider(host: ProviderHost): SanServiceProvider;
}

/**
 * The provider of one process, as the switch calls it. Every call is about a socket that is connected and of this
 * process; which buffers are that socket's, and which of them a transfer is using, the provider has to know.
 */
export interface SanServiceProvider {
  /**
   * WSPRegisterMemory and WSPRegisterRdmaMemory, by `request.scope`; outcomes as for a cache. The handle is what the
   * application names the buffer by on this socket. It may be answered again while it is live, but only for the same
   * range and access; the application learns nothing of the rest of the answer but the remote key.
   *
   * WSAEFAULT, and nothing is registered: there is less room for the descriptor than `host.descriptorBytes`.
   */
  register(request: RegisterRequest): RegisterOutcome;
  /**
   * WSPDeregisterMemory and WSPDeregisterRdmaMemory.
   *
   * WSAEINVAL, and nothing changes: the handle is not one of this socket and scope (with that remote key), or a
   * transfer that is not completed is using it.
   */
  deregister(request: DeregisterRequest): Outcome;
  /** WSPMemoryRegistrationCacheCallback, as for a cache. */
  invalidate?(range: AddressRange): InvalidateOutcome;
  /**
   * WSPSend, WSPRecv, WSPRdmaRead or WSPRdmaWrite, overlapped: checks that the buffer may be used so, and posts it
   * to the NIC before it returns.
   *
   * WSAEINVAL, and nothing is posted: the handle is not one of this socket for local access, or lacks the right.
   * WSAEFAULT: it is, and the range is not wholly in the buffer.
   */
  transfer(request: TransferRequest): TransferOutcome;
  /** The NIC is done with what was posted for the operation: completes it, before it returns. */
  transferDone(operation: string): void;
  /**
   * WSPCloseSocket: whatever of the socket is pending is cancelled, and whatever is registered on it released; then
   * the operations complete with WSA_OPERATION_ABORTED. A socket that goes to another process is closed here, and is
   * a new one there.
   */
  closeSocket(socket: SocketId): void;
  /** WSPCleanup: everything is released; the sockets are closed already. The provider is not called again. */
  cleanup(): void;
}

/** An overlapped operation on a buffer that is registered for local access. */
export interface TransferRequest {
  /** Names the operation until it is completed, as a WSAOVERLAPPED does. */
  readonly operation: string;
  readonly socket: SocketId;
  readonly handle: BufferHandle;
  readonly range: AddressRange;
  /** A send or RDMA write reads the buffer; a receive or RDMA read writes it. */
  readonly kind: TransferKind;
}

/** WSPSend, WSPRecv, WSPRdmaRead, WSPRdmaWrite. */
export type TransferKind = "send" | "receive" | "rdmaRead" | "rdmaWrite";

/** `ok`: it is pending (WSA_IO_PENDING), and will be completed. */
export type TransferOutcome =
  { readonly ok: true } | { readonly ok: false; readonly error: "WSAEINVAL" | "WSAEFAULT" };

/** How an operation ends: null when it was done. */
export type CompletionError = "WSA_OPERATION_ABORTED" | null;

/** What a whole provider sees of the world. */
export interface ProviderHost extends Host {
  /** Bytes of the descriptor of a buffer that is registered for remote access. */
  readonly descriptorBytes: number;
  readonly nic: Host["nic"] & {
    /**
     * Queues the operation's DMA on pages of a region, once, in the call of `transfer` that is about it. The NIC
     * asks for no more than a live key, of whatever process, that covers the range with the rights; else INVALID_KEY.
     */
    post(operation: string, region: RegionKey, range: AddressRange): Result<void, NicError>;
    /** Stops the operation's DMA if it is not done; there is no `transferDone` for it then. */
    cancel(operation: string): Result<void, NicError>;
  };
  readonly switch: {
    /** WPUCompleteOverlappedRequest: once for each operation that `transfer` accepted. */
    complete(operation: string, error: CompletionError): void;
  };
}

// ── The proxy driver under test ─────────────────────────────────────────────────────────────────────

/** A proxy driver, as it is handed to the checker. */
export interface DriverSubject {
  readonly name: string;
  /** A new driver with no requests served yet. */
  createDriver(kernel: Kernel): ProxyDriver;
}

/** One kernel driver per SAN NIC, shared by all processes. */
export interface ProxyDriver {
  /**
   * Serves one IRP_MJ_DEVICE_CONTROL request of `process`. A request is never trusted. An exception that
   * leaves `dispatch` is a bug check.
   */
  dispatch(process: ProcessId, request: IoctlRequest): IoctlResult;
  /** The process ends: its locks and secures are released, in its own context. */
  processExit(process: ProcessId): void;
}

export type IoctlRequest =
  | { readonly code: "lock"; readonly range: AddressRange; readonly access: Access }
  | { readonly code: "unlock"; readonly mdl: MdlHandle }
  | { readonly code: "secure"; readonly range: AddressRange; readonly mode: SecureMode }
  | { readonly code: "unsecure"; readonly handle: SecureHandle }
  | { readonly code: "frames"; readonly mdl: MdlHandle }
  | { readonly code: "copyFromUser"; readonly range: AddressRange }
  | { readonly code: "copyToUser"; readonly range: AddressRange; readonly stamp: number };

/** `value`: the handle of a lock or secure, the frames, or one stamp per page copied; else null. */
export type IoctlResult = Result<number | readonly number[] | null, DriverError>;

/** The memory manager, as a driver calls it. Every function may throw a `KernelException`. */
export interface Kernel {
  readonly pageSizeBytes: number;
  /** The first address that is not a user address. */
  readonly userAddressEnd: number;
  /** Probes every page for the access and locks it. Raises if a page may not be accessed so. */
  mmProbeAndLockPages(process: ProcessId, range: AddressRange, access: Access): Mdl;
  /** Bug check if the MDL is not locked. */
  mmUnlockPages(mdl: MdlHandle): void;
  /** Null when a page is not committed, or its protection does not allow the mode. Does not raise. */
  mmSecureVirtualMemory(
    process: ProcessId,
    range: AddressRange,
    mode: SecureMode,
  ): SecureHandle | null;
  /** Bug check if the handle is not this process's, or was released before. */
  mmUnsecureVirtualMemory(process: ProcessId, handle: SecureHandle): void;
  /** Raises if a byte of the range is not a user address. Touches nothing. */
  probeForRead(range: AddressRange): void;
  /** Raises if a page of the range may not be written. */
  probeForWrite(process: ProcessId, range: AddressRange): void;
  /** Reads user memory: one stamp per page. Raises on a fault. */
  readUser(process: ProcessId, range: AddressRange): readonly number[];
  /** Writes user memory: the stamp goes to every page. Raises on a fault. */
  writeUser(process: ProcessId, range: AddressRange, stamp: number): void;
}

/** A memory descriptor list: locked pages. */
export interface Mdl {
  readonly handle: MdlHandle;
  readonly frames: readonly Pfn[];
}

/** The statuses that the kernel raises. */
export type ExceptionStatus =
  | "STATUS_ACCESS_VIOLATION"
  | "STATUS_GUARD_PAGE_VIOLATION"
  | "STATUS_IN_PAGE_ERROR"
  | "STATUS_INSUFFICIENT_RESOURCES";
