// The whole state of a world: one plain record, whose JSON is its encoding. It begins here and is changed
// only by `apply` (system.ts).

import { userPages, type AddressSpace } from "./address-space.ts";
import type { Claims, WorldConfig } from "./config.ts";
import type { BugCheck } from "./errors.ts";
import { coverageOf } from "./families.ts";
import { providerInstance, type ProviderInstance } from "./ledger.ts";
import type { ChangedPages, Memory } from "./memory.ts";
import { nic, type Nic } from "./nic.ts";
import { own, settled } from "./ownership.ts";
import { physicalMemory } from "./physical-memory.ts";
import { driverTables, type DriverTables } from "./proxy-driver.ts";
import { brand, type InstanceId, type ProcessId, type ProviderId, type SocketId } from "./units.ts";
import type {
  ArmedFaults,
  Attempt,
  Descriptor,
  Dispatch,
  Grant,
  Socket,
  Transfer,
} from "./view.ts";

export interface State {
  readonly config: WorldConfig;
  /** Null: a proxy driver is under test. */
  readonly claims: Claims | null;
  /** The thread that acts; 0 where there is only one. */
  thread: number;
  /** What the threads that do not act number next. */
  numbers: readonly Numbers[];
  /** One a process. */
  alive: boolean[];
  /** Address spaces, frames, sections, secures, locked pages. */
  memory: Memory;
  /** What the last operation of an application, or its end, may have changed. */
  changed: ChangedPages | null;
  /** One a provider: what its proxy driver handed out. */
  drivers: DriverTables[];
  /** One a provider. */
  nics: Nic[];
  sockets: Socket[];
  transfers: Transfer[];
  lastTransfer: Transfer | null;
  descriptors: Descriptor[];
  /** One for each provider in each process. */
  instances: ProviderInstance[];
  attempts: Attempt[];
  lastAttempt: Attempt | null;
  dispatch: Dispatch | null;
  lastDispatch: Dispatch | null;
  grants: Grant[];
  faults: ArmedFaults;
  bugCheck: BugCheck | null;
}

/** The next handle or key of each kind that a thread is given. */
export interface Numbers {
  readonly thread: number;
  readonly secure: number;
  readonly mdl: number;
  /** By provider. */
  readonly regions: readonly number[];
  readonly keys: readonly number[];
}

/** Every process runs with an empty address space; every provider is started and has its sockets connected. */
export function initialState(config: WorldConfig, claims: Claims | null): State {
  const processes = Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i));
  const providers = Array.from({ length: config.providersPerProcess }, (_, i) =>
    brand<ProviderId>(i),
  );
  const instances = processes.flatMap((process) =>
    providers.map((provider) =>
      providerInstance(instanceOf(config, process, provider), process, provider),
    ),
  );
  const sockets = instances.flatMap(({ id, process, provider }) =>
    Array.from({ length: config.socketsPerInstance }, (_, i): Socket => ({
      id: brand<SocketId>(id * config.socketsPerInstance + i + 1),
      process,
      provider,
      status: "connected",
    })),
  );
  const state: State = {
    config,
    claims,
    thread: 0,
    numbers: [],
    alive: processes.map(() => true),
    memory: initialMemory(config, claims),
    changed: null,
    drivers: providers.map(() => driverTables()),
    nics: providers.map(() => nic(config.nic)),
    sockets,
    transfers: [],
    lastTransfer: null,
    descriptors: [],
    instances,
    attempts: [],
    lastAttempt: null,
    dispatch: null,
    lastDispatch: null,
    grants: [],
    faults: { fail: [], kill: null, interrupt: null },
    bugCheck: null,
  };
  return settled(state, null);
}

function initialMemory(config: WorldConfig, claims: Claims | null): Memory {
  return {
    pageSizeBytes: config.pageSizeBytes,
    granularityPages: config.granularityPages,
    user: userPages(config.pageCount, config.granularityPages),
    notification: config.notification,
    coverage: coverageOf(config.notification, claims?.coverage),
    physical: physicalMemory(config.frameCount),
    sections: config.sections.map((count) => ({
      pages: Array.from({ length: count }, () => ({ pfn: null, stored: 0 })),
    })),
    spaces: Array.from({ length: config.processes }, (): AddressSpace => ({ vads: [] })),
    secures: [],
    locked: [],
    watches: [],
    unheard: [],
    generations: [],
    nextSecure: 1,
    nextMdl: 1,
  };
}

export function instanceOf(
  config: WorldConfig,
  process: ProcessId,
  provider: ProviderId,
): InstanceId {
  return brand(process * config.providersPerProcess + provider);
}

/** The provider instance, to be written to. */
export function ownInstance(state: State, id: InstanceId): ProviderInstance {
  at(state.instances, id, "provider instance");
  return own(own(state, "instances"), id);
}

/** The NIC, to be written to. */
export function ownNic(state: State, provider: ProviderId): Nic {
  at(state.nics, provider, "provider");
  return own(own(state, "nics"), provider);
}

/** The element, which must exist. */
export function at<T>(items: readonly T[], index: number, what: string): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`${what} ${index} does not exist in this world`);
  return item;
}
