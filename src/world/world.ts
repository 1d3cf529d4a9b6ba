// The optimised world: the same events, answers and look-ups as the reference, on flat memory.

import { operate, retry, notify, interrupt, arm } from "./notification.ts";
import { beginCall, endCall } from "./calls.ts";
import { completed, kernelCall, processExit, request } from "./driver-events.ts";
import { exit, exited, nicReset, stopped } from "./ends.ts";
import { fingerprint } from "./fingerprint.ts";
import { hostCall, noteTouched } from "./host-calls.ts";
import { Store, isWhole } from "./store.ts";
import { cleanup, close, closed, connect, handOver, start, wsp } from "./switch.ts";
import { completeTransfer, peerAccess, startTransfer } from "./transfers.ts";
import { viewOf } from "./view.ts";
import { transferAt } from "./whole-provider.ts";
import { unreachable } from "../../model/units.ts";
import type { Applied, Claims, Event, World, WorldConfig } from "./words.ts";

/** A world whose state can be copied, put back, and told from another by a fingerprint. */
export interface FlatWorld extends World {
  /** Words that a copy of the state has. */
  sizeWords(): number;
  /** Copies the state, into `target` if it has room for it; only between calls of the subject. */
  save(target?: Int32Array): Int32Array;
  /** Returns to a state that `save` copied from this world. */
  restore(saved: Int32Array): void;
  /** Puts the 64-bit fingerprint of the state into two words, from `at`. Equal states have equal ones. */
  fingerprint(into: Uint32Array, at?: number): void;
}

/** Makes a world in its initial state. */
export function flatWorld(config: WorldConfig, claims: Claims | null): FlatWorld {
  return worldOn(new Store(config, claims));
}

/**
 * Makes one world after another on the same memory: for runs of many programs. Each call takes the world that was made
 * before from whoever still holds it.
 */
export function reusedFlatWorlds(): (config: WorldConfig, claims: Claims | null) => FlatWorld {
  let world: FlatWorld | null = null;
  let initial: Int32Array = new Int32Array();
  return (config, claims) => {
    if (world !== null && world.view.config === config && world.view.claims === claims) {
      world.restore(initial);
      return world;
    }
    world = flatWorld(config, claims);
    initial = world.save();
    return world;
  };
}

function worldOn(store: Store): FlatWorld {
  return {
    view: viewOf(store),
    apply: (event) => apply(store, event),
    sizeWords: () => store.mem.top,
    save(target): Int32Array {
      if (store.calls.some((each) => each.length > 0)) {
        throw new RangeError(
          "a state is copied between calls: the rest of a call in progress is on the subject's stack",
        );
      }
      return store.mem.copy(target);
    },
    restore(saved): void {
      store.mem.adopt(saved);
      store.forgetEvents();
    },
    fingerprint: (into, at) => fingerprint(store, into, at),
  };
}

function apply(w: Store, event: Event): Applied {
  switch (event.type) {
    // System.
    case "call":
      return beginCall(w, event.instance, event.call);
    case "host":
      return hostCall(w, event.instance, event.call);
    case "return":
      return endCall(w, event.instance, event.outcome);
    // Environment.
    case "os":
      return operate(w, event.process, event.operation);
    case "retry":
      return retry(w, event.process);
    case "notify":
      return notify(w, event.process, event.range);
    case "connect":
      return connect(w, event);
    case "handOver":
      return handOver(w, event);
    case "close":
      return close(w, event.socket);
    case "closed":
      return closed(w, event.socket);
    case "cleanup":
      return cleanup(w, event.instance);
    case "start":
      return start(w, event.instance);
    case "stopped":
      return stopped(w, event.instance);
    case "wsp":
      return wsp(w, event.function);
    case "transferStart":
      return isWhole(w) ? transferAt(w, event) : startTransfer(w, event);
    case "transferComplete":
      return completeTransfer(w, event);
    case "peerAccess":
      return peerAccess(w, event);
    case "exit":
      return exit(w, event.process);
    case "exited":
      return exited(w, event.process);
    case "interrupt":
      noteTouched(w, event.instance, event.at);
      return interrupt(w);
    case "nicReset":
      return nicReset(w, event.provider);
    case "arm":
      return arm(w, event.fault);
    case "resume":
    case "standstill":
      throw new RangeError("the flat world has one thread; the reference has several");
    // A driver under test.
    case "ioctl":
      return request(w, event);
    case "processExit":
      return processExit(w, event.process);
    case "kernel":
      return kernelCall(w, event.call);
    case "completed":
      return completed(w, event);
    default:
      return unreachable(event);
  }
}
