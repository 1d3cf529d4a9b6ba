// How a subject that nobody would write uses the monitor of its host: it watches and stops watching, polls and compares,
// whatever it registered.

import type { HostAnswer, HostCall } from "../../model/events.ts";
import type { AddressRange } from "../../model/units.ts";
import type { Chance } from "./chance.ts";

export class WildListener {
  readonly #host: (call: HostCall) => HostAnswer;

  constructor(host: (call: HostCall) => HostAnswer) {
    this.#host = host;
  }

  /** What it is about to keep, it watches, mostly. */
  keep(chance: Chance, range: AddressRange): void {
    if (!chance.isOnceIn(4)) this.#host({ name: "watch", range });
  }

  /** Some calls of any kind. */
  listen(chance: Chance, anywhere: () => AddressRange): void {
    for (let left = chance.below(3); left > 0; left--) this.#host(drawn(chance, anywhere()));
  }
}

function drawn(chance: Chance, range: AddressRange): HostCall {
  switch (chance.below(8)) {
    case 0:
    case 1:
    case 2:
      return { name: "watch", range };
    case 3:
      return { name: "unwatch", range };
    case 4:
      return { name: "poll" };
    default:
      return { name: "generation", range };
  }
}
