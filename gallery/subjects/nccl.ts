// NCCL's user buffer registration (src/register/register.cc: ncclCommRegister, ncclCommDeregister), in the family none:
// nobody tells it of changes, and the caller deregisters before the memory goes. What lies inside a registered buffer is
// counted on its slot; the last deregister of a slot releases it, and nothing is kept.
//
// The trap in counting: a slot outlives the registration that made it while a smaller one inside still counts on it, and
// pages that only the first one had may be another mapping by then. So what serves a request is never the slot but one of
// the registrations on it: these are alive, and the caller keeps its hands off their pages.

import type {
  Access,
  AddressRange,
  BufferHandle,
  Host,
  RegistrationCache,
  Subject,
} from "stalemate";
import {
  allRights,
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
} from "./parts/memory-domain.ts";
import { allows, contains, wholePages } from "./parts/ranges.ts";
import { untold } from "./parts/untold.ts";

interface Registration {
  readonly handle: BufferHandle;
  readonly range: AddressRange;
  readonly slot: Pinned;
}

function create(host: Host): RegistrationCache {
  const { pageSizeBytes, nic } = host;
  const domain = memoryDomain(host);
  let live: Registration[] = [];
  // Nobody uses them, and the NIC was too busy to let go of them.
  let owed: Pinned[] = [];
  let nextHandle = 0;

  function release(slot: Pinned): void {
    owed = owed.filter((other) => other !== slot);
    if (!domain.deregister(slot)) owed.push(slot);
  }

  const releaseOwed = (): void => [...owed].forEach(release);

  function slotFor(range: AddressRange, asked: Access): Pinned | RegisterFailure {
    const around = live.find(
      (each) => contains(each.range, range) && allows(each.slot.access, asked),
    );
    return around?.slot ?? domain.register(allRights(range, asked), () => false);
  }

  function leave(registration: Registration): void {
    live = live.filter((each) => each !== registration);
    const { slot } = registration;
    if (live.every((each) => each.slot !== slot)) release(slot);
  }

  return {
    register(request) {
      releaseOwed();
      const range = wholePages(request.range, pageSizeBytes);
      const slot = slotFor(range, request.access);
      if (isFailure(slot)) return slot;
      const handle = nextHandle++ as BufferHandle;
      const registration = { handle, range, slot };
      live.push(registration);
      const outcome = domain.grant({ ...slot, handle }, request);
      if (!outcome.ok) leave(registration);
      return outcome;
    },
    deregister({ handle, remoteKey }) {
      releaseOwed();
      const registration = live.find((each) => each.handle === handle);
      if (registration === undefined) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      leave(registration);
      return { ok: true };
    },
    closeSocket: releaseOwed,
    cleanup: releaseOwed,
  };
}

const subject: Subject = {
  name: "nccl",
  capabilities: untold,
  create,
};

export default subject;
