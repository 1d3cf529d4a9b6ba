// The provider that generation assumes: it registers whatever can be registered and keeps nothing. It is how
// the model finds out what an application could do next before any subject runs.

import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../model/events.ts";
import {
  brand,
  type BufferHandle,
  type InstanceId,
  type MdlHandle,
  type RegionKey,
  type RemoteKey,
} from "../model/units.ts";
import type { Provider } from "./stage.ts";

type Host = (call: HostCall) => HostAnswer;
interface Held {
  readonly mdl: MdlHandle;
  readonly region: RegionKey;
}

export function obligingProvider(): Provider {
  const hosts = new Map<InstanceId, Host>();
  const held = new Map<InstanceId, Map<BufferHandle, Held>>();
  return {
    start(instance, host): void {
      hosts.set(instance, host);
      held.set(instance, new Map());
    },
    call(instance, call): CallOutcome {
      const host = hosts.get(instance);
      const buffers = held.get(instance);
      if (host === undefined || buffers === undefined) return null;
      return serve(host, buffers, call);
    },
  };
}

function serve(host: Host, buffers: Map<BufferHandle, Held>, call: CacheCall): CallOutcome {
  switch (call.name) {
    case "register":
      return register(host, buffers, call);
    case "deregister": {
      const buffer = buffers.get(call.request.handle);
      if (buffer === undefined) return { ok: false, error: "WSAEINVAL" };
      const { remoteKey } = call.request;
      if (remoteKey !== undefined) host({ name: "unexpose", key: remoteKey });
      buffers.delete(call.request.handle);
      release(host, buffer);
      return { ok: true };
    }
    case "invalidate":
      return { ok: false, error: "WSAEINVAL" };
    case "closeSocket":
    case "cleanup":
      return null;
  }
}

function register(
  host: Host,
  buffers: Map<BufferHandle, Held>,
  call: Extract<CacheCall, { name: "register" }>,
): CallOutcome {
  const { range, access, scope, socket } = call.request;
  const locked = host({ name: "lock", range, access });
  if (!locked.ok) {
    const error = locked.error === "STATUS_ACCESS_VIOLATION" ? "WSAEFAULT" : "WSAENOBUFS";
    return { ok: false, error };
  }
  const mdl = brand<MdlHandle>(Number(locked.value));
  const entered = host({ name: "nicRegister", mdl, access });
  if (!entered.ok) {
    host({ name: "unlock", mdl });
    return { ok: false, error: "WSAENOBUFS" };
  }
  const region = brand<RegionKey>(Number(entered.value));
  const handle = brand<BufferHandle>(region);
  buffers.set(handle, { mdl, region });
  const success = { ok: true, handle, region, offsetBytes: 0 } as const;
  if (scope === "local") return success;
  const key = host({ name: "expose", region, range, socket, access });
  return key.ok ? { ...success, remoteKey: brand<RemoteKey>(Number(key.value)) } : success;
}

/** A region that the NIC is busy with stays: generation does not care. */
function release(host: Host, { mdl, region }: Held): void {
  if (host({ name: "nicDeregister", region }).ok) host({ name: "unlock", mdl });
}
