// The sorted array of reference-counted slots that plug-ins of NCCL keep above a NIC (aws-ofi-nccl, src/nccl_ofi_mr.c; NCCL's
// own src/transport/net_ib.cc), in the family none. A look-up goes to the last slot that begins where the request does or
// before it, and from there to the left.
//
// A slot is known by its handle alone, so nobody can tell which of its users has left. Therefore a slot that anybody has
// left serves nobody anew: the pages of the one who left may be another mapping.

import type { Access, AddressRange, Host, RegistrationCache, Subject } from "stalemate";
import {
  allRights,
  isFailure,
  memoryDomain,
  type Pinned,
  type RegisterFailure,
} from "./parts/memory-domain.ts";
import { allows, contains, wholePages } from "./parts/ranges.ts";
import { untold } from "./parts/untold.ts";

interface Slot extends Pinned {
  references: number;
  wasLeft: boolean;
}

function create(host: Host): RegistrationCache {
  const { pageSizeBytes, nic } = host;
  const domain = memoryDomain(host);
  const slots: Slot[] = [];
  // Nobody uses them, and the NIC was too busy to let go of them.
  let owed: Slot[] = [];

  /** How many slots begin at the address or before it. */
  function countUpTo(address: number): number {
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((slots[middle]?.range.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const lookUp = (range: AddressRange, access: Access): Slot | undefined =>
    slots
      .slice(0, countUpTo(range.start))
      .findLast(
        (each) => !each.wasLeft && contains(each.range, range) && allows(each.access, access),
      );

  function release(slot: Slot): void {
    owed = owed.filter((other) => other !== slot);
    if (!domain.deregister(slot)) owed.push(slot);
  }

  const releaseOwed = (): void => [...owed].forEach(release);

  function insert(range: AddressRange, access: Access): Slot | RegisterFailure {
    const pinned = domain.register(allRights(range, access), () => false);
    if (isFailure(pinned)) return pinned;
    const slot: Slot = { ...pinned, references: 0, wasLeft: false };
    slots.splice(countUpTo(range.start), 0, slot);
    return slot;
  }

  function leave(slot: Slot): void {
    slot.wasLeft = true;
    slot.references--;
    if (slot.references > 0) return;
    slots.splice(slots.indexOf(slot), 1);
    release(slot);
  }

  return {
    register(request) {
      releaseOwed();
      const range = wholePages(request.range, pageSizeBytes);
      const slot = lookUp(range, request.access) ?? insert(range, request.access);
      if (isFailure(slot)) return slot;
      slot.references++;
      const outcome = domain.grant(slot, request);
      if (!outcome.ok) leave(slot);
      return outcome;
    },
    deregister({ handle, remoteKey }) {
      releaseOwed();
      const slot = slots.find((each) => each.handle === handle);
      if (slot === undefined) return { ok: false, error: "WSAEINVAL" };
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      leave(slot);
      return { ok: true };
    },
    closeSocket: releaseOwed,
    cleanup: releaseOwed,
  };
}

const subject: Subject = {
  name: "sorted-array",
  capabilities: untold,
  create,
};

export default subject;
