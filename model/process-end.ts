// The end of a process, with or without warning, and the reset of a NIC.
// Sources: WDK, MmUnsecureVirtualMemory ("before the process ends"), bug check 0x76, "Securing and Releasing
// Ownership of Virtual Addresses"; NIC reset: our model, an orderly loss of every connection.

import { answered, type Applied, type Event } from "./events.ts";
import { kernelOver } from "./kernel.ts";
import { providerInstance } from "./ledger.ts";
import { forgetWatches } from "./mapping-changes.ts";
import type { Nic } from "./nic.ts";
import { own } from "./ownership.ts";
import { proxyDriver } from "./proxy-driver.ts";
import { at, instanceOf, ownNic, type State } from "./state.ts";
import { abortTransfers } from "./switch.ts";
import { brand, type InstanceId, type ProcessId, type ProviderId } from "./units.ts";
import { deleteAddressSpace } from "./virtual-memory.ts";

/**
 * The process ends. Its connections are lost and its NIC regions go; then each proxy driver lets go of what
 * the process had locked and secured; then the memory manager deletes the address space.
 */
export function exit(state: State, process: ProcessId): Applied {
  const { faults } = state;
  state.faults = {
    ...faults,
    kill: faults.kill === process ? null : faults.kill,
    interrupt: faults.interrupt?.process === process ? null : faults.interrupt,
  };
  const closing = new Set(
    state.sockets.filter((each) => each.process === process).map((each) => each.id),
  );
  state.transfers = state.transfers.filter((each) => !closing.has(each.socket));
  state.sockets = state.sockets.map((each) =>
    closing.has(each.id) ? { ...each, status: "closed" } : each,
  );
  state.attempts = state.attempts.filter((each) => each.process !== process);
  for (const provider of state.nics.keys()) dropRegions(ownNic(state, brand(provider)), process);
  for (const { id, provider } of state.instances.filter((each) => each.process === process)) {
    const ended = { ...providerInstance(id, process, provider), started: false };
    own(state, "instances")[id] = ended;
  }
  if (state.claims === null) {
    return answered(null, [
      { type: "processExit", process },
      { type: "exited", process },
    ]);
  }
  state.drivers.forEach((_, index) => closeDriver(state, process, brand<ProviderId>(index)));
  return answered(null, [{ type: "exited", process }]);
}

/**
 * The provider closes its handle to the proxy driver, and is not called again until it is started anew. What a
 * failed release left behind goes with the handle (IRP_MJ_CLEANUP).
 */
export function stopped(state: State, id: InstanceId): Applied {
  const instance = at(state.instances, id, "provider instance");
  const { process, provider } = instance;
  dropRegions(ownNic(state, provider), process);
  closeDriver(state, process, provider);
  own(state, "instances")[id] = { ...providerInstance(id, process, provider), started: false };
  return answered(null);
}

function dropRegions(card: Nic, process: ProcessId): void {
  card.regions = card.regions.filter((each) => each.process !== process);
  card.exposures = card.exposures.filter((each) => each.process !== process);
}

/** The driver's handle closes: what was locked, secured and watched through it goes. */
function closeDriver(state: State, process: ProcessId, provider: ProviderId): void {
  forgetWatches(own(state, "memory"), process, provider);
  const tables = own(own(state, "drivers"), provider);
  proxyDriver(tables, kernelOver(own(state, "memory"), provider)).processExit(process);
}

/** The address space goes. Secures go with it; locked pages are bug check 0x76. */
export function exited(state: State, process: ProcessId): Applied {
  own(state, "alive")[process] = false;
  if (state.memory.locked.some((each) => each.process === process)) {
    state.bugCheck = "PROCESS_HAS_LOCKED_PAGES";
  }
  const memory = own(state, "memory");
  deleteAddressSpace(memory, process);
  const { first, end } = memory.user;
  state.changed = { process, span: { first, count: end - first } };
  memory.secures = memory.secures.filter((each) => each.process !== process);
  memory.generations = memory.generations.filter((each) => each.process !== process);
  return answered(null);
}

/** Every transfer of the NIC ends, every connection is lost, and every provider on it cleans up. */
export function nicReset(state: State, provider: ProviderId): Applied {
  abortTransfers(state, (transfer) => transfer.provider === provider);
  const then: Event[] = [];
  state.alive.forEach((alive, index) => {
    const id = instanceOf(state.config, brand<ProcessId>(index), provider);
    if (alive && state.instances[id]?.started === true)
      then.push({ type: "cleanup", instance: id });
  });
  return answered(null, then);
}
