// libfabric's MR cache above its kdreg2 monitor (prov/util/src/kdreg2_mem_monitor.c), in the family validate-on-hit: a kernel
// module counts the changes of what is monitored, and nobody is called. An entry may be stale for as long as it likes; a
// hit compares the count with the one from before the entry was locked.

import type { AddressRange, Subject } from "stalemate";
import { MOST_CACHED, mrCache } from "./parts/mr-cache.ts";

const subject: Subject = {
  name: "kdreg2",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_CACHED, pages: null, pending: MOST_CACHED },
    notification: "validate-on-hit",
  },
  create(host) {
    const generation = (range: AddressRange): number => host.monitor?.generation(range) ?? 0;
    const { register, deregister, closeSocket, cleanup } = mrCache(host, {
      subscribe: generation,
      unsubscribe() {},
      isValid: (range, subscribed) => generation(range) === subscribed,
    });
    return { register, deregister, closeSocket, cleanup };
  },
};

export default subject;
