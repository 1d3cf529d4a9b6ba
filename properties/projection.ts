// The whole state of a world, in parts, each made from what its view answers. Two worlds are in equal states when every
// part is equal; it is the only thing by which states are compared.
//
// Not in it: what a frame that is out of use held, and in which order an instance's zombies and owed releases came
// about, since nothing depends on them.

import { userPages } from "../model/address-space.ts";
import { isBeyondWindows } from "../model/families.ts";
import type { InstanceView, Unreleased } from "../model/ledger.ts";
import {
  brand,
  pageNumbers,
  type PageNumber,
  type PageSpan,
  type Pfn,
  type ProcessId,
  type ProviderId,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { difference, listOf, plain, type Difference, type Shape } from "./shapes.ts";
import * as shapes from "./view-shapes.ts";
import type { FrameInUse, MappedVad, Mapping } from "./view-shapes.ts";

const value = "value";

interface Part {
  readonly shape: Shape;
  /** The part as it is now. */
  readonly read: (view: WorldView) => unknown;
}

/** What outlasts a command. */
const lastingParts: Readonly<Record<string, Part>> = {
  alive: { shape: value, read: (view) => processesOf(view).map((each) => view.isAlive(each)) },
  bugCheck: { shape: value, read: (view) => view.bugCheck() },
  counters: {
    shape: shapes.counters,
    read: (view) => view.counters(),
  },
  faults: { shape: value, read: (view) => view.faults() },
  spaces: {
    shape: listOf(listOf(shapes.mappedVad)),
    read: spacesOf,
  },
  frames: { shape: listOf(shapes.frame), read: framesInUse },
  sections: {
    shape: listOf(listOf(shapes.sectionPage)),
    read: (view) => view.sections(),
  },
  secures: { shape: listOf(shapes.secure), read: (view) => view.secures() },
  locked: { shape: listOf(shapes.lock), read: (view) => view.locked() },
  watched: { shape: value, read: watchedPages },
  unheard: {
    shape: value,
    read: (view) => view.instances().map(({ id }) => view.unheard(id)),
  },
  generations: { shape: value, read: generations },
  regions: {
    shape: listOf(listOf(shapes.region)),
    read: (view) => providersOf(view).map((each) => view.regions(each)),
  },
  exposures: {
    shape: listOf(listOf(shapes.exposure)),
    read: (view) => providersOf(view).map((each) => view.exposures(each)),
  },
  sockets: { shape: listOf(shapes.socket), read: (view) => view.sockets() },
  transfers: { shape: listOf(shapes.transfer), read: (view) => view.transfers() },
  descriptors: { shape: listOf(shapes.descriptor), read: (view) => view.descriptors() },
  instances: { shape: listOf(shapes.instance), read: (view) => view.instances() },
  entries: {
    shape: listOf(listOf(shapes.entry)),
    read: (view) => view.instances().map(({ id }) => view.entries(id)),
  },
  zombies: {
    shape: value,
    read: (view) => view.instances().map((each) => each.zombies.toSorted((a, b) => a - b)),
  },
  unreleased: {
    shape: listOf(listOf(shapes.unreleased)),
    read: (view) => view.instances().map((each) => unreleasedOf(view, each)),
  },
  totals: {
    shape: listOf(shapes.totals),
    read: (view) => view.instances().map(({ id }) => view.totals(id)),
  },
  regionCounts: {
    shape: value,
    read: (view) => view.instances().map(({ id }) => view.regionCount(id)),
  },
  liveCount: { shape: value, read: (view) => view.liveCount() },
  connected: { shape: value, read: (view) => view.connectedSockets().map((each) => each.id) },
  grants: {
    shape: listOf(shapes.grant),
    read: (view) => view.grants(),
  },
};

/** What is there to be judged, and gone when the next command begins or at the latest with the copying of the state. */
const passingParts: Readonly<Record<string, Part>> = {
  changed: { shape: value, read: (view) => view.changed() },
  attempts: { shape: value, read: (view) => view.attempts() },
  lastAttempt: { shape: value, read: (view) => view.lastAttempt() },
  lastTransfer: { shape: shapes.transfer, read: (view) => view.lastTransfer() },
  dispatch: { shape: value, read: (view) => view.dispatch() },
  lastDispatch: { shape: value, read: (view) => view.lastDispatch() },
  calls: {
    shape: listOf(listOf(shapes.call)),
    read: (view) => view.instances().map((each) => each.calls),
  },
  lastCalls: {
    shape: listOf(shapes.call),
    read: (view) => view.instances().map((each) => each.lastCall),
  },
};

const allParts: Readonly<Record<string, Part>> = { ...lastingParts, ...passingParts };

function processesOf({ config }: WorldView): ProcessId[] {
  return Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i));
}

function providersOf({ config }: WorldView): ProviderId[] {
  return Array.from({ length: config.providersPerProcess }, (_, i) => brand<ProviderId>(i));
}

function spacesOf(view: WorldView): MappedVad[][] {
  return processesOf(view).map((process) =>
    view.vads(process).map((vad) => ({
      vad,
      pages: mappingsOf(view, process, { first: vad.base, count: vad.pageCount }),
    })),
  );
}

/** What the pages of a span are and map. */
export function mappingsOf(view: WorldView, process: ProcessId, span: PageSpan): Mapping[] {
  const mappings: Mapping[] = [];
  for (let number: number = span.first; number < span.first + span.count; number++) {
    const at = brand<PageNumber>(number);
    mappings.push({ page: view.page(process, at), maps: view.mappedFrame(process, at) });
  }
  return mappings;
}

function framesInUse(view: WorldView): FrameInUse[] {
  const frames: FrameInUse[] = [];
  for (let i = 0; i < view.config.frameCount; i++) {
    const pfn = brand<Pfn>(i);
    const frame = view.frame(pfn);
    if (frame === undefined) continue;
    frames.push({ pfn, stamp: frame.stamp, mapped: frame.mapped, lockCount: frame.lockCount });
  }
  return frames;
}

function everyNumber({ config }: WorldView): PageNumber[] {
  const { first, end } = userPages(config.pageCount, config.granularityPages);
  return pageNumbers({ first, count: end - first });
}

/** The pages that each instance watches. */
function watchedPages(view: WorldView): PageNumber[][] {
  if (!isBeyondWindows(view.config.notification)) return [];
  const all = everyNumber(view);
  return view.instances().map(({ id }) => all.filter((number) => view.isWatched(id, number)));
}

/** How often the mapping of each page has changed, where somebody may ask. */
function generations(view: WorldView): number[][] {
  if (!isBeyondWindows(view.config.notification)) return [];
  const all = everyNumber(view);
  return processesOf(view).map((process) => all.map((number) => view.generation(process, number)));
}

/** An instance can only owe what is its own; what else it was told about is nobody's. */
function unreleasedOf(view: WorldView, { id, unreleased }: InstanceView): readonly Unreleased[] {
  if (unreleased.length === 0) return unreleased;
  return unreleased
    .filter((each) => view.entriesOn(id, each.mdl).length > 0)
    .toSorted((a, b) => a.mdl - b.mdl);
}

export type Projection = Readonly<Record<string, unknown>>;

/** Everything, as one plain value. Costs the size of the world. */
export const projection = (view: WorldView): Projection => projected(allParts, view);

/** Everything that outlasts a command, as one plain value. */
export const lastingProjection = (view: WorldView): Projection => projected(lastingParts, view);

function projected(parts: Readonly<Record<string, Part>>, view: WorldView): Projection {
  return Object.fromEntries(
    Object.entries(parts).map(([name, { shape, read }]) => [name, plain(shape, read(view))]),
  );
}

/** Where the states of two worlds differ first; null if they are equal. Costs the size of the world. */
export function stateDifference(left: WorldView, right: WorldView): Difference | null {
  return differenceIn(allParts, left, right);
}

/** The same in what is small whatever the size of the world. */
export function passingDifference(left: WorldView, right: WorldView): Difference | null {
  return differenceIn(smallParts, left, right);
}

const smallParts: Readonly<Record<string, Part>> = {
  ...passingParts,
  ...Object.fromEntries(
    ["alive", "bugCheck", "counters", "faults", "totals", "regionCounts", "liveCount"].map(
      (name) => [name, lastingParts[name] as Part],
    ),
  ),
};

function differenceIn(
  parts: Readonly<Record<string, Part>>,
  left: WorldView,
  right: WorldView,
): Difference | null {
  for (const name in parts) {
    const { shape, read } = parts[name] as Part;
    const inside = difference(shape, read(left), read(right));
    if (inside !== null) {
      return { ...inside, path: inside.path === "" ? name : `${name}.${inside.path}` };
    }
  }
  return null;
}
