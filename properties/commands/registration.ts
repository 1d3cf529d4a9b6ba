// Commands of the switch on the registration interface, and the callback that nobody's operation raised.

import type { Scope } from "../../model/contract.ts";
import { DESCRIPTOR_BYTES, type Event, type WspFunction } from "../../model/events.ts";
import type { Registration } from "../../model/ledger.ts";
import { accessOfFlags, flagsOfAccess } from "../../model/switch.ts";
import { brand, rangeOf, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { Socket, WorldView } from "../../model/view.ts";
import { isValidFor } from "../../model/freshness.ts";
import { command, type Buffer, type CommandRecord, type Setting } from "../command.ts";
import { inProcess, rangeName, socketName } from "../names.ts";
import { bufferSpans, liveProcesses } from "./memory.ts";

export function connectedSockets({ view, palette }: Setting): Socket[] {
  return view
    .sockets()
    .filter((each) => each.status === "connected" && palette.processes.includes(each.process));
}

export function liveRegistrations(view: WorldView): Registration[] {
  return view.instances().flatMap((each) => each.registrations);
}

interface WspArgs {
  readonly function: WspFunction;
}

function wspCommand(
  name: WspFunction["name"],
  row: Pick<CommandRecord, "rules"> & {
    functions(setting: Setting): readonly ((setting: Setting) => WspFunction)[];
    enabled(view: WorldView, call: WspFunction): boolean;
  },
): CommandRecord {
  return command<WspArgs>({
    name,
    rules: row.rules,
    subjects: ["cache"],
    instances: (setting) =>
      row.functions(setting).map((make) => (at: Setting) => ({ function: make(at) })),
    enabled: (view, args) => row.enabled(view, args.function),
    event: (args): Event => ({ type: "wsp", function: args.function }),
    print: (view, args) => printWsp(view, args.function),
  });
}

function printWsp(view: WorldView, call: WspFunction): string {
  if ("registration" in call) {
    const live = view.registration(call.registration);
    const other = live?.socket === call.socket ? "" : `, socket: ${socketName(call.socket)}`;
    return `${call.name}(${call.registration}${other})`;
  }
  const process = view.socket(call.socket)?.process ?? brand(0);
  const access = accessOfFlags(call.flags);
  const flags = access === null ? `flags: ${call.flags}` : `access: "${access}"`;
  const descriptor =
    call.name === "WSPRegisterRdmaMemory" && call.descriptorBytes < DESCRIPTOR_BYTES
      ? `, descriptorBytes: ${call.descriptorBytes}`
      : "";
  return `${call.as} = ${call.name}({ socket: ${socketName(call.socket)}, buffer: ${rangeName(view, process, call.range)}, ${flags}${descriptor} })`;
}

function registers(setting: Setting, scope: Scope): ((at: Setting) => WspFunction)[] {
  const { view, palette } = setting;
  if (!palette.scopes.includes(scope) || view.liveCount() >= palette.mostLive) return [];
  const sockets = connectedSockets(setting);
  // Every buffer that is valid now, on two sockets of the process, and one that is not: it must fail.
  const choices = palette.processes.flatMap((process) => {
    const own = sockets.filter((each) => each.process === process).slice(0, 2);
    const isValid = ({ range, access }: Buffer): boolean =>
      isValidFor(view, process, range, access);
    const valid = palette.buffers.filter(isValid);
    const invalid = valid.length > 0 ? palette.buffers.find((each) => !isValid(each)) : undefined;
    return [
      ...own.flatMap(({ id }) => valid.map((buffer) => ({ buffer, socket: id }))),
      ...own
        .slice(0, 1)
        .flatMap(({ id }) => (invalid === undefined ? [] : [{ buffer: invalid, socket: id }])),
    ];
  });
  return choices.map(({ buffer: { range, access }, socket }) => (at: Setting): WspFunction => {
    const as = at.fresh("mr");
    const flags = flagsOfAccess(access);
    return scope === "local"
      ? { name: "WSPRegisterMemory", as, socket, range, flags }
      : {
          name: "WSPRegisterRdmaMemory",
          as,
          socket,
          range,
          flags,
          descriptorBytes: DESCRIPTOR_BYTES,
        };
  });
}

/** Registers that the switch itself refuses: no such flags, too small a descriptor. */
function refusedRegister(setting: Setting, scope: Scope): ((at: Setting) => WspFunction)[] {
  const { palette } = setting;
  const socket = connectedSockets(setting)[0];
  const buffer = palette.buffers[0];
  if (socket === undefined || buffer === undefined || !palette.scopes.includes(scope)) return [];
  if (!palette.with.faults) return [];
  const call = { socket: socket.id, range: buffer.range };
  return scope === "local"
    ? [(at) => ({ name: "WSPRegisterMemory", as: at.fresh("mr"), ...call, flags: 0 })]
    : [
        (at) => ({
          name: "WSPRegisterRdmaMemory",
          as: at.fresh("mr"),
          ...call,
          flags: 3,
          descriptorBytes: DESCRIPTOR_BYTES - 1,
        }),
      ];
}

const canRegister = (view: WorldView, call: WspFunction): boolean => {
  const socket = view.socket(call.socket);
  return (
    socket?.status === "connected" &&
    view.isAlive(socket.process) &&
    !("as" in call && view.registration(call.as) !== undefined)
  );
};

const registerMemory = wspCommand("WSPRegisterMemory", {
  rules: ["LAW-1", "LAW-2", "LAW-6", "LOCAL-3", "SPI-1", "SPI-4", "LAW-7", "LAW-8"],
  functions: (setting) => [...registers(setting, "local"), ...refusedRegister(setting, "local")],
  enabled: canRegister,
});

const registerRdmaMemory = wspCommand("WSPRegisterRdmaMemory", {
  rules: ["LAW-1", "LAW-2", "LAW-13", "REMOTE-3", "SPI-1", "ACCESS-2"],
  functions: (setting) => [...registers(setting, "remote"), ...refusedRegister(setting, "remote")],
  enabled: canRegister,
});

function deregisters(setting: Setting, scope: Scope): ((at: Setting) => WspFunction)[] {
  const { view, palette } = setting;
  const name = scope === "local" ? "WSPDeregisterMemory" : "WSPDeregisterRdmaMemory";
  const live = liveRegistrations(view).filter((each) => each.scope === scope);
  const own = live.map((each) => (): WspFunction => ({
    name,
    registration: each.name,
    socket: each.socket,
  }));
  const first = live[0];
  const other = connectedSockets(setting).find((each) => each.id !== first?.socket);
  if (!palette.with.lifecycle || first === undefined || other === undefined) return own;
  return [
    ...own,
    (): WspFunction => ({ name, registration: first.name, socket: other.id }),
    (): WspFunction => ({ name, registration: "mr_0", socket: other.id }),
  ];
}

/** A deregister of what is not live is a program error of the application: SPI-3; only `mr_0` is one on purpose. */
const canDeregister = (view: WorldView, call: WspFunction): boolean =>
  "registration" in call &&
  (call.registration === "mr_0" || view.registration(call.registration) !== undefined) &&
  view.socket(call.socket)?.status === "connected";

const deregisterMemory = wspCommand("WSPDeregisterMemory", {
  rules: ["LOCAL-1", "LOCAL-2", "OWN-1", "SPI-2", "SPI-3", "SPI-4", "SPI-6", "LAW-4", "LAW-5"],
  functions: (setting) => deregisters(setting, "local"),
  enabled: canDeregister,
});

const deregisterRdmaMemory = wspCommand("WSPDeregisterRdmaMemory", {
  rules: ["REMOTE-1", "REMOTE-2", "LAW-13", "LAW-5", "SPI-4"],
  functions: (setting) => deregisters(setting, "remote"),
  enabled: canDeregister,
});

interface NotifyArgs {
  readonly process: ProcessId;
  readonly range: AddressRange;
}

const notify = command<NotifyArgs>({
  name: "notify",
  rules: ["LAW-3", "LAW-3b", "LOCAL-4", "REMOTE-4", "SPI-5", "LAW-6"],
  subjects: ["cache"],
  instances: (setting) =>
    liveProcesses(setting).flatMap((process) =>
      bufferSpans(setting)
        .filter(() => setting.palette.with.notices && setting.view.hasLocks(process))
        .slice(0, 2)
        .map((span) => () => ({
          process,
          range: rangeOf(span, setting.view.config.pageSizeBytes),
        })),
    ),
  enabled: (view, args) => view.isAlive(args.process),
  event: ({ process, range }): Event => ({ type: "notify", process, range }),
  print: (view, { process, range }) =>
    `WSPMemoryRegistrationCacheCallback(${rangeName(view, process, range)}${inProcess(process)})`,
});

export const registrationCommands: readonly CommandRecord[] = [
  registerMemory,
  registerRdmaMemory,
  deregisterMemory,
  deregisterRdmaMemory,
  notify,
];
