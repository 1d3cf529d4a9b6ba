// Rules on what a whole provider answers by itself: whose handle it is, what a transfer is using, and how operations
// end. What a buffer and its cache owe is judged where it is for caches, on the same events.

import type { Claims } from "../config.ts";
import type { DeregisterRequest } from "../contract.ts";
import { hasAsked, isIdle, uncovered } from "../entries.ts";
import type { HostAnswer, HostCall } from "../events.ts";
import { families, maySetAside } from "../families.ts";
import type { ActiveCall, EntryBefore, HostChange, InstanceView } from "../ledger.ts";
import { sameRange, spansOverlap } from "../units.ts";
import type { Transfer, WorldView } from "../view.ts";
import { addresses, broken, lenient, none, type Finding } from "./finding.ts";
import { judgeUse } from "./transfer.ts";

/** SPI-2, SPI-3: a handle of another socket, an unknown one and one in use are refused, and nothing changes. */
export function judgeInvalidDeregister(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  const { call, outcome } = active;
  if (call.name !== "deregisterInvalid") return none;
  const live = view.registration(call.registration);
  const { socket } = call.request;
  if (outcome?.ok !== true) {
    const change = changeThatWasNotDue(view, instance, claims, active);
    if (change === undefined) return none;
    return [broken("SPI-3", "a refused deregister changes nothing", `it did ${change.call}`)];
  }
  const observed = `a deregister of ${call.registration} on s_${socket} was accepted`;
  if (live !== undefined && live.socket !== socket) {
    return [broken("SPI-2", `a handle of s_${live.socket} works on that socket only`, observed)];
  }
  const isInUse = view.isInTransfer(call.registration);
  const why = isInUse ? "a handle in use by a transfer" : "an unknown handle";
  return [broken("SPI-3", `WSAEINVAL for ${why}`, observed)];
}

const releases: ReadonlySet<HostCall["name"]> = new Set([
  "nicDeregister",
  "unlock",
  "unsecure",
  "unwatch",
]);

/** The first change that is no release, or one of what was not due to go: what was owed from before is tried at any call. */
function changeThatWasNotDue(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): HostChange | undefined {
  if (active.changes.length === 0) return undefined;
  // What it was told of, at this call or before, need not be known by a callback.
  const isTold = hasAsked(active) || maySetAside(claims);
  const isDue = (each: EntryBefore): boolean =>
    each.unreleased || (!each.held && (each.zombie || isTold));
  const before = view.before(instance.id, active);
  // What another thread's callback released meanwhile is that callback's.
  const lost = active.interrupted ? [] : before.diminished().filter((each) => !isDue(each));
  return active.changes.find(
    ({ call, span }) =>
      !releases.has(call) ||
      span === null ||
      lost.some((each) => spansOverlap(each.span, span)) ||
      !before.entriesOver(span).some(isDue),
  );
}

/** A transfer is using a buffer of the same handle. */
export function isHandleInUse(
  view: WorldView,
  { registrations }: InstanceView,
  { socket, handle, scope }: DeregisterRequest,
): boolean {
  return registrations.some(
    (each) =>
      each.socket === socket &&
      each.handle === handle &&
      each.scope === scope &&
      view.isInTransfer(each.name),
  );
}

/**
 * ACCESS-1, ACCESS-3, ACCESS-4, SPI-2: what is posted may use the buffer; from now on the NIC reaches it. LAW-9: it is
 * what was asked for.
 */
export function judgePost(
  view: WorldView,
  { calls }: InstanceView,
  { range }: HostCall & { name: "post" },
): readonly Finding[] {
  const call = calls.at(-1)?.call;
  if (call?.name !== "transfer") return none;
  const { registration, request } = call;
  const illegal = judgeUse(view, { kind: request.kind, registration, socket: request.socket });
  if (illegal.length > 0 || sameRange(range, request.range)) return illegal;
  const expected = `a ${request.kind} of ${addresses(request.range)}`;
  return [broken("LAW-9", expected, `${request.operation} is posted for ${addresses(range)}`)];
}

/** LAW-9: an operation is left alone until it is done or its socket closes. */
export function judgeCancel(
  view: WorldView,
  { calls }: InstanceView,
  { operation }: HostCall & { name: "cancel" },
): readonly Finding[] {
  const transfer = view.transfer(operation);
  if (transfer === undefined || calls.at(-1)?.call.name === "cleanup") return none;
  if (view.socket(transfer.socket)?.status !== "connected") return none;
  const expected = "an operation ends when its transfer is done or its socket closes";
  return [broken("LAW-9", expected, `${operation} was cancelled`)];
}

/** SPI-4, LAW-9: what may be transferred is accepted, and what was accepted is posted. */
export function judgeTransfer(view: WorldView, { call, outcome }: ActiveCall): readonly Finding[] {
  if (call.name !== "transfer") return none;
  const { registration, request } = call;
  const illegal = judgeUse(view, {
    kind: request.kind,
    registration,
    socket: request.socket,
  });
  if (outcome?.ok === false) {
    return illegal.length === 0
      ? [
          broken(
            "SPI-4",
            "a registered buffer is usable until its last deregister",
            `${outcome.error} for a ${request.kind} on ${registration}, which is live`,
          ),
        ]
      : none;
  }
  if (illegal.length > 0) return illegal;
  return view.transfer(request.operation) === undefined
    ? [
        broken(
          "LAW-9",
          "an operation that was accepted is posted to the NIC",
          `${request.operation} was accepted and not posted`,
        ),
      ]
    : none;
}

/** LAW-9: an operation that is done is completed at once. */
export function judgeTransferDone(view: WorldView, { call }: ActiveCall): readonly Finding[] {
  if (call.name !== "transferDone" || view.transfer(call.operation) === undefined) return none;
  return [
    broken(
      "LAW-9",
      "an operation is completed when its transfer is done",
      `${call.operation} was not completed`,
    ),
  ];
}

/** SPI-7, LAW-9: an operation is completed once, as what became of its transfer. */
export function judgeCompletion(
  view: WorldView,
  instance: InstanceView,
  call: HostCall & { name: "complete" },
  result: HostAnswer,
): readonly Finding[] {
  const { operation, error } = call;
  const observed = `${operation} was completed${error === null ? "" : ` with ${error}`}`;
  const transfer = view.lastTransfer();
  if (!result.ok || transfer === null) {
    return [broken("LAW-9", "every operation is completed once", `${operation} is not pending`)];
  }
  const within = instance.calls.at(-1)?.call;
  if (within?.name === "transferDone" && within.operation === operation) {
    return error === null
      ? none
      : [broken("LAW-9", "the transfer completes, as it does without a cache", observed)];
  }
  if (view.socket(transfer.socket)?.status === "connected") {
    const expected = "an operation ends when its transfer is done or its socket closes";
    return [broken("LAW-9", expected, observed)];
  }
  if (error === null) {
    const expected = "a close ends pending operations with WSA_OPERATION_ABORTED";
    return [broken("SPI-7", expected, `${operation} was completed as if it had been done`)];
  }
  if (transfer.inFlight) {
    const expected = "an aborted operation reaches no memory once it is completed";
    return [broken("SPI-7", expected, `${operation} was completed and is still in flight`)];
  }
  return judgeRelease(view, instance, transfer);
}

/** SPI-7, as a should: the memory is released, which leaves a cached buffer secured, before completion is signalled. */
function judgeRelease(
  view: WorldView,
  { id }: InstanceView,
  transfer: Transfer,
): readonly Finding[] {
  if (families[view.config.notification].delivery !== "refused") return none;
  const region = view.region(transfer.provider, transfer.region);
  if (region === undefined) return none;
  const isUnsecured = view
    .entriesOn(id, region.mdl)
    .some(
      (each) =>
        isIdle(each) &&
        !each.unreleased &&
        uncovered(each.span, view.instanceSecuresOver(id, each.span)).length > 0,
    );
  if (!isUnsecured) return none;
  return [
    lenient(
      "SPI-7",
      `the memory of ${transfer.name} is released before it completes`,
      `region ${region.key} is still there, and not secured`,
    ),
  ];
}
