// Commands of the switch on the registration interface, and the callback that nobody's operation raised.

import type { Scope } from "../../model/contract.ts";
import { DESCRIPTOR_BYTES, type Event, type WspFunction } from "../../model/events.ts";
import { callsBack } from "../../model/families.ts";
import { accessOfFlags, flagsOfAccess } from "../../model/switch.ts";
import { brand, rangeOf, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { Socket, WorldView } from "../../model/view.ts";
import { command, type Buffer, type CommandRecord, type Setting } from "../command.ts";
import { isRegistrable } from "../mappings.ts";
import { inProcess, rangeName, socketName } from "../names.ts";
import { findSocket, firstRegistration, isConnected, processAt, registrationAt } from "./places.ts";

interface WspArgs {
  readonly function: WspFunction;
}

function wspCommand(
  name: WspFunction["name"],
  row: Pick<CommandRecord, "rules" | "count"> & {
    call(setting: Setting, k: number): WspFunction | null;
    enabled(view: WorldView, call: WspFunction): boolean;
  },
): CommandRecord {
  return command<WspArgs>({
    name,
    rules: row.rules,
    subjects: ["cache"],
    count: row.count,
    instance(setting, k) {
      const call = row.call(setting, k);
      return call && { function: call };
    },
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

/** So many sockets of a process register. */
const SOCKETS = 2;

/** In each process: every buffer on each socket, and one that is not valid. */
const registersEach = ({ palette }: Setting): number => SOCKETS * palette.buffers.length + 1;

/** Registers that the switch itself refuses: no such flags, too small a descriptor. */
const refusals = ({ palette }: Setting): number => (palette.with.faults ? 1 : 0);

function countRegisters(setting: Setting, scope: Scope): number {
  const { view, palette } = setting;
  if (!palette.scopes.includes(scope)) return 0;
  const isFull = view.liveCount() >= palette.mostLive;
  const registers = isFull ? 0 : palette.processes.length * registersEach(setting);
  return refusals(setting) + registers;
}

function registerOf(setting: Setting, scope: Scope, k: number): WspFunction | null {
  const refused = refusals(setting);
  if (k < refused) return refusedRegister(setting, scope);
  const places = registersEach(setting);
  const process = processAt(setting, k - refused, places);
  return process === null ? null : registerIn(setting, process, scope, (k - refused) % places);
}

/** Every buffer that is valid now, on two sockets of the process, and one that is not: it must fail. */
function registerIn(
  setting: Setting,
  process: ProcessId,
  scope: Scope,
  k: number,
): WspFunction | null {
  const { view, palette } = setting;
  const buffer =
    k < SOCKETS * palette.buffers.length
      ? validBuffer(setting, process, k % palette.buffers.length)
      : invalidBuffer(setting, process);
  if (buffer === null) return null;
  const socket = nthSocket(view, process, Math.floor(k / palette.buffers.length) % SOCKETS);
  return socket && register(setting, scope, socket, buffer);
}

function validBuffer({ view, palette }: Setting, process: ProcessId, k: number): Buffer | null {
  const buffer = palette.buffers[k];
  if (palette.exhaustive === true) return buffer ?? null;
  return buffer !== undefined && isRegistrable(view, process, buffer.span, buffer.access)
    ? buffer
    : null;
}

/** The first buffer that is not valid, if another one is. */
function invalidBuffer(setting: Setting, process: ProcessId): Buffer | null {
  const { buffers } = setting.palette;
  let invalid: Buffer | null = null;
  let valid: Buffer | null = null;
  for (let k = 0; k < buffers.length && (invalid === null || valid === null); k++) {
    const found = validBuffer(setting, process, k);
    if (found === null) invalid ??= buffers[k] ?? null;
    else valid = found;
  }
  return valid && invalid;
}

/** The k-th connected socket of the process. */
function nthSocket(view: WorldView, process: ProcessId, k: number): Socket | null {
  let before = k;
  for (const socket of view.connectedSockets()) {
    if (socket.process === process && before-- === 0) return socket;
  }
  return null;
}

function register(
  { names }: Setting,
  scope: Scope,
  { id: socket }: Socket,
  { range, access }: Buffer,
): WspFunction {
  const as = names.registration();
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
}

function refusedRegister(setting: Setting, scope: Scope): WspFunction | null {
  const socket = findSocket(setting, () => true);
  const buffer = setting.palette.buffers[0];
  if (socket === null || buffer === undefined) return null;
  const call = { as: setting.names.registration(), socket: socket.id, range: buffer.range };
  return scope === "local"
    ? { name: "WSPRegisterMemory", ...call, flags: 0 }
    : {
        name: "WSPRegisterRdmaMemory",
        ...call,
        flags: 3,
        descriptorBytes: DESCRIPTOR_BYTES - 1,
      };
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
  count: (setting) => countRegisters(setting, "local"),
  call: (setting, k) => registerOf(setting, "local", k),
  enabled: canRegister,
});

const registerRdmaMemory = wspCommand("WSPRegisterRdmaMemory", {
  rules: ["LAW-1", "LAW-2", "LAW-13", "REMOTE-3", "SPI-1", "ACCESS-2"],
  count: (setting) => countRegisters(setting, "remote"),
  call: (setting, k) => registerOf(setting, "remote", k),
  enabled: canRegister,
});

/** A deregister on another socket than the registration's, and one of nothing that was ever registered. */
const WRONG = 2;

/** Every live registration, of either scope. */
function countDeregisters({ view, palette }: Setting): number {
  const live = view.liveCount();
  return live > 0 && palette.with.lifecycle ? live + WRONG : live;
}

function deregisterOf(setting: Setting, scope: Scope, k: number): WspFunction | null {
  const { view } = setting;
  const live = view.liveCount();
  const name = scope === "local" ? "WSPDeregisterMemory" : "WSPDeregisterRdmaMemory";
  if (k < live) {
    const own = registrationAt(view, scope, k);
    return own && { name, registration: own.name, socket: own.socket };
  }
  const first = firstRegistration(view, scope);
  if (first === null) return null;
  if (k > live) return { name, registration: "mr_0", socket: first.socket };
  const other = findSocket(setting, (each) => each.id !== first.socket);
  return other && { name, registration: first.name, socket: other.id };
}

/** A deregister of what is not live is a program error of the application: SPI-3; only `mr_0` is one on purpose. */
const canDeregister = (view: WorldView, call: WspFunction): boolean =>
  "registration" in call &&
  (call.registration === "mr_0" || view.registration(call.registration) !== undefined) &&
  isConnected(view, call.socket);

const deregisterMemory = wspCommand("WSPDeregisterMemory", {
  rules: ["LOCAL-1", "LOCAL-2", "OWN-1", "SPI-2", "SPI-3", "SPI-4", "SPI-6", "LAW-4", "LAW-5"],
  count: countDeregisters,
  call: (setting, k) => deregisterOf(setting, "local", k),
  enabled: canDeregister,
});

const deregisterRdmaMemory = wspCommand("WSPDeregisterRdmaMemory", {
  rules: ["REMOTE-1", "REMOTE-2", "LAW-13", "LAW-5", "SPI-4"],
  count: countDeregisters,
  call: (setting, k) => deregisterOf(setting, "remote", k),
  enabled: canDeregister,
});

interface NotifyArgs {
  readonly process: ProcessId;
  readonly range: AddressRange;
}

/** So many of the palette's spans are notified, in each process. */
const NOTIFIED = 2;
const notifiedEach = ({ palette }: Setting): number =>
  palette.exhaustive === true ? palette.spans.length : NOTIFIED;

const notify = command<NotifyArgs>({
  name: "notify",
  rules: ["LAW-3", "LAW-3b", "LOCAL-4", "REMOTE-4", "SPI-5", "LAW-6"],
  subjects: ["cache"],
  count: (setting) =>
    setting.palette.with.notices && callsBack(setting.view.config.notification)
      ? setting.palette.processes.length * notifiedEach(setting)
      : 0,
  isFixed: true,
  instance(setting, k) {
    const { view, palette } = setting;
    const each = notifiedEach(setting);
    const process = processAt(setting, k, each);
    const span = palette.spans[k % each];
    if (process === null || span === undefined) return null;
    if (palette.exhaustive !== true && !view.hasLocks(process)) return null;
    return { process, range: rangeOf(span, view.config.pageSizeBytes) };
  },
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
