// How rules and commands read the flat world: the same questions as of the reference, answered from indices. Look-ups cost
// what they answer.

import { type InstanceId } from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { FlatBefore, inOrder } from "./before.ts";
import { locksOfInstanceOver } from "./calls.ts";
import { bugCheckNames } from "./codes.ts";
import { grantRecord } from "./driver-events.ts";
import { instanceOfLock, totalsOf } from "./entries.ts";
import { addEntries } from "./entry-record.ts";
import { InstanceRecord } from "./instance-record.ts";
import { armedFaults } from "./notification.ts";
import {
  descriptorRecord,
  exposureRecord,
  RegistrationRecord,
  secureRecord,
  socketRecord,
} from "./records.ts";
import {
  isRegistered,
  isRemembered,
  nthRegistration,
  registrationNamed,
  registrationsOver,
} from "./registrations.ts";
import { securesOver } from "./secures.ts";
import {
  EXPOSURE,
  INSTANCE,
  NIC,
  REGION,
  REGISTRATION,
  SECURE,
  SOCKET,
  TRANSFER,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import { descriptorNamed, isInTransfer, transferNamed, transferRecord } from "./transfers.ts";
import type { Entry, WorldView } from "./words.ts";
import { absent, links, rows } from "./listing.ts";
import { ofMemory, ofNics } from "./view-of-memory.ts";

export function viewOf(w: Store): WorldView {
  const instances = w.calls.map((_, id) => new InstanceRecord(w, id));
  return {
    config: w.config,
    claims: w.claims,
    isAlive: (process) => w.isAlive(process),
    bugCheck: () => bugCheckNames[w.get(SINGLE.bugCheck)] ?? null,
    ...ofMemory(w),
    ...ofNics(w),
    ...ofSwitch(w),
    ...ofRegistrations(w),
    ...ofEntries(w),
    instances: () => instances,
    instance: (id) => instances[id] ?? absent("provider instance", id),
    attempts: () => w.attempts,
    lastAttempt: () => w.lastAttempt,
    dispatch: () => w.dispatch,
    lastDispatch: () => w.lastDispatch,
    grants: () => rows(w.grants, (slot) => grantRecord(w, slot)),
    grantOf: (kind, kernelHandle) =>
      rows(w.grants, (slot) => grantRecord(w, slot)).find(
        (each) => each.kind === kind && each.kernelHandle === kernelHandle,
      ),
    faults: () => armedFaults(w),
    counters() {
      const providers = Array.from({ length: w.config.providersPerProcess }, (_, i) => w.nic(i));
      return {
        pfn: w.get(SINGLE.nextPfn),
        secure: w.get(SINGLE.nextSecure),
        mdl: w.get(SINGLE.nextMdl),
        regions: providers.map((row) => w.mem.at(row + NIC.nextRegion)),
        keys: providers.map((row) => w.mem.at(row + NIC.nextKey)),
      };
    },
  };
}

type SwitchView = Pick<
  WorldView,
  | "sockets"
  | "socket"
  | "connectedSockets"
  | "belongings"
  | "transfers"
  | "transfer"
  | "isInTransfer"
  | "lastTransfer"
  | "descriptors"
  | "descriptor"
  | "newestDescriptors"
>;

function ofSwitch(w: Store): SwitchView {
  const { mem } = w;
  return {
    sockets: () => rows(w.sockets, (slot) => socketRecord(w, slot)),
    socket(id) {
      const slot = w.socketOf.get(id);
      return slot === NONE ? undefined : socketRecord(w, slot);
    },
    connectedSockets: () =>
      (w.connectedView ??= links(w.connected, w.connectedEnds, (slot) => socketRecord(w, slot))),
    belongings(id) {
      const slot = w.socketOf.get(id);
      if (slot === NONE) return { registrations: [], exposures: homeless(w, id), transfers: [] };
      const row = w.sockets.row(slot);
      return {
        registrations: links(
          w.registrationsOfSocket,
          row + SOCKET.registrations,
          (each) => new RegistrationRecord(w, each),
        ),
        exposures: byProvider(
          w,
          links(w.exposuresOfSocket, row + SOCKET.exposures, (each) => each),
        ),
        transfers: rows(
          w.transfers,
          (each) => transferRecord(w, each),
          (each) => mem.at(w.transfers.row(each) + TRANSFER.socket) === id,
        ),
      };
    },
    transfers: () => rows(w.transfers, (slot) => transferRecord(w, slot)),
    transfer(name) {
      const slot = transferNamed(w, name);
      return slot === NONE ? undefined : transferRecord(w, slot);
    },
    isInTransfer: (registration) => isInTransfer(w, registration),
    lastTransfer: () => w.lastTransfer,
    descriptors: () => rows(w.descriptors, (slot) => descriptorRecord(w, slot)),
    descriptor(registration) {
      const slot = descriptorNamed(w, registration);
      return slot === NONE ? undefined : descriptorRecord(w, slot);
    },
    newestDescriptors(most) {
      const newest = [];
      for (let slot = w.descriptors.last(); slot !== NONE; slot = w.descriptors.previous(slot)) {
        if (newest.length === most) break;
        newest.push(descriptorRecord(w, slot));
      }
      return newest;
    },
  };
}

/** What is exposed to a socket that was never there. */
function homeless(w: Store, socket: number): ReturnType<typeof exposureRecord>[] {
  const { mem, exposures } = w;
  return byProvider(
    w,
    rows(
      exposures,
      (slot) => slot,
      (slot) => mem.doubleAt(exposures.row(slot) + EXPOSURE.socket) === socket,
    ),
  );
}

/** One NIC after the other: a cache may expose to sockets that are not its own. */
function byProvider(w: Store, slots: number[]): ReturnType<typeof exposureRecord>[] {
  const providerOf = (slot: number): number => w.mem.at(w.exposures.row(slot) + EXPOSURE.provider);
  if (w.config.providersPerProcess > 1) slots.sort((a, b) => providerOf(a) - providerOf(b));
  return slots.map((slot) => exposureRecord(w, slot));
}

type RegistrationsView = Pick<
  WorldView,
  | "liveCount"
  | "liveRegistration"
  | "registration"
  | "registrationsOn"
  | "registrationsOver"
  | "wasRegistered"
>;

function ofRegistrations(w: Store): RegistrationsView {
  return {
    liveCount: () => w.registrations.count,
    liveRegistration(k) {
      const slot = nthRegistration(w, k);
      return slot === NONE ? undefined : new RegistrationRecord(w, slot);
    },
    registration(name) {
      const slot = registrationNamed(w, name);
      return slot === NONE ? undefined : new RegistrationRecord(w, slot);
    },
    registrationsOn(id, key) {
      const slot = w.regionOf[w.providerOf(id)]?.get(key) ?? NONE;
      if (slot === NONE) return danglingOn(w, id, key);
      const row = w.regions.row(slot);
      if (w.mem.at(row + REGION.process) !== w.processOf(id)) return danglingOn(w, id, key);
      return links(
        w.registrationsOfRegion,
        row + REGION.registrations,
        (each) => new RegistrationRecord(w, each),
      );
    },
    wasRegistered: (process, { first, count }) =>
      isRegistered(w, process, first, count) || isRemembered(w, process, first, count),
    registrationsOver(id, { first, count }) {
      return registrationsOver(w, w.processOf(id), first, count)
        .filter((slot) => w.mem.at(w.registrations.row(slot) + REGISTRATION.instance) === id)
        .map((slot) => new RegistrationRecord(w, slot));
    },
  };
}

/** Registrations that name a region which is not there: the cache made the key up, or released it too early. */
function danglingOn(w: Store, id: number, key: number): RegistrationRecord[] {
  if (w.get(SINGLE.dangling) === 0) return [];
  const ends = w.instance(id) + INSTANCE.registrations;
  return links(w.registrationsOfInstance, ends, (slot) => new RegistrationRecord(w, slot)).filter(
    (each) => each.region === key,
  );
}

type EntriesView = Pick<
  WorldView,
  | "entries"
  | "entriesOver"
  | "entriesOn"
  | "entriesOnlyOf"
  | "totals"
  | "instanceSecuresOver"
  | "before"
>;

function ofEntries(w: Store): EntriesView {
  const entriesOf = (locks: readonly number[]): Entry[] => {
    const found: Entry[] = [];
    for (const lock of locks) addEntries(w, lock, found);
    return inOrder(found);
  };
  return {
    entries: (id) =>
      entriesOf(
        rows(
          w.locks,
          (slot) => slot,
          (slot) => instanceOfLock(w, slot) === id,
        ),
      ),
    entriesOver: (id, span) => entriesOf(locksOfInstanceOver(w, id, span.first, span.count)),
    entriesOn(id, mdl) {
      const slot = w.lockOf.get(mdl);
      return slot === NONE || instanceOfLock(w, slot) !== id ? [] : entriesOf([slot]);
    },
    entriesOnlyOf(id: InstanceId, socket) {
      const slot = w.socketOf.get(socket);
      if (slot === NONE) return [];
      const ends = w.sockets.row(slot) + SOCKET.soleEntries;
      const own = links(w.entriesOfSocket, ends, (lock) => lock);
      return entriesOf(own.filter((lock) => instanceOfLock(w, lock) === id));
    },
    totals: (id) => totalsOf(w, id),
    instanceSecuresOver(id, span) {
      const provider = w.providerOf(id);
      return securesOver(w, w.processOf(id), span.first, span.count)
        .filter((slot) => w.mem.at(w.secures.row(slot) + SECURE.provider) === provider)
        .map((slot) => secureRecord(w, slot));
    },
    before: (id, call) => new FlatBefore(w, id, call as FlatCall),
  };
}
