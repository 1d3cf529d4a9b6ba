// Commands to the proxy driver: copies, and, when a driver is under test, every request it serves, right or wrong.

import type { IoctlRequest } from "../../model/contract.ts";
import type { Event, EventOf } from "../../model/events.ts";
import {
  brand,
  type AddressRange,
  type MdlHandle,
  type SecureHandle,
  type ProcessId,
  type ProviderId,
} from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { inProcess, rangeName } from "../names.ts";
import { liveProcesses } from "./memory.ts";

type Ioctl = EventOf<"ioctl">;

function ioctlCommand(
  name: string,
  row: Pick<CommandRecord, "rules" | "subjects"> & {
    requests(setting: Setting, process: ProcessId): readonly ((at: Setting) => IoctlRequest)[];
  },
): CommandRecord {
  return command<Ioctl>({
    name,
    rules: row.rules,
    subjects: row.subjects,
    instances: (setting) =>
      liveProcesses(setting).flatMap((process) =>
        row.requests(setting, process).map((make) => (at: Setting) => ({
          type: "ioctl",
          process,
          provider: brand<ProviderId>(0),
          request: make(at),
        })),
      ),
    enabled: (view, args) => view.isAlive(args.process),
    event: (args): Event => args,
    print: (view, { process, request }) => printRequest(view, process, request),
  });
}

function printRequest(view: WorldView, process: ProcessId, request: IoctlRequest): string {
  const where = inProcess(process);
  switch (request.code) {
    case "unlock":
    case "frames":
      return `ioctl ${request.code}(mdl ${request.mdl}${where})`;
    case "unsecure":
      return `ioctl unsecure(handle ${request.handle}${where})`;
    case "lock":
      return `ioctl lock(${rangeName(view, process, request.range)}, ${request.access}${where})`;
    case "secure":
      return `ioctl secure(${rangeName(view, process, request.range)}, ${request.mode}${where})`;
    case "copyFromUser":
    case "copyToUser":
      return `ioctl ${request.code}(${rangeName(view, process, request.range)}${where})`;
  }
}

/** The palette's ranges, and some that no driver may trust: lengths that wrap around, an address in kernel space. */
function ranges({ view, palette }: Setting): AddressRange[] {
  const [first] = palette.buffers;
  if (first === undefined) return [];
  if (view.claims !== null)
    return palette.with.faults && palette.processes.length === 1 ? [first.range] : [];
  const { pageSizeBytes, pageCount, granularityPages } = view.config;
  const end = (pageCount + granularityPages) * pageSizeBytes;
  return [
    ...palette.buffers.slice(0, 5).map((each) => each.range),
    { start: brand(end - pageSizeBytes), lengthBytes: Number.MAX_SAFE_INTEGER },
    { start: first.range.start, lengthBytes: 2 ** 32 + pageSizeBytes },
    { start: brand(end), lengthBytes: pageSizeBytes },
  ];
}

const copy = ioctlCommand("driverCopy", {
  rules: ["OWN-3", "OWN-4", "OWN-5"],
  subjects: ["cache", "driver"],
  requests: (setting) =>
    ranges(setting).map(
      (range, i) =>
        (at: Setting): IoctlRequest =>
          (i + setting.palette.mostLive) % 2 === 0
            ? { code: "copyFromUser", range }
            : { code: "copyToUser", range, stamp: at.freshStamp() },
    ),
});

const lock = ioctlCommand("driverLock", {
  rules: ["OWN-3", "OWN-4", "OWN-5", "MM-4"],
  subjects: ["driver"],
  requests: (setting) =>
    ranges(setting).flatMap((range) =>
      (["read", "readwrite"] as const).map((access) => () => ({ code: "lock", range, access })),
    ),
});

const secure = ioctlCommand("driverSecure", {
  rules: ["OWN-2", "OWN-4", "OWN-5"],
  subjects: ["driver"],
  requests: (setting) =>
    ranges(setting).map((range) => () => ({ code: "secure", range, mode: "readwrite" })),
});

/** Handles of this process, of others, and of nobody. */
function handles(view: WorldView, kind: "lock" | "secure"): number[] {
  const granted = view.grants().filter((each) => each.kind === kind);
  return [...new Set(granted.map((each) => each.handle)), 4_095];
}

const release = ioctlCommand("driverRelease", {
  rules: ["OWN-2", "OWN-5"],
  subjects: ["driver"],
  requests: ({ view }) => [
    ...handles(view, "lock").flatMap((handle) => [
      () => ({ code: "unlock", mdl: brand<MdlHandle>(handle) }) as const,
      () => ({ code: "frames", mdl: brand<MdlHandle>(handle) }) as const,
    ]),
    ...handles(view, "secure").map(
      (handle) => () => ({ code: "unsecure", handle: brand<SecureHandle>(handle) }) as const,
    ),
  ],
});

export const driverCommands: readonly CommandRecord[] = [copy, lock, secure, release];
