// Rows as records: what the view hands out, and what calls in progress keep.

import { brand, type PageSpan, type Pfn } from "../../model/units.ts";
import { BAD_BLOCK, COMMITTED, COPIED, GUARD, protectionOf } from "./pages.ts";
import { accessNames, modeNames, protectionNames, scopeNames, statusNames } from "./codes.ts";
import { framesOfLock } from "./driver.ts";
import { rangeOfRegistration, readFrames } from "./registrations.ts";
import { spanOf } from "./ranges.ts";
import {
  DESCRIPTOR,
  EXPOSURE,
  LOCK,
  PAGE,
  REGION,
  REGISTRATION,
  SECURE,
  SOCKET,
  VAD,
} from "./layout.ts";
import type { Store } from "./store.ts";
import type {
  Descriptor,
  Exposure,
  LockedPages,
  OwnedRegistration,
  Page,
  Region,
  Secure,
  Socket,
  VadView,
} from "./words.ts";

export function vadRecord(w: Store, slot: number): VadView {
  const row = w.vads.row(slot);
  const section = w.mem.at(row + VAD.section);
  return {
    base: brand(w.mem.at(row + VAD.base)),
    pageCount: w.mem.at(row + VAD.count),
    section: section === 0 ? null : section - 1,
    writable: w.mem.at(row + VAD.writable) === 1,
  };
}

const framed = (pfn: number): Pfn | null => (pfn === 0 ? null : brand<Pfn>(pfn - 1));

export function pageRecord(w: Store, row: number): Page {
  const { mem } = w;
  const state = mem.at(row + PAGE.state);
  return {
    committed: (state & COMMITTED) !== 0,
    protection: protectionNames[protectionOf(state)] ?? "NOACCESS",
    guard: (state & GUARD) !== 0,
    pfn: framed(mem.at(row + PAGE.pfn)),
    stored: mem.doubleAt(row + PAGE.stored),
    copied: (state & COPIED) !== 0,
    copiedFrom: framed(mem.at(row + PAGE.copiedFrom)),
    inPageError: (state & BAD_BLOCK) !== 0,
  };
}

export function secureRecord(w: Store, slot: number): Secure {
  const row = w.secures.row(slot);
  return {
    handle: brand(w.mem.at(row + SECURE.handle)),
    process: brand(w.mem.at(row + SECURE.process)),
    provider: brand(w.mem.at(row + SECURE.provider)),
    span: spanOf(w.mem.at(row + SECURE.first), w.mem.at(row + SECURE.count)),
    mode: modeNames[w.mem.at(row + SECURE.mode)] ?? "readonly",
  };
}

export function lockRecord(w: Store, slot: number): LockedPages {
  const row = w.locks.row(slot);
  return {
    handle: brand(w.mem.at(row + LOCK.handle)),
    process: brand(w.mem.at(row + LOCK.process)),
    provider: brand(w.mem.at(row + LOCK.provider)),
    span: spanOf(w.mem.at(row + LOCK.first), w.mem.at(row + LOCK.count)),
    access: accessNames[w.mem.at(row + LOCK.access)] ?? "read",
    frames: framesOfLock(w, slot),
  };
}

/** A region; its frames are read when somebody asks for them. */
export class RegionRecord implements Region {
  readonly key: Region["key"];
  readonly process: Region["process"];
  readonly mdl: Region["mdl"];
  readonly span: PageSpan;
  readonly access: Region["access"];
  readonly #w: Store;
  readonly #frames: number;

  constructor(w: Store, slot: number) {
    const row = w.regions.row(slot);
    this.key = brand(w.mem.at(row + REGION.key));
    this.process = brand(w.mem.at(row + REGION.process));
    this.mdl = brand(w.mem.at(row + REGION.mdl));
    this.span = spanOf(w.mem.at(row + REGION.first), w.mem.at(row + REGION.count));
    this.access = accessNames[w.mem.at(row + REGION.access)] ?? "read";
    this.#w = w;
    this.#frames = w.mem.at(row + REGION.frames);
  }

  get frames(): readonly Pfn[] {
    const { mem } = this.#w;
    const frames: Pfn[] = [];
    for (let i = 0; i < this.span.count; i++) frames.push(brand(mem.at(this.#frames + i)));
    return frames;
  }
}

export function exposureRecord(w: Store, slot: number): Exposure {
  const row = w.exposures.row(slot);
  return {
    key: brand(w.mem.at(row + EXPOSURE.key)),
    process: brand(w.mem.at(row + EXPOSURE.process)),
    region: brand(w.mem.at(row + EXPOSURE.regionKey)),
    socket: brand(w.mem.at(row + EXPOSURE.socket)),
    span: spanOf(w.mem.at(row + EXPOSURE.first), w.mem.at(row + EXPOSURE.count)),
    access: accessNames[w.mem.at(row + EXPOSURE.access)] ?? "read",
  };
}

export function socketRecord(w: Store, slot: number): Socket {
  const row = w.sockets.row(slot);
  return {
    id: brand(w.mem.at(row + SOCKET.id)),
    process: brand(w.mem.at(row + SOCKET.process)),
    provider: brand(w.mem.at(row + SOCKET.provider)),
    status: statusNames[w.mem.at(row + SOCKET.status)] ?? "closed",
  };
}

export function descriptorRecord(w: Store, slot: number): Descriptor {
  const row = w.descriptors.row(slot);
  return {
    registration: w.symbols.text(w.mem.at(row + DESCRIPTOR.name)),
    socket: brand(w.mem.at(row + DESCRIPTOR.socket)),
    provider: brand(w.mem.at(row + DESCRIPTOR.provider)),
    key: brand(w.mem.doubleAt(row + DESCRIPTOR.key)),
  };
}

export function registrationRecord(w: Store, slot: number): OwnedRegistration {
  const { mem } = w;
  const row = w.registrations.row(slot);
  const remoteKey = mem.doubleAt(row + REGISTRATION.remoteKey);
  return {
    name: w.symbols.text(mem.at(row + REGISTRATION.name)),
    socket: brand(mem.at(row + REGISTRATION.socket)),
    scope: scopeNames[mem.at(row + REGISTRATION.scope)] ?? "local",
    range: rangeOfRegistration(w, slot),
    access: accessNames[mem.at(row + REGISTRATION.access)] ?? "read",
    handle: brand(mem.doubleAt(row + REGISTRATION.handle)),
    region: brand(mem.doubleAt(row + REGISTRATION.region)),
    remoteKey: remoteKey < 0 ? null : brand(remoteKey),
    frames: readFrames(w, mem.at(row + REGISTRATION.frames), mem.at(row + REGISTRATION.frameCount)),
    instance: brand(mem.at(row + REGISTRATION.instance)),
  };
}
