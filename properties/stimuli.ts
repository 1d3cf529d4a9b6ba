// Which events come from the environment, and which command each of them is. A trace that was recorded elsewhere has
// events and no commands; to print it, and to know where one thing ends and the next begins, the commands are needed.

import type { Event } from "../model/events.ts";
import type { Command } from "../model/trace.ts";
import { unreachable } from "../model/units.ts";

/** The command that causes the event; null for what follows from other events, and for what a subject does. */
export function commandOf(event: Event): Command | null {
  const name = nameOf(event);
  // The arguments of every command are among the fields of its event.
  return name === null ? null : { name, args: event as unknown as Command["args"] };
}

function nameOf(event: Event): string | null {
  switch (event.type) {
    case "os":
      return event.operation.name;
    case "wsp":
      return event.function.name;
    case "notify":
      return "notify";
    case "connect":
      return "connect";
    case "close":
      return "WSPCloseSocket";
    case "handOver":
      return "handOver";
    case "cleanup":
      return "WSPCleanup";
    case "transferStart":
      return "startTransfer";
    case "transferComplete":
      return "completeTransfer";
    case "peerAccess":
      return "peerAccess";
    case "exit":
      return "exitProcess";
    case "nicReset":
      return "resetNic";
    case "arm":
      return { fail: "failNext", kill: "killAtHostCall", interrupt: "interruptAtHostCall" }[
        event.fault.kind
      ];
    case "ioctl":
      return ioctlName(event.request.code);
    case "retry":
    case "closed":
    case "start":
    case "stopped":
    case "call":
    case "host":
    case "return":
    case "processExit":
    case "kernel":
    case "completed":
    case "exited":
    case "interrupt":
    case "resume":
    case "standstill":
      return null;
    default:
      return unreachable(event);
  }
}

type IoctlCode = Extract<Event, { type: "ioctl" }>["request"]["code"];

function ioctlName(code: IoctlCode): string {
  switch (code) {
    case "copyFromUser":
    case "copyToUser":
      return "driverCopy";
    case "lock":
      return "driverLock";
    case "secure":
      return "driverSecure";
    case "unlock":
    case "unsecure":
    case "frames":
      return "driverRelease";
    default:
      return unreachable(code);
  }
}
