// Rows as records: what the view hands out, and what calls in progress keep.

import { brand, type PageSpan, type Pfn } from "../../model/units.ts";
import { BAD_BLOCK, COMMITTED, COPIED, GUARD, protectionOf } from "./pages.ts";
import { accessNames, modeNames, protectionNames, scopeNames, statusNames } from "./codes.ts";
import { framesOfLock } from "./driver.ts";
import { markedPages } from "./mapping-changes.ts";
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

/** A page; what nobody asks for is not read. */
export class PageRecord implements Page {
  readonly #mem: Store["mem"];
  readonly #row: number;
  readonly #state: number;

  constructor(w: Store, row: number) {
    this.#mem = w.mem;
    this.#row = row;
    this.#state = w.mem.at(row + PAGE.state);
  }

  get committed(): boolean {
    return (this.#state & COMMITTED) !== 0;
  }

  get protection(): Page["protection"] {
    return protectionNames[protectionOf(this.#state)] ?? "NOACCESS";
  }

  get guard(): boolean {
    return (this.#state & GUARD) !== 0;
  }

  get pfn(): Pfn | null {
    return framed(this.#mem.at(this.#row + PAGE.pfn));
  }

  get stored(): number {
    return this.#mem.doubleAt(this.#row + PAGE.stored);
  }

  get copied(): boolean {
    return (this.#state & COPIED) !== 0;
  }

  get inPageError(): boolean {
    return (this.#state & BAD_BLOCK) !== 0;
  }
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

/** Locked pages; their frames, and which have changed, are read when somebody asks for them. */
export class LockRecord implements LockedPages {
  readonly handle: LockedPages["handle"];
  readonly process: LockedPages["process"];
  readonly provider: LockedPages["provider"];
  readonly span: PageSpan;
  readonly access: LockedPages["access"];
  readonly #w: Store;
  readonly #slot: number;

  constructor(w: Store, slot: number) {
    const row = w.locks.row(slot);
    this.handle = brand(w.mem.at(row + LOCK.handle));
    this.process = brand(w.mem.at(row + LOCK.process));
    this.provider = brand(w.mem.at(row + LOCK.provider));
    this.span = spanOf(w.mem.at(row + LOCK.first), w.mem.at(row + LOCK.count));
    this.access = accessNames[w.mem.at(row + LOCK.access)] ?? "read";
    this.#w = w;
    this.#slot = slot;
  }

  get frames(): readonly Pfn[] {
    return framesOfLock(this.#w, this.#slot);
  }

  get changed(): LockedPages["changed"] {
    return markedPages(this.#w, this.#slot);
  }
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
    socket: brand(w.mem.doubleAt(row + EXPOSURE.socket)),
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

/** A live registration; what nobody asks for is not read. */
export class RegistrationRecord implements OwnedRegistration {
  readonly #w: Store;
  readonly #slot: number;

  constructor(w: Store, slot: number) {
    this.#w = w;
    this.#slot = slot;
  }

  #word(word: number): number {
    return this.#w.mem.at(this.#w.registrations.row(this.#slot) + word);
  }

  #double(word: number): number {
    return this.#w.mem.doubleAt(this.#w.registrations.row(this.#slot) + word);
  }

  get name(): string {
    return this.#w.symbols.text(this.#word(REGISTRATION.name));
  }

  get instance(): OwnedRegistration["instance"] {
    return brand(this.#word(REGISTRATION.instance));
  }

  get socket(): OwnedRegistration["socket"] {
    return brand(this.#word(REGISTRATION.socket));
  }

  get scope(): OwnedRegistration["scope"] {
    return scopeNames[this.#word(REGISTRATION.scope)] ?? "local";
  }

  get range(): OwnedRegistration["range"] {
    return rangeOfRegistration(this.#w, this.#slot);
  }

  get access(): OwnedRegistration["access"] {
    return accessNames[this.#word(REGISTRATION.access)] ?? "read";
  }

  get handle(): OwnedRegistration["handle"] {
    return brand(this.#double(REGISTRATION.handle));
  }

  get region(): OwnedRegistration["region"] {
    return brand(this.#double(REGISTRATION.region));
  }

  get remoteKey(): OwnedRegistration["remoteKey"] {
    const key = this.#double(REGISTRATION.remoteKey);
    return key < 0 ? null : brand(key);
  }

  get frames(): OwnedRegistration["frames"] {
    const block = this.#word(REGISTRATION.frames);
    return readFrames(this.#w, block, this.#word(REGISTRATION.frameCount));
  }
}
