// Transfers: DMA through a region, started by the application on its own buffers or by a peer through a
// descriptor. A transfer touches exactly the frames recorded in the region.
// Sources: WDK, "Registering Memory for Operations on a SAN" (Managing Memory Access), "Remote Direct Memory Access";
// WSD, WSPSend, WSPRecv, WSPRdmaRead, WSPRdmaWrite.

import { accessOfTransfer } from "./access-of-transfer.ts";
import type { Access } from "./contract.ts";
import { answered, type Applied, type EventOf } from "./events.ts";
import { includesAccess } from "./memory-manager.ts";
import { dma, regionFrames } from "./nic.ts";
import { own } from "./ownership.ts";
import { at, type State } from "./state.ts";
import { pagesOf } from "./units.ts";
import { isWhole, transferAt, transferDone } from "./whole-provider.ts";

const transferred = (stamps: readonly (number | null)[]): Applied =>
  answered({ kind: "transfer", stamps, error: null });
const refused = (error: string): Applied => answered({ kind: "transfer", stamps: null, error });

/** Starts a transfer on a registered buffer: WSAEINVAL unless it is live, of this socket, local, and has the rights. */
export function startTransfer(state: State, event: EventOf<"transferStart">): Applied {
  if (isWhole(state)) return transferAt(state, event);
  const { as: name, kind, registration, socket: id } = event;
  const socket = state.sockets.find((each) => each.id === id);
  if (socket === undefined || socket.status !== "connected") return refused("WSAENOTCONN");
  const live = state.instances
    .flatMap((each) => each.registrations)
    .find((each) => each.name === registration);
  if (live === undefined || live.socket !== id || live.scope !== "local") {
    return refused("WSAEINVAL");
  }
  const needed: Access = accessOfTransfer(kind);
  if (!includesAccess(live.access, needed)) return refused("WSAEINVAL");
  const span = pagesOf(live.range, state.config.pageSizeBytes);
  const { region } = live;
  const { provider } = socket;
  own(state, "transfers").push({
    name,
    socket: id,
    provider,
    kind,
    registration,
    region,
    span,
    inFlight: true,
  });
  return answered({ kind: "transfer", stamps: null, error: null });
}

/** The DMA of a transfer, and its completion, of which a whole provider is told first. */
export function completeTransfer(state: State, event: EventOf<"transferComplete">): Applied {
  const transfer = state.transfers.find((each) => each.name === event.transfer);
  if (transfer === undefined) throw new RangeError(`transfer ${event.transfer} is not in progress`);
  const then = isWhole(state) ? transferDone(state, transfer) : [];
  if (!isWhole(state)) state.transfers = state.transfers.filter((each) => each !== transfer);
  state.lastTransfer = transfer;
  const region = at(state.nics, transfer.provider, "provider").regions.find(
    (each) => each.key === transfer.region,
  );
  if (region === undefined || !transfer.inFlight) return refused("WSA_OPERATION_ABORTED");
  const stamp = accessOfTransfer(transfer.kind) === "write" ? event.stamp : null;
  const physical = own(own(state, "memory"), "physical");
  return { ...transferred(dma(physical, regionFrames(region, transfer.span), stamp)), then };
}

/** A peer presents the key of a descriptor: it reaches the pages exposed under it to its own socket, or nothing. */
export function peerAccess(state: State, event: EventOf<"peerAccess">): Applied {
  const socket = state.sockets.find((each) => each.id === event.socket);
  const descriptor = state.descriptors.find((each) => each.registration === event.descriptor);
  if (socket === undefined || socket.status !== "connected" || descriptor === undefined) {
    return refused("WSAENOTCONN");
  }
  const card = at(state.nics, descriptor.provider, "provider");
  const exposure = card.exposures.find((each) => each.key === descriptor.key);
  if (exposure === undefined || socket.provider !== descriptor.provider) {
    return refused("INVALID_KEY");
  }
  if (exposure.socket !== event.socket || !includesAccess(exposure.access, event.access)) {
    return refused("INVALID_KEY");
  }
  const region = card.regions.find((each) => each.key === exposure.region);
  if (region === undefined) return refused("INVALID_KEY");
  const stamp = event.access === "write" ? event.stamp : null;
  return transferred(
    dma(own(own(state, "memory"), "physical"), regionFrames(region, exposure.span), stamp),
  );
}
