// What is compared of each kind of record that a view answers.

import type { Page, SectionPage } from "../model/address-space.ts";
import type {
  ActiveCall,
  Ended,
  Entry,
  EntryBefore,
  Held,
  InstanceView,
  Registration,
  Totals,
  Unreleased,
} from "../model/ledger.ts";
import type { LockedPages, Secure } from "../model/memory.ts";
import type { Exposure, Region } from "../model/nic.ts";
import type { Frame } from "../model/physical-memory.ts";
import type { AddressRange, PageSpan, Pfn, SecureHandle } from "../model/units.ts";
import type {
  Belongings,
  Counters,
  Descriptor,
  Grant,
  OwnedRegistration,
  Socket,
  Transfer,
  VadView,
} from "../model/view.ts";
import { fieldsOf, listOf, type ShapeOf } from "./shapes.ts";

const value = "value";
const ignored = "ignored";

const span: ShapeOf<PageSpan> = fieldsOf({ first: value, count: value });
const range: ShapeOf<AddressRange> = fieldsOf({ start: value, lengthBytes: value });

const page: ShapeOf<Page> = fieldsOf({
  committed: value,
  protection: value,
  guard: value,
  pfn: value,
  stored: value,
  copied: value,
  inPageError: value,
});

/** A page of an address space, and what it maps. */
export interface Mapping {
  readonly page: Page | undefined;
  readonly maps: Pfn | null;
}

export const mapping: ShapeOf<Mapping> = fieldsOf({ page, maps: value });

export const vad: ShapeOf<VadView> = fieldsOf({
  base: value,
  pageCount: value,
  section: value,
  writable: value,
});

export interface MappedVad {
  readonly vad: VadView;
  readonly pages: readonly Mapping[];
}

export const mappedVad: ShapeOf<MappedVad> = fieldsOf({ vad, pages: listOf(mapping) });

export interface FrameInUse extends Readonly<Frame> {
  readonly pfn: Pfn;
}

export const frame: ShapeOf<FrameInUse> = fieldsOf({
  pfn: value,
  stamp: value,
  mapped: value,
  lockCount: value,
});

export const secure: ShapeOf<Secure> = fieldsOf({
  handle: value,
  process: value,
  provider: value,
  span,
  mode: value,
});

export const lock: ShapeOf<LockedPages> = fieldsOf({
  handle: value,
  process: value,
  provider: value,
  span,
  access: value,
  frames: value,
  changed: value,
});

export const region: ShapeOf<Region> = fieldsOf({
  key: value,
  process: value,
  mdl: value,
  span,
  access: value,
  frames: value,
});

export const exposure: ShapeOf<Exposure> = fieldsOf({
  key: value,
  process: value,
  region: value,
  socket: value,
  span,
  access: value,
});

export const socket: ShapeOf<Socket> = fieldsOf({
  id: value,
  process: value,
  provider: value,
  status: value,
});

export const transfer: ShapeOf<Transfer> = fieldsOf({
  name: value,
  socket: value,
  provider: value,
  kind: value,
  registration: value,
  region: value,
  span,
  inFlight: value,
});

export const descriptor: ShapeOf<Descriptor> = fieldsOf({
  registration: value,
  socket: value,
  provider: value,
  key: value,
});

const commonOfRegistrations = {
  name: value,
  socket: value,
  scope: value,
  range,
  access: value,
  handle: value,
  region: value,
  remoteKey: value,
  frames: value,
} as const;

export const registration: ShapeOf<Registration> = fieldsOf(commonOfRegistrations);

/** With the instance whose it is. */
export const owned: ShapeOf<OwnedRegistration> = fieldsOf({
  ...commonOfRegistrations,
  instance: value,
});

/** Something over a span of pages. */
export const held: ShapeOf<Held<SecureHandle>> = fieldsOf({ handle: value, span });

export const totals: ShapeOf<Totals> = fieldsOf({
  idleEntries: value,
  idlePages: value,
  owedEntries: value,
  owedPages: value,
  heldEntries: value,
  heldPages: value,
  pendingEntries: value,
});

const commonOfEntries = {
  mdl: value,
  locked: value,
  span,
  access: value,
  held: value,
  zombie: value,
  remote: value,
  sockets: value,
  scopes: value,
  ranges: listOf(range),
  unreleased: value,
  unsecurable: value,
} as const;

export const entry: ShapeOf<Entry> = fieldsOf({ ...commonOfEntries, regions: listOf(region) });

export const entryBefore: ShapeOf<EntryBefore> = fieldsOf({
  ...commonOfEntries,
  regions: listOf(fieldsOf<EntryBefore["regions"][number]>({ key: value, access: value })),
});

export const instance: ShapeOf<InstanceView> = fieldsOf<InstanceView>({
  id: value,
  process: value,
  provider: value,
  started: value,
  registrations: listOf(registration),
  history: listOf(fieldsOf<Ended>({ range, frames: value })),
  // Parts of their own.
  zombies: ignored,
  unreleased: ignored,
  calls: ignored,
  lastCall: ignored,
  // Of several threads: the flat world has one.
  episode: ignored,
});

export const call: ShapeOf<ActiveCall> = fieldsOf<ActiveCall>({
  call: value,
  work: value,
  failures: value,
  changes: value,
  acquired: value,
  touched: value,
  touchedWithin: value,
  touchedBeside: ignored,
  mappings: value,
  framesBefore: value,
  wasInvalid: value,
  interrupted: value,
  outcome: value,
});

export const counters: ShapeOf<Counters> = fieldsOf({
  pfn: value,
  secure: value,
  mdl: value,
  regions: value,
  keys: value,
});

export const sectionPage: ShapeOf<SectionPage> = fieldsOf({ pfn: value, stored: value });

export const unreleased: ShapeOf<Unreleased> = fieldsOf({ mdl: value, wasSecured: value });

export const grant: ShapeOf<Grant> = fieldsOf({
  kind: value,
  handle: value,
  process: value,
  kernelHandle: value,
});

export const belongings: ShapeOf<Belongings> = fieldsOf({
  registrations: listOf(registration),
  exposures: listOf(exposure),
  transfers: listOf(transfer),
});
