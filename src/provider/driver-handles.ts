// Handles of a driver under test. A driver answers what handles it likes, and a program that names them must mean
// the same with every driver. So a program and its trace name a lock or a secure by what the kernel handed out
// for it; here that is turned into what the driver answered, and back.

import type { IoctlRequest } from "../../model/contract.ts";
import { brand, type MdlHandle, type ProcessId, type SecureHandle } from "../../model/units.ts";

type Kind = "lock" | "secure";

interface Grant {
  readonly kind: Kind;
  readonly process: ProcessId;
  /** What the kernel handed out; never used again. */
  readonly kernel: number;
  /** What the driver answered; it may use the number again when this one is released. */
  readonly answered: number;
  live: boolean;
}

export interface DriverHandles {
  /** The request as the driver is to see it. */
  toDriver(process: ProcessId, request: IoctlRequest): IoctlRequest;
  /** The driver granted `answered` for `kernel`, null if it asked the kernel for nothing. How programs name it. */
  granted(kind: Kind, process: ProcessId, kernel: number | null, answered: number): number;
  /** The request, as the program made it, released what it names. */
  released(process: ProcessId, request: IoctlRequest): void;
}

/** Numbers that no driver answered begin here. */
const UNKNOWN = 4_095;

export function driverHandles(): DriverHandles {
  const grants: Grant[] = [];

  const named = (kind: Kind, kernel: number): Grant | undefined =>
    grants.findLast((each) => each.kind === kind && each.kernel === kernel);

  /** What the driver calls it. If that has come to name another one of this process, something it never answered. */
  function answeredFor(kind: Kind, process: ProcessId, kernel: number): number {
    const meant = named(kind, kernel);
    const answered = meant?.answered ?? kernel;
    const isAnother = grants.some(
      (each) =>
        each.live &&
        each !== meant &&
        each.kind === kind &&
        each.process === process &&
        each.answered === answered,
    );
    return isAnother ? Math.max(UNKNOWN, ...grants.map((each) => each.answered)) + 1 : answered;
  }

  return {
    toDriver(process, request): IoctlRequest {
      if (request.code === "unsecure") {
        const handle = answeredFor("secure", process, request.handle);
        return { code: request.code, handle: brand<SecureHandle>(handle) };
      }
      if (request.code === "unlock" || request.code === "frames") {
        const mdl = answeredFor("lock", process, request.mdl);
        return { code: request.code, mdl: brand<MdlHandle>(mdl) };
      }
      return request;
    },
    granted(kind, process, kernel, answered): number {
      const name = kernel ?? answered;
      grants.push({ kind, process, kernel: name, answered, live: true });
      return name;
    },
    released(process, request): void {
      const grant =
        request.code === "unlock"
          ? named("lock", request.mdl)
          : request.code === "unsecure"
            ? named("secure", request.handle)
            : undefined;
      if (grant?.process === process) grant.live = false;
    },
  };
}
