// The Windows Sockets switch and the provider shell: sockets, who owns which registration, and the order in which a
// socket, a provider and a connection end.

import { brand } from "../../model/units.ts";
import type { DeregisterRequest } from "../../model/contract.ts";
import { CLOSED, CLOSING, accessNames, accessOfFlags, scopeNames } from "./codes.ts";
import { resetInstance } from "./ends.ts";
import { adoptExposures } from "./nic.ts";
import { rangeOfRegistration, registrationNamed } from "./registrations.ts";
import { instanceOfSocket, isConnected, disconnect, socketNamed } from "./sockets.ts";
import { INSTANCE, REGISTRATION, SOCKET, TRANSFER } from "./layout.ts";
import { isWhole, type Store } from "./store.ts";
import { NONE } from "./table.ts";
import { abortTransfersOf, isInTransfer, removeTransfersOf } from "./transfers.ts";
import {
  nothing,
  quiet,
  type Applied,
  type Event,
  type EventOf,
  type WspFunction,
} from "./words.ts";
import { deregisterAt, registerAt } from "./whole-provider.ts";

const DESCRIPTOR_BYTES = 24;

const accepted = Object.freeze({ kind: "wsp", error: null } as const);

const refused = (error: string): Applied => ({ answer: { kind: "wsp", error }, then: nothing });

/** A WSP function: answered here if it is wrong on its face, else handed to the cache. */
export function wsp(w: Store, call: WspFunction): Applied {
  if ("registration" in call) {
    return isWhole(w) ? deregisterAt(w, call) : deregister(w, call);
  }
  const socket = socketNamed(w, call.socket);
  if (!isConnected(w, socket)) return refused("WSAENOTCONN");
  const access = accessNames[accessOfFlags(call.flags)];
  if (access === undefined) return refused("WSAEINVAL");
  const scope = call.name === "WSPRegisterMemory" ? "local" : "remote";
  const asked = { socket: call.socket, range: call.range, access, scope } as const;
  const instance = instanceOfSocket(w, socket);
  const room = call.name === "WSPRegisterRdmaMemory" ? call.descriptorBytes : DESCRIPTOR_BYTES;
  if (isWhole(w)) {
    return registerAt(instance, call, asked, room < DESCRIPTOR_BYTES);
  }
  if (room < DESCRIPTOR_BYTES) return refused("WSAEFAULT");
  return {
    answer: accepted,
    then: [
      {
        type: "call",
        instance: brand(instance),
        call: { name: "register", as: call.as, request: asked },
      },
    ],
  };
}

/** WSAEINVAL for an unknown handle, one of another socket, or one that a transfer uses. */
function deregister(w: Store, call: Extract<WspFunction, { registration: string }>): Applied {
  const slot = registrationNamed(w, call.registration);
  if (slot === NONE || isInTransfer(w, call.registration)) return refused("WSAEINVAL");
  const row = w.registrations.row(slot);
  const scope = call.name === "WSPDeregisterMemory" ? 0 : 1;
  if (
    w.mem.at(row + REGISTRATION.socket) !== call.socket ||
    w.mem.at(row + REGISTRATION.scope) !== scope
  ) {
    return refused("WSAEINVAL");
  }
  return { answer: accepted, then: [deregisterCall(w, slot)] };
}

function deregisterCall(w: Store, slot: number): Event {
  const { mem } = w;
  const row = w.registrations.row(slot);
  const socket = brand<DeregisterRequest["socket"]>(mem.at(row + REGISTRATION.socket));
  const handle = brand<DeregisterRequest["handle"]>(mem.doubleAt(row + REGISTRATION.handle));
  const scope = scopeNames[mem.at(row + REGISTRATION.scope)] ?? "local";
  const remoteKey = mem.doubleAt(row + REGISTRATION.remoteKey);
  const request: DeregisterRequest =
    remoteKey < 0
      ? { socket, handle, scope }
      : { socket, handle, scope, remoteKey: brand(remoteKey) };
  return {
    type: "call",
    instance: brand(mem.at(row + REGISTRATION.instance)),
    call: {
      name: "deregister",
      registration: w.symbols.text(mem.at(row + REGISTRATION.name)),
      region: brand(mem.doubleAt(row + REGISTRATION.region)),
      range: rangeOfRegistration(w, slot),
      request,
    },
  };
}

/** A connection is made; the provider is started if it was not. */
export function connect(w: Store, event: EventOf<"connect">): Applied {
  const { socket, process, provider } = event;
  w.addSocket(socket, process, provider);
  adoptExposures(w, socket, socketNamed(w, socket));
  const instance = w.instanceOf(process, provider);
  if (w.mem.at(w.instance(instance) + INSTANCE.started) === 1) return quiet;
  return { answer: null, then: [{ type: "start", instance: brand(instance) }] };
}

/** WSPCloseSocket: DMA stops, what is registered is deregistered, the cache is told; then operations complete. */
export function close(w: Store, id: number): Applied {
  const socket = connected(w, id);
  disconnect(w, socket, CLOSING);
  if (!isWhole(w)) abortTransfersOf(w, id);
  return {
    answer: null,
    then: [...releaseSocket(w, socket, id), { type: "closed", socket: brand(id) }],
  };
}

/** The connection is gone and its aborted operations are completed; a whole provider has completed them. */
export function closed(w: Store, id: number): Applied {
  const socket = socketNamed(w, id);
  if (socket !== NONE) disconnect(w, socket, CLOSED);
  if (!isWhole(w)) removeTransfersOf(w, id);
  return quiet;
}

/** The socket goes to another process, which gets one of its own; the old process keeps nothing. */
export function handOver(w: Store, event: EventOf<"handOver">): Applied {
  const socket = connected(w, event.socket);
  for (let t = w.transfers.first(); t !== NONE; t = w.transfers.next(t)) {
    if (w.mem.at(w.transfers.row(t) + TRANSFER.socket) === event.socket) {
      throw new RangeError(
        `socket ${event.socket} has transfers in progress and cannot be handed over`,
      );
    }
  }
  disconnect(w, socket, CLOSING);
  const provider = w.mem.at(w.sockets.row(socket) + SOCKET.provider);
  return {
    answer: null,
    then: [
      ...releaseSocket(w, socket, event.socket),
      { type: "closed", socket: event.socket },
      { type: "connect", socket: event.as, process: event.process, provider: brand(provider) },
    ],
  };
}

function releaseSocket(w: Store, socket: number, id: number): Event[] {
  const instance = instanceOfSocket(w, socket);
  const events: Event[] = [];
  const chain = w.registrationsOfInstance;
  const ends = w.instance(instance) + INSTANCE.registrations;
  // A whole provider does in its close what is done here before that of a cache.
  const first = isWhole(w) ? NONE : chain.first(ends);
  for (let slot = first; slot !== NONE; slot = chain.next(slot)) {
    if (w.mem.at(w.registrations.row(slot) + REGISTRATION.socket) === id) {
      events.push(deregisterCall(w, slot));
    }
  }
  const call = { name: "closeSocket", socket: brand<DeregisterRequest["socket"]>(id) } as const;
  events.push({ type: "call", instance: brand(instance), call });
  return events;
}

/** WSPCleanup: every socket of the provider in this process closes, then the cache is told to let go. */
export function cleanup(w: Store, id: number): Applied {
  w.instance(id);
  const then: Event[] = [];
  for (let s = w.sockets.first(); s !== NONE; s = w.sockets.next(s)) {
    if (instanceOfSocket(w, s) !== id || !isConnected(w, s)) continue;
    then.push({ type: "close", socket: brand(w.mem.at(w.sockets.row(s) + SOCKET.id)) });
  }
  const instance = brand<EventOf<"cleanup">["instance"]>(id);
  then.push({ type: "call", instance, call: { name: "cleanup" } }, { type: "stopped", instance });
  return { answer: null, then };
}

/** A new cache, empty. */
export function start(w: Store, id: number): Applied {
  resetInstance(w, id, true);
  return quiet;
}

function connected(w: Store, id: number): number {
  const socket = socketNamed(w, id);
  if (!isConnected(w, socket)) throw new RangeError(`socket ${id} is not connected`);
  return socket;
}
