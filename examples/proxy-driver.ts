// A proxy driver that is right: one driver for all processes, which trusts no request.
//
// Three ideas. What user mode names is a handle of ours, looked up together with the process that got it; the
// kernel's own handles never leave the driver. Every kernel function that touches user memory may raise,
// whatever was checked before, so everything is served inside one try. And what a request acquires only for
// itself, it gives back in a finally: a caught fault leaves nothing behind.

import type {
  AddressRange,
  DriverError,
  DriverSubject,
  ExceptionStatus,
  IoctlRequest,
  IoctlResult,
  Kernel,
  Mdl,
  ProcessId,
  ProxyDriver,
  SecureHandle,
} from "stalemate";

interface Lock {
  readonly process: ProcessId;
  readonly mdl: Mdl;
}

interface Secure {
  readonly process: ProcessId;
  readonly handle: SecureHandle;
}

const ok = (value: number | readonly number[] | null): IoctlResult => ({ ok: true, value });
const fail = (error: DriverError): IoctlResult => ({ ok: false, error });

/** JavaScript's catch plays __except: what the kernel raises has a status, and anything else is our own mistake. */
function isRaised(error: unknown): error is Error & { status: ExceptionStatus } {
  return error instanceof Error && "status" in error;
}

function createDriver(kernel: Kernel): ProxyDriver {
  const locks = new Map<number, Lock>();
  const secures = new Map<number, Secure>();
  let nextHandle = 100;

  /** Compared by subtraction: start + length could wrap around. */
  function isUserRange({ start, lengthBytes }: AddressRange): boolean {
    return start >= 0 && lengthBytes >= 1 && lengthBytes <= kernel.userAddressEnd - start;
  }

  /** A handle is good for the process that got it, and for nobody else. */
  function own<T extends { process: ProcessId }>(
    table: ReadonlyMap<number, T>,
    handle: number,
    process: ProcessId,
  ): T | undefined {
    const found = table.get(handle);
    return found?.process === process ? found : undefined;
  }

  function serve(process: ProcessId, request: IoctlRequest): IoctlResult {
    if ("range" in request && !isUserRange(request.range)) return fail("STATUS_INVALID_PARAMETER");
    switch (request.code) {
      case "lock": {
        const mdl = kernel.mmProbeAndLockPages(process, request.range, request.access);
        locks.set(nextHandle, { process, mdl });
        return ok(nextHandle++);
      }
      case "unlock": {
        const lock = own(locks, request.mdl, process);
        if (lock === undefined) return fail("STATUS_INVALID_HANDLE");
        locks.delete(request.mdl);
        kernel.mmUnlockPages(lock.mdl.handle);
        return ok(null);
      }
      case "frames": {
        const lock = own(locks, request.mdl, process);
        return lock === undefined ? fail("STATUS_INVALID_HANDLE") : ok(lock.mdl.frames);
      }
      case "secure": {
        const handle = kernel.mmSecureVirtualMemory(process, request.range, request.mode);
        if (handle === null) return fail("STATUS_ACCESS_VIOLATION");
        secures.set(nextHandle, { process, handle });
        return ok(nextHandle++);
      }
      case "unsecure": {
        const secure = own(secures, request.handle, process);
        if (secure === undefined) return fail("STATUS_INVALID_HANDLE");
        secures.delete(request.handle);
        kernel.mmUnsecureVirtualMemory(process, secure.handle);
        return ok(null);
      }
      case "copyFromUser":
        kernel.probeForRead(request.range);
        return ok(kernel.readUser(process, request.range));
      case "copyToUser":
        return copyToUser(process, request.range, request.stamp);
    }
  }

  /** Secured for as long as it takes, so that nobody frees the buffer half-way. The touch may raise all the same. */
  function copyToUser(process: ProcessId, range: AddressRange, stamp: number): IoctlResult {
    const secure = kernel.mmSecureVirtualMemory(process, range, "readwrite");
    if (secure === null) return fail("STATUS_ACCESS_VIOLATION");
    try {
      kernel.writeUser(process, range, stamp);
      return ok(null);
    } finally {
      kernel.mmUnsecureVirtualMemory(process, secure);
    }
  }

  return {
    dispatch(process, request) {
      try {
        return serve(process, request);
      } catch (error) {
        if (!isRaised(error)) throw error;
        const { status } = error;
        return fail(
          status === "STATUS_INSUFFICIENT_RESOURCES" ? status : "STATUS_ACCESS_VIOLATION",
        );
      }
    },
    /** Locked pages first: a process that ends with one is bug check 0x76. All of it in this process, while it lasts. */
    processExit(process) {
      for (const [handle, lock] of locks) {
        if (lock.process !== process) continue;
        locks.delete(handle);
        kernel.mmUnlockPages(lock.mdl.handle);
      }
      for (const [handle, secure] of secures) {
        if (secure.process !== process) continue;
        secures.delete(handle);
        kernel.mmUnsecureVirtualMemory(process, secure.handle);
      }
    },
  };
}

const subject: DriverSubject = { name: "proxy-driver", createDriver };

export default subject;
