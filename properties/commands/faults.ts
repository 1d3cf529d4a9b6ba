// Commands that arm a fault, or let one happen.

import type { Event, EventOf, Fault, Interruption } from "../../model/events.ts";
import { brand, rangeOf, type ProcessId, type ProviderId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { command, type CommandRecord } from "../command.ts";
import { isPrivate } from "../mappings.ts";
import { addressName, rangeName } from "../names.ts";
import { bufferSpans, liveProcesses } from "./memory.ts";

type Arm = EventOf<"arm">;

const arm = (fault: Fault) => (): Arm => ({ type: "arm", fault });
const faultOf = (args: Arm): Fault => args.fault;

const failNext = command<Arm>({
  name: "failNext",
  rules: ["LAW-4", "SPI-1", "LAW-5"],
  subjects: ["cache"],
  instances: ({ view, palette }) =>
    palette.with.faults && view.config.environment.faults
      ? (["lock", "secure", "nicRegister", "nicDeregister"] as const)
          .filter(() => view.faults().fail.length === 0)
          .map((call) => arm({ kind: "fail", call }))
      : [],
  enabled: (view, args) => {
    const fault = faultOf(args);
    return fault.kind === "fail" && !view.faults().fail.includes(fault.call);
  },
  event: (args): Event => args,
  print: (_view, args) => {
    const fault = faultOf(args);
    return fault.kind === "fail" ? `the next ${fault.call} fails` : fault.kind;
  },
});

const killAtHostCall = command<Arm>({
  name: "killAtHostCall",
  rules: ["MM-4"],
  subjects: ["cache"],
  instances: (setting) =>
    setting.palette.with.faults &&
    setting.palette.with.lifecycle &&
    setting.view.faults().kill === null
      ? liveProcesses(setting).map((process) => arm({ kind: "kill", process }))
      : [],
  enabled: (view, args) => {
    const fault = faultOf(args);
    return fault.kind === "kill" && view.isAlive(fault.process) && view.faults().kill === null;
  },
  event: (args): Event => args,
  print: (_view, args) => {
    const fault = faultOf(args);
    return fault.kind === "kill"
      ? `process ${fault.process} is killed at its next host call`
      : fault.kind;
  },
});

function interruptions(view: WorldView, process: ProcessId): Interruption[] {
  const regions = view.vads(process).filter(isPrivate);
  const frees = regions.map((vad): Interruption => ({
    kind: "operation",
    operation: {
      name: "VirtualFree",
      address: brand(vad.base * view.config.pageSizeBytes),
      sizeBytes: 0,
      type: "release",
    },
  }));
  const remaps = regions.map((vad): Interruption => ({
    kind: "operation",
    operation: {
      name: "VirtualProtect",
      address: brand(vad.base * view.config.pageSizeBytes),
      sizeBytes: vad.pageCount * view.config.pageSizeBytes,
      protection: "READONLY",
      guard: false,
    },
  }));
  return [...frees, ...remaps];
}

const interrupt = command<Arm>({
  name: "interruptAtHostCall",
  rules: ["LAW-10", "LAW-1", "SPI-5"],
  subjects: ["cache"],
  instances(setting) {
    const { view, palette } = setting;
    const { environment, pageSizeBytes } = view.config;
    if (!palette.with.interrupts || !environment.interrupts) return [];
    if (view.faults().interrupt !== null) return [];
    return liveProcesses(setting).flatMap((process) => {
      const notices = bufferSpans(setting)
        .slice(0, 2)
        .map((span): Interruption => ({ kind: "notify", range: rangeOf(span, pageSizeBytes) }));
      return [...interruptions(view, process), ...notices].flatMap((what) =>
        [0, 1, 2].map((afterHostCalls) =>
          arm({ kind: "interrupt", process, afterHostCalls, what }),
        ),
      );
    });
  },
  enabled: (view, args) => {
    const fault = faultOf(args);
    return (
      fault.kind === "interrupt" && view.isAlive(fault.process) && view.faults().interrupt === null
    );
  },
  event: (args): Event => args,
  print(view, args) {
    const fault = faultOf(args);
    if (fault.kind !== "interrupt") return fault.kind;
    const { what, process, afterHostCalls } = fault;
    const action =
      what.kind === "notify"
        ? `a callback over ${rangeName(view, process, what.range)}`
        : "address" in what.operation && what.operation.address !== null
          ? `${what.operation.name}(${addressName(view, process, what.operation.address)})`
          : what.operation.name;
    const when = afterHostCalls === 0 ? "at" : `after ${afterHostCalls} more, at`;
    return `another thread: ${action}, ${when} the next host call`;
  },
});

const nicReset = command<EventOf<"nicReset">>({
  name: "resetNic",
  rules: ["LAW-4", "SPI-7"],
  subjects: ["cache"],
  instances: ({ view, palette }) =>
    palette.with.faults && palette.with.lifecycle
      ? Array.from({ length: view.config.providersPerProcess }, (_, i) => brand<ProviderId>(i))
          .filter((provider) => view.regions(provider).length > 1)
          .map((provider) => () => ({ type: "nicReset", provider }))
      : [],
  enabled: (view, args) => args.provider < view.config.providersPerProcess,
  event: (args): Event => args,
  print: (view, { provider }) =>
    view.config.providersPerProcess > 1 ? `reset NIC ${provider}` : "reset the NIC",
});

export const faultCommands: readonly CommandRecord[] = [
  failNext,
  killAtHostCall,
  interrupt,
  nicReset,
];
