// The system: how every event changes the state, and what the world answers.
//
// Read in this order: Next (apply), then Environment (the operating system and its refuse–notify–retry, the
// NIC, faults), then System (calls of the provider, host calls, the driver). Initial states are in state.ts,
// what must hold in judge.ts. A failing operation leaves the state as it was, unless its page says otherwise.

import { completed, ioctl, kernelCall, processExit } from "./driver-events.ts";
import { answered, type Applied, type Event, type Fault } from "./events.ts";
import { hostCall, notePending, noteTouched } from "./host-calls.ts";
import { interrupt, notify, operate, retry } from "./notification.ts";
import { exit, exited, nicReset, stopped } from "./process-end.ts";
import { beginCall, endCall } from "./provider-calls.ts";
import { settled } from "./ownership.ts";
import type { State } from "./state.ts";
import { cleanup, close, closed, connect, handOver, start, wsp } from "./switch.ts";
import { resume } from "./threads.ts";
import { completeTransfer, peerAccess, startTransfer } from "./transfers.ts";
import { unreachable } from "./units.ts";

/** Performs the event: the next state, the answer, and what must follow. The state given is not changed. */
export function apply(state: State, event: Event): { readonly state: State } & Applied {
  const before = settled(state, null);
  const next = { ...before };
  const applied = step(next, before, event);
  return { state: settled(next, before), ...settled(applied, null) };
}

/** The same on a record that is changed in place: for walks, which need no history. */
export function applyInPlace(state: State, event: Event): Applied {
  return step(state, state, event);
}

function step(state: State, before: State, event: Event): Applied {
  switch (event.type) {
    // Environment.
    case "os":
      return operate(state, event.process, event.operation);
    case "retry":
      return retry(state, event.process);
    case "notify":
      return notify(state, event.process, event.range);
    case "connect":
      return connect(state, event);
    case "handOver":
      return handOver(state, event);
    case "close":
      return close(state, event.socket);
    case "closed":
      return closed(state, event.socket);
    case "cleanup":
      return cleanup(state, event.instance);
    case "start":
      return start(state, event.instance);
    case "stopped":
      return stopped(state, event.instance);
    case "wsp":
      return wsp(state, event.function);
    case "transferStart":
      return startTransfer(state, event);
    case "transferComplete":
      return completeTransfer(state, event);
    case "peerAccess":
      return peerAccess(state, event);
    case "exit":
      return exit(state, event.process);
    case "exited":
      return exited(state, event.process);
    case "interrupt":
      noteTouched(state, event.instance, event.at);
      return interrupt(state);
    case "nicReset":
      return nicReset(state, event.provider);
    case "arm":
      return arm(state, event.fault);
    case "resume":
      for (const { thread, at } of event.pending) notePending(state, thread, at);
      return resume(state, event.thread);
    case "standstill":
      return answered(null);
    // System.
    case "call":
      return beginCall(state, before, event.instance, event.call);
    case "host":
      return hostCall(state, event.instance, event.call);
    case "return":
      return endCall(state, event.instance, event.outcome);
    case "ioctl":
      return ioctl(state, event);
    case "processExit":
      return processExit(state, event.process);
    case "kernel":
      return kernelCall(state, event.call);
    case "completed":
      return completed(state, event);
    default:
      return unreachable(event);
  }
}

/** Fault injection: the fault waits for its occasion. */
function arm(state: State, fault: Fault): Applied {
  const { faults } = state;
  switch (fault.kind) {
    case "fail":
      state.faults = { ...faults, fail: [...faults.fail, fault.call] };
      break;
    case "kill":
      state.faults = { ...faults, kill: fault.process };
      break;
    case "interrupt":
      state.faults = { ...faults, interrupt: fault };
      break;
  }
  return answered(null);
}
