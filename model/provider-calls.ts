// Calls of the provider shell into the registration cache: what is noted when one begins and when it
// returns. The cache's own state is its business; what the application was told is ours.

import { entriesOf, holdingsOf } from "./entries.ts";
import { answered, type Applied, type CacheCall, type CallOutcome } from "./events.ts";
import { freshFrames, isValidFor, mappingOf } from "./freshness.ts";
import { noWork, type ProviderInstance, type RecordedCall } from "./ledger.ts";
import { viewOf } from "./reading.ts";
import { at, type State } from "./state.ts";
import {
  pagesOf,
  sameRange,
  spanContains,
  spansOverlap,
  type AddressRange,
  type InstanceId,
  type PageSpan,
  type ProcessId,
} from "./units.ts";
import type { WorldView } from "./view.ts";

/** A call begins. `before` is the state in which it does; `state` is the one that is changed. */
export function beginCall(state: State, before: State, id: InstanceId, call: CacheCall): Applied {
  const view = viewOf(() => before);
  const instance = at(before.instances, id, "provider instance");
  const active: RecordedCall = {
    call,
    before: holdingsOf(view, instance),
    work: noWork(),
    failures: [],
    changes: [],
    acquired: { mdls: [], secures: [] },
    touched: touchedBy(view, instance, call),
    touchedWithin: [],
    mappings: [],
    framesBefore:
      call.name === "deregister"
        ? (instance.registrations.find((each) => each.name === call.registration)?.frames ?? null)
        : null,
    wasInvalid: false,
    interrupted: false,
    outcome: null,
  };
  if (call.name === "register") noteMapping(view, instance.process, active);
  at(state.instances, id, "provider instance").calls.push(active);
  return answered(null);
}

/** The pages that the request itself is about. A deregister may be the last one of a larger region. */
function touchedBy(view: WorldView, { provider }: ProviderInstance, call: CacheCall): PageSpan[] {
  const { pageSizeBytes } = view.config;
  if (call.name === "register") return [pagesOf(call.request.range, pageSizeBytes)];
  if (call.name !== "deregister") return [];
  const own = pagesOf(call.range, pageSizeBytes);
  const region = view.region(provider, call.region)?.span;
  return region === undefined || spanContains(own, region) ? [own] : [own, region];
}

/** The mapping may change, or has changed, while registers are in progress: note what each range maps. */
export function noteMappings(state: State, process: ProcessId): void {
  for (const instance of state.instances) {
    if (instance.process !== process) continue;
    for (const active of instance.calls) {
      active.interrupted = true;
      if (active.call.name === "register")
        noteMapping(
          viewOf(() => state),
          process,
          active,
        );
    }
  }
}

function noteMapping(view: WorldView, process: ProcessId, active: RecordedCall): void {
  if (active.call.name !== "register") return;
  const { range, access } = active.call.request;
  const mapping = mappingOf(view, process, range);
  const last = active.mappings.at(-1);
  if (last === undefined || last.some((pfn, i) => pfn !== mapping[i])) {
    active.mappings.push(mapping);
  }
  if (!isValidFor(view, process, range, access)) active.wasInvalid = true;
}

/** The innermost call of the instance returns. */
export function endCall(state: State, id: InstanceId, outcome: CallOutcome): Applied {
  const instance = at(state.instances, id, "provider instance");
  const active = instance.calls.pop();
  if (active === undefined) throw new RangeError(`provider instance ${id} has no call in progress`);
  active.outcome = outcome;
  instance.lastCall = active;
  instance.calls.at(-1)?.touchedWithin.push(...active.touched, ...active.touchedWithin);
  const { call } = active;
  switch (call.name) {
    case "register":
      if (outcome?.ok === true) registered(state, instance, active);
      break;
    case "deregister":
      if (outcome?.ok === true) {
        remember(instance, call.registration);
        instance.registrations = instance.registrations.filter(
          (each) => each.name !== call.registration,
        );
      }
      break;
    case "invalidate":
      if (outcome?.ok === true) invalidated(state, instance, call.range);
      if (call.reason === "attempt") answerAttempt(state, instance, outcome);
      break;
    case "closeSocket":
    case "cleanup":
      break;
  }
  return answered(null);
}

const REMEMBERED = 4;

function remember(instance: ProviderInstance, name: string): void {
  const ended = instance.registrations.find((each) => each.name === name);
  if (ended === undefined) return;
  const { range, frames } = ended;
  instance.history = [
    { range, frames },
    ...instance.history.filter((each) => !sameRange(each.range, range)),
  ].slice(0, REMEMBERED);
}

function registered(state: State, instance: ProviderInstance, active: RecordedCall): void {
  const { call, outcome } = active;
  if (call.name !== "register" || outcome === null || !("handle" in outcome)) return;
  const { socket, range, access, scope } = call.request;
  const remoteKey = outcome.remoteKey ?? null;
  const view = viewOf(() => state);
  const region = view.regions(instance.provider).find((each) => each.key === outcome.region);
  const mapped = mappingOf(view, instance.process, range);
  instance.registrations.push({
    name: call.as,
    socket,
    scope,
    range,
    access,
    handle: outcome.handle,
    region: outcome.region,
    remoteKey,
    frames: region === undefined ? mapped : (freshFrames(view, instance, active, region) ?? mapped),
  });
  if (scope === "remote" && remoteKey !== null) {
    const { provider } = instance;
    state.descriptors.push({ registration: call.as, socket, provider, key: remoteKey });
  }
  if (region === undefined) return;
  instance.unreleased = instance.unreleased.filter((each) => each.mdl !== region.mdl);
  const uses = instance.uses.find((each) => each.mdl === region.mdl);
  if (uses === undefined) {
    instance.uses.push({
      mdl: region.mdl,
      sockets: [socket],
      scopes: [scope],
      ranges: [range],
      remote: scope === "remote",
    });
  } else {
    if (!uses.sockets.includes(socket)) uses.sockets.push(socket);
    if (!uses.ranges.some((each) => sameRange(each, range))) uses.ranges.push(range);
    if (!uses.scopes.includes(scope)) uses.scopes.push(scope);
    uses.remote = scope === "remote";
  }
}

/** A callback answered 0: what is still held in the range is a zombie from now on. */
function invalidated(state: State, instance: ProviderInstance, range: AddressRange): void {
  const span = pagesOf(range, state.config.pageSizeBytes);
  for (const entry of entriesOf(
    viewOf(() => state),
    instance,
  )) {
    if (!entry.held || !spansOverlap(entry.span, span)) continue;
    for (const { key } of entry.regions) {
      if (!instance.zombies.includes(key)) instance.zombies.push(key);
    }
  }
}

function answerAttempt(state: State, instance: ProviderInstance, outcome: CallOutcome): void {
  const index = state.attempts.findLastIndex((each) => each.process === instance.process);
  const attempt = state.attempts[index];
  if (attempt === undefined) return;
  const answers = [...attempt.answers, { instance: instance.id, outcome }];
  state.attempts[index] = { ...attempt, answers };
}
