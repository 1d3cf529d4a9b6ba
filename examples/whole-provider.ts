// A whole SAN service provider around the registration cache that comes with stalemate. The cache knows how buffers
// are locked, registered and kept; the provider knows whose they are, and what the NIC is doing with them.

import {
  createRegistrationCache,
  registrationCache,
  type Access,
  type BufferHandle,
  type DeregisterRequest,
  type ProviderHost,
  type ProviderSubject,
  type RegisterOutcome,
  type RegisterRequest,
  type SanServiceProvider,
  type TransferKind,
} from "stalemate";

const options = { inUse: "defer", limits: { entries: 4, pages: 8, pending: 0 } } as const;

/** A registered buffer: what was asked for, and what the cache answered. */
interface Buffer extends RegisterRequest {
  readonly cached: Extract<RegisterOutcome, { ok: true }>;
}

const invalid = { ok: false, error: "WSAEINVAL" } as const;

function createProvider(host: ProviderHost): SanServiceProvider {
  const cache = createRegistrationCache(host, options);
  const buffers = new Map<BufferHandle, Buffer>();
  /** The buffers that pending operations use. */
  const operations = new Map<string, Buffer>();
  let lastHandle = 0;

  function bufferOf(named: DeregisterRequest): Buffer | undefined {
    const buffer = buffers.get(named.handle);
    return buffer?.socket === named.socket &&
      buffer.scope === named.scope &&
      buffer.cached.remoteKey === named.remoteKey
      ? buffer
      : undefined;
  }

  function release(handle: BufferHandle, { socket, scope, cached }: Buffer): void {
    buffers.delete(handle);
    const { handle: own, remoteKey } = cached;
    const named = { socket, handle: own, scope };
    cache.deregister(remoteKey === undefined ? named : { ...named, remoteKey });
  }

  return {
    register(request) {
      const { descriptorBytes = host.descriptorBytes } = request;
      if (descriptorBytes < host.descriptorBytes) return { ok: false, error: "WSAEFAULT" };
      const cached = cache.register(request);
      if (!cached.ok) return cached;
      // The cache's handles may repeat for different buffers; the application's name one buffer of one socket.
      const handle = ++lastHandle as BufferHandle;
      buffers.set(handle, { ...request, cached });
      return { ...cached, handle };
    },

    deregister(request) {
      const buffer = bufferOf(request);
      if (buffer === undefined || [...operations.values()].includes(buffer)) return invalid;
      release(request.handle, buffer);
      return { ok: true };
    },

    invalidate: (range) => cache.invalidate(range),

    transfer({ operation, socket, handle, range, kind }) {
      const buffer = bufferOf({ socket, handle, scope: "local" });
      if (buffer === undefined || !allows(buffer.access, kind)) return invalid;
      const { start, lengthBytes } = buffer.range;
      if (range.start < start || range.start + range.lengthBytes > start + lengthBytes) {
        return { ok: false, error: "WSAEFAULT" };
      }
      if (!host.nic.post(operation, buffer.cached.region, range).ok) return invalid;
      operations.set(operation, buffer);
      return { ok: true };
    },

    transferDone(operation) {
      operations.delete(operation);
      host.switch.complete(operation, null);
    },

    closeSocket(socket) {
      const aborted = [...operations].flatMap(([name, each]) =>
        each.socket === socket ? [name] : [],
      );
      for (const operation of aborted) {
        host.nic.cancel(operation);
        operations.delete(operation);
      }
      for (const [handle, each] of buffers) if (each.socket === socket) release(handle, each);
      cache.closeSocket(socket);
      // Completion comes last: from then on the memory is the application's again.
      for (const operation of aborted) host.switch.complete(operation, "WSA_OPERATION_ABORTED");
    },

    cleanup: () => cache.cleanup(),
  };
}

/** A send or RDMA write reads the buffer; a receive or RDMA read writes it. */
function allows(access: Access, kind: TransferKind): boolean {
  const needed = kind === "send" || kind === "rdmaWrite" ? "read" : "write";
  return access === "readwrite" || access === needed;
}

const subject: ProviderSubject = {
  name: "whole-provider",
  capabilities: registrationCache(options).capabilities,
  createProvider,
};

export default subject;
