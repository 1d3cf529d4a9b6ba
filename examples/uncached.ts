// The provider that never caches: every register locks and registers, every deregister gives everything back.
// Slow, and right. Read it first: what it does on failure is what every cache has to do as well.

import type {
  BufferHandle,
  Host,
  MdlHandle,
  RegionKey,
  RegisterOutcome,
  RegisterRequest,
  RegistrationCache,
  Subject,
} from "stalemate";

interface Buffer {
  readonly mdl: MdlHandle;
  readonly region: RegionKey;
}

function create(host: Host): RegistrationCache {
  const { driver, nic, pageSizeBytes } = host;
  const live = new Map<BufferHandle, Buffer>();
  // What the NIC was too busy to give back. It is tried again at every later call.
  let owed: Buffer[] = [];

  function release(buffer: Buffer): boolean {
    // The region first, then the lock under it: never pages that the NIC may still write to.
    return nic.deregister(buffer.region).ok && driver.unlock(buffer.mdl).ok;
  }

  function settle(): void {
    owed = owed.filter((buffer) => !release(buffer));
  }

  function register({ range, access, scope, socket }: RegisterRequest): RegisterOutcome {
    settle();
    const locked = driver.lock(range, access);
    if (!locked.ok) {
      const faulted = locked.error === "STATUS_ACCESS_VIOLATION";
      return { ok: false, error: faulted ? "WSAEFAULT" : "WSAENOBUFS" };
    }
    const entered = nic.register(locked.value, access);
    if (!entered.ok) {
      driver.unlock(locked.value);
      return { ok: false, error: "WSAENOBUFS" };
    }
    const buffer: Buffer = { mdl: locked.value, region: entered.value };
    // A region key is never reused, so it serves as the handle.
    const handle = Number(buffer.region) as BufferHandle;
    const success = {
      ok: true,
      handle,
      region: buffer.region,
      offsetBytes: range.start % pageSizeBytes,
    } as const;
    if (scope === "local") {
      live.set(handle, buffer);
      return success;
    }
    const exposed = nic.expose(buffer.region, range, socket, access);
    if (!exposed.ok) {
      if (!release(buffer)) owed.push(buffer);
      return { ok: false, error: "WSAENOBUFS" };
    }
    live.set(handle, buffer);
    return { ...success, remoteKey: exposed.value };
  }

  return {
    register,
    deregister({ handle, remoteKey }) {
      settle();
      const buffer = live.get(handle);
      if (buffer === undefined) return { ok: false, error: "WSAEINVAL" };
      // The peer loses its access even if the NIC is too busy to drop the region.
      if (remoteKey !== undefined) nic.unexpose(remoteKey);
      live.delete(handle);
      if (!release(buffer)) owed.push(buffer);
      return { ok: true };
    },
    closeSocket: settle,
    cleanup: settle,
  };
}

const subject: Subject = {
  name: "uncached",
  capabilities: {
    caches: { local: false, remote: false },
    hit: "exact",
    inUse: "refuse",
    limits: { entries: 0, pages: 0, pending: null },
    notification: "refuse-notify-retry",
  },
  create,
};

export default subject;
