// The memory manager as drivers use it: securing virtual memory and locking pages.
//
// Functions change the record they are given (a draft) and answer what the caller is told; an answer that
// is a failure leaves the record as it was, except for what touching pages does by itself: a guard is lost, an
// in-page error is used up, and pages before the failing one have got their frames or their private copies.
// Source: WDK, MmSecureVirtualMemory, MmUnsecureVirtualMemory, MmProbeAndLockPages, MmUnlockPages.

import { allows, isUserRange, pageAt, type BaseProtection } from "./address-space.ts";
import type { Access, ExceptionStatus, SecureMode } from "./contract.ts";
import type { BugCheck } from "./errors.ts";
import type { LockedPages, Memory, Secure } from "./memory.ts";
import { own } from "./ownership.ts";
import { touch } from "./page-access.ts";
import { lockFrame, unlockFrame } from "./physical-memory.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  spansOverlap,
  type AddressRange,
  type MdlHandle,
  type PageSpan,
  type Pfn,
  type ProcessId,
  type ProviderId,
  type SecureHandle,
} from "./units.ts";

/** The accesses that a NIC's access needs of the page. */
export function accessesOf(access: Access): readonly ("read" | "write")[] {
  return accesses[access];
}

const accesses = { read: ["read"], write: ["write"], readwrite: ["read", "write"] } as const;

/** True if the first access includes the second. */
export function includesAccess(have: Access, want: Access): boolean {
  return have === "readwrite" || have === want;
}

/** The least protection that keeps the mode: READWRITE mode forbids NOACCESS and READONLY, READONLY mode NOACCESS. */
export function modeAllows(mode: SecureMode, protection: BaseProtection): boolean {
  return allows(protection, mode === "readonly" ? "read" : "write");
}

/** MmSecureVirtualMemory: a handle, or null when a page is not committed or does not allow the mode. */
export function secureVirtualMemory(
  memory: Memory,
  process: ProcessId,
  provider: ProviderId,
  range: AddressRange,
  mode: SecureMode,
): SecureHandle | null {
  const space = memory.spaces[process];
  if (space === undefined || !isUserRange(range, memory.user, memory.pageSizeBytes)) return null;
  const span = pagesOf(range, memory.pageSizeBytes);
  for (const number of pageNumbers(span)) {
    const page = pageAt(space, number);
    if (page === undefined || !page.committed || !modeAllows(mode, page.protection)) return null;
  }
  const handle = brand<SecureHandle>(memory.nextSecure++);
  own(memory, "secures").push({ handle, process, provider, span, mode });
  return handle;
}

/** MmUnsecureVirtualMemory: once per handle, in the process that secured; anything else is a bug check. */
export function unsecureVirtualMemory(
  memory: Memory,
  process: ProcessId,
  handle: SecureHandle,
): BugCheck | null {
  const at = memory.secures.findIndex(
    (secure) => secure.handle === handle && secure.process === process,
  );
  if (at === -1) return "INVALID_SECURE_HANDLE";
  own(memory, "secures").splice(at, 1);
  return null;
}

/** The secures that a change to pages of the span would break. */
function securesOver(memory: Memory, process: ProcessId, span: PageSpan): Secure[] {
  return memory.secures.filter(
    (secure) => secure.process === process && spansOverlap(secure.span, span),
  );
}

/** True if a secure forbids that the page becomes not committed (`null`) or gets the protection. */
export function isForbidden(
  memory: Memory,
  process: ProcessId,
  span: PageSpan,
  protection: BaseProtection | null,
): boolean {
  return securesOver(memory, process, span).some(
    (secure) => protection === null || !modeAllows(secure.mode, protection),
  );
}

/** MmProbeAndLockPages: touches every page for the access, then holds their frames; or raises and holds nothing. */
export function probeAndLockPages(
  memory: Memory,
  process: ProcessId,
  provider: ProviderId,
  range: AddressRange,
  access: Access,
): { ok: true; mdl: LockedPages } | { ok: false; exception: ExceptionStatus } {
  if (!isUserRange(range, memory.user, memory.pageSizeBytes)) {
    return { ok: false, exception: "STATUS_ACCESS_VIOLATION" };
  }
  const span = pagesOf(range, memory.pageSizeBytes);
  const frames: Pfn[] = [];
  for (const number of pageNumbers(span)) {
    let pfn: Pfn | null = null;
    for (const kind of accessesOf(access)) {
      const touched = touch(memory, process, number, kind);
      if (!touched.ok) return touched;
      pfn = touched.pfn;
    }
    if (pfn !== null) frames.push(pfn);
  }
  const physical = own(memory, "physical");
  for (const pfn of frames) lockFrame(physical, pfn);
  const handle = brand<MdlHandle>(memory.nextMdl++);
  const mdl: LockedPages = {
    handle,
    process,
    provider,
    span,
    access,
    frames,
    changed: [],
  };
  own(memory, "locked").push(mdl);
  return { ok: true, mdl };
}

/** MmUnlockPages: a frame that nothing maps and no other MDL holds may be used again. */
export function unlockPages(memory: Memory, handle: MdlHandle): BugCheck | null {
  const at = memory.locked.findIndex((mdl) => mdl.handle === handle);
  const mdl = memory.locked[at];
  if (mdl === undefined) return "MDL_NOT_LOCKED";
  const physical = own(memory, "physical");
  for (const pfn of mdl.frames) unlockFrame(physical, pfn);
  own(memory, "locked").splice(at, 1);
  return null;
}
