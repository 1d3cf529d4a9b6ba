// libfabric's MR cache above its userfaultfd monitor (prov/util/src/uffd_mem_monitor.c), in the family
// notify-after-blocked: the mapping is gone already, and the thread that changed it waits until the event is read.

import type { AddressRange, Host, Subject } from "stalemate";
import { MOST_CACHED, mrCache } from "./parts/mr-cache.ts";
import { overlap } from "./parts/ranges.ts";

/** The pages of the range, one by one. */
function pagesOf({ start, lengthBytes }: AddressRange, pageSizeBytes: number): AddressRange[] {
  return Array.from({ length: lengthBytes / pageSizeBytes }, (_, i) => ({
    start: (start + i * pageSizeBytes) as AddressRange["start"],
    lengthBytes: pageSizeBytes,
  }));
}

/** UFFDIO_UNREGISTER knows nothing of entries: a page that another one covers has to stay registered. */
function unregister(host: Host, range: AddressRange, others: readonly AddressRange[]): void {
  for (const page of pagesOf(range, host.pageSizeBytes)) {
    if (!others.some((other) => overlap(other, page))) host.monitor?.unwatch(page);
  }
}

const subject: Subject = {
  name: "libfabric-uffd",
  capabilities: {
    caches: { local: true, remote: true },
    hit: "containment",
    inUse: "defer",
    limits: { entries: MOST_CACHED, pages: null, pending: MOST_CACHED },
    notification: "notify-after-blocked",
  },
  create: (host) =>
    mrCache(host, {
      subscribe(range) {
        host.monitor?.watch(range);
        return 0;
      },
      unsubscribe: (range, others) => unregister(host, range, others),
      isValid: () => true,
    }),
};

export default subject;
