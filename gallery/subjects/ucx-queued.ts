// UCX's registration cache where its hooks never get the lock: every change waits in a queue, and nobody is called. What
// keeps it right is one habit. The queue is read before each look-up, with nothing between the two.

import type { Subject } from "stalemate";
import ucxRcache, { rcache } from "./ucx-rcache.ts";

const subject: Subject = {
  name: "ucx-queued",
  capabilities: { ...ucxRcache.capabilities, notification: "notify-before-queued" },
  create(host) {
    const { register, deregister, closeSocket, cleanup } = rcache(
      host,
      () => host.monitor?.poll() ?? [],
    );
    return { register, deregister, closeSocket, cleanup };
  },
};

export default subject;
