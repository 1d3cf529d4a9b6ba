// libfabric's MR cache above its memhooks monitor (prov/util/src/util_mem_hooks.c), in the family notify-before: munmap and
// its like are intercepted, and the cache is told before the system call is made.

import type { Subject } from "stalemate";
import { MOST_CACHED, mrCache } from "./parts/mr-cache.ts";

const subject: Subject = {
  name: "libfabric-memhooks",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_CACHED, pages: null, pending: MOST_CACHED },
    notification: "notify-before",
  },
  create: (host) =>
    mrCache(host, {
      subscribe(range) {
        host.monitor?.watch(range);
        return 0;
      },
      // The hooks see every call, of whatever range: there is nothing to take back.
      unsubscribe() {},
      isValid: () => true,
    }),
};

export default subject;
