// Sockets by their ids.

import { CONNECTED } from "./codes.ts";
import { SOCKET } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/** The row of a socket, or `NONE`. */
export const socketNamed = (w: Store, id: number): number => w.socketOf.get(id);

export function isConnected(w: Store, socket: number): boolean {
  return socket !== NONE && w.mem.at(w.sockets.row(socket) + SOCKET.status) === CONNECTED;
}

export function instanceOfSocket(w: Store, socket: number): number {
  const row = w.sockets.row(socket);
  return w.instanceOf(w.mem.at(row + SOCKET.process), w.mem.at(row + SOCKET.provider));
}

/** The socket stops being connected: it is closing, or closed. */
export function disconnect(w: Store, socket: number, status: number): void {
  if (isConnected(w, socket)) w.connected.remove(w.connectedEnds, socket);
  w.connectedView = null;
  w.mem.put(w.sockets.row(socket) + SOCKET.status, status);
}
