// The provider that generation assumes: it registers whatever can be registered and keeps nothing. It is how
// the model finds out what an application could do next before any subject runs.

import type {
  DeregisterRequest,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
} from "../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../model/events.ts";
import {
  brand,
  type BufferHandle,
  type MdlHandle,
  type RegionKey,
  type RemoteKey,
} from "../model/units.ts";
import type { Provider } from "./stage.ts";

type Host = (call: HostCall) => HostAnswer;

/** One provider instance. A buffer's handle is the key of its region; each has a lock of its own. */
interface Instance {
  readonly host: Host;
  readonly locks: Map<number, MdlHandle>;
}

export function obligingProvider(): Provider {
  const instances: Instance[] = [];
  return {
    start(id, host): void {
      instances[id] = { host, locks: new Map() };
    },
    call(id, call): CallOutcome {
      const instance = instances[id];
      return instance === undefined ? null : serve(instance, call);
    },
  };
}

function serve(instance: Instance, call: CacheCall): CallOutcome {
  switch (call.name) {
    case "register":
      return register(instance, call.request);
    case "deregister":
      return deregister(instance, call.request);
    case "invalidate":
      return { ok: false, error: "WSAEINVAL" };
    case "closeSocket":
    case "cleanup":
    // Programs are made in front of a cache: a whole provider is to do what the world does there.
    case "registerInvalid":
    case "deregisterInvalid":
    case "transfer":
    case "transferDone":
      return null;
  }
}

function register({ host, locks }: Instance, request: RegisterRequest): RegisterOutcome {
  const { range, access, scope, socket } = request;
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
  locks.set(region, mdl);
  if (scope === "remote") {
    const key = host({ name: "expose", region, range, socket, access });
    if (key.ok) {
      const remoteKey = brand<RemoteKey>(Number(key.value));
      return { ok: true, handle, region, offsetBytes: 0, remoteKey };
    }
  }
  return { ok: true, handle, region, offsetBytes: 0 };
}

/** A region that the NIC is busy with stays: generation does not care. */
function deregister({ host, locks }: Instance, request: DeregisterRequest): Outcome {
  const { handle, remoteKey } = request;
  const mdl = locks.get(handle);
  if (mdl === undefined) return { ok: false, error: "WSAEINVAL" };
  if (remoteKey !== undefined) host({ name: "unexpose", key: remoteKey });
  locks.delete(handle);
  if (host({ name: "nicDeregister", region: brand(handle) }).ok) host({ name: "unlock", mdl });
  return { ok: true };
}
