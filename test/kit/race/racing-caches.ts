// Asynchronous caches for tests: one that keeps nothing, with something done at a point of a call.

import type {
  AsyncHost,
  AsyncRegistrationCache,
  AsyncSubject,
  RegisterOutcome,
} from "../../../model/contract.ts";
import type { BufferHandle, MdlHandle, RegionKey } from "../../../model/units.ts";

/** What is done otherwise. */
export interface Twist {
  /** In every register, between the lock and the NIC. */
  readonly inRegister?: (host: AsyncHost) => Promise<unknown>;
  readonly changed?: (cache: AsyncRegistrationCache, host: AsyncHost) => AsyncRegistrationCache;
  /** Added to handles. */
  readonly handles?: () => number;
}

/** A cache that keeps nothing, and has no callback. */
export function uncached({
  inRegister = () => Promise.resolve(),
  changed = (cache) => cache,
  handles = () => 0,
}: Twist = {}): AsyncSubject {
  return {
    name: "uncached",
    capabilities: {
      caches: { local: false, remote: false },
      hit: "exact",
      inUse: "refuse",
      limits: { entries: null, pages: null, pending: null },
      notification: "refuse-notify-retry",
    },
    createAsync(host) {
      const live = new Map<BufferHandle, { readonly mdl: MdlHandle; readonly region: RegionKey }>();
      const cache: AsyncRegistrationCache = {
        async register({ range, access }): Promise<RegisterOutcome> {
          const locked = await host.driver.lock(range, access);
          if (!locked.ok) return { ok: false, error: "WSAEFAULT" };
          await inRegister(host);
          const region = await host.nic.register(locked.value, access);
          if (!region.ok) return { ok: false, error: "WSAENOBUFS" };
          const handle = (Number(region.value) + handles()) as BufferHandle;
          live.set(handle, { mdl: locked.value, region: region.value });
          const offsetBytes = range.start % host.pageSizeBytes;
          return { ok: true, handle, region: region.value, offsetBytes };
        },
        async deregister({ handle }) {
          const buffer = live.get(handle);
          if (buffer === undefined) return { ok: false, error: "WSAEINVAL" };
          live.delete(handle);
          await host.nic.deregister(buffer.region);
          await host.driver.unlock(buffer.mdl);
          return { ok: true };
        },
        closeSocket: () => Promise.resolve(),
        cleanup: () => Promise.resolve(),
        snapshot: () => JSON.stringify([...live]),
      };
      return changed(cache, host);
    },
  };
}
