// Commands of the application on its address space, and of the memory manager by itself.

import { allows, type BaseProtection } from "../../model/address-space.ts";
import type { Event } from "../../model/events.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  rangeOf,
  spansOverlap,
  type AddressRange,
  type PageSpan,
  type ProcessId,
} from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { OsOperation } from "../../model/virtual-memory.ts";
import { command, type CommandRecord, type Setting } from "../command.ts";
import { isFree, isPrivate, spanOf, vadCovering } from "../mappings.ts";
import { addressName, inProcess, rangeName, sizeName } from "../names.ts";

interface OsArgs {
  readonly process: ProcessId;
  readonly operation: OsOperation;
}

/** An operating-system command: always possible while its process lives. */
function osCommand(
  row: Pick<CommandRecord, "name" | "rules"> & {
    operations(setting: Setting, process: ProcessId): readonly OperationMaker[];
    print(view: WorldView, process: ProcessId, operation: OsOperation): string;
    enabled?(view: WorldView, process: ProcessId, operation: OsOperation): boolean;
  },
): CommandRecord {
  return command<OsArgs>({
    name: row.name,
    rules: row.rules,
    subjects: ["cache", "driver"],
    instances: (setting) =>
      liveProcesses(setting).flatMap((process) =>
        row
          .operations(setting, process)
          .map((make) => (at: Setting) => ({ process, operation: make(at) })),
      ),
    enabled: (view, args) =>
      view.isAlive(args.process) && (row.enabled?.(view, args.process, args.operation) ?? true),
    event: ({ process, operation }): Event => ({ type: "os", process, operation }),
    print: (view, { process, operation }) => row.print(view, process, operation),
  });
}

type OperationMaker = (setting: Setting) => OsOperation;
const always =
  (operation: OsOperation): OperationMaker =>
  () =>
    operation;

export function liveProcesses({ view, palette }: Setting): ProcessId[] {
  return palette.processes.filter((process) => view.isAlive(process));
}

const addressOf = (view: WorldView, span: PageSpan): AddressRange["start"] =>
  brand(span.first * view.config.pageSizeBytes);

/** Whole-page spans of the palette's buffers, each once. */
export function bufferSpans({ view, palette }: Setting): PageSpan[] {
  const spans = palette.buffers.map(({ range }) => pagesOf(range, view.config.pageSizeBytes));
  return spans.filter(
    (span, i) =>
      spans.findIndex((other) => other.first === span.first && other.count === span.count) === i,
  );
}

/** So many ranges can be decommitted or protected next; the others stay valid long enough to be used. */
const CHANGED = 1;

const virtualAlloc = osCommand({
  name: "VirtualAlloc",
  rules: ["LAW-1", "LAW-9", "MM-1"],
  operations(setting, process) {
    const { view, palette } = setting;
    const make = (
      span: PageSpan,
      type: "reserve" | "commit" | "reserve|commit",
      protection: BaseProtection,
    ): OsOperation => ({
      name: "VirtualAlloc",
      address: addressOf(view, span),
      sizeBytes: span.count * view.config.pageSizeBytes,
      type,
      protection,
      guard: false,
    });
    const free = palette.areas.filter((span) => isFree(view, process, span));
    const made = free.flatMap((span, i) => [
      always(make(span, "reserve|commit", "READWRITE")),
      ...(palette.with.protection && i === 0
        ? [
            always(make(span, "reserve|commit", "READONLY")),
            always(make(span, "reserve", "READWRITE")),
          ]
        : []),
    ]);
    const commits = bufferSpans(setting).flatMap((span) => {
      const vad = vadCovering(view, process, span);
      if (!isPrivate(vad)) return [];
      const reserved = pageNumbers(span).some(
        (page) => view.page(process, page)?.committed === false,
      );
      const restrict = palette.with.protection ? [always(make(span, "commit", "READONLY"))] : [];
      return reserved ? [always(make(span, "commit", "READWRITE"))] : restrict;
    });
    return [...made, ...commits];
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

/** A page of the span is registered, or was not long ago: what happens to it can make an entry stale. */
function wasRegistered(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  const { pageSizeBytes } = view.config;
  // A driver has no registrations: all memory may matter to it.
  if (view.claims === null) return true;
  return view
    .instances()
    .some(
      (each) =>
        each.process === process &&
        (view.registrationsOver(each.id, span).length > 0 ||
          each.history.some(({ range }) => spansOverlap(pagesOf(range, pageSizeBytes), span))),
    );
}

const virtualFree = osCommand({
  name: "VirtualFree",
  rules: ["LAW-1", "LAW-3", "LOCAL-4", "REMOTE-4", "SPI-5", "MM-1", "MM-2", "MM-3"],
  operations(setting, process) {
    const { view } = setting;
    const regions = view.vads(process);
    const used = regions
      .filter(isPrivate)
      .filter((vad) => wasRegistered(view, process, spanOf(vad)));
    // Memory that nobody registered can be freed as well; one such region is enough.
    const freed = used.length > 0 ? used : regions.filter(isPrivate).slice(0, 1);
    const releases = freed.map((vad): OperationMaker =>
      always({
        name: "VirtualFree",
        address: addressOf(view, spanOf(vad)),
        sizeBytes: 0,
        type: "release",
      }),
    );
    const decommits = bufferSpans(setting)
      .filter((span) => wasRegistered(view, process, span))
      .slice(0, CHANGED)
      .filter((span) => {
        const vad = vadCovering(view, process, span);
        return (
          isPrivate(vad) && pageNumbers(span).some((page) => view.page(process, page)?.committed)
        );
      })
      .map((span): OperationMaker =>
        always({
          name: "VirtualFree",
          address: addressOf(view, span),
          sizeBytes: span.count * view.config.pageSizeBytes,
          type: "decommit",
        }),
      );
    return [...releases, ...decommits];
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

const virtualProtect = osCommand({
  name: "VirtualProtect",
  rules: ["ACCESS-4", "LOCAL-4", "SPI-1", "MM-1"],
  operations(setting, process) {
    const { view, palette } = setting;
    if (!palette.with.protection) return [];
    return bufferSpans(setting)
      .slice(0, CHANGED)
      .flatMap((span) => {
        const vad = vadCovering(view, process, span);
        if (vad === undefined) return [];
        const pages = pageNumbers(span).map((page) => view.page(process, page));
        if (!pages.every((page) => page?.committed === true)) return [];
        const now = pages[0];
        // Back to normal, or one step away from it: a GUARD where there are guard pages, else fewer rights.
        const choices: { protection: BaseProtection; guard: boolean }[] =
          now?.protection === "READWRITE" && !now.guard
            ? [
                { protection: "READONLY", guard: false },
                span.first % 2 === 0 && view.config.environment.guardPages
                  ? { protection: "READWRITE", guard: true }
                  : { protection: "NOACCESS", guard: false },
              ]
            : [{ protection: "READWRITE", guard: false }];
        return choices.map(({ protection, guard }) =>
          always({
            name: "VirtualProtect",
            address: addressOf(view, span),
            sizeBytes: span.count * view.config.pageSizeBytes,
            protection,
            guard,
          }),
        );
      });
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
  operations({ view, palette }, process) {
    if (!palette.with.views) return [];
    return palette.areas.flatMap((area) =>
      view.config.sections.flatMap((count, section) => {
        if (!isFree(view, process, { first: area.first, count })) return [];
        const protection = section % 2 === 0 ? "WRITECOPY" : "READWRITE";
        const address = addressOf(view, area);
        return [always({ name: "MapViewOfFile", address, section, protection })];
      }),
    );
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
  operations: ({ view }, process) =>
    view
      .vads(process)
      .filter((vad) => vad.section !== null)
      .map((vad) => always({ name: "UnmapViewOfFile", address: addressOf(view, spanOf(vad)) })),
  print: (view, process, op) =>
    op.name === "UnmapViewOfFile"
      ? `UnmapViewOfFile(${addressName(view, process, op.address)})`
      : op.name,
});

/** The first page, if any, that an access by the application changes: it has no frame, or a write copies it. */
function worthTouching(
  view: WorldView,
  process: ProcessId,
  access: "read" | "write",
): AddressRange[] {
  for (const vad of view.vads(process)) {
    for (const number of pageNumbers(spanOf(vad))) {
      const page = view.page(process, number);
      if (page?.committed !== true || !allows(page.protection, access)) continue;
      const span = { first: number, count: 1 };
      const isCopied = access === "write" && page.protection === "WRITECOPY";
      const isRemapped =
        view.mappedFrame(process, number) === null && wasRegistered(view, process, span);
      if (isCopied || page.guard || isRemapped) {
        return [rangeOf(span, view.config.pageSizeBytes)];
      }
    }
  }
  return [];
}

const write = osCommand({
  name: "write",
  rules: ["LAW-9"],
  operations: ({ view }, process) =>
    worthTouching(view, process, "write").map((range) => (setting) => ({
      name: "write",
      range,
      stamp: setting.freshStamp(),
    })),
  print: (view, process, op) =>
    op.name === "write" ? `write(${rangeName(view, process, op.range)})` : op.name,
});

const read = osCommand({
  name: "read",
  rules: ["LAW-9"],
  operations: ({ view }, process) =>
    worthTouching(view, process, "read").map((range) => always({ name: "read", range })),
  print: (view, process, op) =>
    op.name === "read" ? `read(${rangeName(view, process, op.range)})` : op.name,
});

/** The first page of each region that the memory manager could take the frame of. */
function trimmable(view: WorldView, process: ProcessId): PageSpan["first"][] {
  return view.vads(process).flatMap((vad) => {
    const page = pageNumbers(spanOf(vad)).find((number) => {
      const pfn = view.mappedFrame(process, number);
      return (
        pfn !== null &&
        view.frame(pfn)?.lockCount === 0 &&
        wasRegistered(view, process, { first: number, count: 1 })
      );
    });
    return page === undefined ? [] : [page];
  });
}

const trim = osCommand({
  name: "trim",
  rules: ["MM-3", "LAW-1"],
  operations: ({ view }, process) =>
    view.config.environment.trim
      ? trimmable(view, process)
          .slice(0, 1)
          .map((page) => always({ name: "trim", page }))
      : [],
  print: (view, process, op) =>
    op.name === "trim"
      ? `trim(${addressName(view, process, op.page * view.config.pageSizeBytes)})`
      : op.name,
});

const failNextPageIn = osCommand({
  name: "failNextPageIn",
  rules: ["OWN-3", "OWN-4", "SPI-1"],
  operations: ({ view, palette }, process) =>
    palette.with.faults
      ? trimmable(view, process)
          .filter((page) => view.vadAt(process, page)?.section === null)
          .map((page) => always({ name: "failNextPageIn", page }))
      : [],
  print: (view, process, op) =>
    op.name === "failNextPageIn"
      ? `failNextPageIn(${addressName(view, process, op.page * view.config.pageSizeBytes)})`
      : op.name,
});

export const memoryCommands: readonly CommandRecord[] = [
  virtualAlloc,
  virtualFree,
  virtualProtect,
  mapViewOfFile,
  unmapViewOfFile,
  write,
  read,
  trim,
  failNextPageIn,
];
