// What the memory manager keeps: address spaces, frames, sections, secured ranges, locked pages. Records
// only; memory-manager.ts, page-access.ts and virtual-memory.ts change them.

import type { AddressSpace, Section, UserPages } from "./address-space.ts";
import type { Access, SecureMode } from "./contract.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import type { MdlHandle, PageSpan, Pfn, ProcessId, ProviderId, SecureHandle } from "./units.ts";

/** A range that may not be freed or restricted. Several may cover one page; each is released on its own. */
export interface Secure {
  readonly handle: SecureHandle;
  readonly process: ProcessId;
  /** The provider whose driver asked. */
  readonly provider: ProviderId;
  readonly span: PageSpan;
  readonly mode: SecureMode;
}

/** Locked pages. The frames are those of the moment of locking and never change. */
export interface LockedPages {
  readonly handle: MdlHandle;
  readonly process: ProcessId;
  readonly provider: ProviderId;
  readonly span: PageSpan;
  readonly access: Access;
  readonly frames: readonly Pfn[];
}

/** Everything the memory manager keeps. */
export interface Memory {
  readonly pageSizeBytes: number;
  readonly granularityPages: number;
  readonly user: UserPages;
  physical: PhysicalMemory;
  sections: Section[];
  /** One a process. */
  spaces: AddressSpace[];
  secures: Secure[];
  locked: LockedPages[];
  /** The next handle of each kind; handles are never reused. */
  nextSecure: number;
  nextMdl: number;
}

/** Pages of a process that may not be what they were. */
export interface ChangedPages {
  readonly process: ProcessId;
  readonly span: PageSpan;
}
