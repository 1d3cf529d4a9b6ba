// The switch of a lab: WSP functions by name, and what follows from them played with a cache.

import { DESCRIPTOR_BYTES, type Event, type WspFunction } from "../../model/events.ts";
import type { AddressRange, SocketId } from "../../model/units.ts";
import {
  allocate,
  drive,
  instance0,
  lab,
  process1,
  range,
  socket,
  uncached,
  type Lab,
  type Played,
  type Script,
} from "./support.ts";

/** A lab with the switch at hand. */
export interface Switch extends Lab {
  /** Calls a WSP function: its error, or null. */
  wsp(call: WspFunction): string | null;
  register(as: string, at?: AddressRange, on?: SocketId): string | null;
  registerRdma(as: string, descriptorBytes?: number): string | null;
  /** Plays an event and what follows. */
  play(event: Event): readonly Played[];
  /** Names of live registrations of an instance. */
  live(instance?: number): string[];
}

/** Two committed pages at 0x10000; sockets 1 and 2 are of provider 0 in process 0, 5 and 6 in process 1. */
export function connected(script: Script = uncached()): Switch {
  const one = lab();
  one.os(allocate(0x10000, 0x2000));
  one.os(allocate(0x10000, 0x2000), process1);
  const play = (event: Event): readonly Played[] => drive(one.world, event, script);
  const wsp = (call: WspFunction): string | null => {
    const [first] = play({ type: "wsp", function: call });
    return first?.answer?.kind === "wsp" ? first.answer.error : "no answer";
  };
  return {
    ...one,
    play,
    wsp,
    register: (as, at = range(0x10000, 1), on = socket(1)) =>
      wsp({ name: "WSPRegisterMemory", as, socket: on, range: at, flags: 3 }),
    registerRdma: (as, descriptorBytes = DESCRIPTOR_BYTES) =>
      wsp({
        name: "WSPRegisterRdmaMemory",
        as,
        socket: socket(1),
        range: range(0x10000, 1),
        flags: 1,
        descriptorBytes,
      }),
    live: (instance = instance0) =>
      one.world.state().instances[instance]?.registrations.map((each) => each.name) ?? [],
  };
}
