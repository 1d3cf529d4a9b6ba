// Places that commands count and find: processes, registrations, sockets.

import type { Scope } from "../../model/contract.ts";
import type { Registration } from "../../model/ledger.ts";
import type { ProcessId, SocketId } from "../../model/units.ts";
import type { Socket, WorldView } from "../../model/view.ts";
import type { Setting } from "../command.ts";

/** The process of the k-th place, with so many places in each; null if it has ended. */
export function processAt({ view, palette }: Setting, k: number, placesEach = 1): ProcessId | null {
  const process = palette.processes[Math.floor(k / placesEach)];
  return process !== undefined && view.isAlive(process) ? process : null;
}

export function instanceCount({ config }: WorldView): number {
  return config.processes * config.providersPerProcess;
}

/** The k-th live registration of all instances; null if it is of the other scope. */
export function registrationAt(view: WorldView, scope: Scope, k: number): Registration | null {
  const live = view.liveRegistration(k);
  return live?.scope === scope ? live : null;
}

/** The first live registration of the scope. */
export function firstRegistration(view: WorldView, scope: Scope): Registration | null {
  for (let k = 0; k < view.liveCount(); k++) {
    const live = registrationAt(view, scope, k);
    if (live !== null) return live;
  }
  return null;
}

/** The k-th connected socket, if its process is of the palette. */
export function socketAt({ view, palette }: Setting, k: number): Socket | null {
  const socket = view.connectedSockets()[k];
  return socket !== undefined && palette.processes.includes(socket.process) ? socket : null;
}

/** The socket, if it is connected and its process is of the palette. */
export function socketOf({ view, palette }: Setting, id: SocketId): Socket | null {
  const socket = view.socket(id);
  return socket?.status === "connected" && palette.processes.includes(socket.process)
    ? socket
    : null;
}

/** The first connected socket of the palette's processes that is as it should be. */
export function findSocket(
  { view, palette }: Setting,
  isWanted: (socket: Socket) => boolean,
): Socket | null {
  for (const socket of view.connectedSockets()) {
    if (palette.processes.includes(socket.process) && isWanted(socket)) return socket;
  }
  return null;
}

export const isConnected = (view: WorldView, id: SocketId): boolean =>
  view.socket(id)?.status === "connected";
