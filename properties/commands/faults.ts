// Commands that arm a fault, or let one happen.

import type { Event, EventOf, Fault, Interruption } from "../../model/events.ts";
import { callsBack } from "../../model/families.ts";
import { instanceOf } from "../../model/state.ts";
import { brand, rangeOf, type ProcessId, type ProviderId } from "../../model/units.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { isDisciplined } from "../discipline.ts";
import { privateRegionAt, spanOf } from "../mappings.ts";
import { addressName, rangeName } from "../names.ts";
import { processAt } from "./places.ts";

type Arm = EventOf<"arm">;

const arm = (fault: Fault): Arm => ({ type: "arm", fault });
const faultOf = (args: Arm): Fault => args.fault;

const failing = ["lock", "secure", "nicRegister", "nicDeregister"] as const;

const failNext = command<Arm>({
  name: "failNext",
  rules: ["LAW-4", "SPI-1", "LAW-5"],
  subjects: ["cache"],
  count: ({ view, palette }) =>
    palette.with.faults && view.faults().fail.length === 0 ? failing.length : 0,
  instance(_setting, k) {
    const call = failing[k];
    return call === undefined ? null : arm({ kind: "fail", call });
  },
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
  count: ({ view, palette }) =>
    palette.with.faults && palette.with.lifecycle && view.faults().kill === null
      ? palette.processes.length
      : 0,
  instance(setting, k) {
    const process = processAt(setting, k);
    return process === null ? null : arm({ kind: "kill", process });
  },
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

/** So many of the palette's spans are notified by another thread. */
const NOTIFIED = 2;
/** So many host calls pass first: 0 to this. */
const DELAYS = 3;

/** A private region is freed, freed and allocated again, or protected by another thread. */
const CHANGES = 3;

/** Something happens to every private region; callbacks come for some spans. */
const interruptionsEach = ({ palette }: Setting): number =>
  CHANGES * palette.areas.length + NOTIFIED;

function interruptionAt(setting: Setting, process: ProcessId, k: number): Interruption | null {
  const { view, palette } = setting;
  const { pageSizeBytes } = view.config;
  if (k < NOTIFIED) {
    const span = palette.spans[k];
    return span === undefined || !callsBack(view.config.notification)
      ? null
      : { kind: "notify", range: rangeOf(span, pageSizeBytes) };
  }
  // What is being registered is not registered yet, and will be: another thread leaves it alone as well.
  if (isDisciplined(view)) return null;
  const vad = privateRegionAt(view, process, palette.areas[Math.floor((k - NOTIFIED) / CHANGES)]);
  if (vad === undefined) return null;
  const { start: address, lengthBytes: sizeBytes } = rangeOf(spanOf(vad), pageSizeBytes);
  const change = (k - NOTIFIED) % CHANGES;
  if (change === 0) {
    const operation = { name: "VirtualProtect", address, sizeBytes } as const;
    return {
      kind: "operation",
      operation: { ...operation, protection: "READONLY", guard: false },
    };
  }
  const operation = { name: "VirtualFree", address, sizeBytes: 0, type: "release" } as const;
  if (change === 1) return { kind: "operation", operation };
  const again = { name: "VirtualAlloc", address, sizeBytes } as const;
  return {
    kind: "operation",
    operation,
    next: { ...again, type: "reserve|commit", protection: "READWRITE", guard: false },
  };
}

const interrupt = command<Arm>({
  name: "interruptAtHostCall",
  rules: ["LAW-10", "LAW-1", "SPI-5"],
  subjects: ["cache"],
  count: (setting) =>
    setting.palette.with.interrupts && setting.view.faults().interrupt === null
      ? setting.palette.processes.length * interruptionsEach(setting) * DELAYS
      : 0,
  instance(setting, k) {
    const places = interruptionsEach(setting) * DELAYS;
    const process = processAt(setting, k, places);
    if (process === null) return null;
    const what = interruptionAt(setting, process, Math.floor((k % places) / DELAYS));
    return what && arm({ kind: "interrupt", process, afterHostCalls: k % DELAYS, what });
  },
  enabled: (view, args) => {
    const fault = faultOf(args);
    return (
      fault.kind === "interrupt" &&
      view.isAlive(fault.process) &&
      view.faults().interrupt === null &&
      !(fault.what.kind === "operation" && isDisciplined(view))
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
    const then =
      what.kind === "operation" && what.next !== undefined ? `, ${what.next.name} again` : "";
    const when = afterHostCalls === 0 ? "at" : `after ${afterHostCalls} more, at`;
    return `another thread: ${action}${then}, ${when} the next host call`;
  },
});

const nicReset = command<EventOf<"nicReset">>({
  name: "resetNic",
  rules: ["LAW-4", "SPI-7"],
  subjects: ["cache"],
  count: ({ view, palette }) =>
    palette.with.faults && palette.with.lifecycle ? view.config.providersPerProcess : 0,
  isFixed: true,
  instance({ view }, k) {
    const provider = brand<ProviderId>(k);
    let regions = 0;
    for (let process = 0; process < view.config.processes; process++) {
      regions += view.regionCount(instanceOf(view.config, brand<ProcessId>(process), provider));
    }
    return regions > 1 ? { type: "nicReset", provider } : null;
  },
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
