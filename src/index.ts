// stalemate: a property-based model checker for memory-registration caches.
//
// Implement `RegistrationCache`, export a `Subject`, and hand it to `conformance` (inside your test suite), to
// `run` (from a program) or to the command line.

export { conformance, type ConformanceOptions, type TestApi } from "./kit/conformance.ts";
export { explore } from "./kit/explore.ts";
export { race } from "./kit/race/race.ts";
export { run } from "./kit/run.ts";
export { registrationCache } from "./cache/cache-subject.ts";
export {
  createRegistrationCache,
  type RegistrationCacheOptions,
} from "./cache/registration-cache.ts";
export { MisuseError } from "./kit/misuse.ts";
export { KernelException } from "../model/kernel.ts";
export { rules } from "../model/rules.ts";
export { decodeTrace, encodeTrace, TraceError } from "../model/trace.ts";

export type { RaceOptions } from "./kit/race/options.ts";
export type {
  Counterexample,
  EngineName,
  EngineReport,
  Progress,
  RaceBounds,
  Report,
  RuleReport,
  RuleVerdict,
  Exploration,
  ExploredDomain,
  ExploreOptions,
  RunOptions,
  SubjectVerdict,
} from "./kit/report.ts";
export type { Rule, RuleId, RuleLevel, RuleNeed, SubjectKind } from "../model/rules.ts";
export type { Command, Trace, TraceHeader, TraceStep } from "../model/trace.ts";
export type {
  Access,
  AnySubject,
  AsyncHost,
  AsyncRegistrationCache,
  AsyncSubject,
  Capabilities,
  CompletionError,
  DeregisterRequest,
  DriverError,
  DriverSubject,
  ExceptionStatus,
  Host,
  InvalidateOutcome,
  IoctlRequest,
  IoctlResult,
  JsonValue,
  Kernel,
  MappingChange,
  Mdl,
  NicError,
  NotificationFamily,
  Outcome,
  ProviderHost,
  ProviderSubject,
  ProxyDriver,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Result,
  SanServiceProvider,
  Scope,
  SecureMode,
  Subject,
  TransferKind,
  TransferOutcome,
  TransferRequest,
} from "../model/contract.ts";
export type {
  AddressRange,
  BufferHandle,
  MdlHandle,
  Pfn,
  ProcessId,
  RegionKey,
  RemoteKey,
  SecureHandle,
  SocketId,
  VirtualAddress,
} from "../model/units.ts";
