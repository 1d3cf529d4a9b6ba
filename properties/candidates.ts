// What a subject could do next, right or wrong: the candidates that are tried to find out what would be accepted.
//
// Not complete: candidates are what the pages of a call and the things of its provider instance suggest. A larger range,
// to lock or to secure, may be as legal.

import type { DriverError, IoctlResult } from "../model/contract.ts";
import type { CacheCall, CallOutcome, EventOf, HostCall } from "../model/events.ts";
import { driverErrors } from "../model/format/words.ts";
import { accessesOf } from "../model/memory-manager.ts";
import {
  brand,
  pagesOf,
  spanContains,
  type AddressRange,
  type BufferHandle,
  type InstanceId,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { callErrors } from "./outcomes.ts";

/** Things of an instance that it could release are tried, the ones that the call is about first. */
const MOST_ENTRIES = 12;

/** The answers that the call could be given in this state, right or wrong. */
export function outcomesOf(
  view: WorldView,
  id: InstanceId,
  call: CacheCall,
): readonly CallOutcome[] {
  switch (call.name) {
    case "register":
      return [
        ...successesOf(view, id, call),
        ...callErrors.register.map((error) => ({ ok: false, error }) as const),
      ];
    case "registerInvalid":
      return callErrors.registerInvalid.map((error) => ({ ok: false, error }) as const);
    case "deregister":
    case "invalidate":
    case "deregisterInvalid":
    case "transfer":
      return [
        { ok: true },
        ...callErrors[call.name].map((error) => ({ ok: false, error }) as const),
      ];
    case "closeSocket":
    case "cleanup":
    case "transferDone":
      return [null];
  }
}

type Register = Extract<CacheCall, { name: "register" }>;

/** Success with each region over the range; for remote scope with each key for the peer. */
function successesOf(
  view: WorldView,
  id: InstanceId,
  { request }: Register,
): readonly CallOutcome[] {
  const { pageSizeBytes } = view.config;
  const span = pagesOf(request.range, pageSizeBytes);
  const keys = view
    .exposuresOver(id, span)
    .filter((each) => each.socket === request.socket)
    .map((each) => each.key);
  return view
    .entriesOver(id, span)
    .flatMap((entry) => entry.regions)
    .filter((region) => spanContains(region.span, span))
    .flatMap((region): readonly CallOutcome[] => {
      const offsetBytes = request.range.start - region.span.first * pageSizeBytes;
      // The handle is the cache's own to choose.
      const handle = brand<BufferHandle>(region.key);
      const success = { ok: true, handle, region: region.key, offsetBytes } as const;
      return request.scope === "local"
        ? [success]
        : keys.map((remoteKey) => ({ ...success, remoteKey }));
    });
}

/** Host calls that could help: releases of what the instance has, and acquisitions for the range of the call. */
export function hostCallsOf(view: WorldView, id: InstanceId, call: CacheCall): readonly HostCall[] {
  const range = rangeOfCall(call);
  const span = range === null ? null : pagesOf(range, view.config.pageSizeBytes);
  const near = span === null ? [] : view.entriesOver(id, span);
  const others = view.entries(id).filter((each) => !near.some(({ mdl }) => mdl === each.mdl));
  const entries = [...near, ...others].slice(0, MOST_ENTRIES);
  const releases = entries.flatMap((entry): readonly HostCall[] => [
    ...view.exposuresOver(id, entry.span).map(({ key }): HostCall => ({ name: "unexpose", key })),
    ...entry.regions.map(({ key }): HostCall => ({ name: "nicDeregister", region: key })),
    ...(entry.locked ? [{ name: "unlock", mdl: entry.mdl } as const] : []),
    ...view
      .instanceSecuresOver(id, entry.span)
      .map(({ handle }): HostCall => ({ name: "unsecure", handle })),
  ]);
  const unsecures =
    span === null
      ? []
      : view
          .instanceSecuresOver(id, span)
          .map(({ handle }): HostCall => ({ name: "unsecure", handle }));
  const acquisitions = range === null ? [] : acquisitionsOf(view, id, call, range);
  const calls = [...operationsOf(view, id, call), ...acquisitions, ...releases, ...unsecures];
  return [...new Map(calls.map((each) => [JSON.stringify(each), each])).values()];
}

/** What a whole provider does about operations: it posts them, cancels them, and completes them. */
function operationsOf(view: WorldView, id: InstanceId, call: CacheCall): readonly HostCall[] {
  switch (call.name) {
    case "transfer": {
      const { operation, range } = call.request;
      const span = pagesOf(range, view.config.pageSizeBytes);
      return view
        .entriesOver(id, span)
        .flatMap((each) => each.regions)
        .map(({ key }): HostCall => ({ name: "post", operation, region: key, range }));
    }
    case "transferDone":
      return [{ name: "complete", operation: call.operation, error: null }];
    case "closeSocket":
      return view.belongings(call.socket).transfers.flatMap(({ name }): readonly HostCall[] => [
        { name: "cancel", operation: name },
        { name: "complete", operation: name, error: "WSA_OPERATION_ABORTED" },
      ]);
    default:
      return [];
  }
}

function rangeOfCall(call: CacheCall): AddressRange | null {
  switch (call.name) {
    case "register":
    case "transfer":
      return call.request.range;
    case "deregister":
    case "invalidate":
      return call.range;
    case "closeSocket":
    case "cleanup":
    case "registerInvalid":
    case "deregisterInvalid":
    case "transferDone":
      return null;
  }
}

function acquisitionsOf(
  view: WorldView,
  id: InstanceId,
  call: CacheCall,
  range: AddressRange,
): readonly HostCall[] {
  const secures = (["readwrite", "readonly"] as const).map((mode): HostCall => ({
    name: "secure",
    range,
    mode,
  }));
  if (call.name === "deregister") return secures;
  if (call.name !== "register") return [];
  const { access, scope, socket } = call.request;
  const mode = accessesOf(access).includes("write") ? "readwrite" : "readonly";
  const span = pagesOf(range, view.config.pageSizeBytes);
  const covering = view.entriesOver(id, span).filter((each) => spanContains(each.span, span));
  return [
    { name: "lock", range, access },
    ...covering.map(({ mdl }): HostCall => ({ name: "nicRegister", mdl, access })),
    ...(scope === "remote"
      ? covering.flatMap(({ regions }) =>
          regions.map(({ key }): HostCall => ({
            name: "expose",
            region: key,
            range,
            socket,
            access,
          })),
        )
      : []),
    { name: "secure", range, mode },
  ];
}

/** Every result that the request in progress could be completed with; null for the end of a process. */
export function driverResults(view: WorldView): readonly EventOf<"completed">["result"][] {
  const dispatch = view.dispatch();
  if (dispatch === null || dispatch.request === null) return [null];
  const { mdls, secures, request } = dispatch;
  const handle = request.code === "lock" ? mdls.at(-1) : secures.at(-1);
  const grants = request.code === "lock" || request.code === "secure";
  const success: readonly IoctlResult[] = grants
    ? handle === undefined
      ? []
      : [{ ok: true, value: handle }]
    : request.code === "frames" || request.code === "copyFromUser"
      ? []
      : [{ ok: true, value: null }];
  return [...success, ...errors.map((error) => ({ ok: false, error }) as const)];
}

const errors = Object.keys(driverErrors) as readonly DriverError[];
