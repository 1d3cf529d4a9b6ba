// The registration cache as a subject for the checker.

import type { Subject } from "../../model/contract.ts";
import { createRegistrationCache, type RegistrationCacheOptions } from "./registration-cache.ts";

/**
 * The registration cache, as the checker takes it: a name, what it claims, and a function that makes one.
 *
 * @example
 * export default registrationCache({ inUse: "refuse", limits: { entries: 2, pages: 3 } });
 */
export function registrationCache(
  options: RegistrationCacheOptions & { readonly name?: string } = {},
): Subject {
  const { inUse = "defer", limits = {}, name = "registration-cache" } = options;
  const { entries = null, pages = null, pending = 0 } = limits;
  return {
    name,
    capabilities: {
      caches: { local: true, remote: true },
      hit: "containment",
      inUse,
      limits: { entries, pages, pending },
      notification: "refuse-notify-retry",
    },
    create: (host) => createRegistrationCache(host, options),
  };
}
