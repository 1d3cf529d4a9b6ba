// What a registration cache stands on. None of the real ones pins a page itself: each is handed a pair of functions that
// register memory with the device and deregister it (UCX: mem_reg and mem_dereg, libfabric: add_region and
// delete_region, Open MPI: register_mem and deregister_mem). These are they, and what they answer is the same for all.

import type {
  Access,
  AddressRange,
  BufferHandle,
  Host,
  MdlHandle,
  RegionKey,
  RegisterOutcome,
  RegisterRequest,
} from "stalemate";

/** Whole pages with rights: what is to be registered. */
export interface Wanted {
  readonly range: AddressRange;
  readonly access: Access;
}

/** Pages that are locked and entered in the NIC. */
export interface Pinned extends Wanted {
  readonly handle: BufferHandle;
  readonly mdl: MdlHandle;
  readonly region: RegionKey;
}

/** Why nothing was registered. */
export type RegisterFailure = Extract<RegisterOutcome, { ok: false }>;

/** The device and the driver, as a cache asks for them. */
export interface MemoryDomain {
  /**
   * Registers the first of the attempts that can be; the last one is to be what was asked for, so that its failure is
   * one that the caller can be told. Where the NIC is full, `makeRoom` is called until it answers false.
   */
  register(attempts: readonly Wanted[], makeRoom: () => boolean): Pinned | RegisterFailure;
  /** False: the NIC is busy, nothing has changed, and the caller tries again later. */
  deregister(pinned: Pinned): boolean;
  /** The answer to a request that the pages cover; for remote scope they are exposed first. */
  grant(pinned: Pinned, request: RegisterRequest): RegisterOutcome;
}

/** True if nothing was registered. */
export const isFailure = (outcome: Pinned | RegisterFailure): outcome is RegisterFailure =>
  "ok" in outcome;

/** Every right if the pages allow it, else those that were asked for. */
export const allRights = (range: AddressRange, asked: Access): readonly Wanted[] =>
  asked === "readwrite"
    ? [{ range, access: asked }]
    : [
        { range, access: "readwrite" },
        { range, access: asked },
      ];

const noResources: RegisterFailure = { ok: false, error: "WSAENOBUFS" };

/** The memory domain of a host. */
export function memoryDomain({ driver, nic }: Host): MemoryDomain {
  function attempt({ range, access }: Wanted, makeRoom: () => boolean): Pinned | RegisterFailure {
    const locked = driver.lock(range, access);
    if (!locked.ok) {
      const isInvalid = locked.error === "STATUS_ACCESS_VIOLATION";
      return isInvalid ? { ok: false, error: "WSAEFAULT" } : noResources;
    }
    const mdl = locked.value;
    let entered = nic.register(mdl, access);
    while (!entered.ok && entered.error === "NO_RESOURCES" && makeRoom()) {
      entered = nic.register(mdl, access);
    }
    if (!entered.ok) {
      driver.unlock(mdl);
      return noResources;
    }
    const region = entered.value;
    return { range, access, mdl, region, handle: Number(region) as BufferHandle };
  }

  return {
    register(attempts, makeRoom) {
      let outcome: Pinned | RegisterFailure = noResources;
      for (const wanted of attempts) {
        outcome = attempt(wanted, makeRoom);
        if (!isFailure(outcome)) break;
      }
      return outcome;
    },
    deregister({ region, mdl }) {
      if (!nic.deregister(region).ok) return false;
      driver.unlock(mdl);
      return true;
    },
    grant({ handle, region, range: whole }, { range, access, scope, socket }) {
      const offsetBytes = range.start - whole.start;
      if (scope === "local") return { ok: true, handle, region, offsetBytes };
      const exposed = nic.expose(region, range, socket, access);
      if (!exposed.ok) return noResources;
      return { ok: true, handle, region, offsetBytes, remoteKey: exposed.value };
    },
  };
}
