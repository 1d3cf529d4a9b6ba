// The Windows Sockets switch and the provider shell: sockets, who owns which registration, and the order in
// which a socket, a provider and a connection end. What every SAN service provider does alike is here; what
// caches do differently is theirs; what a whole provider under test does by itself is in whole-provider.ts.
// Sources: WSD, WSPRegisterMemory, WSPDeregisterMemory, WSPRegisterRdmaMemory, WSPDeregisterRdmaMemory,
// WSPCloseSocket, WSPCleanup; WDK, "Duplicating Socket Handles for a SAN".

import type { Access, DeregisterRequest } from "./contract.ts";
import {
  DESCRIPTOR_BYTES,
  answered,
  type Applied,
  type Event,
  type EventOf,
  type WspFunction,
} from "./events.ts";
import { providerInstance, type ProviderInstance, type Registration } from "./ledger.ts";
import { own } from "./ownership.ts";
import { at, instanceOf, type State } from "./state.ts";
import type { InstanceId, SocketId } from "./units.ts";
import type { Socket } from "./view.ts";
import { closeCall, deregisterAt, isWhole, registerAt } from "./whole-provider.ts";

/** MEM_READ, MEM_WRITE and both (Ws2san.h); null for any other flags. */
export function accessOfFlags(flags: number): Access | null {
  return ([null, "read", "write", "readwrite"] as const)[flags] ?? null;
}

export function flagsOfAccess(access: Access): number {
  return { read: 1, write: 2, readwrite: 3 }[access];
}

/** A WSP function: answered here if it is wrong on its face, else handed to the cache. */
export function wsp(state: State, call: WspFunction): Applied {
  if ("registration" in call) {
    return isWhole(state) ? deregisterAt(state, call) : deregister(state, call);
  }
  const socket = state.sockets.find((each) => each.id === call.socket);
  if (socket === undefined || socket.status !== "connected") return refused("WSAENOTCONN");
  const access = accessOfFlags(call.flags);
  if (access === null) return refused("WSAEINVAL");
  const scope = call.name === "WSPRegisterMemory" ? "local" : "remote";
  if (isWhole(state)) return registerAt(state, socket, call, access);
  // Too small a descriptor block: nothing is registered. (The needed size is a constant of this world.)
  if (call.name === "WSPRegisterRdmaMemory" && call.descriptorBytes < DESCRIPTOR_BYTES) {
    return refused("WSAEFAULT");
  }
  const request = { socket: call.socket, range: call.range, access, scope } as const;
  return answered({ kind: "wsp", error: null }, [
    {
      type: "call",
      instance: instanceOf(state.config, socket.process, socket.provider),
      call: { name: "register", as: call.as, request },
    },
  ]);
}

const refused = (error: string): Applied => answered({ kind: "wsp", error });

/** WSAEINVAL for an unknown handle, one of another socket, or one that a transfer uses. */
function deregister(state: State, call: Extract<WspFunction, { registration: string }>): Applied {
  const owner = state.instances.find((each) =>
    each.registrations.some((live) => live.name === call.registration),
  );
  const live = owner?.registrations.find((each) => each.name === call.registration);
  const scope = call.name === "WSPDeregisterMemory" ? "local" : "remote";
  const inUse = state.transfers.some((each) => each.registration === call.registration);
  if (owner === undefined || live === undefined || inUse) return refused("WSAEINVAL");
  if (live.socket !== call.socket || live.scope !== scope) return refused("WSAEINVAL");
  return answered({ kind: "wsp", error: null }, [deregisterCall(owner, live)]);
}

function deregisterCall(owner: ProviderInstance, live: Registration): Event {
  const { socket, handle, scope, remoteKey, name, region, range } = live;
  const request: DeregisterRequest =
    remoteKey === null ? { socket, handle, scope } : { socket, handle, scope, remoteKey };
  return {
    type: "call",
    instance: owner.id,
    call: { name: "deregister", registration: name, region, range, request },
  };
}

/** A connection is made; the provider is started if it was not. */
export function connect(state: State, event: EventOf<"connect">): Applied {
  const { socket: id, process, provider } = event;
  own(state, "sockets").push({ id, process, provider, status: "connected" });
  const instance = instanceOf(state.config, process, provider);
  return answered(
    null,
    at(state.instances, instance, "provider instance").started ? [] : [{ type: "start", instance }],
  );
}

/**
 * WSPCloseSocket: DMA of the connection stops, what it still has registered is deregistered, the cache is
 * told, and only then do the aborted operations complete (WSA_OPERATION_ABORTED), their memory released.
 */
export function close(state: State, id: SocketId): Applied {
  const socket = connected(state, id);
  setStatus(state, id, "closing");
  if (!isWhole(state)) abortTransfers(state, (transfer) => transfer.socket === id);
  return answered(null, [...releaseSocket(state, socket), { type: "closed", socket: id }]);
}

/** The connection is gone and its aborted operations are completed; a whole provider has completed them. */
export function closed(state: State, id: SocketId): Applied {
  setStatus(state, id, "closed");
  if (isWhole(state)) return answered(null);
  state.transfers = state.transfers.filter((each) => each.socket !== id);
  return answered(null);
}

/** The socket goes to another process, which gets one of its own; the old process keeps nothing. */
export function handOver(state: State, event: EventOf<"handOver">): Applied {
  const socket = connected(state, event.socket);
  if (state.transfers.some((each) => each.socket === event.socket)) {
    throw new RangeError(
      `socket ${event.socket} has transfers in progress and cannot be handed over`,
    );
  }
  setStatus(state, event.socket, "closing");
  return answered(null, [
    ...releaseSocket(state, socket),
    { type: "closed", socket: event.socket },
    { type: "connect", socket: event.as, process: event.process, provider: socket.provider },
  ]);
}

function releaseSocket(state: State, socket: Socket): readonly Event[] {
  if (isWhole(state)) return closeCall(state, socket);
  const id = instanceOf(state.config, socket.process, socket.provider);
  const instance = at(state.instances, id, "provider instance");
  return [
    ...instance.registrations
      .filter((each) => each.socket === socket.id)
      .map((each) => deregisterCall(instance, each)),
    { type: "call", instance: id, call: { name: "closeSocket", socket: socket.id } },
  ];
}

/** WSPCleanup: every socket of the provider in this process closes, then the cache is told to let go. */
export function cleanup(state: State, id: InstanceId): Applied {
  const { process, provider } = at(state.instances, id, "provider instance");
  const open = state.sockets.filter(
    (each) => each.process === process && each.provider === provider && each.status === "connected",
  );
  return answered(null, [
    ...open.map(({ id: socket }): Event => ({ type: "close", socket })),
    { type: "call", instance: id, call: { name: "cleanup" } },
    { type: "stopped", instance: id },
  ]);
}

/** A new cache, empty. */
export function start(state: State, id: InstanceId): Applied {
  const { process, provider } = at(state.instances, id, "provider instance");
  own(state, "instances")[id] = providerInstance(id, process, provider);
  return answered(null);
}

export function abortTransfers(
  state: State,
  which: (transfer: State["transfers"][number]) => boolean,
): void {
  state.transfers = state.transfers.map((each) =>
    which(each) ? { ...each, inFlight: false } : each,
  );
}

function connected(state: State, id: SocketId): Socket {
  const socket = state.sockets.find((each) => each.id === id);
  if (socket === undefined || socket.status !== "connected") {
    throw new RangeError(`socket ${id} is not connected`);
  }
  return socket;
}

function setStatus(state: State, id: SocketId, status: Socket["status"]): void {
  state.sockets = state.sockets.map((each) => (each.id === id ? { ...each, status } : each));
}
