// What the memory manager keeps: address spaces, frames, sections, secured ranges, locked pages. Records
// only; memory-manager.ts, page-access.ts and virtual-memory.ts change them.

import type { AddressSpace, Section, UserPages } from "./address-space.ts";
import type { Access, SecureMode } from "./contract.ts";
import type { NotificationFamily } from "./contract.ts";
import type { Coverage } from "./families.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import type {
  MdlHandle,
  PageNumber,
  PageSpan,
  Pfn,
  ProcessId,
  ProviderId,
  SecureHandle,
} from "./units.ts";

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
  /**
   * Pages that stopped to map their frame since, in a way after which the cache promises not to be stale. Where they
   * stopped otherwise, nobody had to tell it.
   */
  readonly changed: readonly PageNumber[];
}

/** The pages that an instance watches, in order. */
export interface Watch {
  readonly process: ProcessId;
  readonly provider: ProviderId;
  readonly pages: readonly PageNumber[];
}

/** A change of which an instance has not heard yet. */
export interface Unheard {
  readonly process: ProcessId;
  readonly provider: ProviderId;
  readonly span: PageSpan;
}

/** How often the mapping of a page has changed. */
export interface Generation {
  readonly process: ProcessId;
  readonly page: PageNumber;
  readonly count: number;
}

/** Everything the memory manager keeps. */
export interface Memory {
  readonly pageSizeBytes: number;
  readonly granularityPages: number;
  readonly user: UserPages;
  readonly notification: NotificationFamily;
  readonly coverage: Coverage;
  physical: PhysicalMemory;
  sections: Section[];
  /** One a process. */
  spaces: AddressSpace[];
  secures: Secure[];
  locked: LockedPages[];
  /** Where changes are heard by the page: one an instance at most. */
  watches: Watch[];
  /** Oldest first. */
  unheard: Unheard[];
  /** Where a cache asks: the pages that have changed at all. */
  generations: Generation[];
  /** The next handle of each kind; handles are never reused. */
  nextSecure: number;
  nextMdl: number;
}

/** Pages of a process that may not be what they were. */
export interface ChangedPages {
  readonly process: ProcessId;
  readonly span: PageSpan;
}
