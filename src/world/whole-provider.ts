// What a whole provider under test does by itself, and the world does around a cache: the switch finds out what is meant
// by a handle, and the NIC does what it is told.

import { brand, type AddressRange } from "../../model/units.ts";
import type { DeregisterRequest, RegisterRequest, TransferRequest } from "../../model/contract.ts";
import { LOCAL, accessOfKind, includes, kindNames, scopeNames } from "./codes.ts";
import { INSTANCE, REGION, REGISTRATION, TRANSFER } from "./layout.ts";
import { firstPageOf, pageCountOf } from "./ranges.ts";
import { rangeOfRegistration, registrationNamed } from "./registrations.ts";
import { instanceOfSocket, isConnected, socketNamed } from "./sockets.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import {
  abortTransfer,
  addTransfer,
  isInTransfer,
  removeTransfer,
  transferNamed,
  transferRecord,
} from "./transfers.ts";
import {
  nothing,
  type Applied,
  type CacheCall,
  type EventOf,
  type HostAnswer,
  type HostCall,
  type WspFunction,
} from "./words.ts";

const done: HostAnswer = Object.freeze({ ok: true, value: null });
const invalid: HostAnswer = Object.freeze({ ok: false, error: "INVALID_KEY" });

const handedTo = (instance: number, call: CacheCall): Applied => ({
  answer: null,
  then: [{ type: "call", instance: brand(instance), call }],
});

/** A register goes to the provider of its socket, with the room that there is for a descriptor. */
export function registerAt(
  instance: number,
  call: Extract<WspFunction, { as: string }>,
  asked: RegisterRequest,
  isTooSmall: boolean,
): Applied {
  const request =
    "descriptorBytes" in call ? { ...asked, descriptorBytes: call.descriptorBytes } : asked;
  return handedTo(
    instance,
    isTooSmall ? { name: "registerInvalid", request } : { name: "register", as: call.as, request },
  );
}

/** A deregister goes to the provider of the socket that it is called on, with the handle that the application has. */
export function deregisterAt(
  w: Store,
  call: Extract<WspFunction, { registration: string }>,
): Applied {
  const socket = socketNamed(w, call.socket);
  if (!isConnected(w, socket)) {
    return { answer: { kind: "wsp", error: "WSAENOTCONN" }, then: nothing };
  }
  const instance = instanceOfSocket(w, socket);
  const scope = call.name === "WSPDeregisterMemory" ? LOCAL : 1 - LOCAL;
  const asked = registrationNamed(w, call.registration);
  const unknown = unusedNumber(w);
  const row = asked === NONE ? NONE : w.registrations.row(asked);
  const key = row === NONE ? -1 : w.mem.doubleAt(row + REGISTRATION.remoteKey);
  const wanted: Wanted = {
    socket: call.socket,
    scope,
    handle: row === NONE ? unknown : w.mem.doubleAt(row + REGISTRATION.handle),
    remoteKey: scope === LOCAL ? -1 : key < 0 ? unknown : key,
  };
  const meant = registrationsLike(w, instance, wanted).filter(
    (slot) => !isInTransfer(w, nameOf(w, slot)),
  );
  const live = meant.includes(asked) ? asked : (meant[0] ?? NONE);
  const request = requestOf(wanted);
  if (live === NONE) {
    const { registration } = call;
    return handedTo(instance, { name: "deregisterInvalid", registration, request });
  }
  return handedTo(instance, {
    name: "deregister",
    registration: nameOf(w, live),
    region: brand(w.mem.doubleAt(w.registrations.row(live) + REGISTRATION.region)),
    range: rangeOfRegistration(w, live),
    request,
  });
}

/** What a registration is named by on a socket; -1: no remote key, as only local ones have none. */
interface Wanted {
  readonly socket: number;
  readonly scope: number;
  readonly handle: number;
  readonly remoteKey: number;
}

function requestOf({ socket, scope, handle, remoteKey }: Wanted): DeregisterRequest {
  const request = {
    socket: brand<DeregisterRequest["socket"]>(socket),
    handle: brand<DeregisterRequest["handle"]>(handle),
    scope: scopeNames[scope] ?? "local",
  };
  return remoteKey < 0 ? request : { ...request, remoteKey: brand(remoteKey) };
}

const nameOf = (w: Store, slot: number): string =>
  w.symbols.text(w.mem.at(w.registrations.row(slot) + REGISTRATION.name));

/** The live registrations of the instance that the words name: one buffer, registered more than once. */
function registrationsLike(w: Store, instance: number, wanted: Wanted): number[] {
  const found: number[] = [];
  const chain = w.registrationsOfInstance;
  const ends = w.instance(instance) + INSTANCE.registrations;
  for (let slot = chain.first(ends); slot !== NONE; slot = chain.next(slot)) {
    const row = w.registrations.row(slot);
    if (
      w.mem.at(row + REGISTRATION.socket) === wanted.socket &&
      w.mem.doubleAt(row + REGISTRATION.handle) === wanted.handle &&
      w.mem.doubleAt(row + REGISTRATION.remoteKey) === wanted.remoteKey
    ) {
      found.push(slot);
    }
  }
  return found;
}

/** The least number above 0 that is no handle and no key of a live registration. */
function unusedNumber(w: Store): number {
  const used = new Set<number>();
  const { registrations } = w;
  for (let slot = registrations.first(); slot !== NONE; slot = registrations.next(slot)) {
    const row = registrations.row(slot);
    used.add(w.mem.doubleAt(row + REGISTRATION.handle));
    used.add(w.mem.doubleAt(row + REGISTRATION.remoteKey));
  }
  let number = 1;
  while (used.has(number)) number++;
  return number;
}

/** An operation on a buffer goes to the provider of the socket that it is started on. */
export function transferAt(w: Store, event: EventOf<"transferStart">): Applied {
  const refused = (error: string): Applied => ({
    answer: { kind: "transfer", stamps: null, error },
    then: nothing,
  });
  const socket = socketNamed(w, event.socket);
  if (!isConnected(w, socket)) return refused("WSAENOTCONN");
  const asked = registrationNamed(w, event.registration);
  if (asked === NONE) return refused("WSAEINVAL");
  const row = w.registrations.row(asked);
  if (w.mem.at(row + REGISTRATION.scope) !== LOCAL) return refused("WSAEINVAL");
  const handle = w.mem.doubleAt(row + REGISTRATION.handle);
  const range = rangeOfRegistration(w, asked);
  const instance = instanceOfSocket(w, socket);
  const meant = registrationsLike(w, instance, {
    socket: event.socket,
    scope: LOCAL,
    handle,
    remoteKey: -1,
  }).filter((slot) => isInside(range, rangeOfRegistration(w, slot)));
  const live = meant.includes(asked) ? asked : (meant[0] ?? NONE);
  const request: TransferRequest = {
    operation: event.as,
    socket: event.socket,
    handle: brand(handle),
    range,
    kind: event.kind,
  };
  const registration = live === NONE ? event.registration : nameOf(w, live);
  return handedTo(instance, { name: "transfer", registration, request });
}

const isInside = (inner: AddressRange, outer: AddressRange): boolean =>
  inner.start >= outer.start && inner.start + inner.lengthBytes <= outer.start + outer.lengthBytes;

type ProviderCall = Extract<HostCall, { name: "post" | "cancel" | "complete" }>;

/** A call that only the host of a whole provider has. */
export function providerCall(w: Store, id: number, call: ProviderCall): HostAnswer {
  if (call.name === "post") return post(w, id, call);
  const transfer = transferNamed(w, call.operation);
  if (transfer === NONE) return invalid;
  const row = w.transfers.row(transfer);
  if (instanceOfSocket(w, socketNamed(w, w.mem.at(row + TRANSFER.socket))) !== id) return invalid;
  if (call.name === "cancel") {
    abortTransfer(w, transfer);
    return done;
  }
  w.lastTransfer = transferRecord(w, transfer);
  removeTransfer(w, transfer);
  return done;
}

/** Nothing asks whose the region is: a NIC knows keys. */
function post(w: Store, id: number, call: ProviderCall & { name: "post" }): HostAnswer {
  const active = w.calls[id]?.at(-1)?.call;
  if (active?.name !== "transfer" || active.request.operation !== call.operation) return invalid;
  if (transferNamed(w, call.operation) !== NONE) return invalid;
  const provider = w.providerOf(id);
  const region = w.regionOf[provider]?.get(call.region) ?? NONE;
  if (region === NONE) return invalid;
  const row = w.regions.row(region);
  const first = firstPageOf(w, call.range);
  const kind = kindNames.indexOf(active.request.kind);
  const covers =
    first >= w.mem.at(row + REGION.first) &&
    first + pageCountOf(w, call.range) <=
      w.mem.at(row + REGION.first) + w.mem.at(row + REGION.count);
  if (!covers || !includes(w.mem.at(row + REGION.access), accessOfKind(kind))) return invalid;
  addTransfer(w, {
    name: call.operation,
    socket: active.request.socket,
    provider,
    kind,
    registration: w.symbols.id(active.registration),
    region: call.region,
    range: call.range,
  });
  return done;
}
