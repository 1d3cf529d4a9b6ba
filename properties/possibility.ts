// Whether something that comes from the environment can happen in a state of the world at all. The rest is up to whoever
// does it: what is merely wrong, such as a deregister of what was never registered, is answered with an error.

import type { Event, EventOf } from "../model/events.ts";
import type { InstanceId, ProcessId, ProviderId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import type { OsOperation } from "../model/virtual-memory.ts";

/** A clause that says why not; null if it can. What follows from other events is not asked for. */
export function whyImpossible(view: WorldView, event: Event): string | null {
  switch (event.type) {
    case "os":
      return whyNotRunning(view, event.process) ?? whyTooLarge(view, event.operation);
    case "notify":
    case "exit":
      return whyNotRunning(view, event.process);
    case "connect":
      return (
        whyNotRunning(view, event.process) ??
        whyNoProvider(view, event.provider) ??
        (view.socket(event.socket) === undefined ? null : `s_${event.socket} exists already`)
      );
    case "close":
      return whyNotConnected(view, event.socket);
    case "handOver":
      return whyNotHandedOver(view, event);
    case "cleanup":
      return whyNotStarted(view, event.instance);
    case "transferComplete":
      return view.transfer(event.transfer)?.inFlight === true
        ? null
        : `no transfer ${event.transfer} is in flight`;
    case "ioctl":
      return whyNoRequest(view, event);
    case "arm":
      return whyNotArmed(view, event);
    case "nicReset":
      return whyNoProvider(view, event.provider);
    case "resume":
    case "standstill":
      return "the calls of one thread are judged here, and a trace of several is performed by stalemate replay";
    default:
      return null;
  }
}

function whyNotRunning(view: WorldView, process: ProcessId): string | null {
  if (process >= view.config.processes) return `this world has no process ${process}`;
  return view.isAlive(process) ? null : `process ${process} has ended`;
}

/** An access goes page by page up to the first that fails: no world has so many. */
function whyTooLarge({ config }: WorldView, operation: OsOperation): string | null {
  if (operation.name !== "read" && operation.name !== "write") return null;
  const { pageSizeBytes, pageCount, granularityPages } = config;
  const most = (pageCount + granularityPages) * pageSizeBytes;
  return operation.range.lengthBytes <= most
    ? null
    : `an address space has no more than ${most} bytes`;
}

function whyNoProvider({ config }: WorldView, provider: ProviderId): string | null {
  return provider < config.providersPerProcess ? null : `this world has no provider ${provider}`;
}

function whyNotConnected(view: WorldView, socket: EventOf<"close">["socket"]): string | null {
  return view.socket(socket)?.status === "connected" ? null : `s_${socket} is not connected`;
}

function whyNotHandedOver(view: WorldView, event: EventOf<"handOver">): string | null {
  const why = whyNotConnected(view, event.socket) ?? whyNotRunning(view, event.process);
  if (why !== null) return why;
  if (view.socket(event.as) !== undefined) return `s_${event.as} exists already`;
  return view.transfers().some((each) => each.socket === event.socket)
    ? `s_${event.socket} has transfers in progress`
    : null;
}

function whyNotStarted(view: WorldView, id: InstanceId): string | null {
  const { processes, providersPerProcess } = view.config;
  if (id >= processes * providersPerProcess) return `this world has no provider instance ${id}`;
  return view.instance(id).started ? null : `provider instance ${id} is not started`;
}

/** Beside a cache, the world's own driver serves copies. What it locked otherwise would be taken for the cache's. */
function whyNoRequest(
  view: WorldView,
  { process, provider, request }: EventOf<"ioctl">,
): string | null {
  const why = whyNotRunning(view, process) ?? whyNoProvider(view, provider);
  if (why !== null || view.claims === null) return why;
  return request.code === "copyFromUser" || request.code === "copyToUser"
    ? null
    : `${request.code} is for the cache under test to ask for`;
}

function whyNotArmed(view: WorldView, { fault }: EventOf<"arm">): string | null {
  if (fault.kind === "fail") return null;
  const { kill, interrupt } = view.faults();
  if (view.claims === null) return "a driver makes no host calls";
  if (fault.kind === "kill" && kill !== null) return "another kill is armed";
  if (fault.kind === "interrupt" && interrupt !== null) return "another interruption is armed";
  return whyNotRunning(view, fault.process);
}
