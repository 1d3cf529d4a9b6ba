// What a whole provider under test does by itself, and the world does around a cache: sockets and handles, transfers,
// closes. The switch only finds out what is meant by a handle, and what of it would be refused; the NIC does what it is
// told. What the provider answers is for the judge.
// Sources: WSD, WSPDeregisterMemory, WSPSend, WSPCloseSocket; SDK, WPUCompleteOverlappedRequest.

import { accessOfTransfer } from "./access-of-transfer.ts";
import type { Access, DeregisterRequest, TransferRequest } from "./contract.ts";
import {
  DESCRIPTOR_BYTES,
  answered,
  type Applied,
  type CacheCall,
  type EventOf,
  type HostAnswer,
  type HostCall,
  type WspFunction,
} from "./events.ts";
import type { ProviderInstance, Registration } from "./ledger.ts";
import { includesAccess } from "./memory-manager.ts";
import { own } from "./ownership.ts";
import { at, instanceOf, ownInstance, type State } from "./state.ts";
import { pagesOf, spanContains, type InstanceId, type SocketId } from "./units.ts";
import type { Socket, Transfer } from "./view.ts";

/** The provider answers by itself what the world answers in front of a cache. */
export const isWhole = ({ claims }: State): boolean => claims?.whole === true;

const refused = (error: string): Applied => answered({ kind: "wsp", error });

/** A register goes to the provider of its socket, with the room that there is for a descriptor. */
export function registerAt(
  state: State,
  socket: Socket,
  call: Extract<WspFunction, { as: string }>,
  access: Access,
): Applied {
  const asked = { socket: socket.id, range: call.range, access };
  const instance = idOf(state, socket);
  if (call.name === "WSPRegisterMemory") {
    const request = { ...asked, scope: "local" } as const;
    return handedTo(instance, { name: "register", as: call.as, request });
  }
  const { descriptorBytes } = call;
  const request = { ...asked, scope: "remote", descriptorBytes } as const;
  return handedTo(
    instance,
    descriptorBytes < DESCRIPTOR_BYTES
      ? { name: "registerInvalid", request }
      : { name: "register", as: call.as, request },
  );
}

const handedTo = (instance: InstanceId, call: CacheCall): Applied =>
  answered(null, [{ type: "call", instance, call }]);

/** A deregister goes to the provider of the socket that it is called on, with the handle that the application has. */
export function deregisterAt(
  state: State,
  call: Extract<WspFunction, { registration: string }>,
): Applied {
  const socket = connected(state, call.socket);
  if (socket === undefined) return refused("WSAENOTCONN");
  const instance = at(state.instances, idOf(state, socket), "provider instance");
  const scope = call.name === "WSPDeregisterMemory" ? "local" : "remote";
  const asked = registrationNamed(state, call.registration);
  const unknown = unusedNumber(state);
  const request: DeregisterRequest = {
    socket: call.socket,
    handle: asked?.handle ?? unknown,
    scope,
    ...(scope === "remote" ? { remoteKey: asked?.remoteKey ?? unknown } : {}),
  };
  const meant = sameHandle(instance, request).filter((each) => !isInUse(state, each));
  const live = meant.find((each) => each.name === call.registration) ?? meant[0];
  const made: CacheCall =
    live === undefined
      ? { name: "deregisterInvalid", registration: call.registration, request }
      : {
          name: "deregister",
          registration: live.name,
          region: live.region,
          range: live.range,
          request,
        };
  return handedTo(instance.id, made);
}

/** Live registrations that a request names: one buffer, registered more than once. Only remote ones have a key. */
function sameHandle(
  { registrations }: ProviderInstance,
  { socket, handle, remoteKey }: DeregisterRequest,
): readonly Registration[] {
  return registrations.filter(
    (each) =>
      each.socket === socket && each.handle === handle && each.remoteKey === (remoteKey ?? null),
  );
}

const isInUse = ({ transfers }: State, { name }: Registration): boolean =>
  transfers.some((each) => each.registration === name);

/** The least number above 0 that is no handle and no key of a live registration: one that was released is likely to be it. */
function unusedNumber({ instances }: State): Registration["handle"] & Registration["remoteKey"] {
  const used = new Set<number | null>(
    instances.flatMap((each) =>
      each.registrations.flatMap(({ handle, remoteKey }) => [handle, remoteKey]),
    ),
  );
  let number = 1;
  while (used.has(number)) number++;
  return number as Registration["handle"] & Registration["remoteKey"];
}

function registrationNamed({ instances }: State, name: string): Registration | undefined {
  return instances.flatMap((each) => each.registrations).find((each) => each.name === name);
}

/** An operation on a buffer goes to the provider of the socket that it is started on. */
export function transferAt(state: State, event: EventOf<"transferStart">): Applied {
  const { as: operation, kind, registration, socket: id } = event;
  const socket = connected(state, id);
  const asked = registrationNamed(state, registration);
  if (socket === undefined || asked?.scope !== "local") {
    const error = socket === undefined ? "WSAENOTCONN" : "WSAEINVAL";
    return answered({ kind: "transfer", stamps: null, error });
  }
  const instance = at(state.instances, idOf(state, socket), "provider instance");
  const { handle, range } = asked;
  const request: TransferRequest = { operation, socket: id, handle, range, kind };
  const meant = sameHandle(instance, { socket: id, handle, scope: "local" }).filter((each) =>
    holds(each.range, range),
  );
  const live = meant.find((each) => each.name === registration) ?? meant[0];
  const call = { name: "transfer", registration: live?.name ?? registration, request } as const;
  return handedTo(instance.id, call);
}

const holds = (outer: Registration["range"], inner: Registration["range"]): boolean =>
  outer.start <= inner.start && inner.start + inner.lengthBytes <= outer.start + outer.lengthBytes;

/** The NIC is done: the provider is told, and completes the operation. */
export function transferDone(state: State, transfer: Transfer): Applied["then"] {
  own(state, "transfers")[state.transfers.indexOf(transfer)] = { ...transfer, inFlight: false };
  const socket = state.sockets.find((each) => each.id === transfer.socket);
  if (socket === undefined) return [];
  const call = { name: "transferDone", operation: transfer.name } as const;
  return [{ type: "call", instance: idOf(state, socket), call }];
}

/** What a close begins with: the provider does the rest of it. */
export function closeCall(state: State, socket: Socket): Applied["then"] {
  const call = { name: "closeSocket", socket: socket.id } as const;
  return [{ type: "call", instance: idOf(state, socket), call }];
}

type ProviderCall = Extract<HostCall, { name: "post" | "cancel" | "complete" }>;

/** A call that only the host of a whole provider has. */
export function providerCall(state: State, id: InstanceId, call: ProviderCall): HostAnswer {
  if (call.name === "post") return post(state, id, call);
  const transfer = pendingAt(state, id, call.operation);
  if (transfer === undefined) return { ok: false, error: "INVALID_KEY" };
  const index = state.transfers.indexOf(transfer);
  if (call.name === "cancel") {
    own(state, "transfers")[index] = { ...transfer, inFlight: false };
  } else {
    own(state, "transfers").splice(index, 1);
    state.lastTransfer = transfer;
  }
  return { ok: true, value: null };
}

/** Nothing asks whose the region is: a NIC knows keys. */
function post(state: State, id: InstanceId, call: ProviderCall & { name: "post" }): HostAnswer {
  const instance = ownInstance(state, id);
  const { provider } = instance;
  const active = instance.calls.at(-1)?.call;
  const region = at(state.nics, provider, "provider").regions.find(
    (each) => each.key === call.region,
  );
  const span = pagesOf(call.range, state.config.pageSizeBytes);
  if (
    active?.name !== "transfer" ||
    active.request.operation !== call.operation ||
    state.transfers.some((each) => each.name === call.operation) ||
    region === undefined ||
    !spanContains(region.span, span) ||
    !includesAccess(region.access, accessOfTransfer(active.request.kind))
  ) {
    return { ok: false, error: "INVALID_KEY" };
  }
  const { registration, request } = active;
  own(state, "transfers").push({
    name: call.operation,
    socket: request.socket,
    provider,
    kind: request.kind,
    registration,
    region: call.region,
    span,
    inFlight: true,
  });
  return { ok: true, value: null };
}

/** An operation of the instance that is not completed. */
function pendingAt(state: State, id: InstanceId, operation: string): Transfer | undefined {
  const transfer = state.transfers.find((each) => each.name === operation);
  const socket = state.sockets.find((each) => each.id === transfer?.socket);
  return socket !== undefined && idOf(state, socket) === id ? transfer : undefined;
}

const idOf = (state: State, { process, provider }: Socket): InstanceId =>
  instanceOf(state.config, process, provider);

function connected(state: State, id: SocketId): Socket | undefined {
  const socket = state.sockets.find((each) => each.id === id);
  return socket?.status === "connected" ? socket : undefined;
}
