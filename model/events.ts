// What can happen. A trace is a list of these with the world's answers; every front end produces one and
// every counterexample is one.
//
// A stimulus comes from the environment: the application, a peer, hardware, a fault. A call, its host calls
// and its return are the subject's. Answering a stimulus, the world names the events that must follow
// (`Applied.then`): the callbacks before a retry, the deregisters before a close.

import type {
  Access,
  CompletionError,
  DriverError,
  ExceptionStatus,
  InvalidateOutcome,
  IoctlRequest,
  IoctlResult,
  Kernel,
  NicError,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
  DeregisterRequest,
  Result,
  SecureMode,
  TransferKind,
  TransferOutcome,
  TransferRequest,
} from "./contract.ts";
import type { BugCheck } from "./errors.ts";
import type {
  AddressRange,
  InstanceId,
  MdlHandle,
  Pfn,
  ProcessId,
  ProviderId,
  RegionKey,
  RemoteKey,
  SecureHandle,
  SocketId,
} from "./units.ts";
import type { OsAnswer } from "./performed.ts";
import type { OsOperation } from "./virtual-memory.ts";

/** A WSP function as the switch calls it. Registrations are named by the program, not by a handle. */
export type WspFunction =
  | {
      readonly name: "WSPRegisterMemory";
      readonly as: string;
      readonly socket: SocketId;
      readonly range: AddressRange;
      /** MEM_READ 1, MEM_WRITE 2, MEM_READWRITE 3 (Ws2san.h). */
      readonly flags: number;
    }
  | {
      readonly name: "WSPRegisterRdmaMemory";
      readonly as: string;
      readonly socket: SocketId;
      readonly range: AddressRange;
      readonly flags: number;
      /** Room for the descriptor; `DESCRIPTOR_BYTES` are needed. */
      readonly descriptorBytes: number;
    }
  | {
      readonly name: "WSPDeregisterMemory" | "WSPDeregisterRdmaMemory";
      readonly registration: string;
      /** The socket it is called on, right or wrong. */
      readonly socket: SocketId;
    };

/** Bytes of an RDMA buffer descriptor in this world. */
export const DESCRIPTOR_BYTES = 24;

/** A call into the subject: of the provider shell into a cache, or of the switch into a whole provider. */
export type CacheCall =
  | { readonly name: "register"; readonly as: string; readonly request: RegisterRequest }
  | {
      readonly name: "deregister";
      readonly registration: string;
      /** What the registration was, for the record; the cache gets the request only. */
      readonly region: RegionKey;
      readonly range: AddressRange;
      readonly request: DeregisterRequest;
    }
  | {
      readonly name: "invalidate";
      readonly range: AddressRange;
      /** `attempt`: an operation was refused and waits for the answer. `notify`: nothing waits. */
      readonly reason: "attempt" | "notify";
    }
  | { readonly name: "closeSocket"; readonly socket: SocketId }
  | { readonly name: "cleanup" }
  // Of whole providers only.
  /** A register that has to be refused: there is no room for the descriptor. */
  | { readonly name: "registerInvalid"; readonly request: RegisterRequest }
  | {
      /** A deregister that has to be refused; a provider cannot tell it from any other. */
      readonly name: "deregisterInvalid";
      /** What the application meant; it need not exist. */
      readonly registration: string;
      readonly request: DeregisterRequest;
    }
  | {
      readonly name: "transfer";
      /** What the handle names on the socket; else what the application meant. */
      readonly registration: string;
      readonly request: TransferRequest;
    }
  | { readonly name: "transferDone"; readonly operation: string };

export type CallOutcome = RegisterOutcome | Outcome | InvalidateOutcome | TransferOutcome | null;

/** A call of the cache into its host. */
export type HostCall =
  | { readonly name: "lock"; readonly range: AddressRange; readonly access: Access }
  | { readonly name: "unlock"; readonly mdl: MdlHandle }
  | { readonly name: "secure"; readonly range: AddressRange; readonly mode: SecureMode }
  | { readonly name: "unsecure"; readonly handle: SecureHandle }
  | { readonly name: "frames"; readonly mdl: MdlHandle }
  | { readonly name: "nicRegister"; readonly mdl: MdlHandle; readonly access: Access }
  | { readonly name: "nicDeregister"; readonly region: RegionKey }
  | {
      readonly name: "expose";
      readonly region: RegionKey;
      readonly range: AddressRange;
      readonly socket: SocketId;
      readonly access: Access;
    }
  | { readonly name: "unexpose"; readonly key: RemoteKey }
  | { readonly name: "watch" | "unwatch" | "generation"; readonly range: AddressRange }
  | { readonly name: "poll" }
  // Of whole providers only.
  | {
      readonly name: "post";
      readonly operation: string;
      readonly region: RegionKey;
      readonly range: AddressRange;
    }
  | { readonly name: "cancel"; readonly operation: string }
  | { readonly name: "complete"; readonly operation: string; readonly error: CompletionError };

/** `value`: a handle, key or generation, the frames of an MDL, the ranges that were polled; else null. */
export type HostAnswer = Result<
  number | readonly Pfn[] | readonly AddressRange[] | null,
  DriverError | NicError
>;

/** A call of a driver into the kernel, as an event records it. */
export type KernelCall = {
  [Name in keyof KernelFunctions]: {
    readonly name: Name;
    readonly args: Readonly<Parameters<KernelFunctions[Name]>>;
  };
}[keyof KernelFunctions];

export type KernelParameters = Pick<Kernel, "pageSizeBytes" | "userAddressEnd">;
type KernelFunctions = Omit<Kernel, keyof KernelParameters>;

/** What arrives at a host call of a call in progress. */
export type Interruption =
  | {
      readonly kind: "operation";
      readonly operation: OsOperation;
      /** What the same thread does next, before the call in progress goes on. */
      readonly next?: OsOperation;
    }
  | { readonly kind: "notify"; readonly range: AddressRange };

export type Fault =
  /** The next host call of this name, by anybody, fails. */
  | { readonly kind: "fail"; readonly call: "lock" | "secure" | "nicRegister" | "nicDeregister" }
  /** The process ends at the next host call that it makes. */
  | { readonly kind: "kill"; readonly process: ProcessId }
  /** Another thread acts, after so many more host calls of a call in progress of the process. */
  | {
      readonly kind: "interrupt";
      readonly process: ProcessId;
      readonly afterHostCalls: number;
      readonly what: Interruption;
    };

export type Event =
  // The application and the memory manager.
  | { readonly type: "os"; readonly process: ProcessId; readonly operation: OsOperation }
  | { readonly type: "retry"; readonly process: ProcessId }
  | { readonly type: "notify"; readonly process: ProcessId; readonly range: AddressRange }
  // The switch and the provider shell.
  | { readonly type: "wsp"; readonly function: WspFunction }
  | {
      readonly type: "connect";
      readonly socket: SocketId;
      readonly process: ProcessId;
      readonly provider: ProviderId;
    }
  | { readonly type: "close"; readonly socket: SocketId }
  | { readonly type: "closed"; readonly socket: SocketId }
  | {
      readonly type: "handOver";
      readonly socket: SocketId;
      readonly as: SocketId;
      readonly process: ProcessId;
    }
  | { readonly type: "cleanup"; readonly instance: InstanceId }
  | { readonly type: "start" | "stopped"; readonly instance: InstanceId }
  // The cache under test.
  | { readonly type: "call"; readonly instance: InstanceId; readonly call: CacheCall }
  | { readonly type: "host"; readonly instance: InstanceId; readonly call: HostCall }
  | { readonly type: "return"; readonly instance: InstanceId; readonly outcome: CallOutcome }
  // The NIC and the peers.
  | {
      readonly type: "transferStart";
      readonly as: string;
      readonly kind: TransferKind;
      readonly registration: string;
      /** The socket it is started on, right or wrong. */
      readonly socket: SocketId;
    }
  | { readonly type: "transferComplete"; readonly transfer: string; readonly stamp: number }
  | {
      readonly type: "peerAccess";
      readonly socket: SocketId;
      /** The registration whose descriptor is presented, live or not. */
      readonly descriptor: string;
      readonly access: "read" | "write";
      readonly stamp: number;
    }
  // The proxy driver.
  | {
      readonly type: "ioctl";
      readonly process: ProcessId;
      readonly provider: ProviderId;
      readonly request: IoctlRequest;
    }
  | { readonly type: "processExit"; readonly process: ProcessId }
  | { readonly type: "kernel"; readonly call: KernelCall }
  | {
      readonly type: "completed";
      readonly result: IoctlResult | null;
      /** What left `dispatch` or `processExit`; null if nothing did. */
      readonly escaped: string | null;
    }
  // Ends and faults.
  | { readonly type: "exit"; readonly process: ProcessId }
  | { readonly type: "exited"; readonly process: ProcessId }
  | { readonly type: "arm"; readonly fault: Fault }
  /** The armed interruption arrives, just before a host call. */
  | { readonly type: "interrupt"; readonly instance: InstanceId; readonly at: HostCall }
  | { readonly type: "nicReset"; readonly provider: ProviderId }
  // Threads.
  /** From here on this thread acts. Without one there is a single thread, number 0. */
  | {
      readonly type: "resume";
      readonly thread: number;
      /** What the innermost calls of the others are just about to ask of their host. */
      readonly pending: readonly { readonly thread: number; readonly at: HostCall }[];
    }
  /** Calls are in progress and no thread can move, or they go on for ever. */
  | { readonly type: "standstill"; readonly kind: "deadlock" | "livelock" };

export type EventOf<Type extends Event["type"]> = Extract<Event, { type: Type }>;

/** What the world answers to an event; null where it has nothing to say, or leaves it to a whole provider. */
export type Answer =
  | null
  | { readonly kind: "os"; readonly answer: OsAnswer }
  /** `null`: the request goes to the cache. */
  | { readonly kind: "wsp"; readonly error: string | null }
  | { readonly kind: "host"; readonly result: HostAnswer }
  | {
      readonly kind: "transfer";
      readonly stamps: readonly (number | null)[] | null;
      readonly error: string | null;
    }
  | { readonly kind: "ioctl"; readonly result: IoctlResult }
  | {
      readonly kind: "kernel";
      readonly value: unknown;
      readonly raised: ExceptionStatus | null;
      readonly bugCheck: BugCheck | null;
    };

/** What an event led to. */
export interface Applied {
  readonly answer: Answer;
  /** Events that must follow now, in order, each with what follows from it. */
  readonly then: readonly Event[];
}

export const answered = (answer: Answer, then: readonly Event[] = []): Applied => ({
  answer,
  then,
});
