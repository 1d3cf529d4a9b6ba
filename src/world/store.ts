// The state of a world, laid out: which words of the arena hold what. Operations are in the other files; everything
// that outlasts a command is here, so a copy of the arena is a copy of the state.
//
// Outside the arena are only what cannot outlast a command (calls in progress, whose other half is on the subject's
// stack; the last call, transfer and attempt, which are there to be judged) and the table of names, which only grows.

import type { FlatCall } from "./active-call.ts";
import { Arena } from "./arena.ts";
import { KeyMap } from "./key-map.ts";
import { Symbols } from "./symbols.ts";
import { Chain, Table } from "./table.ts";
import type {
  ArmedFaults,
  Attempt,
  ChangedPages,
  Claims,
  Dispatch,
  Transfer,
  WorldConfig,
} from "./words.ts";

/** Words of rows, counted from the row's first; the first two are the table's. */
export const VAD = { process: 2, base: 3, count: 4, section: 5, writable: 6, width: 8 } as const;
export const SECURE = {
  handle: 2,
  process: 3,
  provider: 4,
  first: 5,
  count: 6,
  mode: 7,
  nodes: 8,
  width: 10,
} as const;
/** What is locked, and what is on it: one entry of the provider instance. */
export const LOCK = {
  handle: 2,
  process: 3,
  provider: 4,
  first: 5,
  count: 6,
  access: 7,
  nodes: 8,
  frames: 9,
  /** 1 while the pages are locked; the row outlives that while regions are left. */
  locked: 10,
  /** The first and the last region on it. */
  regions: 11,
  flags: 13,
  /** The scopes it was used for, in order: 1 local, 2 remote; two digits to the base 4. */
  scopes: 14,
  /** Sockets that used it: a block, its capacity, and how many. */
  sockets: 15,
  /** Ranges it was used for, two doubles each: a block, its capacity in words, and how many. */
  ranges: 18,
  /** While one socket alone used it: the next and the previous such entry, and the socket's slot plus one. */
  sole: 21,
  soleSocket: 23,
  width: 24,
} as const;
/** Flags of a lock. */
export const USED = 1;
export const USED_REMOTELY = 2;
export const UNRELEASED = 4;
export const WAS_SECURED = 8;

export const REGION = {
  key: 2,
  provider: 3,
  process: 4,
  lock: 5,
  first: 6,
  count: 7,
  access: 8,
  frames: 9,
  /** Live registrations of its instance that name it, the first and the last; and how many. */
  registrations: 10,
  users: 12,
  inFlight: 13,
  zombie: 14,
  /** The next and the previous one on its lock. */
  link: 15,
  /** The first and the last of its exposures. */
  exposures: 17,
  mdl: 19,
  width: 20,
} as const;
export const EXPOSURE = {
  key: 2,
  provider: 3,
  process: 4,
  region: 5,
  socket: 6,
  first: 7,
  count: 8,
  access: 9,
  nodes: 10,
  link: 11,
  regionKey: 13,
  /** The next and the previous one of its socket; and the socket's slot plus one. */
  ofSocket: 14,
  socketSlot: 16,
  width: 18,
} as const;
export const SOCKET = {
  id: 2,
  process: 3,
  provider: 4,
  status: 5,
  /** The first and the last of its live registrations, of its exposures, and of the entries that only it used. */
  registrations: 6,
  exposures: 8,
  soleEntries: 10,
  /** The next and the previous one that is connected. */
  link: 12,
  width: 14,
} as const;
export const TRANSFER = {
  name: 2,
  socket: 3,
  provider: 4,
  kind: 5,
  registration: 6,
  first: 7,
  count: 8,
  inFlight: 9,
  /** A double. */
  region: 10,
  width: 12,
} as const;
export const DESCRIPTOR = { name: 2, socket: 3, provider: 4, key: 6, width: 8 } as const;
export const REGISTRATION = {
  name: 2,
  instance: 3,
  socket: 4,
  scope: 5,
  access: 6,
  first: 7,
  count: 8,
  nodes: 9,
  frames: 10,
  frameCount: 11,
  /** The next and the previous one of the instance, then those on the region. */
  ofInstance: 12,
  onRegion: 14,
  /** Doubles. */
  start: 16,
  lengthBytes: 18,
  handle: 20,
  region: 22,
  remoteKey: 24,
  order: 26,
  /** The next and the previous one of its socket; and the socket's slot plus one. */
  ofSocket: 27,
  socketSlot: 29,
  width: 30,
} as const;
export const GRANT = { kind: 2, process: 3, handle: 4, kernelHandle: 6, width: 8 } as const;
export const FAILURE = { call: 2, width: 4 } as const;

/** Words of a provider instance. */
export const INSTANCE = {
  started: 0,
  /** The first and the last of its registrations. */
  registrations: 1,
  liveCount: 3,
  regionCount: 4,
  totals: 5,
  /** The last registrations that ended, newest first: `ENDED` words each. */
  history: 12,
  width: 36,
} as const;
export const REMEMBERED = 4;
/** Start and length as doubles, a block of frames, and how many. */
export const ENDED = 6;
/** Words of a NIC. */
export const NIC = { regions: 0, pages: 1, nextRegion: 2, nextKey: 3, width: 4 } as const;
/** Words of a page. */
export const PAGE = {
  /** Its region of the address space plus one, shifted over the flags. */
  state: 0,
  pfn: 1,
  copiedFrom: 2,
  secures: 3,
  locks: 4,
  registrations: 5,
  exposures: 6,
  /** A double. */
  stored: 8,
  width: 10,
} as const;
export type PageList = (typeof PAGE)["secures" | "locks" | "registrations" | "exposures"];
/** Words of a frame; the stamp is a double. */
export const FRAME = { stamp: 0, mapped: 2, lockCount: 3, width: 4 } as const;
/** Words of a page of a section. */
export const SHARED = { stored: 0, pfn: 2, width: 4 } as const;

/** Words that there is one of. */
const SINGLE = {
  nextPfn: 0,
  nextFree: 1,
  nextSecure: 2,
  nextMdl: 3,
  order: 4,
  /** Live registrations that name a region which is not there, or not of their instance. */
  dangling: 5,
  bugCheck: 6,
  kill: 7,
  interrupt: 8,
  interruptProcess: 9,
  interruptAfter: 10,
  /** Registrations that lie outside the user's pages. */
  strays: 11,
  /** The first and the last socket that is connected. */
  connected: 12,
  width: 14,
} as const;

export class Store {
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly mem: Arena = new Arena();
  readonly symbols: Symbols = new Symbols();
  /** The first page that is not the user's. */
  readonly pageEnd: number;
  readonly pageShift: number;
  readonly frameShift: number;

  readonly vads: Table;
  readonly secures: Table;
  readonly locks: Table;
  readonly regions: Table;
  readonly exposures: Table;
  readonly sockets: Table;
  readonly transfers: Table;
  readonly descriptors: Table;
  readonly registrations: Table;
  readonly grants: Table;
  readonly failures: Table;
  readonly connected: Chain;
  readonly exposuresOfSocket: Chain;
  readonly registrationsOfSocket: Chain;
  readonly entriesOfSocket: Chain;
  readonly regionsOfLock: Chain;
  readonly exposuresOfRegion: Chain;
  readonly registrationsOfInstance: Chain;
  readonly registrationsOfRegion: Chain;
  readonly secureOf: KeyMap;
  readonly lockOf: KeyMap;
  readonly regionOf: readonly KeyMap[];
  readonly exposureOf: readonly KeyMap[];
  readonly socketOf: KeyMap;
  readonly registrationOf: KeyMap;
  readonly descriptorOf: KeyMap;

  readonly #single: number;
  readonly #alive: number;
  readonly #instances: number;
  readonly #nics: number;
  readonly #pageChunks: number;
  readonly #chunksPerProcess: number;
  readonly frameChunks: number;
  readonly sections: readonly { readonly first: number; readonly count: number }[];
  /** The sorted regions of each process: a block, its capacity, and how many. */
  readonly vadLists: number;

  // What does not outlast a command.
  readonly calls: FlatCall[][];
  readonly lastCall: (FlatCall | null)[];
  attempts: readonly Attempt[] = [];
  lastAttempt: Attempt | null = null;
  lastTransfer: Transfer | null = null;
  dispatch: Dispatch | null = null;
  lastDispatch: Dispatch | null = null;
  changed: ChangedPages | null = null;
  faults: ArmedFaults | null = null;

  constructor(config: WorldConfig, claims: Claims | null) {
    this.config = config;
    this.claims = claims;
    const { mem } = this;
    this.pageEnd = config.granularityPages + config.pageCount;
    this.pageShift = chunkShift(this.pageEnd);
    this.frameShift = chunkShift(config.frameCount);
    this.#single = mem.reserve(SINGLE.width);
    this.#alive = mem.reserve(config.processes);
    const instances = config.processes * config.providersPerProcess;
    this.#instances = mem.reserve(instances * INSTANCE.width);
    this.#nics = mem.reserve(config.providersPerProcess * NIC.width);
    this.vadLists = mem.reserve(config.processes * 4);
    this.#chunksPerProcess = ((this.pageEnd - 1) >> this.pageShift) + 1;
    this.#pageChunks = mem.reserve(config.processes * this.#chunksPerProcess);
    this.frameChunks = mem.reserve(((config.frameCount - 1) >> this.frameShift) + 1);
    this.sections = config.sections.map((count) => ({
      first: mem.reserve(count * SHARED.width),
      count,
    }));
    this.vads = new Table(mem, VAD.width);
    this.secures = new Table(mem, SECURE.width);
    this.locks = new Table(mem, LOCK.width);
    this.regions = new Table(mem, REGION.width);
    this.exposures = new Table(mem, EXPOSURE.width);
    this.sockets = new Table(mem, SOCKET.width);
    this.transfers = new Table(mem, TRANSFER.width);
    this.descriptors = new Table(mem, DESCRIPTOR.width);
    this.registrations = new Table(mem, REGISTRATION.width);
    this.grants = new Table(mem, GRANT.width);
    this.failures = new Table(mem, FAILURE.width);
    this.connected = new Chain(mem, this.sockets, SOCKET.link);
    this.exposuresOfSocket = new Chain(mem, this.exposures, EXPOSURE.ofSocket);
    this.registrationsOfSocket = new Chain(mem, this.registrations, REGISTRATION.ofSocket);
    this.entriesOfSocket = new Chain(mem, this.locks, LOCK.sole);
    this.regionsOfLock = new Chain(mem, this.regions, REGION.link);
    this.exposuresOfRegion = new Chain(mem, this.exposures, EXPOSURE.link);
    this.registrationsOfInstance = new Chain(mem, this.registrations, REGISTRATION.ofInstance);
    this.registrationsOfRegion = new Chain(mem, this.registrations, REGISTRATION.onRegion);
    this.secureOf = new KeyMap(mem);
    this.lockOf = new KeyMap(mem);
    this.regionOf = Array.from({ length: config.providersPerProcess }, () => new KeyMap(mem));
    this.exposureOf = Array.from({ length: config.providersPerProcess }, () => new KeyMap(mem));
    this.socketOf = new KeyMap(mem);
    this.registrationOf = new KeyMap(mem);
    this.descriptorOf = new KeyMap(mem);
    this.calls = Array.from({ length: instances }, () => []);
    this.lastCall = Array.from({ length: instances }, () => null);
    this.#begin();
  }

  /** Every process runs with an empty address space; every provider is started and has its sockets connected. */
  #begin(): void {
    const { mem, config } = this;
    this.set("nextSecure", 1);
    this.set("nextMdl", 1);
    this.set("nextFree", 1);
    for (let process = 0; process < config.processes; process++) {
      mem.put(this.aliveWord(process), 1);
      for (let provider = 0; provider < config.providersPerProcess; provider++) {
        const id = process * config.providersPerProcess + provider;
        mem.put(this.instance(id) + INSTANCE.started, 1);
        for (let i = 0; i < config.socketsPerInstance; i++) {
          this.addSocket(id * config.socketsPerInstance + i + 1, process, provider);
        }
      }
    }
    for (let provider = 0; provider < config.providersPerProcess; provider++) {
      mem.put(this.nic(provider) + NIC.nextRegion, 1);
      mem.put(this.nic(provider) + NIC.nextKey, 1);
    }
  }

  /** What does not outlast a command is gone. */
  forgetEvents(): void {
    for (let id = 0; id < this.calls.length; id++) {
      this.calls[id] = [];
      this.lastCall[id] = null;
    }
    this.attempts = [];
    this.lastAttempt = null;
    this.lastTransfer = null;
    this.dispatch = null;
    this.lastDispatch = null;
    this.changed = null;
    this.faults = null;
  }

  addSocket(id: number, process: number, provider: number): void {
    const slot = this.sockets.add();
    const row = this.sockets.row(slot);
    this.mem.put(row + SOCKET.id, id);
    this.mem.put(row + SOCKET.process, process);
    this.mem.put(row + SOCKET.provider, provider);
    this.connected.append(this.connectedEnds, slot);
    this.socketOf.set(id, slot);
  }

  get connectedEnds(): number {
    return this.#single + SINGLE.connected;
  }

  get(name: keyof typeof SINGLE): number {
    return this.mem.at(this.#single + SINGLE[name]);
  }

  set(name: keyof typeof SINGLE, value: number): void {
    this.mem.put(this.#single + SINGLE[name], value);
  }

  /** The word that is 1 while the process lives. */
  aliveWord(process: number): number {
    return this.#alive + process;
  }

  isAlive(process: number): boolean {
    return (
      process >= 0 && process < this.config.processes && this.mem.at(this.#alive + process) === 1
    );
  }

  /** The first word of a provider instance. */
  instance(id: number): number {
    if (!(id >= 0 && id < this.calls.length)) missing("provider instance", id);
    return this.#instances + id * INSTANCE.width;
  }

  instanceOf(process: number, provider: number): number {
    return process * this.config.providersPerProcess + provider;
  }

  processOf(instance: number): number {
    return Math.floor(instance / this.config.providersPerProcess);
  }

  providerOf(instance: number): number {
    return instance % this.config.providersPerProcess;
  }

  /** The first word of a NIC. */
  nic(provider: number): number {
    if (!(provider >= 0 && provider < this.config.providersPerProcess)) {
      missing("provider", provider);
    }
    return this.#nics + provider * NIC.width;
  }

  /** The first word of a page, or 0 while nothing ever was in its neighbourhood. */
  page(process: number, number: number): number {
    if (!(number >= 0 && number < this.pageEnd)) return 0;
    const chunk = this.mem.at(this.#chunk(process, number));
    if (chunk === 0) return 0;
    return chunk + (number & ((1 << this.pageShift) - 1)) * PAGE.width;
  }

  /** The first word of a page that is to be changed. */
  madePage(process: number, number: number): number {
    const entry = this.#chunk(process, number);
    if (this.mem.at(entry) === 0) {
      const chunk = this.mem.allocate(PAGE.width << this.pageShift);
      this.mem.put(entry, chunk);
    }
    return this.page(process, number);
  }

  #chunk(process: number, number: number): number {
    return this.#pageChunks + process * this.#chunksPerProcess + (number >> this.pageShift);
  }
}

/** Chunks are about as long as there are chunks, so that a small world is small and a large one not all directory. */
function chunkShift(count: number): number {
  const shift = (32 - Math.clz32(count)) >> 1;
  return Math.min(6, Math.max(3, shift));
}

function missing(what: string, index: number): never {
  throw new RangeError(`${what} ${index} does not exist in this world`);
}
