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
import type { Grant, WorldView } from "../../model/view.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { inProcess, rangeName } from "../names.ts";
import { processAt } from "./places.ts";

type Ioctl = EventOf<"ioctl">;

function ioctlCommand(
  name: string,
  row: Pick<CommandRecord, "rules" | "subjects" | "isFixed"> & {
    /** How many places there are in each process. */
    places(setting: Setting): number;
    /** The request at the k-th place. */
    request(setting: Setting, k: number): IoctlRequest | null;
  },
): CommandRecord {
  return command<Ioctl>({
    name,
    rules: row.rules,
    subjects: row.subjects,
    count: (setting) => setting.palette.processes.length * row.places(setting),
    ...(row.isFixed === true ? { isFixed: true } : {}),
    instance(setting, k) {
      const places = row.places(setting);
      const process = processAt(setting, k, places);
      const request = process === null ? null : row.request(setting, k % places);
      return process === null || request === null
        ? null
        : { type: "ioctl", process, provider: brand<ProviderId>(0), request };
    },
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

/** So many of the palette's ranges go to a driver under test. */
const MOST_RANGES = 5;
/** Ranges that no driver may trust. */
const UNTRUSTED = 3;

function countRanges({ view, palette }: Setting): number {
  if (palette.buffers.length === 0) return 0;
  if (view.claims === null) return Math.min(palette.buffers.length, MOST_RANGES) + UNTRUSTED;
  return palette.with.faults && palette.processes.length === 1 ? 1 : 0;
}

/** The palette's ranges, then some that wrap around or lie in kernel space. */
function rangeAt({ view, palette }: Setting, k: number): AddressRange | null {
  const trusted = Math.min(palette.buffers.length, MOST_RANGES);
  if (k < trusted) return palette.buffers[k]?.range ?? null;
  const { pageSizeBytes, pageCount, granularityPages } = view.config;
  const end = (pageCount + granularityPages) * pageSizeBytes;
  switch (k - trusted) {
    case 0:
      return { start: brand(end - pageSizeBytes), lengthBytes: Number.MAX_SAFE_INTEGER };
    case 1: {
      const start = palette.buffers[0]?.range.start ?? brand(0);
      return { start, lengthBytes: 2 ** 32 + pageSizeBytes };
    }
    default:
      return { start: brand(end), lengthBytes: pageSizeBytes };
  }
}

const copy = ioctlCommand("driverCopy", {
  rules: ["OWN-3", "OWN-4", "OWN-5"],
  subjects: ["cache", "driver"],
  places: countRanges,
  isFixed: true,
  request(setting, k) {
    const range = rangeAt(setting, k);
    if (range === null) return null;
    return (k + setting.palette.mostLive) % 2 === 0
      ? { code: "copyFromUser", range }
      : { code: "copyToUser", range, stamp: setting.names.stamp() };
  },
});

const rights = ["read", "readwrite"] as const;

const lock = ioctlCommand("driverLock", {
  rules: ["OWN-3", "OWN-4", "OWN-5", "MM-4"],
  subjects: ["driver"],
  places: (setting) => countRanges(setting) * rights.length,
  isFixed: true,
  request(setting, k) {
    const range = rangeAt(setting, Math.floor(k / rights.length));
    const access = rights[k % rights.length];
    return range === null || access === undefined ? null : { code: "lock", range, access };
  },
});

const secure = ioctlCommand("driverSecure", {
  rules: ["OWN-2", "OWN-4", "OWN-5"],
  subjects: ["driver"],
  places: countRanges,
  isFixed: true,
  request(setting, k) {
    const range = rangeAt(setting, k);
    return range && { code: "secure", range, mode: "readwrite" };
  },
});

const NOBODYS_HANDLE = 4_095;
/** The first one of each kind that the kernel gives out. */
const FIRST_HANDLE = 1;
/** Handles that nobody has: one that nobody ever had, and the first, once it was given back. */
const UNGRANTED = 2;
const releases = ["unlock", "frames", "unsecure"] as const;

/** A handle that is granted to this process or to another, each once, or to nobody; null if it is of another kind. */
function handleAt(view: WorldView, kind: Grant["kind"], k: number): number | null {
  const grants = view.grants();
  if (k === grants.length) return NOBODYS_HANDLE;
  const find = (handle: number): Grant | undefined =>
    grants.find((each) => each.kind === kind && each.handle === handle);
  const grant = grants[k];
  if (grant === undefined) return find(FIRST_HANDLE) === undefined ? FIRST_HANDLE : null;
  return find(grant.handle) === grant ? grant.handle : null;
}

const release = ioctlCommand("driverRelease", {
  rules: ["OWN-2", "OWN-5"],
  subjects: ["driver"],
  places: ({ view }) => (view.grants().length + UNGRANTED) * releases.length,
  request({ view }, k) {
    const code = releases[k % releases.length] ?? "unlock";
    const kind = code === "unsecure" ? "secure" : "lock";
    const handle = handleAt(view, kind, Math.floor(k / releases.length));
    if (handle === null) return null;
    return code === "unsecure"
      ? { code, handle: brand<SecureHandle>(handle) }
      : { code, mdl: brand<MdlHandle>(handle) };
  },
});

export const driverCommands: readonly CommandRecord[] = [copy, lock, secure, release];
