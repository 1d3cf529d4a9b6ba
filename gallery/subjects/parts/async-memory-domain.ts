// memory-domain.ts for caches that several threads call at once: the same answers, and every step of them takes time.

import type {
  AsyncHost,
  BufferHandle,
  DeregisterRequest,
  RegisterOutcome,
  RegisterRequest,
} from "stalemate";
import { isFailure, type Pinned, type RegisterFailure, type Wanted } from "./memory-domain.ts";

/** The device and the driver, as a cache asks for them. */
export interface AsyncMemoryDomain {
  /**
   * Registers the first of the attempts that can be; the last one is to be what was asked for, so that its failure is
   * one that the caller can be told. Where the NIC is full, `makeRoom` is called until it answers false.
   */
  register(
    attempts: readonly Wanted[],
    makeRoom: () => Promise<boolean>,
  ): Promise<Pinned | RegisterFailure>;
  /** False: the NIC is busy, nothing has changed, and the caller tries again later. */
  deregister(pinned: Pinned): Promise<boolean>;
  /** The answer to a request that the pages cover; for remote scope they are exposed first. */
  grant(pinned: Pinned, request: RegisterRequest): Promise<RegisterOutcome>;
  /** Takes back what was exposed for a registration. */
  revoke(request: DeregisterRequest): Promise<void>;
}

const noResources: RegisterFailure = { ok: false, error: "WSAENOBUFS" };

/** The memory domain of a host. */
export function asyncMemoryDomain({ driver, nic }: AsyncHost): AsyncMemoryDomain {
  async function attempt(
    { range, access }: Wanted,
    makeRoom: () => Promise<boolean>,
  ): Promise<Pinned | RegisterFailure> {
    const locked = await driver.lock(range, access);
    if (!locked.ok) {
      const isInvalid = locked.error === "STATUS_ACCESS_VIOLATION";
      return isInvalid ? { ok: false, error: "WSAEFAULT" } : noResources;
    }
    const mdl = locked.value;
    let entered = await nic.register(mdl, access);
    while (!entered.ok && entered.error === "NO_RESOURCES" && (await makeRoom())) {
      entered = await nic.register(mdl, access);
    }
    if (!entered.ok) {
      await driver.unlock(mdl);
      return noResources;
    }
    const region = entered.value;
    return { range, access, mdl, region, handle: Number(region) as BufferHandle };
  }

  return {
    async register(attempts, makeRoom) {
      let outcome: Pinned | RegisterFailure = noResources;
      for (const wanted of attempts) {
        outcome = await attempt(wanted, makeRoom);
        if (!isFailure(outcome)) break;
      }
      return outcome;
    },
    async deregister({ region, mdl }) {
      if (!(await nic.deregister(region)).ok) return false;
      await driver.unlock(mdl);
      return true;
    },
    async grant({ handle, region, range: whole }, { range, access, scope, socket }) {
      const offsetBytes = range.start - whole.start;
      if (scope === "local") return { ok: true, handle, region, offsetBytes };
      const exposed = await nic.expose(region, range, socket, access);
      if (!exposed.ok) return noResources;
      return { ok: true, handle, region, offsetBytes, remoteKey: exposed.value };
    },
    async revoke({ remoteKey }) {
      if (remoteKey !== undefined) await nic.unexpose(remoteKey);
    },
  };
}
