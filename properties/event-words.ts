// An event in a few words, as they stand in a sentence.

import type { Event } from "../model/events.ts";
import { unreachable } from "../model/units.ts";

/** "the host call lock of provider instance 0". Ranges and handles are left out. */
export function eventWords(event: Event): string {
  switch (event.type) {
    case "os":
      return `${event.operation.name} in process ${event.process}`;
    case "retry":
      return `the retry of the refused operation of process ${event.process}`;
    case "notify":
      return `a notification of process ${event.process}`;
    case "wsp":
      return event.function.name;
    case "connect":
      return `the connection of s_${event.socket}`;
    case "close":
      return `the close of s_${event.socket}`;
    case "closed":
      return `the end of the close of s_${event.socket}`;
    case "handOver":
      return `the hand-over of s_${event.socket}`;
    case "cleanup":
      return `WSPCleanup of provider instance ${event.instance}`;
    case "start":
      return `the start of provider instance ${event.instance}`;
    case "stopped":
      return `the stop of provider instance ${event.instance}`;
    case "call":
      return `the call of ${event.call.name} of provider instance ${event.instance}`;
    case "host":
      return `the host call ${event.call.name} of provider instance ${event.instance}`;
    case "return":
      return `a return of provider instance ${event.instance}`;
    case "transferStart":
      return `the start of ${event.as}`;
    case "transferComplete":
      return `the completion of ${event.transfer}`;
    case "peerAccess":
      return `an access by the peer of s_${event.socket}`;
    case "ioctl":
      return `the request ${event.request.code} of process ${event.process}`;
    case "processExit":
      return `the call of processExit for process ${event.process}`;
    case "kernel":
      return `the kernel call ${event.call.name}`;
    case "completed":
      return "the completion of a request";
    case "exit":
      return `the end of process ${event.process}`;
    case "exited":
      return `the end of the address space of process ${event.process}`;
    case "arm":
      return `the arming of a fault (${event.fault.kind})`;
    case "interrupt":
      return `an interruption of provider instance ${event.instance}`;
    case "resume":
      return `the turn of thread ${event.thread}`;
    case "standstill":
      return `a ${event.kind}`;
    case "nicReset":
      return `the reset of NIC ${event.provider}`;
    default:
      return unreachable(event);
  }
}
