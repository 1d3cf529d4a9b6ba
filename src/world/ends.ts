// The end of a process, with or without warning, of a provider, and the reset of a NIC.

import { brand, type InstanceId, type ProcessId } from "../../model/units.ts";
import { CLOSED, bugCheckCode } from "./codes.ts";
import { forgetUses, instanceOfLock, regionSlots, tally } from "./entries.ts";
import { isLocked } from "./entries.ts";
import { unlock } from "./locks.ts";
import { forgetGenerations, forgetWatches } from "./mapping-changes.ts";
import { dropRegion } from "./nic.ts";
import { endRegistration, forgetHistory, releaseFrames } from "./registrations.ts";
import { releaseSecure } from "./secures.ts";
import { disconnect } from "./sockets.ts";
import { INSTANCE, LOCK, REGION, SECURE, SOCKET, SINGLE } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import { abortTransfersOn, removeTransfersOf } from "./transfers.ts";
import { deleteAddressSpace } from "./virtual-memory.ts";
import { quiet, type Applied, type Event } from "./words.ts";

/** A provider instance as it is before its first call. */
export function resetInstance(w: Store, id: number, started: boolean): void {
  const row = w.instance(id);
  const chain = w.registrationsOfInstance;
  const ends = row + INSTANCE.registrations;
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.first(ends)) {
    releaseFrames(w, slot);
    endRegistration(w, slot);
  }
  forgetHistory(w, id);
  for (let lock = w.locks.first(); lock !== NONE; lock = w.locks.next(lock)) {
    if (instanceOfLock(w, lock) !== id) continue;
    tally(w, lock, -1);
    forgetUses(w, lock);
    for (const region of regionSlots(w, lock)) {
      w.mem.put(w.regions.row(region) + REGION.zombie, 0);
    }
    tally(w, lock, 1);
  }
  w.mem.put(row + INSTANCE.started, started ? 1 : 0);
  w.calls[id] = [];
  w.lastCall[id] = null;
}

/** The process ends: connections, NIC regions, the driver's handles, and last its address space. */
export function exit(w: Store, process: ProcessId): Applied {
  disarm(w, process);
  for (let s = w.sockets.first(); s !== NONE; s = w.sockets.next(s)) {
    const row = w.sockets.row(s);
    if (w.mem.at(row + SOCKET.process) !== process) continue;
    removeTransfersOf(w, w.mem.at(row + SOCKET.id));
    disconnect(w, s, CLOSED);
  }
  w.attempts = w.attempts.filter((each) => each.process !== process);
  const providers = w.config.providersPerProcess;
  for (let provider = 0; provider < providers; provider++) dropRegions(w, process, provider);
  for (let provider = 0; provider < providers; provider++) {
    resetInstance(w, w.instanceOf(process, provider), false);
  }
  if (w.claims === null) {
    return {
      answer: null,
      then: [
        { type: "processExit", process },
        { type: "exited", process },
      ],
    };
  }
  for (let provider = 0; provider < providers; provider++) closeDriver(w, process, provider);
  return { answer: null, then: [{ type: "exited", process }] };
}

function disarm(w: Store, process: number): void {
  if (w.get(SINGLE.kill) === process + 1) w.set(SINGLE.kill, 0);
  if (w.get(SINGLE.interrupt) !== 0 && w.get(SINGLE.interruptProcess) === process)
    w.set(SINGLE.interrupt, 0);
  w.faults = null;
}

/** The provider closes its handle to the proxy driver, and is not called again until it is started anew. */
export function stopped(w: Store, id: number): Applied {
  const process = w.processOf(id);
  dropRegions(w, process, w.providerOf(id));
  closeDriver(w, process, w.providerOf(id));
  resetInstance(w, id, false);
  return quiet;
}

function dropRegions(w: Store, process: number, provider: number): void {
  for (let region = w.regions.first(); region !== NONE;) {
    const next = w.regions.next(region);
    const row = w.regions.row(region);
    const isOwn =
      w.mem.at(row + REGION.process) === process && w.mem.at(row + REGION.provider) === provider;
    if (isOwn) dropRegion(w, region);
    region = next;
  }
}

/** The driver's handle closes: what was locked, secured and watched through it goes. */
function closeDriver(w: Store, process: number, provider: number): void {
  forgetWatches(w, process, provider);
  for (let lock = w.locks.first(); lock !== NONE;) {
    const next = w.locks.next(lock);
    const row = w.locks.row(lock);
    const isOwn =
      w.mem.at(row + LOCK.process) === process && w.mem.at(row + LOCK.provider) === provider;
    if (isOwn && isLocked(w, lock)) unlock(w, lock);
    lock = next;
  }
  releaseSecures(w, (row) => {
    const isOfProvider = w.mem.at(row + SECURE.provider) === provider;
    return isOfProvider && w.mem.at(row + SECURE.process) === process;
  });
}

function releaseSecures(w: Store, which: (row: number) => boolean): void {
  for (let secure = w.secures.first(); secure !== NONE;) {
    const next = w.secures.next(secure);
    if (which(w.secures.row(secure))) releaseSecure(w, secure);
    secure = next;
  }
}

/** The address space goes. Secures go with it; locked pages are bug check 0x76. */
export function exited(w: Store, process: number): Applied {
  w.mem.put(w.aliveWord(process), 0);
  for (let lock = w.locks.first(); lock !== NONE; lock = w.locks.next(lock)) {
    if (isLocked(w, lock) && w.mem.at(w.locks.row(lock) + LOCK.process) === process) {
      w.set(SINGLE.bugCheck, bugCheckCode("PROCESS_HAS_LOCKED_PAGES"));
      break;
    }
  }
  deleteAddressSpace(w, process);
  releaseSecures(w, (row) => w.mem.at(row + SECURE.process) === process);
  forgetGenerations(w, process);
  return quiet;
}

/** Every transfer of the NIC ends, every connection is lost, and every provider on it cleans up. */
export function nicReset(w: Store, provider: number): Applied {
  abortTransfersOn(w, provider);
  const then: Event[] = [];
  for (let process = 0; process < w.config.processes; process++) {
    const id = w.instanceOf(process, provider);
    if (w.isAlive(process) && w.mem.at(w.instance(id) + INSTANCE.started) === 1) {
      then.push({ type: "cleanup", instance: brand<InstanceId>(id) });
    }
  }
  return { answer: null, then };
}
