// The state of a world, laid out: which words of the arena hold what. Operations are in the other files; everything
// that outlasts a command is here, so a copy of the arena is a copy of the state.
//
// Outside the arena are only what cannot outlast a command (calls in progress, whose other half is on the subject's
// stack; the last call, transfer and attempt, which are there to be judged) and the table of names, which only grows.

import type { FlatCall } from "./active-call.ts";
import { Arena } from "./arena.ts";
import { hearingOf, type Hearing } from "./families.ts";
import { KeyMap } from "./key-map.ts";
import {
  DESCRIPTOR,
  EXPOSURE,
  FAILURE,
  GRANT,
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
  UNHEARD,
  VAD,
  SINGLE,
} from "./layout.ts";
import { Symbols } from "./symbols.ts";
import { Chain, Table } from "./table.ts";
import type {
  ArmedFaults,
  Attempt,
  ChangedPages,
  Claims,
  Dispatch,
  Socket,
  Transfer,
  WorldConfig,
} from "./words.ts";

export class Store {
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly hearing: Hearing;
  readonly mem: Arena = new Arena();
  readonly symbols: Symbols = new Symbols();
  /** The first page that is not the user's. */
  readonly pageEnd: number;
  readonly pagesPerByte: number;
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
  readonly unheard: Table;
  readonly viewsOfSection: Chain;
  readonly unheardOfInstance: Chain;
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
  /** The first word of a section's pages, how many they are, and the ends of the chain of its views. */
  readonly sections: readonly {
    readonly first: number;
    readonly count: number;
    readonly views: number;
  }[];
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
  // Records that are made once and kept until what they say changes.
  faults: ArmedFaults | null = null;
  connectedView: readonly Socket[] | null = null;

  constructor(config: WorldConfig, claims: Claims | null) {
    this.config = config;
    this.claims = claims;
    this.hearing = hearingOf(config.notification, claims?.coverage);
    if (config.providersPerProcess > MOST_PROVIDERS) {
      throw new RangeError(
        `the world has ${config.providersPerProcess} providers a process; a page has a bit for each that watches it, so it can have ${MOST_PROVIDERS}`,
      );
    }
    const { mem } = this;
    this.pageEnd = config.granularityPages + config.pageCount;
    this.pagesPerByte = 1 / config.pageSizeBytes;
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
      views: mem.reserve(2),
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
    this.unheard = new Table(mem, UNHEARD.width);
    this.viewsOfSection = new Chain(mem, this.vads, VAD.ofSection);
    this.unheardOfInstance = new Chain(mem, this.unheard, UNHEARD.ofInstance);
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
    this.set(SINGLE.nextSecure, 1);
    this.set(SINGLE.nextMdl, 1);
    this.set(SINGLE.nextFree, 1);
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
    this.connectedView = null;
  }

  addSocket(id: number, process: number, provider: number): void {
    const slot = this.sockets.add();
    const row = this.sockets.row(slot);
    this.mem.put(row + SOCKET.id, id);
    this.mem.put(row + SOCKET.process, process);
    this.mem.put(row + SOCKET.provider, provider);
    this.connected.append(this.connectedEnds, slot);
    this.connectedView = null;
    this.socketOf.set(id, slot);
  }

  get connectedEnds(): number {
    return this.#single + SINGLE.connected;
  }

  /** One of the words that there is one of, by its number in `SINGLE`. */
  get(word: number): number {
    return this.mem.at(this.#single + word);
  }

  set(word: number, value: number): void {
    this.mem.put(this.#single + word, value);
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
    let chunk = this.mem.at(entry);
    if (chunk === 0) {
      chunk = this.mem.allocate(PAGE.width << this.pageShift);
      this.mem.put(entry, chunk);
    }
    return chunk + (number & ((1 << this.pageShift) - 1)) * PAGE.width;
  }

  /** Pages of a process that were ever made, in order, each by its number and its first word. */
  eachPage(process: number, visit: (number: number, row: number) => void): void {
    const length = 1 << this.pageShift;
    for (let first = 0; first < this.pageEnd; first += length) {
      const chunk = this.mem.at(this.#chunk(process, first));
      if (chunk === 0) continue;
      for (let i = 0; i < length; i++) visit(first + i, chunk + i * PAGE.width);
    }
  }

  #chunk(process: number, number: number): number {
    return this.#pageChunks + process * this.#chunksPerProcess + (number >> this.pageShift);
  }
}

/** As many as a word has bits. */
const MOST_PROVIDERS = 32;

/** Chunks are about as long as there are chunks, so that a small world is small and a large one not all directory. */
function chunkShift(count: number): number {
  const shift = (32 - Math.clz32(count)) >> 1;
  return Math.min(6, Math.max(3, shift));
}

function missing(what: string, index: number): never {
  throw new RangeError(`${what} ${index} does not exist in this world`);
}

/** A whole provider is under test, which does by itself what the world does around a cache. */
export const isWhole = ({ claims }: Store): boolean => claims?.whole === true;
