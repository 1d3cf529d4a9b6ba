// The world's own proxy driver: what it answers to the requests of its provider. It trusts nobody, and a fault is a
// failure that leaves nothing.

import type { Access, DriverError, IoctlRequest, SecureMode } from "../../model/contract.ts";
import type { AddressRange, Pfn } from "../../model/units.ts";
import { exceptionOf } from "./codes.ts";
import { setStamp, stampOf } from "./frames.ts";
import { lockNamed, lockRange, unlock } from "./locks.ts";
import { touch } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { releaseSecure, secureRange } from "./secures.ts";
import { LOCK, SECURE } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import { VIOLATION } from "./codes.ts";
import type { HostAnswer, HostCall } from "./words.ts";

const fail = (error: DriverError): HostAnswer => ({ ok: false, error });
const nothing: HostAnswer = Object.freeze({ ok: true, value: null });

/** A request to the driver by a host call. */
export function request(
  w: Store,
  process: number,
  provider: number,
  call: Extract<HostCall, { name: "lock" | "unlock" | "frames" | "secure" | "unsecure" }>,
): HostAnswer {
  switch (call.name) {
    case "lock":
      return lockFor(w, process, provider, call.range, call.access);
    case "unlock":
      return unlockFor(w, process, provider, call.mdl);
    case "frames":
      return framesFor(w, process, provider, call.mdl);
    case "secure":
      return secureFor(w, process, provider, call.range, call.mode);
    case "unsecure":
      return unsecureFor(w, process, provider, call.handle);
  }
}

/** A request to the driver as the kernel hands it over (IRP_MJ_DEVICE_CONTROL). */
export function ioctl(
  w: Store,
  process: number,
  provider: number,
  asked: IoctlRequest,
): HostAnswer {
  switch (asked.code) {
    case "lock":
      return lockFor(w, process, provider, asked.range, asked.access);
    case "unlock":
      return unlockFor(w, process, provider, asked.mdl);
    case "frames":
      return framesFor(w, process, provider, asked.mdl);
    case "secure":
      return secureFor(w, process, provider, asked.range, asked.mode);
    case "unsecure":
      return unsecureFor(w, process, provider, asked.handle);
    case "copyFromUser":
      return copy(w, process, asked.range, null);
    case "copyToUser":
      return copy(w, process, asked.range, asked.stamp);
  }
}

/** A length of at least one byte, and an end that is a user address: neither wraps around. */
function isPlausible(w: Store, { start, lengthBytes }: AddressRange): boolean {
  return (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(lengthBytes) &&
    start >= 0 &&
    lengthBytes >= 1 &&
    start + lengthBytes <= w.pageEnd * w.config.pageSizeBytes
  );
}

function raised(code: number): HostAnswer {
  const exception = exceptionOf(code);
  return fail(
    exception === "STATUS_INSUFFICIENT_RESOURCES"
      ? "STATUS_INSUFFICIENT_RESOURCES"
      : "STATUS_ACCESS_VIOLATION",
  );
}

function lockFor(
  w: Store,
  process: number,
  provider: number,
  range: AddressRange,
  access: Access,
): HostAnswer {
  if (!isPlausible(w, range)) return fail("STATUS_INVALID_PARAMETER");
  const handle = lockRange(w, process, provider, range, access);
  return handle < 0 ? raised(handle) : { ok: true, value: handle };
}

/** The lock if the driver handed it out to the process, else `NONE`. */
function ownLock(w: Store, process: number, provider: number, mdl: number): number {
  const lock = lockNamed(w, mdl);
  if (lock === NONE) return NONE;
  const row = w.locks.row(lock);
  const isOwn =
    w.mem.at(row + LOCK.process) === process && w.mem.at(row + LOCK.provider) === provider;
  return isOwn ? lock : NONE;
}

function unlockFor(w: Store, process: number, provider: number, mdl: number): HostAnswer {
  const lock = ownLock(w, process, provider, mdl);
  if (lock === NONE) return fail("STATUS_INVALID_HANDLE");
  unlock(w, lock);
  return nothing;
}

function framesFor(w: Store, process: number, provider: number, mdl: number): HostAnswer {
  const lock = ownLock(w, process, provider, mdl);
  return lock === NONE ? fail("STATUS_INVALID_HANDLE") : { ok: true, value: framesOfLock(w, lock) };
}

export function framesOfLock(w: Store, lock: number): Pfn[] {
  const row = w.locks.row(lock);
  const block = w.mem.at(row + LOCK.frames);
  const count = w.mem.at(row + LOCK.count);
  const frames: Pfn[] = [];
  for (let i = 0; i < count; i++) frames.push(w.mem.at(block + i) as Pfn);
  return frames;
}

function secureFor(
  w: Store,
  process: number,
  provider: number,
  range: AddressRange,
  mode: SecureMode,
): HostAnswer {
  if (!isPlausible(w, range)) return fail("STATUS_INVALID_PARAMETER");
  const handle = secureRange(w, process, provider, range, mode);
  return handle === 0 ? fail("STATUS_ACCESS_VIOLATION") : { ok: true, value: handle };
}

function unsecureFor(w: Store, process: number, provider: number, handle: number): HostAnswer {
  const secure = w.secureOf.get(handle);
  if (secure === NONE) return fail("STATUS_INVALID_HANDLE");
  const row = w.secures.row(secure);
  if (w.mem.at(row + SECURE.process) !== process || w.mem.at(row + SECURE.provider) !== provider) {
    return fail("STATUS_INVALID_HANDLE");
  }
  releaseSecure(w, secure);
  return nothing;
}

/** Copies from user memory, or with a stamp to it. A range that is to be written is probed first. */
function copy(w: Store, process: number, range: AddressRange, stamp: number | null): HostAnswer {
  if (!isPlausible(w, range)) return fail("STATUS_INVALID_PARAMETER");
  if (stamp !== null) {
    const probed = accessUser(w, process, range, true, null);
    if (typeof probed === "number") return raised(probed);
  }
  const stamps = accessUser(w, process, range, stamp !== null, stamp);
  if (typeof stamps === "number") return raised(stamps);
  return stamp === null ? { ok: true, value: stamps as unknown as Pfn[] } : nothing;
}

/** Touches user memory page by page; the stamps, or the code of the exception of the first page that raises. */
export function accessUser(
  w: Store,
  process: number,
  range: AddressRange,
  write: boolean,
  stamp: number | null,
): number[] | number {
  if (!isUserRange(w, range.start, range.lengthBytes) || process >= w.config.processes) {
    return VIOLATION;
  }
  const first = firstPageOf(w, range);
  const end = first + pageCountOf(w, range);
  const stamps: number[] = [];
  for (let number = first; number < end; number++) {
    const pfn = touch(w, process, number, write);
    if (pfn < 0) return pfn;
    if (stamp !== null) setStamp(w, pfn, stamp);
    stamps.push(stampOf(w, pfn));
  }
  return stamps;
}
