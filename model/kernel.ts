// The kernel as a proxy driver calls it: the memory manager with Windows' manner of failing, which is to
// raise. A driver that does not catch takes the machine down, and so does a bug check, which nobody can catch.
// Source: WDK, MmProbeAndLockPages, ProbeForRead, ProbeForWrite, "Handling Exceptions".

import type { Answer, KernelCall, KernelParameters } from "./events.ts";
import { isUserRange } from "./address-space.ts";
import type { ExceptionStatus, Kernel, Mdl } from "./contract.ts";
import { exceptions, type BugCheck } from "./errors.ts";
import {
  probeAndLockPages,
  secureVirtualMemory,
  unlockPages,
  unsecureVirtualMemory,
} from "./memory-manager.ts";
import type { Memory } from "./memory.ts";
import { own } from "./ownership.ts";
import { touch } from "./page-access.ts";
import { frameAt, ownFrame } from "./physical-memory.ts";
import {
  pageNumbers,
  pagesOf,
  type AddressRange,
  type ProcessId,
  type ProviderId,
} from "./units.ts";

/** What the kernel raises; JavaScript's try/catch plays try/except. */
export class KernelException extends Error {
  readonly status: ExceptionStatus;
  constructor(status: ExceptionStatus) {
    super(`${status} (0x${exceptions[status].toString(16)}) was raised`);
    this.name = "KernelException";
    this.status = status;
  }
}

/** The machine went down. Thrown so that the driver stops; catching it changes nothing. */
export class BugCheckError extends Error {
  readonly bugCheck: BugCheck;
  constructor(bugCheck: BugCheck) {
    super(`bug check ${bugCheck}`);
    this.name = "BugCheckError";
    this.bugCheck = bugCheck;
  }
}

/** The kernel over a memory record, for the driver of one provider. */
export function kernelOver(memory: Memory, provider: ProviderId): Kernel {
  return {
    pageSizeBytes: memory.pageSizeBytes,
    userAddressEnd: memory.user.end * memory.pageSizeBytes,
    mmProbeAndLockPages(process, range, access): Mdl {
      const locked = probeAndLockPages(memory, process, provider, range, access);
      if (!locked.ok) throw new KernelException(locked.exception);
      return { handle: locked.mdl.handle, frames: locked.mdl.frames };
    },
    mmUnlockPages(mdl): void {
      throwIfBugCheck(unlockPages(memory, mdl));
    },
    mmSecureVirtualMemory: (process, range, mode) =>
      secureVirtualMemory(memory, process, provider, range, mode),
    mmUnsecureVirtualMemory(process, handle): void {
      throwIfBugCheck(unsecureVirtualMemory(memory, process, handle));
    },
    probeForRead(range): void {
      if (!isUserRange(range, memory.user, memory.pageSizeBytes)) {
        throw new KernelException("STATUS_ACCESS_VIOLATION");
      }
    },
    probeForWrite(process, range): void {
      accessUser(memory, process, range, "write", null);
    },
    readUser: (process, range) => accessUser(memory, process, range, "read", null),
    writeUser(process, range, stamp): void {
      accessUser(memory, process, range, "write", stamp);
    },
  };
}

/** Touches user memory page by page; raises at the first page that cannot be accessed so. */
function accessUser(
  memory: Memory,
  process: ProcessId,
  range: AddressRange,
  access: "read" | "write",
  stamp: number | null,
): number[] {
  if (!isUserRange(range, memory.user, memory.pageSizeBytes)) {
    throw new KernelException("STATUS_ACCESS_VIOLATION");
  }
  const stamps: number[] = [];
  for (const number of pageNumbers(pagesOf(range, memory.pageSizeBytes))) {
    const touched = touch(memory, process, number, access);
    if (!touched.ok) throw new KernelException(touched.exception);
    if (stamp !== null) ownFrame(own(memory, "physical"), touched.pfn).stamp = stamp;
    stamps.push(frameAt(memory.physical, touched.pfn).stamp);
  }
  return stamps;
}

function throwIfBugCheck(bugCheck: BugCheck | null): void {
  if (bugCheck !== null) throw new BugCheckError(bugCheck);
}

/** Performs a recorded kernel call. */
export function callKernel(kernel: Kernel, call: KernelCall): unknown {
  const perform = kernel[call.name] as (...args: readonly unknown[]) => unknown;
  return perform(...call.args);
}

/** A kernel whose calls are events: each is answered by `port`, and raises what it raised there. */
export function kernelThrough(
  port: (call: KernelCall) => Answer,
  parameters: KernelParameters,
): Kernel {
  const through =
    (name: KernelCall["name"]) =>
    (...args: readonly unknown[]): never => {
      const answer = port({ name, args } as unknown as KernelCall);
      if (answer === null || answer.kind !== "kernel") {
        throw new TypeError("a kernel call has an answer");
      }
      if (answer.raised !== null) throw new KernelException(answer.raised);
      if (answer.bugCheck !== null) throw new BugCheckError(answer.bugCheck);
      return answer.value as never;
    };
  return {
    ...parameters,
    mmProbeAndLockPages: through("mmProbeAndLockPages"),
    mmUnlockPages: through("mmUnlockPages"),
    mmSecureVirtualMemory: through("mmSecureVirtualMemory"),
    mmUnsecureVirtualMemory: through("mmUnsecureVirtualMemory"),
    probeForRead: through("probeForRead"),
    probeForWrite: through("probeForWrite"),
    readUser: through("readUser"),
    writeUser: through("writeUser"),
  };
}
