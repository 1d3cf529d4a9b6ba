// How rules and commands read the flat world: the same questions as of the reference, answered from indices. Look-ups cost
// what they answer.

import {
  brand,
  type InstanceId,
  type PageSpan,
  type ProcessId,
  type ProviderId,
} from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { vadAt, vadByAddress, vadCount } from "./address-space.ts";
import { FlatBefore, inOrder } from "./before.ts";
import { locksOfInstanceOver } from "./calls.ts";
import { bugCheckNames } from "./codes.ts";
import { grantRecord } from "./driver-events.ts";
import { instanceOfLock, isLocked, totalsOf } from "./entries.ts";
import { addEntries } from "./entry-record.ts";
import { frameRow, isInUse } from "./frames.ts";
import { InstanceRecord } from "./instance-record.ts";
import { lockNamed } from "./locks.ts";
import { armedFaults } from "./notification.ts";
import { rowsOver } from "./over.ts";
import { mappedFrame } from "./pages.ts";
import {
  RegionRecord,
  descriptorRecord,
  exposureRecord,
  lockRecord,
  pageRecord,
  registrationRecord,
  secureRecord,
  socketRecord,
  vadRecord,
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
  FRAME,
  INSTANCE,
  LOCK,
  NIC,
  PAGE,
  REGION,
  REGISTRATION,
  SECURE,
  SHARED,
  SOCKET,
  TRANSFER,
  type Store,
} from "./store.ts";
import { NONE, type Chain, type Table } from "./table.ts";
import { descriptorNamed, isInTransfer, transferNamed, transferRecord } from "./transfers.ts";
import type { Entry, WorldView } from "./words.ts";

/** Every row of a table that is wanted, as a record. */
function rows<T>(
  table: Table,
  record: (slot: number) => T,
  isWanted: (slot: number) => boolean = () => true,
): T[] {
  const records: T[] = [];
  for (let slot = table.first(); slot !== NONE; slot = table.next(slot)) {
    if (isWanted(slot)) records.push(record(slot));
  }
  return records;
}

function links<T>(chain: Chain, ends: number, record: (slot: number) => T): T[] {
  const records: T[] = [];
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    records.push(record(slot));
  }
  return records;
}

export function viewOf(w: Store): WorldView {
  const instances = w.calls.map((_, id) => new InstanceRecord(w, id));
  return {
    config: w.config,
    claims: w.claims,
    isAlive: (process) => w.isAlive(process),
    bugCheck: () => bugCheckNames[w.get("bugCheck")] ?? null,
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
        pfn: w.get("nextPfn"),
        secure: w.get("nextSecure"),
        mdl: w.get("nextMdl"),
        regions: providers.map((row) => w.mem.at(row + NIC.nextRegion)),
        keys: providers.map((row) => w.mem.at(row + NIC.nextKey)),
      };
    },
  };
}

function absent(what: string, index: number): never {
  throw new RangeError(`${what} ${index} does not exist in this world`);
}

type MemoryView = Pick<
  WorldView,
  | "vads"
  | "vadAt"
  | "page"
  | "mappedFrame"
  | "frame"
  | "changed"
  | "sections"
  | "secures"
  | "secure"
  | "securesOver"
  | "locked"
  | "lock"
  | "locksOver"
  | "hasLocks"
>;

function ofMemory(w: Store): MemoryView {
  const { mem } = w;
  const exists = (process: number): void => {
    if (!(process >= 0 && process < w.config.processes)) absent("process", process);
  };
  const locksOver = (process: ProcessId, { first, count }: PageSpan): number[] =>
    rowsOver(w, PAGE.locks, process, first, count, w.locks, LOCK.first, LOCK.handle);
  return {
    vads(process) {
      exists(process);
      return Array.from({ length: vadCount(w, process) }, (_, k) =>
        vadRecord(w, vadByAddress(w, process, k)),
      );
    },
    vadAt(process, number) {
      const slot = vadAt(w, process, number);
      return slot === NONE ? undefined : vadRecord(w, slot);
    },
    page(process, number) {
      const row = w.page(process, number);
      return row === 0 || mem.at(row + PAGE.state) === 0 ? undefined : pageRecord(w, row);
    },
    mappedFrame(process, number) {
      const pfn = mappedFrame(w, process, number);
      return pfn < 0 ? null : brand(pfn);
    },
    frame(pfn) {
      if (!isInUse(w, pfn)) return undefined;
      const row = frameRow(w, pfn);
      return {
        stamp: mem.doubleAt(row + FRAME.stamp),
        mapped: mem.at(row + FRAME.mapped) === 1,
        lockCount: mem.at(row + FRAME.lockCount),
      };
    },
    changed: () => w.changed,
    sections: () =>
      w.sections.map(({ first, count }) =>
        Array.from({ length: count }, (_, i) => {
          const row = first + i * SHARED.width;
          const pfn = mem.at(row + SHARED.pfn) - 1;
          return { pfn: pfn < 0 ? null : brand(pfn), stored: mem.doubleAt(row + SHARED.stored) };
        }),
      ),
    secures: () => rows(w.secures, (slot) => secureRecord(w, slot)),
    secure(handle) {
      const slot = w.secureOf.get(handle);
      return slot === NONE ? undefined : secureRecord(w, slot);
    },
    securesOver: (process, span) =>
      securesOver(w, process, span.first, span.count).map((slot) => secureRecord(w, slot)),
    locked: () =>
      rows(
        w.locks,
        (slot) => lockRecord(w, slot),
        (slot) => isLocked(w, slot),
      ),
    lock(mdl) {
      const slot = lockNamed(w, mdl);
      return slot === NONE ? undefined : lockRecord(w, slot);
    },
    locksOver: (process, span) =>
      locksOver(process, span)
        .filter((slot) => isLocked(w, slot))
        .map((slot) => lockRecord(w, slot)),
    hasLocks(process) {
      for (let slot = w.locks.first(); slot !== NONE; slot = w.locks.next(slot)) {
        if (mem.at(w.locks.row(slot) + LOCK.process) === process && isLocked(w, slot)) return true;
      }
      return false;
    },
  };
}

type NicView = Pick<
  WorldView,
  "regions" | "region" | "regionCount" | "exposures" | "exposure" | "exposuresOver"
>;

function ofNics(w: Store): NicView {
  const { mem } = w;
  return {
    regions(provider) {
      w.nic(provider);
      return rows(
        w.regions,
        (slot) => new RegionRecord(w, slot),
        (slot) => mem.at(w.regions.row(slot) + REGION.provider) === provider,
      );
    },
    region(provider, key) {
      const slot = w.regionOf[provider]?.get(key) ?? NONE;
      return slot === NONE ? undefined : new RegionRecord(w, slot);
    },
    regionCount: (id) => mem.at(w.instance(id) + INSTANCE.regionCount),
    exposures(provider: ProviderId) {
      w.nic(provider);
      return rows(
        w.exposures,
        (slot) => exposureRecord(w, slot),
        (slot) => mem.at(w.exposures.row(slot) + EXPOSURE.provider) === provider,
      );
    },
    exposure(provider, key) {
      const slot = w.exposureOf[provider]?.get(key) ?? NONE;
      return slot === NONE ? undefined : exposureRecord(w, slot);
    },
    exposuresOver(id, { first, count }) {
      if (w.exposures.count === 0) return [];
      const { exposures } = w;
      const process = w.processOf(id);
      const provider = w.providerOf(id);
      return rowsOver(
        w,
        PAGE.exposures,
        process,
        first,
        count,
        exposures,
        EXPOSURE.first,
        EXPOSURE.key,
      )
        .filter((slot) => mem.at(exposures.row(slot) + EXPOSURE.provider) === provider)
        .map((slot) => exposureRecord(w, slot));
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
    connectedSockets: () => links(w.connected, w.connectedEnds, (slot) => socketRecord(w, slot)),
    belongings(id) {
      const slot = w.socketOf.get(id);
      if (slot === NONE) return { registrations: [], exposures: [], transfers: [] };
      const row = w.sockets.row(slot);
      return {
        registrations: links(w.registrationsOfSocket, row + SOCKET.registrations, (each) =>
          registrationRecord(w, each),
        ),
        exposures: links(w.exposuresOfSocket, row + SOCKET.exposures, (each) =>
          exposureRecord(w, each),
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
      return slot === NONE ? undefined : registrationRecord(w, slot);
    },
    registration(name) {
      const slot = registrationNamed(w, name);
      return slot === NONE ? undefined : registrationRecord(w, slot);
    },
    registrationsOn(id, key) {
      const slot = w.regionOf[w.providerOf(id)]?.get(key) ?? NONE;
      if (slot === NONE) return danglingOn(w, id, key);
      const row = w.regions.row(slot);
      if (w.mem.at(row + REGION.process) !== w.processOf(id)) return danglingOn(w, id, key);
      return links(w.registrationsOfRegion, row + REGION.registrations, (each) =>
        registrationRecord(w, each),
      );
    },
    wasRegistered: (process, { first, count }) =>
      isRegistered(w, process, first, count) || isRemembered(w, process, first, count),
    registrationsOver(id, { first, count }) {
      return registrationsOver(w, w.processOf(id), first, count)
        .filter((slot) => w.mem.at(w.registrations.row(slot) + REGISTRATION.instance) === id)
        .map((slot) => registrationRecord(w, slot));
    },
  };
}

/** Registrations that name a region which is not there: the cache made the key up, or released it too early. */
function danglingOn(w: Store, id: number, key: number): ReturnType<typeof registrationRecord>[] {
  if (w.get("dangling") === 0) return [];
  const ends = w.instance(id) + INSTANCE.registrations;
  return links(w.registrationsOfInstance, ends, (slot) => registrationRecord(w, slot)).filter(
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
