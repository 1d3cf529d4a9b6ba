// Names for what the next step of a program makes.

import { brand, type SocketId } from "../model/units.ts";
import type { Names } from "./command.ts";

const REGISTRATION = 1;
const TRANSFER = 2;
const SOCKET = 4;
const STAMP = 8;

/** Counts the names that a program uses, so that each is used once and none is left out. */
export class FreshNames implements Names {
  #registrations: number;
  #transfers: number;
  #sockets: number;
  #stamps = 0;
  /** The kinds that were asked for since `forget`. */
  #asked = 0;

  /** For a world that begins with so many sockets; so many registrations and transfers have their names already. */
  constructor(sockets: number, registrations = 0, transfers = 0) {
    this.#sockets = sockets;
    this.#registrations = registrations;
    this.#transfers = transfers;
  }

  registration(): string {
    this.#asked |= REGISTRATION;
    return `mr_${this.#registrations + 1}`;
  }

  transfer(): string {
    this.#asked |= TRANSFER;
    return `t_${this.#transfers + 1}`;
  }

  socket(): SocketId {
    this.#asked |= SOCKET;
    return brand(this.#sockets + 1);
  }

  stamp(): number {
    this.#asked |= STAMP;
    return this.#stamps + 1;
  }

  /** Another instance is tried. */
  forget(): void {
    this.#asked = 0;
  }

  /** The instance that asked last becomes a step of the program. */
  use(): void {
    if ((this.#asked & REGISTRATION) !== 0) this.#registrations++;
    if ((this.#asked & TRANSFER) !== 0) this.#transfers++;
    if ((this.#asked & SOCKET) !== 0) this.#sockets++;
    if ((this.#asked & STAMP) !== 0) this.#stamps++;
    this.#asked = 0;
  }
}
