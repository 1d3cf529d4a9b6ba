// Commands of the application on the mappings of its address space.

import type { BaseProtection } from "../../model/address-space.ts";
import type { AddressRange, PageSpan, ProcessId } from "../../model/units.ts";
import { brand } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import type { CommandRecord, Setting } from "../command.ts";
import {
  findPage,
  isFree,
  privateRegionAt,
  regionAt,
  spanOf,
  vadCovering,
  isWorthChanging,
} from "../mappings.ts";
import { addressName, inProcess, sizeName } from "../names.ts";
import { osCommand } from "./os-command.ts";

const addressOf = (view: WorldView, span: PageSpan): AddressRange["start"] =>
  brand(span.first * view.config.pageSizeBytes);

function allocation(
  view: WorldView,
  span: PageSpan,
  type: "reserve" | "commit" | "reserve|commit",
  protection: BaseProtection,
): OsOperation {
  return {
    name: "VirtualAlloc",
    address: addressOf(view, span),
    sizeBytes: span.count * view.config.pageSizeBytes,
    type,
    protection,
    guard: false,
  };
}

/** Memory with fewer rights, or none yet: at the first area that is free. */
const RESTRICTED = 2;

const virtualAlloc = osCommand({
  name: "VirtualAlloc",
  rules: ["LAW-1", "LAW-9", "MM-1"],
  places: ({ palette }) =>
    palette.areas.length + palette.spans.length + (palette.with.protection ? RESTRICTED : 0),
  operation({ view, palette }, process, k) {
    const area = palette.areas[k];
    if (area !== undefined) {
      return isFree(view, process, area)
        ? allocation(view, area, "reserve|commit", "READWRITE")
        : null;
    }
    const span = palette.spans[k - palette.areas.length];
    if (span !== undefined) return commit(view, process, span, palette.with.protection);
    const free = palette.areas.find((each) => isFree(view, process, each));
    if (free === undefined) return null;
    return k === palette.areas.length + palette.spans.length
      ? allocation(view, free, "reserve|commit", "READONLY")
      : allocation(view, free, "reserve", "READWRITE");
  },
  print(view, process, op) {
    if (op.name !== "VirtualAlloc") return op.name;
    const at =
      op.address === null
        ? "anywhere"
        : op.type === "commit"
          ? addressName(view, process, op.address)
          : `0x${op.address.toString(16)}`;
    const target =
      op.type === "commit" || op.address === null ? "" : `va_${op.address.toString(16)} = `;
    const protection =
      op.protection === "READWRITE" && !op.guard
        ? ""
        : `, protection: ${op.protection}${op.guard ? "|GUARD" : ""}`;
    return `${target}VirtualAlloc({ at: ${at}, size: ${sizeName(view, op.sizeBytes)}, type: ${op.type}${protection}${inProcess(process)} })`;
  },
});

/** Commits what is reserved of the span; what is committed already may lose the right to be written. */
function commit(
  view: WorldView,
  process: ProcessId,
  span: PageSpan,
  mayRestrict: boolean,
): OsOperation | null {
  if (vadCovering(view, process, span)?.section !== null) return null;
  const reserved = findPage(view, process, span, (page) => !page.committed);
  if (reserved !== null) return allocation(view, span, "commit", "READWRITE");
  return mayRestrict ? allocation(view, span, "commit", "READONLY") : null;
}

const virtualFree = osCommand({
  name: "VirtualFree",
  rules: ["LAW-1", "LAW-3", "LOCAL-4", "REMOTE-4", "SPI-5", "MM-1", "MM-2", "MM-3"],
  // One range at most can be decommitted next; the others stay valid long enough to be used.
  places: ({ palette }) =>
    palette.areas.length + (palette.exhaustive === true ? palette.spans.length : 1),
  operation(setting, process, k) {
    const { areas } = setting.palette;
    return k < areas.length
      ? release(setting, process, k)
      : decommit(setting, process, k - areas.length);
  },
  print(view, process, op) {
    if (op.name !== "VirtualFree") return op.name;
    const size = op.type === "release" ? "" : `, size: ${sizeName(view, op.sizeBytes)}`;
    const type = op.type === "release" ? "" : `, type: ${op.type}`;
    const at = addressName(view, process, op.address);
    return size === "" && type === "" && process === 0
      ? `VirtualFree(${at})`
      : `VirtualFree({ at: ${at}${size}${type}${inProcess(process)} })`;
  },
});

/** Releases a region that is or was registered. If there is none, one that nobody registered is enough: the first. */
function release({ view, palette }: Setting, process: ProcessId, k: number): OsOperation | null {
  const vad = privateRegionAt(view, process, palette.areas[k]);
  if (vad === undefined) return null;
  if (palette.exhaustive !== true && !isWorthChanging(view, process, spanOf(vad))) {
    for (const [i, area] of palette.areas.entries()) {
      const other = privateRegionAt(view, process, area);
      if (other === undefined || i === k) continue;
      if (i < k || isWorthChanging(view, process, spanOf(other))) return null;
    }
  }
  const address = addressOf(view, spanOf(vad));
  return { name: "VirtualFree", address, sizeBytes: 0, type: "release" };
}

/** Decommits the first span that is or was registered; in an exhaustive search the k-th, whatever it was. */
function decommit({ view, palette }: Setting, process: ProcessId, k: number): OsOperation | null {
  const span =
    palette.exhaustive === true
      ? palette.spans[k]
      : palette.spans.find((each) => isWorthChanging(view, process, each));
  if (span === undefined || vadCovering(view, process, span)?.section !== null) return null;
  if (findPage(view, process, span, (page) => page.committed) === null) return null;
  return {
    name: "VirtualFree",
    address: addressOf(view, span),
    sizeBytes: span.count * view.config.pageSizeBytes,
    type: "decommit",
  };
}

/** Away from normal in one of two ways, or back to it: a GUARD where there are guard pages, else fewer rights. */
const PROTECTIONS = 2;

const virtualProtect = osCommand({
  name: "VirtualProtect",
  rules: ["ACCESS-4", "LOCAL-4", "SPI-1", "MM-1"],
  places: ({ palette }) =>
    palette.with.protection
      ? PROTECTIONS * (palette.exhaustive === true ? palette.spans.length : 1)
      : 0,
  operation({ view, palette }, process, place) {
    const span = palette.spans[Math.floor(place / PROTECTIONS)];
    const k = place % PROTECTIONS;
    if (span === undefined || vadCovering(view, process, span) === undefined) return null;
    if (findPage(view, process, span, (page) => !page.committed) !== null) return null;
    const now = view.page(process, span.first);
    const isNormal = now?.protection === "READWRITE" && !now.guard;
    if (!isNormal && k > 0) return null;
    const guards = k > 0 && span.first % 2 === 0 && view.config.environment.guardPages;
    return {
      name: "VirtualProtect",
      address: addressOf(view, span),
      sizeBytes: span.count * view.config.pageSizeBytes,
      protection: !isNormal || guards ? "READWRITE" : k === 0 ? "READONLY" : "NOACCESS",
      guard: guards,
    };
  },
  print(view, process, op) {
    if (op.name !== "VirtualProtect") return op.name;
    const protection = `${op.protection}${op.guard ? "|GUARD" : ""}`;
    return `VirtualProtect({ at: ${addressName(view, process, op.address)}, size: ${sizeName(view, op.sizeBytes)}, protection: ${protection}${inProcess(process)} })`;
  },
});

const mapViewOfFile = osCommand({
  name: "MapViewOfFile",
  rules: ["LAW-1"],
  places: ({ view, palette }) =>
    palette.with.views ? palette.areas.length * view.config.sections.length : 0,
  operation({ view, palette }, process, k) {
    const { sections } = view.config;
    const section = k % sections.length;
    const area = palette.areas[Math.floor(k / sections.length)];
    const count = sections[section];
    if (area === undefined || count === undefined) return null;
    if (!isFree(view, process, { first: area.first, count })) return null;
    const protection = section % 2 === 0 ? "WRITECOPY" : "READWRITE";
    return { name: "MapViewOfFile", address: addressOf(view, area), section, protection };
  },
  print(_view, process, op) {
    if (op.name !== "MapViewOfFile") return op.name;
    const at = op.address === null ? "anywhere" : `0x${op.address.toString(16)}`;
    const target = op.address === null ? "" : `va_${op.address.toString(16)} = `;
    return `${target}MapViewOfFile({ at: ${at}, section: ${op.section}, protection: ${op.protection}${inProcess(process)} })`;
  },
});

const unmapViewOfFile = osCommand({
  name: "UnmapViewOfFile",
  rules: ["LAW-1", "LAW-3", "LOCAL-4", "MM-1"],
  places: ({ palette }) => (palette.with.views ? palette.areas.length : 0),
  operation({ view, palette }, process, k) {
    const vad = regionAt(view, process, palette.areas[k]);
    if (vad === undefined || vad.section === null) return null;
    return { name: "UnmapViewOfFile", address: addressOf(view, spanOf(vad)) };
  },
  print: (view, process, op) =>
    op.name === "UnmapViewOfFile"
      ? `UnmapViewOfFile(${addressName(view, process, op.address)})`
      : op.name,
});

export const memoryCommands: readonly CommandRecord[] = [
  virtualAlloc,
  virtualFree,
  virtualProtect,
  mapViewOfFile,
  unmapViewOfFile,
];
