// Transfers: DMA through a region, started by the application on its own buffers or by a peer through a descriptor.

import { brand, type AddressRange } from "../../model/units.ts";
import { LOCAL, accessOfKind, accessCode, includes, kindNames, READ, WRITE } from "./codes.ts";
import { keep, tally } from "./entries.ts";
import { dma } from "./nic.ts";
import { firstPageOf, pageCountOf, spanOf } from "./ranges.ts";
import { rangeOfRegistration, registrationNamed } from "./registrations.ts";
import { DESCRIPTOR, EXPOSURE, REGION, REGISTRATION, SOCKET, TRANSFER } from "./layout.ts";
import { isWhole, type Store } from "./store.ts";
import { instanceOfSocket, isConnected, socketNamed } from "./sockets.ts";
import { NONE } from "./table.ts";
import { nothing, type Applied, type EventOf, type Transfer } from "./words.ts";

const started: Applied = Object.freeze({
  answer: Object.freeze({ kind: "transfer", stamps: null, error: null } as const),
  then: nothing,
});
const transferred = (stamps: readonly (number | null)[]): Applied => ({
  answer: { kind: "transfer", stamps, error: null },
  then: nothing,
});
const refused = (error: string): Applied => ({
  answer: { kind: "transfer", stamps: null, error },
  then: nothing,
});

/** Starts a transfer on a registered buffer: WSAEINVAL unless it is live, of this socket, local, and has the rights. */
export function startTransfer(w: Store, event: EventOf<"transferStart">): Applied {
  const { mem } = w;
  const socket = socketNamed(w, event.socket);
  if (!isConnected(w, socket)) return refused("WSAENOTCONN");
  const live = registrationNamed(w, event.registration);
  if (live === NONE) return refused("WSAEINVAL");
  const row = w.registrations.row(live);
  if (
    mem.at(row + REGISTRATION.socket) !== event.socket ||
    mem.at(row + REGISTRATION.scope) !== LOCAL
  ) {
    return refused("WSAEINVAL");
  }
  const kind = kindNames.indexOf(event.kind);
  if (!includes(mem.at(row + REGISTRATION.access), accessOfKind(kind))) return refused("WSAEINVAL");
  addTransfer(w, {
    name: event.as,
    socket: event.socket,
    provider: mem.at(w.sockets.row(socket) + SOCKET.provider),
    kind,
    registration: mem.at(row + REGISTRATION.name),
    region: mem.doubleAt(row + REGISTRATION.region),
    range: rangeOfRegistration(w, live),
  });
  return started;
}

interface NewTransfer {
  readonly name: string;
  readonly socket: number;
  readonly provider: number;
  readonly kind: number;
  /** The symbol of its name. */
  readonly registration: number;
  readonly region: number;
  readonly range: AddressRange;
}

/** A transfer whose DMA is in flight. */
export function addTransfer(w: Store, made: NewTransfer): void {
  const { mem } = w;
  const slot = w.transfers.add();
  const at = w.transfers.row(slot);
  const name = w.symbols.id(made.name);
  mem.put(at + TRANSFER.name, name);
  mem.put(at + TRANSFER.nameHash, w.symbols.hash(name));
  mem.put(at + TRANSFER.registrationHash, w.symbols.hash(made.registration));
  mem.put(at + TRANSFER.socket, made.socket);
  mem.put(at + TRANSFER.provider, made.provider);
  mem.put(at + TRANSFER.kind, made.kind);
  mem.put(at + TRANSFER.registration, made.registration);
  mem.putDouble(at + TRANSFER.first, firstPageOf(w, made.range));
  mem.putDouble(at + TRANSFER.count, pageCountOf(w, made.range));
  mem.putDouble(at + TRANSFER.region, made.region);
  mem.put(at + TRANSFER.inFlight, 1);
  addFlight(w, slot, 1);
}

/** The region that a transfer is on; `NONE` if it is not there. */
function regionOfTransfer(w: Store, transfer: number): number {
  const row = w.transfers.row(transfer);
  const provider = w.mem.at(row + TRANSFER.provider);
  return w.regionOf[provider]?.get(w.mem.doubleAt(row + TRANSFER.region)) ?? NONE;
}

function addFlight(w: Store, transfer: number, by: number): void {
  const region = regionOfTransfer(w, transfer);
  if (region === NONE) return;
  const row = w.regions.row(region);
  const lock = w.mem.at(row + REGION.lock);
  keep(w, lock);
  tally(w, lock, -1);
  w.mem.put(row + REGION.inFlight, w.mem.at(row + REGION.inFlight) + by);
  tally(w, lock, 1);
}

function isInFlight(w: Store, transfer: number): boolean {
  return w.mem.at(w.transfers.row(transfer) + TRANSFER.inFlight) === 1;
}

/** The row of a transfer, or `NONE`. There are few: each has a name that a program waits for. */
export function transferNamed(w: Store, name: string): number {
  const id = w.symbols.find(name);
  for (let t = w.transfers.first(); t !== NONE; t = w.transfers.next(t)) {
    if (w.mem.at(w.transfers.row(t) + TRANSFER.name) === id) return t;
  }
  return NONE;
}

export function isInTransfer(w: Store, registration: string): boolean {
  if (w.transfers.count === 0) return false;
  const id = w.symbols.find(registration);
  for (let t = w.transfers.first(); t !== NONE; t = w.transfers.next(t)) {
    if (w.mem.at(w.transfers.row(t) + TRANSFER.registration) === id) return true;
  }
  return false;
}

export function transferRecord(w: Store, slot: number): Transfer {
  const { mem, symbols } = w;
  const row = w.transfers.row(slot);
  return {
    name: symbols.text(mem.at(row + TRANSFER.name)),
    socket: brand(mem.at(row + TRANSFER.socket)),
    provider: brand(mem.at(row + TRANSFER.provider)),
    kind: kindNames[mem.at(row + TRANSFER.kind)] ?? "send",
    registration: symbols.text(mem.at(row + TRANSFER.registration)),
    region: brand(mem.doubleAt(row + TRANSFER.region)),
    span: spanOf(mem.doubleAt(row + TRANSFER.first), mem.doubleAt(row + TRANSFER.count)),
    inFlight: isInFlight(w, slot),
  };
}

export function removeTransfer(w: Store, slot: number): void {
  if (isInFlight(w, slot)) addFlight(w, slot, -1);
  w.transfers.remove(slot);
}

/** DMA of the transfers stops; their completion is still due. */
function abort(w: Store, which: (row: number) => boolean): void {
  for (let t = w.transfers.first(); t !== NONE; t = w.transfers.next(t)) {
    const row = w.transfers.row(t);
    if (!isInFlight(w, t) || !which(row)) continue;
    addFlight(w, t, -1);
    w.mem.put(row + TRANSFER.inFlight, 0);
  }
}

/** DMA of one transfer stops. */
export function abortTransfer(w: Store, slot: number): void {
  const row = w.transfers.row(slot);
  abort(w, (each) => each === row);
}

export function abortTransfersOf(w: Store, socket: number): void {
  abort(w, (row) => w.mem.at(row + TRANSFER.socket) === socket);
}

export function abortTransfersOn(w: Store, provider: number): void {
  abort(w, (row) => w.mem.at(row + TRANSFER.provider) === provider);
}

export function removeTransfersOf(w: Store, socket: number): void {
  for (let t = w.transfers.first(); t !== NONE;) {
    const next = w.transfers.next(t);
    if (w.mem.at(w.transfers.row(t) + TRANSFER.socket) === socket) removeTransfer(w, t);
    t = next;
  }
}

/** The NIC is done with the transfer: its provider is told. */
function doneCall(w: Store, transfer: number): Applied["then"] {
  const row = w.transfers.row(transfer);
  const instance = instanceOfSocket(w, socketNamed(w, w.mem.at(row + TRANSFER.socket)));
  const operation = w.symbols.text(w.mem.at(row + TRANSFER.name));
  const call = { name: "transferDone", operation } as const;
  return [{ type: "call", instance: brand(instance), call }];
}

/** The DMA of a transfer, and its completion, of which a whole provider is told first. */
export function completeTransfer(w: Store, event: EventOf<"transferComplete">): Applied {
  const slot = transferNamed(w, event.transfer);
  if (slot === NONE) throw new RangeError(`transfer ${event.transfer} is not in progress`);
  const row = w.transfers.row(slot);
  const region = regionOfTransfer(w, slot);
  const first = w.mem.doubleAt(row + TRANSFER.first);
  const count = w.mem.doubleAt(row + TRANSFER.count);
  const writes = accessOfKind(w.mem.at(row + TRANSFER.kind)) === WRITE;
  const inFlight = isInFlight(w, slot);
  w.lastTransfer = transferRecord(w, slot);
  const then = isWhole(w) ? doneCall(w, slot) : nothing;
  if (isWhole(w)) abortTransfer(w, slot);
  else removeTransfer(w, slot);
  if (region === NONE || !inFlight) return refused("WSA_OPERATION_ABORTED");
  const stamps = dma(w, region, first, count, writes ? event.stamp : null);
  return { ...transferred(stamps), then };
}

/** The row of the descriptor that a registration gave to its peer, or `NONE`. */
export const descriptorNamed = (w: Store, registration: string): number =>
  w.descriptorOf.get(w.symbols.find(registration));

/** A peer presents the key of a descriptor: it reaches the pages exposed under it to its own socket, or nothing. */
export function peerAccess(w: Store, event: EventOf<"peerAccess">): Applied {
  const { mem } = w;
  const socket = socketNamed(w, event.socket);
  const descriptor = descriptorNamed(w, event.descriptor);
  if (!isConnected(w, socket) || descriptor === NONE) return refused("WSAENOTCONN");
  const shown = w.descriptors.row(descriptor);
  const provider = mem.at(shown + DESCRIPTOR.provider);
  const exposure = w.exposureOf[provider]?.get(mem.doubleAt(shown + DESCRIPTOR.key)) ?? NONE;
  if (exposure === NONE || mem.at(w.sockets.row(socket) + SOCKET.provider) !== provider) {
    return refused("INVALID_KEY");
  }
  const row = w.exposures.row(exposure);
  const access = event.access === "read" ? READ : accessCode(event.access);
  if (
    mem.doubleAt(row + EXPOSURE.socket) !== event.socket ||
    !includes(mem.at(row + EXPOSURE.access), access)
  ) {
    return refused("INVALID_KEY");
  }
  const stamp = event.access === "write" ? event.stamp : null;
  const first = mem.at(row + EXPOSURE.first);
  const count = mem.at(row + EXPOSURE.count);
  return transferred(dma(w, mem.at(row + EXPOSURE.region), first, count, stamp));
}
