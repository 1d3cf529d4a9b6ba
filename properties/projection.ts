// The whole state of a world as one plain value, made from what its view answers. Two worlds are in equal states when
// their projections are equal; it is the only thing by which states are compared.
//
// Not in it: what a frame that is out of use held, and in which order an instance's zombies and owed releases came
// about, since nothing depends on them.

import { pageNumbers, type PageSpan, type ProcessId, type ProviderId } from "../model/units.ts";
import { brand } from "../model/units.ts";
import type { ActiveCall, Entry, InstanceView, Registration } from "../model/ledger.ts";
import type { Region } from "../model/nic.ts";
import type { WorldView } from "../model/view.ts";

export type Projection = Readonly<Record<string, unknown>>;

/** Everything. Costs the size of the world. */
export function projection(view: WorldView): Projection {
  const { config } = view;
  const processes = Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i));
  const providers = Array.from({ length: config.providersPerProcess }, (_, i) =>
    brand<ProviderId>(i),
  );
  return {
    alive: processes.map((each) => view.isAlive(each)),
    spaces: processes.map((each) =>
      view.vads(each).map((vad) => ({
        ...vad,
        pages: pagesIn(view, each, { first: vad.base, count: vad.pageCount }),
      })),
    ),
    frames: framesInUse(view),
    sections: view.sections(),
    secures: view.secures(),
    locked: view.locked(),
    regions: providers.map((each) => view.regions(each).map(regionOf)),
    exposures: providers.map((each) => view.exposures(each)),
    sockets: view.sockets(),
    connected: view.connectedSockets().map((each) => each.id),
    transfers: view.transfers(),
    descriptors: view.descriptors(),
    instances: view.instances().map((each) => instanceOf(view, each)),
    grants: view.grants(),
    ...small(view),
  };
}

/** What lies over some pages of a process, and everything that is small. Costs what is there. */
export function projectionOver(
  view: WorldView,
  process: ProcessId,
  spans: readonly PageSpan[],
): Projection {
  const own = view.instances().filter((each) => each.process === process);
  return {
    over: spans.map((span) => ({
      pages: pagesIn(view, process, span),
      secures: view.securesOver(process, span),
      locks: view.locksOver(process, span),
      instances: own.map(({ id }) => ({
        entries: view.entriesOver(id, span).map(entryOf),
        exposures: view.exposuresOver(id, span),
        registrations: view.registrationsOver(id, span).map(registrationOf),
        secures: view.instanceSecuresOver(id, span),
      })),
    })),
    totals: view.instances().map((each) => view.totals(each.id)),
    liveCount: view.liveCount(),
    ...small(view),
  };
}

function small(view: WorldView): Projection {
  return {
    changed: view.changed(),
    attempts: view.attempts(),
    lastAttempt: view.lastAttempt(),
    lastTransfer: view.lastTransfer(),
    dispatch: view.dispatch(),
    lastDispatch: view.lastDispatch(),
    faults: view.faults(),
    bugCheck: view.bugCheck(),
    counters: view.counters(),
    lastCalls: view
      .instances()
      .map(({ lastCall }) => (lastCall === null ? null : callOf(lastCall))),
  };
}

function pagesIn(view: WorldView, process: ProcessId, span: PageSpan): unknown[] {
  return pageNumbers(span).map((number) => ({
    ...view.page(process, number),
    maps: view.mappedFrame(process, number),
  }));
}

function framesInUse(view: WorldView): unknown[] {
  const frames: unknown[] = [];
  for (let pfn = 0; pfn < view.config.frameCount; pfn++) {
    const frame = view.frame(brand(pfn));
    if (frame !== undefined) frames.push([pfn, frame.stamp, frame.mapped, frame.lockCount]);
  }
  return frames;
}

function instanceOf(view: WorldView, instance: InstanceView): unknown {
  const { id, started, registrations, history, calls } = instance;
  const entries = view.entries(id);
  const own = new Set(entries.map((each) => each.mdl));
  return {
    started,
    registrations: registrations.map(registrationOf),
    history,
    calls: calls.map(callOf),
    entries: entries.map(entryOf),
    // An instance can only owe what is its own; what else it was told about is nobody's.
    unreleased: instance.unreleased
      .filter((each) => own.has(each.mdl))
      .toSorted((a, b) => a.mdl - b.mdl),
    totals: view.totals(id),
    regionCount: view.regionCount(id),
  };
}

function entryOf(entry: Entry): unknown {
  const { mdl, locked, span, access, held, zombie, remote } = entry;
  const { sockets, scopes, ranges, unreleased, unsecurable } = entry;
  return {
    mdl,
    locked,
    span,
    access,
    regions: entry.regions.map((each) => each.key),
    held,
    zombie,
    remote,
    sockets,
    scopes,
    ranges,
    unreleased,
    unsecurable,
  };
}

function regionOf({ key, process, mdl, span, access, frames }: Region): unknown {
  return { key, process, mdl, span, access, frames };
}

function registrationOf(live: Registration): unknown {
  const { name, socket, scope, range, access, handle, region, remoteKey, frames } = live;
  return { name, socket, scope, range, access, handle, region, remoteKey, frames };
}

function callOf(active: ActiveCall): unknown {
  const { call, work, failures, changes, acquired, touched, touchedWithin } = active;
  const { mappings, framesBefore, wasInvalid, interrupted, outcome } = active;
  return {
    call,
    work,
    failures,
    changes,
    acquired,
    touched,
    touchedWithin,
    mappings,
    framesBefore,
    wasInvalid,
    interrupted,
    outcome,
  };
}

/** Where two plain values differ first, with both sides; null if they are equal. */
export function firstDifference(left: unknown, right: unknown, path = ""): Difference | null {
  if (left === right) return null;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return { path, left, right };
  }
  const a = left as Readonly<Record<string, unknown>>;
  const b = right as Readonly<Record<string, unknown>>;
  for (const key in a) {
    const inside = firstDifference(a[key], b[key], path);
    if (inside !== null)
      return { ...inside, path: `${key}${inside.path === "" ? "" : "."}${inside.path}` };
  }
  for (const key in b) {
    if (!(key in a) && b[key] !== undefined) return { path: key, left: undefined, right: b[key] };
  }
  return null;
}

export interface Difference {
  /** Names and indices, from the outside in. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}
