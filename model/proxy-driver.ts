// The proxy driver of a SAN NIC, as it should be: one per NIC, shared by all processes, trusting nobody.
//
// It serves the requests of its SAN service provider: lock, unlock, secure, unsecure, frames, copy from and
// to a user buffer. It is written against `Kernel`, as a driver under test is, and keeps what it handed out
// in a record of its own. The world runs it over the reference state; the kit checks it like any other.
// Source: WDK, "Securing and Releasing Ownership of Virtual Addresses", "Implementing IOCTLs for a SAN
// Service Provider", "Allocating and Releasing Memory for a SAN Proxy Driver".

import type { DriverError, IoctlRequest, IoctlResult, Kernel, ProxyDriver } from "./contract.ts";
import { KernelException } from "./kernel.ts";
import { own } from "./ownership.ts";
import {
  unreachable,
  type AddressRange,
  type MdlHandle,
  type Pfn,
  type ProcessId,
  type SecureHandle,
} from "./units.ts";

/** What the driver handed out and to whom. */
export interface DriverTables {
  locks: {
    readonly mdl: MdlHandle;
    readonly process: ProcessId;
    readonly frames: readonly Pfn[];
  }[];
  secures: { readonly handle: SecureHandle; readonly process: ProcessId }[];
}

export function driverTables(): DriverTables {
  return { locks: [], secures: [] };
}

const ok = (value: number | readonly number[] | null): IoctlResult => ({ ok: true, value });
const fail = (error: DriverError): IoctlResult => ({ ok: false, error });

/** The driver over its tables. */
export function proxyDriver(tables: DriverTables, kernel: Kernel): ProxyDriver {
  return {
    dispatch(process, request): IoctlResult {
      // Every kernel function may raise, whatever was checked before: the range can be freed at any time.
      try {
        return serve(tables, kernel, process, request);
      } catch (error) {
        if (error instanceof KernelException) return fail(statusOf(error));
        throw error;
      }
    },
    processExit(process): void {
      for (const lock of tables.locks.filter((each) => each.process === process)) {
        kernel.mmUnlockPages(lock.mdl);
      }
      for (const secure of tables.secures.filter((each) => each.process === process)) {
        kernel.mmUnsecureVirtualMemory(process, secure.handle);
      }
      tables.locks = tables.locks.filter((each) => each.process !== process);
      tables.secures = tables.secures.filter((each) => each.process !== process);
    },
  };
}

function serve(
  tables: DriverTables,
  kernel: Kernel,
  process: ProcessId,
  request: IoctlRequest,
): IoctlResult {
  switch (request.code) {
    case "lock": {
      if (!isPlausible(request.range, kernel)) return fail("STATUS_INVALID_PARAMETER");
      const mdl = kernel.mmProbeAndLockPages(process, request.range, request.access);
      own(tables, "locks").push({ mdl: mdl.handle, process, frames: mdl.frames });
      return ok(mdl.handle);
    }
    case "unlock": {
      const at = tables.locks.findIndex(
        (each) => each.mdl === request.mdl && each.process === process,
      );
      if (at === -1) return fail("STATUS_INVALID_HANDLE");
      kernel.mmUnlockPages(request.mdl);
      own(tables, "locks").splice(at, 1);
      return ok(null);
    }
    case "frames": {
      const lock = tables.locks.find(
        (each) => each.mdl === request.mdl && each.process === process,
      );
      return lock === undefined ? fail("STATUS_INVALID_HANDLE") : ok(lock.frames);
    }
    case "secure": {
      if (!isPlausible(request.range, kernel)) return fail("STATUS_INVALID_PARAMETER");
      const handle = kernel.mmSecureVirtualMemory(process, request.range, request.mode);
      if (handle === null) return fail("STATUS_ACCESS_VIOLATION");
      own(tables, "secures").push({ handle, process });
      return ok(handle);
    }
    case "unsecure": {
      const at = tables.secures.findIndex(
        (each) => each.handle === request.handle && each.process === process,
      );
      if (at === -1) return fail("STATUS_INVALID_HANDLE");
      kernel.mmUnsecureVirtualMemory(process, request.handle);
      own(tables, "secures").splice(at, 1);
      return ok(null);
    }
    case "copyFromUser":
      if (!isPlausible(request.range, kernel)) return fail("STATUS_INVALID_PARAMETER");
      kernel.probeForRead(request.range);
      return ok(kernel.readUser(process, request.range));
    case "copyToUser":
      if (!isPlausible(request.range, kernel)) return fail("STATUS_INVALID_PARAMETER");
      kernel.probeForWrite(process, request.range);
      kernel.writeUser(process, request.range, request.stamp);
      return ok(null);
    default:
      return unreachable(request);
  }
}

/** A length of at least one byte, and an end that is a user address: neither wraps around. */
function isPlausible(range: AddressRange, kernel: Kernel): boolean {
  return (
    Number.isSafeInteger(range.start) &&
    Number.isSafeInteger(range.lengthBytes) &&
    range.start >= 0 &&
    range.lengthBytes >= 1 &&
    range.start + range.lengthBytes <= kernel.userAddressEnd
  );
}

function statusOf(exception: KernelException): DriverError {
  return exception.status === "STATUS_INSUFFICIENT_RESOURCES"
    ? "STATUS_INSUFFICIENT_RESOURCES"
    : "STATUS_ACCESS_VIOLATION";
}
