// What is possible, listed: the same as some command records enumerate place by place, written the other way round, as
// lists of everything, and reading whole worlds.

import { accessOfTransfer } from "../../model/access-of-transfer.ts";
import type { Scope } from "../../model/contract.ts";
import type { TransferKind } from "../../model/contract.ts";
import { DESCRIPTOR_BYTES } from "../../model/events.ts";
import { isValidFor } from "../../model/freshness.ts";
import type { Registration } from "../../model/ledger.ts";
import { includesAccess } from "../../model/memory-manager.ts";
import { flagsOfAccess } from "../../model/switch.ts";
import {
  pageNumbers,
  pagesOf,
  sameSpan,
  spanContains,
  spansOverlap,
  type PageSpan,
  type ProcessId,
} from "../../model/units.ts";
import type { Socket, VadView, WorldView } from "../../model/view.ts";
import type { Setting } from "../../properties/command.ts";

const spanOf = (vad: VadView): PageSpan => ({ first: vad.base, count: vad.pageCount });

const liveProcesses = ({ view, palette }: Setting): ProcessId[] =>
  palette.processes.filter((process) => view.isAlive(process));

const openSockets = ({ view, palette }: Setting): Socket[] =>
  view
    .sockets()
    .filter((each) => each.status === "connected" && palette.processes.includes(each.process));

const live = (view: WorldView, scope: Scope): Registration[] =>
  view
    .instances()
    .flatMap((each) => each.registrations)
    .filter((each) => each.scope === scope);

function spans({ view, palette }: Setting): PageSpan[] {
  const all = palette.buffers.map(({ range }) => pagesOf(range, view.config.pageSizeBytes));
  return all.filter((span, i) => all.findIndex((other) => sameSpan(other, span)) === i);
}

const covering = (view: WorldView, process: ProcessId, span: PageSpan): VadView | undefined =>
  view.vads(process).find((vad) => spanContains(spanOf(vad), span));

function wasRegistered(view: WorldView, process: ProcessId, span: PageSpan): boolean {
  return view
    .instances()
    .filter((each) => each.process === process)
    .flatMap((each) => [...each.registrations, ...each.history])
    .some(({ range }) => spansOverlap(pagesOf(range, view.config.pageSizeBytes), span));
}

function allocations(setting: Setting): object[] {
  const { view, palette } = setting;
  const { pageSizeBytes } = view.config;
  const make = (span: PageSpan, type: string, protection: string): object => ({
    name: "VirtualAlloc",
    address: span.first * pageSizeBytes,
    sizeBytes: span.count * pageSizeBytes,
    type,
    protection,
    guard: false,
  });
  return liveProcesses(setting).flatMap((process) => {
    const isFree = (span: PageSpan): boolean =>
      !view.vads(process).some((vad) => spansOverlap(spanOf(vad), span));
    const free = palette.areas.filter(isFree);
    const restricted = palette.with.protection ? free.slice(0, 1) : [];
    const commits = spans(setting).filter(
      (span) => covering(view, process, span)?.section === null,
    );
    const isReserved = (span: PageSpan): boolean =>
      pageNumbers(span).some((number) => view.page(process, number)?.committed === false);
    return [
      ...free.map((span) => make(span, "reserve|commit", "READWRITE")),
      ...restricted.map((span) => make(span, "reserve|commit", "READONLY")),
      ...restricted.map((span) => make(span, "reserve", "READWRITE")),
      ...commits.filter(isReserved).map((span) => make(span, "commit", "READWRITE")),
      ...commits
        .filter((span) => palette.with.protection && !isReserved(span))
        .map((span) => make(span, "commit", "READONLY")),
    ].map((operation) => ({ process, operation }));
  });
}

function frees(setting: Setting): object[] {
  const { view } = setting;
  const { pageSizeBytes } = view.config;
  return liveProcesses(setting).flatMap((process) => {
    const regions = view.vads(process).filter((vad) => vad.section === null);
    const used = regions.filter((vad) => wasRegistered(view, process, spanOf(vad)));
    const released = used.length > 0 ? used : regions.slice(0, 1);
    const decommitted = spans(setting)
      .filter((span) => wasRegistered(view, process, span))
      .slice(0, 1)
      .filter((span) => covering(view, process, span)?.section === null)
      .filter((span) => pageNumbers(span).some((number) => view.page(process, number)?.committed));
    return [
      ...released.map((vad) => ({
        name: "VirtualFree",
        address: vad.base * pageSizeBytes,
        sizeBytes: 0,
        type: "release",
      })),
      ...decommitted.map((span) => ({
        name: "VirtualFree",
        address: span.first * pageSizeBytes,
        sizeBytes: span.count * pageSizeBytes,
        type: "decommit",
      })),
    ].map((operation) => ({ process, operation }));
  });
}

function registers(setting: Setting, scope: Scope): object[] {
  const { view, palette, names } = setting;
  if (!palette.scopes.includes(scope)) return [];
  const name = scope === "local" ? "WSPRegisterMemory" : "WSPRegisterRdmaMemory";
  const as = names.registration();
  const room = scope === "remote" ? { descriptorBytes: DESCRIPTOR_BYTES } : {};
  const sockets = openSockets(setting);
  const isFull = view.instances().flatMap((each) => each.registrations).length >= palette.mostLive;
  const valid = liveProcesses(setting).flatMap((process) => {
    const own = sockets.filter((each) => each.process === process).slice(0, 2);
    const isValid = palette.buffers.map(({ range, access }) =>
      isValidFor(view, process, range, access),
    );
    const good = palette.buffers.filter((_, i) => isValid[i]);
    const bad = good.length > 0 ? palette.buffers.filter((_, i) => !isValid[i]) : [];
    const wanted = [
      ...own.flatMap((socket) => good.map((buffer) => ({ socket, buffer }))),
      ...own.slice(0, 1).flatMap((socket) => bad.slice(0, 1).map((buffer) => ({ socket, buffer }))),
    ];
    return wanted.map(({ socket, buffer: { range, access } }) => ({
      function: { name, as, socket: socket.id, range, flags: flagsOfAccess(access), ...room },
    }));
  });
  const refusedRoom = scope === "remote" ? { descriptorBytes: DESCRIPTOR_BYTES - 1 } : {};
  const refused = sockets.slice(0, palette.with.faults ? 1 : 0).flatMap((socket) =>
    palette.buffers.slice(0, 1).map(({ range }) => ({
      function: {
        name,
        as,
        socket: socket.id,
        range,
        flags: scope === "local" ? 0 : 3,
        ...refusedRoom,
      },
    })),
  );
  return isFull ? refused : [...valid, ...refused];
}

function deregisters(setting: Setting, scope: Scope): object[] {
  const name = scope === "local" ? "WSPDeregisterMemory" : "WSPDeregisterRdmaMemory";
  const own = live(setting.view, scope);
  const first = own[0];
  const other = openSockets(setting).find((each) => each.id !== first?.socket);
  const wrong =
    setting.palette.with.lifecycle && first !== undefined
      ? [
          ...(other === undefined ? [] : [{ registration: first.name, socket: other.id }]),
          { registration: "mr_0", socket: first.socket },
        ]
      : [];
  return [...own.map((each) => ({ registration: each.name, socket: each.socket })), ...wrong].map(
    (call) => ({ function: { name, ...call } }),
  );
}

const kinds: readonly TransferKind[] = ["send", "receive", "rdmaRead", "rdmaWrite"];

function transfers(setting: Setting): object[] {
  const { view, palette, names } = setting;
  if (view.transfers().length >= 3) return [];
  const local = live(view, "local");
  const right = local.map(({ name: registration, socket, access }) => {
    const legal = kinds.filter((kind) => includesAccess(access, accessOfTransfer(kind)));
    return { kind: legal[palette.mostLive % legal.length], registration, socket };
  });
  const first = local[0];
  const other = openSockets(setting).find((each) => each.id !== first?.socket);
  const wrong =
    palette.with.lifecycle && first !== undefined && other !== undefined
      ? [other.id, first.socket].map((socket) => ({
          kind: first.access === "read" ? "receive" : "send",
          registration: first.name,
          socket,
        }))
      : [];
  return [...right, ...wrong].map((each) => ({
    type: "transferStart",
    as: names.transfer(),
    ...each,
  }));
}

function completions({ view, names }: Setting): object[] {
  return view
    .transfers()
    .filter((each) => each.inFlight)
    .map(({ name }) => ({ type: "transferComplete", transfer: name, stamp: names.stamp() }));
}

/** The arguments of everything that is possible now, by the name of the command. */
export const listings: Readonly<Record<string, (setting: Setting) => object[]>> = {
  VirtualAlloc: allocations,
  VirtualFree: frees,
  WSPRegisterMemory: (setting) => registers(setting, "local"),
  WSPRegisterRdmaMemory: (setting) => registers(setting, "remote"),
  WSPDeregisterMemory: (setting) => deregisters(setting, "local"),
  WSPDeregisterRdmaMemory: (setting) => deregisters(setting, "remote"),
  startTransfer: transfers,
  completeTransfer: completions,
};
