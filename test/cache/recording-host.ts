// A host that keeps account: what is locked, secured, registered and exposed, every call by name, errors that are
// ordered beforehand, and something to do in the middle of a call.

import type {
  Access,
  DriverError,
  Host,
  NicError,
  RegistrationCache,
  Result,
} from "../../model/contract.ts";
import {
  createRegistrationCache,
  type RegistrationCacheOptions,
} from "../../src/cache/registration-cache.ts";
import { brand, type AddressRange, type RegionKey, type SocketId } from "../../model/units.ts";

const PAGE = 16;

export type HostCallName =
  | "lock"
  | "unlock"
  | "secure"
  | "unsecure"
  | "nic.register"
  | "nic.deregister"
  | "nic.expose"
  | "nic.unexpose";

/** Pages `first` to `first + count - 1`. */
export const pages = (first: number, count = 1): AddressRange => ({
  start: brand(first * PAGE),
  lengthBytes: count * PAGE,
});

export const s1: SocketId = brand(1);
export const s2: SocketId = brand(2);

export class RecordingHost {
  /** Every call since it was last emptied: the name, and the first page it is about. */
  calls: string[] = [];
  /** What the next calls of a name answer instead of being performed; null: perform it. */
  readonly answers: Map<HostCallName, (DriverError | NicError | null)[]> = new Map();
  /** Done inside the next call of the name, before it is performed. */
  readonly inside: Map<HostCallName, () => void> = new Map();
  readonly locks: Map<number, AddressRange> = new Map();
  readonly secures: Map<number, AddressRange> = new Map();
  readonly regions: Map<number, AddressRange> = new Map();
  readonly exposures: Map<number, AddressRange> = new Map();
  /** The rights of every exposure that was asked for. */
  readonly exposedFor: Access[] = [];
  #next = 100;

  readonly host: Host = {
    pageSizeBytes: PAGE,
    driver: {
      lock: (range) => this.#acquire("lock", this.locks, range),
      unlock: (mdl) => this.#release("unlock", this.locks, mdl, "STATUS_INVALID_HANDLE"),
      secure: (range) => this.#acquire("secure", this.secures, range),
      unsecure: (handle) =>
        this.#release("unsecure", this.secures, handle, "STATUS_INVALID_HANDLE"),
      frames: () => [],
    },
    nic: {
      register: (mdl) => this.#acquire("nic.register", this.regions, this.locks.get(mdl)),
      deregister: (key) => this.#release("nic.deregister", this.regions, key, "INVALID_KEY"),
      expose: (region, range, _socket, access) => {
        this.exposedFor.push(access);
        return this.#acquire(
          "nic.expose",
          this.exposures,
          this.regions.has(region) ? range : undefined,
        );
      },
      unexpose: (key) => this.#release("nic.unexpose", this.exposures, key, "INVALID_KEY"),
    },
  };

  /** Orders answers for the next calls of the name. */
  answer(name: HostCallName, ...errors: (DriverError | NicError | null)[]): void {
    this.answers.set(name, errors);
  }

  /** Locks, secures, regions and exposures that are there. */
  get balance(): readonly [locks: number, secures: number, regions: number, exposures: number] {
    return [this.locks.size, this.secures.size, this.regions.size, this.exposures.size];
  }

  /** The calls since the last time. */
  told(): string[] {
    const { calls } = this;
    this.calls = [];
    return calls;
  }

  #enter(name: HostCallName, range: AddressRange | undefined): DriverError | NicError | null {
    this.calls.push(`${name} ${range === undefined ? "?" : Math.floor(range.start / PAGE)}`);
    const work = this.inside.get(name);
    this.inside.delete(name);
    work?.();
    return this.answers.get(name)?.shift() ?? null;
  }

  #acquire<T extends number, E>(
    name: HostCallName,
    held: Map<number, AddressRange>,
    range: AddressRange | undefined,
  ): Result<T, E> {
    const error = this.#enter(name, range);
    if (error !== null) return { ok: false, error: error as E };
    if (range === undefined) throw new Error(`${name} of what is not there`);
    const handle = this.#next++;
    held.set(handle, range);
    return { ok: true, value: handle as T };
  }

  #release<E>(
    name: HostCallName,
    held: Map<number, AddressRange>,
    handle: number,
    unknown: DriverError | NicError,
  ): Result<void, E> {
    const error = this.#enter(name, held.get(handle));
    if (error !== null) return { ok: false, error: error as E };
    if (!held.delete(handle)) throw new Error(`${name} of what is not there: ${unknown}`);
    return { ok: true, value: undefined };
  }
}

/** A cache and its world. */
export function scene(options: RegistrationCacheOptions = {}): {
  readonly world: RecordingHost;
  readonly cache: Required<RegistrationCache>;
} {
  const world = new RecordingHost();
  return { world, cache: createRegistrationCache(world.host, options) };
}

type Success = Extract<ReturnType<RegistrationCache["register"]>, { ok: true }>;

export interface Wish {
  readonly socket?: SocketId;
  readonly access?: "read" | "write" | "readwrite";
  readonly scope?: "local" | "remote";
}

/** A register that has to succeed. */
export function register(
  cache: RegistrationCache,
  range: AddressRange,
  { socket = s1, access = "readwrite", scope = "local" }: Wish = {},
): Success & { readonly wish: Required<Wish> } {
  const outcome = cache.register({ socket, range, access, scope });
  if (!outcome.ok) throw new Error(`register was answered with ${outcome.error}`);
  return { ...outcome, wish: { socket, access, scope } };
}

export function deregister(cache: RegistrationCache, made: ReturnType<typeof register>): void {
  const { handle, remoteKey, wish } = made;
  const request = { socket: wish.socket, handle, scope: wish.scope };
  const outcome = cache.deregister(remoteKey === undefined ? request : { ...request, remoteKey });
  if (!outcome.ok) throw new Error("deregister was refused");
}

/** Registers and deregisters: an idle entry. */
export function keep(cache: RegistrationCache, range: AddressRange, wish: Wish = {}): RegionKey {
  const made = register(cache, range, wish);
  deregister(cache, made);
  return made.region;
}
