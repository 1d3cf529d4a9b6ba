// Commands about the lives of connections, providers and processes.

import type { Event, EventOf } from "../../model/events.ts";
import { instanceOf } from "../../model/state.ts";
import { brand, type InstanceId, type ProviderId, type SocketId } from "../../model/units.ts";
import type { Socket, WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { socketName } from "../names.ts";
import { instanceCount, isConnected, processAt, socketAt } from "./places.ts";

const connect = command<EventOf<"connect">>({
  name: "connect",
  rules: ["ACCESS-3", "ACCESS-5"],
  subjects: ["cache"],
  count: ({ view, palette }) => palette.processes.length * view.config.providersPerProcess,
  isFixed: true,
  instance(setting, k) {
    const { view, names } = setting;
    const { providersPerProcess, socketsPerInstance } = view.config;
    const process = processAt(setting, k, providersPerProcess);
    if (process === null) return null;
    const provider = brand<ProviderId>(k % providersPerProcess);
    let open = 0;
    for (const each of view.connectedSockets()) {
      if (each.process === process && each.provider === provider) open++;
    }
    return open < socketsPerInstance
      ? { type: "connect", socket: names.socket(), process, provider }
      : null;
  },
  enabled: (view, args) => view.isAlive(args.process) && view.socket(args.socket) === undefined,
  event: (args): Event => args,
  print: (view, { socket, process, provider }) =>
    `${socketName(socket)} = connect({ process: ${process}${view.config.providersPerProcess > 1 ? `, provider: ${provider}` : ""} })`,
});

/** Sockets end only where ends are the theme. */
const countSockets = ({ view, palette }: Setting): number =>
  palette.with.lifecycle ? view.connectedSockets().length : 0;

/** The NIC has regions of the socket's process: a close could matter. */
const hasRegions = (view: WorldView, { process, provider }: Socket): boolean =>
  view.regionCount(instanceOf(view.config, process, provider)) > 0;

const close = command<EventOf<"close">>({
  name: "WSPCloseSocket",
  rules: ["LOCAL-5", "ACCESS-3", "ACCESS-5", "SPI-7", "LAW-5"],
  subjects: ["cache"],
  count: countSockets,
  instance(setting, k) {
    const socket = socketAt(setting, k);
    return socket && hasRegions(setting.view, socket) ? { type: "close", socket: socket.id } : null;
  },
  enabled: (view, args) => isConnected(view, args.socket),
  event: (args): Event => args,
  print: (_view, { socket }) => `WSPCloseSocket(${socketName(socket)})`,
});

const hasTransfer = (view: WorldView, socket: SocketId): boolean =>
  view.transfers().some((each) => each.socket === socket);

const handOver = command<EventOf<"handOver">>({
  name: "handOver",
  rules: ["ACCESS-5", "ACCESS-1"],
  subjects: ["cache"],
  count: countSockets,
  instance(setting, k) {
    const { view, palette, names } = setting;
    const socket = socketAt(setting, k);
    if (socket === null) return null;
    const process = palette.processes.find((each) => each !== socket.process && view.isAlive(each));
    if (process === undefined || hasTransfer(view, socket.id)) return null;
    return { type: "handOver", socket: socket.id, as: names.socket(), process };
  },
  enabled: (view, args) =>
    isConnected(view, args.socket) &&
    view.isAlive(args.process) &&
    view.socket(args.as) === undefined &&
    !hasTransfer(view, args.socket),
  event: (args): Event => args,
  print: (_view, { socket, as, process }) =>
    `${socketName(as)} = handOver(${socketName(socket)}, process: ${process})`,
});

const cleanup = command<EventOf<"cleanup">>({
  name: "WSPCleanup",
  rules: ["LAW-4"],
  subjects: ["cache"],
  count: ({ view, palette }) => (palette.with.lifecycle ? instanceCount(view) : 0),
  isFixed: true,
  instance({ view, palette }, k) {
    const id = brand<InstanceId>(k);
    const { process, started } = view.instance(id);
    return started && palette.processes.includes(process) && view.regionCount(id) > 0
      ? { type: "cleanup", instance: id }
      : null;
  },
  enabled: (view, args) => view.instance(args.instance).started,
  event: (args): Event => args,
  print: (view, { instance }) =>
    instanceCount(view) > 1 ? `WSPCleanup(provider instance ${instance})` : "WSPCleanup()",
});

const exit = command<EventOf<"exit">>({
  name: "exitProcess",
  rules: ["MM-4", "OWN-2"],
  subjects: ["cache", "driver"],
  // What a driver does at the end of a process is half of what it is asked for.
  count: ({ view, palette }) =>
    palette.with.lifecycle || view.claims === null ? palette.processes.length : 0,
  isFixed: true,
  instance(setting, k) {
    const process = processAt(setting, k);
    // An end matters if something is locked.
    return process !== null && setting.view.hasLocks(process) ? { type: "exit", process } : null;
  },
  enabled: (view, args) => view.isAlive(args.process),
  event: (args): Event => args,
  print: (_view, { process }) => `ExitProcess(process ${process})`,
});

export const lifecycleCommands: readonly CommandRecord[] = [
  connect,
  close,
  handOver,
  cleanup,
  exit,
];
