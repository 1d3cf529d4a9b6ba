// How the reference answers what rules and commands ask of a world: by looking through its lists. Slow and plain; an
// implementation that keeps indices must answer the same.

import { pageAt, vadAt, type Vad } from "./address-space.ts";
import { beforeOf, entriesOf, overlapping, securesOf, totalsOf } from "./entries.ts";
import type { RecordedCall } from "./ledger.ts";
import { generation } from "./mapping-changes.ts";
import { mappedFrame } from "./page-access.ts";
import { at, type State } from "./state.ts";
import { pagesOf, spansOverlap, type PageSpan, type ProcessId } from "./units.ts";
import type { Belongings, Counters, VadView, WorldView } from "./view.ts";

/** Reads a state that may be replaced: `current` answers the one in force. */
export function viewOf(current: () => State): WorldView {
  // Values, not accessors: the hidden class of a literal keeps its accessors, and through them the state, long after.
  const { config, claims } = current();
  const view: WorldView = {
    config,
    claims,
    isAlive: (process) => current().alive[process] ?? false,
    bugCheck: () => current().bugCheck,
    ...ofMemory(current),
    ...ofNics(current),
    ...ofSwitch(current),
    ...ofInstances(current),
    dispatch: () => current().dispatch,
    lastDispatch: () => current().lastDispatch,
    grants: () => current().grants,
    grantOf: (kind, kernelHandle) =>
      current().grants.find((each) => each.kind === kind && each.kernelHandle === kernelHandle),
    faults: () => current().faults,
    counters(): Counters {
      const { memory, nics } = current();
      return {
        pfn: memory.physical.nextPfn,
        secure: memory.nextSecure,
        mdl: memory.nextMdl,
        regions: nics.map((each) => each.nextRegion),
        keys: nics.map((each) => each.nextKey),
      };
    },
  };
  return view;
}

const asView = (vad: Vad): VadView => ({
  base: vad.base,
  pageCount: vad.pages.length,
  section: vad.section,
  writable: vad.writable,
});

function ofMemory(
  current: () => State,
): Pick<
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
  | "isWatched"
  | "unheard"
  | "generation"
> {
  const space = (process: ProcessId): State["memory"]["spaces"][number] =>
    at(current().memory.spaces, process, "process");
  const isOver =
    (process: ProcessId, span: PageSpan) =>
    (each: { readonly process: ProcessId; readonly span: PageSpan }): boolean =>
      each.process === process && spansOverlap(each.span, span);
  return {
    vads: (process) => space(process).vads.map(asView),
    vadAt(process, number): VadView | undefined {
      const vad = vadAt(space(process), number);
      return vad && asView(vad);
    },
    page: (process, number) => pageAt(space(process), number),
    mappedFrame: (process, number) => mappedFrame(current().memory, process, number),
    frame: (pfn) => current().memory.physical.frames[pfn] ?? undefined,
    changed: () => current().changed,
    sections: () => current().memory.sections.map((each) => each.pages),
    secures: () => current().memory.secures,
    secure: (handle) => current().memory.secures.find((each) => each.handle === handle),
    securesOver: (process, span) => current().memory.secures.filter(isOver(process, span)),
    locked: () => current().memory.locked,
    lock: (mdl) => current().memory.locked.find((each) => each.handle === mdl),
    locksOver: (process, span) => current().memory.locked.filter(isOver(process, span)),
    hasLocks: (process) => current().memory.locked.some((each) => each.process === process),
    isWatched(id, number): boolean {
      const { process, provider } = at(current().instances, id, "provider instance");
      return current().memory.watches.some(
        (each) =>
          each.process === process && each.provider === provider && each.pages.includes(number),
      );
    },
    unheard(id) {
      const { process, provider } = at(current().instances, id, "provider instance");
      return current()
        .memory.unheard.filter((each) => each.process === process && each.provider === provider)
        .map((each) => each.span);
    },
    generation: (process, number) =>
      generation(current().memory, process, { first: number, count: 1 }),
  };
}

function ofNics(
  current: () => State,
): Pick<
  WorldView,
  "regions" | "region" | "regionCount" | "exposures" | "exposure" | "exposuresOver"
> {
  return {
    regions: (provider) => at(current().nics, provider, "provider").regions,
    region: (provider, key) =>
      at(current().nics, provider, "provider").regions.find((each) => each.key === key),
    regionCount(id): number {
      const { process, provider } = at(current().instances, id, "provider instance");
      const { regions } = at(current().nics, provider, "provider");
      return regions.filter((each) => each.process === process).length;
    },
    exposures: (provider) => at(current().nics, provider, "provider").exposures,
    exposure: (provider, key) =>
      at(current().nics, provider, "provider").exposures.find((each) => each.key === key),
    exposuresOver(id, span) {
      const { process, provider } = at(current().instances, id, "provider instance");
      const { exposures } = at(current().nics, provider, "provider");
      return exposures.filter((each) => each.process === process && spansOverlap(each.span, span));
    },
  };
}

function ofSwitch(
  current: () => State,
): Pick<
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
  | "attempts"
  | "lastAttempt"
> {
  return {
    sockets: () => current().sockets,
    socket: (id) => current().sockets.find((each) => each.id === id),
    connectedSockets: () => current().sockets.filter((each) => each.status === "connected"),
    belongings(id): Belongings {
      const { instances, nics, transfers } = current();
      return {
        registrations: instances
          .flatMap((each) => each.registrations)
          .filter((each) => each.socket === id),
        exposures: nics.flatMap((each) => each.exposures).filter((each) => each.socket === id),
        transfers: transfers.filter((each) => each.socket === id),
      };
    },
    transfers: () => current().transfers,
    transfer: (name) => current().transfers.find((each) => each.name === name),
    isInTransfer: (registration) =>
      current().transfers.some((each) => each.registration === registration),
    lastTransfer: () => current().lastTransfer,
    descriptors: () => current().descriptors,
    descriptor: (registration) =>
      current().descriptors.find((each) => each.registration === registration),
    newestDescriptors: (most) => current().descriptors.slice(-most).toReversed(),
    attempts: () => current().attempts,
    lastAttempt: () => current().lastAttempt,
  };
}

function ofInstances(
  current: () => State,
): Pick<
  WorldView,
  | "instances"
  | "instance"
  | "liveCount"
  | "registration"
  | "liveRegistration"
  | "registrationsOn"
  | "registrationsOver"
  | "wasRegistered"
  | "entries"
  | "entriesOver"
  | "entriesOn"
  | "entriesOnlyOf"
  | "totals"
  | "instanceSecuresOver"
  | "before"
> {
  const instance = (id: number): State["instances"][number] =>
    at(current().instances, id, "provider instance");
  return {
    instances: () => current().instances,
    instance,
    liveCount: () => current().instances.reduce((sum, each) => sum + each.registrations.length, 0),
    registration(name) {
      for (const { id, registrations } of current().instances) {
        const live = registrations.find((each) => each.name === name);
        if (live !== undefined) return { ...live, instance: id };
      }
      return undefined;
    },
    liveRegistration(k) {
      let before = k;
      for (const { id, registrations } of current().instances) {
        const live = registrations[before];
        if (live !== undefined) return { ...live, instance: id };
        before -= registrations.length;
      }
      return undefined;
    },
    registrationsOn: (id, region) =>
      instance(id).registrations.filter((each) => each.region === region),
    registrationsOver: (id, span) =>
      instance(id).registrations.filter((each) =>
        spansOverlap(pagesOf(each.range, current().config.pageSizeBytes), span),
      ),
    wasRegistered: (process, span) =>
      current().instances.some(
        (each) =>
          each.process === process &&
          [...each.registrations, ...each.history].some(({ range }) =>
            spansOverlap(pagesOf(range, current().config.pageSizeBytes), span),
          ),
      ),
    entries: (id) => entriesOf(current(), instance(id)),
    entriesOver: (id, span) => overlapping(entriesOf(current(), instance(id)), span),
    entriesOn: (id, mdl) => entriesOf(current(), instance(id)).filter((each) => each.mdl === mdl),
    entriesOnlyOf: (id, socket) =>
      entriesOf(current(), instance(id)).filter(
        ({ sockets }) => sockets.length === 1 && sockets[0] === socket,
      ),
    totals: (id) => totalsOf(entriesOf(current(), instance(id))),
    instanceSecuresOver: (id, span) => overlapping(securesOf(current(), instance(id)), span),
    before: (id, call) => beforeOf(current(), instance(id), call as RecordedCall),
  };
}
