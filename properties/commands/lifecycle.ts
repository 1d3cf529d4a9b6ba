// Commands about the lives of connections, providers and processes.

import type { Event, EventOf } from "../../model/events.ts";
import { instanceOf } from "../../model/state.ts";
import {
  brand,
  type InstanceId,
  type ProcessId,
  type ProviderId,
  type SocketId,
} from "../../model/units.ts";
import type { Socket, WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { socketName } from "../names.ts";
import { liveProcesses } from "./memory.ts";
import { connectedSockets } from "./registration.ts";

const connect = command<EventOf<"connect">>({
  name: "connect",
  rules: ["ACCESS-3", "ACCESS-5"],
  subjects: ["cache"],
  instances(setting) {
    const { view } = setting;
    const open = connectedSockets(setting);
    return liveProcesses(setting).flatMap((process) =>
      Array.from({ length: view.config.providersPerProcess }, (_, i) => brand<ProviderId>(i))
        .filter(
          (provider) =>
            open.filter((each) => each.process === process && each.provider === provider).length <
            view.config.socketsPerInstance,
        )
        .map((provider) => (at: Setting) => ({
          type: "connect",
          socket: at.freshSocket(),
          process,
          provider,
        })),
    );
  },
  enabled: (view, args) => view.isAlive(args.process) && view.socket(args.socket) === undefined,
  event: (args): Event => args,
  print: (view, { socket, process, provider }) =>
    `${socketName(socket)} = connect({ process: ${process}${view.config.providersPerProcess > 1 ? `, provider: ${provider}` : ""} })`,
});

/** Sockets whose close could matter: the NIC has regions of their process. None, unless ends are the theme. */
function closable(setting: Setting): Socket[] {
  const sockets = connectedSockets(setting).filter((each) =>
    hasRegions(setting.view, each.process, each.provider),
  );
  return setting.palette.with.lifecycle ? sockets : [];
}

function hasRegions(view: WorldView, process: ProcessId, provider: ProviderId): boolean {
  return view.regionCount(instanceOf(view.config, process, provider)) > 0;
}

const isConnected = (view: WorldView, id: SocketId): boolean =>
  view.socket(id)?.status === "connected";

const close = command<EventOf<"close">>({
  name: "WSPCloseSocket",
  rules: ["LOCAL-5", "ACCESS-3", "ACCESS-5", "SPI-7", "LAW-5"],
  subjects: ["cache"],
  instances: (setting) =>
    closable(setting).map(({ id: socket }) => () => ({ type: "close", socket })),
  enabled: (view, args) => isConnected(view, args.socket),
  event: (args): Event => args,
  print: (_view, { socket }) => `WSPCloseSocket(${socketName(socket)})`,
});

const handOver = command<EventOf<"handOver">>({
  name: "handOver",
  rules: ["ACCESS-5", "ACCESS-1"],
  subjects: ["cache"],
  instances(setting) {
    const { view, palette } = setting;
    if (!palette.with.lifecycle) return [];
    return connectedSockets(setting).flatMap(({ id: socket, process }) => {
      const other = liveProcesses(setting).find((each) => each !== process);
      if (other === undefined || view.transfers().some((each) => each.socket === socket)) return [];
      return [
        (at: Setting) => ({ type: "handOver", socket, as: at.freshSocket(), process: other }),
      ];
    });
  },
  enabled: (view, args) =>
    isConnected(view, args.socket) &&
    view.isAlive(args.process) &&
    view.socket(args.as) === undefined &&
    !view.transfers().some((each) => each.socket === args.socket),
  event: (args): Event => args,
  print: (_view, { socket, as, process }) =>
    `${socketName(as)} = handOver(${socketName(socket)}, process: ${process})`,
});

const cleanup = command<EventOf<"cleanup">>({
  name: "WSPCleanup",
  rules: ["LAW-4"],
  subjects: ["cache"],
  instances: ({ view, palette }) =>
    view
      .instances()
      .filter(
        (each) =>
          palette.with.lifecycle &&
          each.started &&
          palette.processes.includes(each.process) &&
          hasRegions(view, each.process, each.provider),
      )
      .map(({ id: instance }) => () => ({ type: "cleanup", instance })),
  enabled: (view, args) => view.instance(args.instance).started,
  event: (args): Event => args,
  print: (view, { instance }) =>
    view.instances().length > 1 ? `WSPCleanup(${describe(instance)})` : "WSPCleanup()",
});

const describe = (instance: InstanceId): string => `provider instance ${instance}`;

/** A driver's process ends whenever it has something locked or secured; a cache's when its NIC has regions. */
function isWorthEnding({ view }: Setting, process: ProcessId): boolean {
  return view.hasLocks(process);
}

const exit = command<EventOf<"exit">>({
  name: "exitProcess",
  rules: ["MM-4", "OWN-2"],
  subjects: ["cache", "driver"],
  instances: (setting) =>
    setting.palette.with.lifecycle
      ? liveProcesses(setting)
          .filter((process) => isWorthEnding(setting, process))
          .map((process) => () => ({ type: "exit", process }))
      : [],
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
