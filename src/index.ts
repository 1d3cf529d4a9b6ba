// stalemate: a property-based model checker for memory-registration caches.
//
// Implement `RegistrationCache`, export a `Subject`, and hand it to `conformance` (inside your test suite), to
// `run` (from a program) or to the command line.

export type * from "../model/contract.ts";
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
