// A fake of everything below a cache, as one writes it for a test: tables of what is locked, secured, registered and exposed.
// All memory is always valid, nothing ever fails or is busy, and there are no frames: which memory an address means is not
// modelled.

import type { Access, Host, Result, SecureMode } from "../../../model/contract.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  type AddressRange,
  type MdlHandle,
  type PageSpan,
  type RegionKey,
  type RemoteKey,
  type SecureHandle,
  type SocketId,
} from "../../../model/units.ts";

/** Bytes in a page of the fake. */
export const PAGE_SIZE_BYTES = 64;

/** The pages of a range. */
export const spanOf = (range: AddressRange): PageSpan => pagesOf(range, PAGE_SIZE_BYTES);

/** Pages that are locked. */
export interface Lock {
  readonly range: AddressRange;
  readonly access: Access;
}

interface Region {
  readonly mdl: MdlHandle;
  readonly lock: Lock;
  readonly access: Access;
}

interface Exposure {
  readonly region: RegionKey;
  readonly range: AddressRange;
  readonly socket: SocketId;
  readonly access: Access;
}

/** The host, and what a test sees of it. */
export interface FakeHost {
  readonly host: Host;
  readonly locks: ReadonlyMap<MdlHandle, Lock>;
  readonly secures: ReadonlyMap<
    SecureHandle,
    { readonly range: AddressRange; readonly mode: SecureMode }
  >;
  readonly regions: ReadonlyMap<RegionKey, Region>;
  readonly exposures: ReadonlyMap<RemoteKey, Exposure>;
  /** Locks, secures and NIC registers so far: what a cache is there to avoid. */
  work(): number;
  /** Calls with a handle that is not known, or that release what something else rests on; the first, or null. */
  misuse(): string | null;
}

/** A host with nothing in its tables. */
export function fakeHost(): FakeHost {
  const locks = new Map<MdlHandle, Lock>();
  const secures = new Map<SecureHandle, { range: AddressRange; mode: SecureMode }>();
  const regions = new Map<RegionKey, Region>();
  const exposures = new Map<RemoteKey, Exposure>();
  let next = 1;
  let work = 0;
  let misuse: string | null = null;

  const make = <K extends number, V>(table: Map<K, V>, entry: V): Result<K, never> => {
    const value = next++ as K;
    table.set(value, entry);
    return { ok: true, value };
  };
  const drop = <K extends number, V, E>(
    table: Map<K, V>,
    key: K,
    what: string,
    error: E,
  ): Result<void, E> => {
    if (table.delete(key)) return { ok: true, value: undefined };
    misuse ??= `${what} ${key} is not known`;
    return { ok: false, error };
  };

  const host: Host = {
    pageSizeBytes: PAGE_SIZE_BYTES,
    driver: {
      lock(range, access) {
        work++;
        return make(locks, { range: { ...range }, access });
      },
      unlock(mdl) {
        if ([...regions.values()].some((each) => each.mdl === mdl)) {
          misuse ??= `lock ${mdl} is released under a region`;
        }
        return drop(locks, mdl, "lock", "STATUS_INVALID_HANDLE");
      },
      secure(range, mode) {
        work++;
        return make(secures, { range: { ...range }, mode });
      },
      unsecure: (handle) => drop(secures, handle, "secure", "STATUS_INVALID_HANDLE"),
      frames: (mdl) => {
        const lock = locks.get(mdl);
        return lock === undefined ? [] : pageNumbers(spanOf(lock.range)).map((page) => brand(page));
      },
    },
    nic: {
      register(mdl, access) {
        work++;
        const lock = locks.get(mdl);
        if (lock !== undefined) return make(regions, { mdl, lock, access });
        misuse ??= `a region on lock ${mdl}, which is not known`;
        return { ok: false, error: "INVALID_KEY" };
      },
      deregister: (region) => drop(regions, region, "region", "INVALID_KEY"),
      expose(region, range, socket, access) {
        if (!regions.has(region)) misuse ??= `region ${region} is exposed, and not known`;
        return make(exposures, { region, range: { ...range }, socket, access });
      },
      unexpose: (key) => drop(exposures, key, "key", "INVALID_KEY"),
    },
  };
  return { host, locks, secures, regions, exposures, work: () => work, misuse: () => misuse };
}
