// Calls of the provider shell into the registration cache: what is noted when one begins and when it
// returns. The cache's own state is its business; what the application was told is ours.

import { pageAt } from "./address-space.ts";
import { entriesOf, holdingsOf } from "./entries.ts";
import { answered, type Applied, type CacheCall, type CallOutcome } from "./events.ts";
import { maySetAside } from "./families.ts";
import { freshFrames, isValidFor, mappingOf, sparedFrames, type MappingView } from "./freshness.ts";
import { noWork, type ProviderInstance, type RecordedCall, type Registration } from "./ledger.ts";
import type { Region } from "./nic.ts";
import { own } from "./ownership.ts";
import { mappedFrame } from "./page-access.ts";
import { at, ownInstance, type State } from "./state.ts";
import { actingThread, noteBegun, noteEnded, threadOf } from "./threads.ts";
import {
  pagesOf,
  sameRange,
  spanContains,
  spansOverlap,
  type AddressRange,
  type InstanceId,
  type MdlHandle,
  type PageSpan,
  type ProcessId,
  type ProviderId,
  type RegionKey,
  type SocketId,
} from "./units.ts";
import { isWhole } from "./whole-provider.ts";

/** A call begins. `before` is the state in which it does; `state` is the one that is changed. */
export function beginCall(state: State, before: State, id: InstanceId, call: CacheCall): Applied {
  const instance = ownInstance(state, id);
  const active: RecordedCall = {
    call,
    before: holdingsOf(before, at(before.instances, id, "provider instance")),
    work: noWork(),
    failures: [],
    changes: [],
    acquired: { mdls: [], secures: [] },
    touched: [...touchedBy(state, instance, call)],
    touchedWithin: [],
    mappings: [],
    framesBefore:
      call.name === "deregister"
        ? (instance.registrations.find((each) => each.name === call.registration)?.frames ?? null)
        : null,
    wasInvalid: false,
    interrupted: false,
    outcome: null,
    ...actingThread(state),
  };
  if (call.name === "register") noteMapping(state, instance.process, active);
  own(instance, "calls").push(active);
  noteBegun(state, instance);
  if (call.name === "closeSocket") endAll(instance, endingWith(state, instance, call.socket));
  return answered(null);
}

/** The pages that the request itself is about. A deregister may be the last one of a larger region. */
function touchedBy(state: State, instance: ProviderInstance, call: CacheCall): readonly PageSpan[] {
  const { pageSizeBytes } = state.config;
  const ofEnd = ({ range, region: key }: Pick<Registration, "range" | "region">): PageSpan[] => {
    const own = pagesOf(range, pageSizeBytes);
    const region = regionOf(state, instance.provider, key)?.span;
    return region === undefined || spanContains(own, region) ? [own] : [own, region];
  };
  switch (call.name) {
    case "register":
    case "transfer":
      return [pagesOf(call.request.range, pageSizeBytes)];
    case "deregister":
      return ofEnd(call);
    case "closeSocket":
      return endingWith(state, instance, call.socket).flatMap(ofEnd);
    default:
      return [];
  }
}

/** What is still registered on a closing socket: a whole provider is to release it in the close. */
function endingWith(
  state: State,
  { registrations }: ProviderInstance,
  socket: SocketId,
): readonly Registration[] {
  return isWhole(state) ? registrations.filter((each) => each.socket === socket) : [];
}

/** The mapping may change, or has changed, while registers are in progress: note what each range maps. */
export function noteMappings(state: State, process: ProcessId): void {
  for (const { id, process: whose, calls } of state.instances) {
    if (whose !== process || calls.length === 0) continue;
    const owned = own(ownInstance(state, id), "calls");
    for (const i of owned.keys()) {
      const active = own(owned, i);
      active.interrupted = true;
      noteMapping(state, process, active);
    }
  }
}

function noteMapping(state: State, process: ProcessId, active: RecordedCall): void {
  if (active.call.name !== "register") return;
  const { range, access } = active.call.request;
  const view = mappingView(state);
  const frames = mappingOf(view, process, range);
  const last = active.mappings.at(-1);
  if (last === undefined || last.frames.some((pfn, i) => pfn !== frames[i])) {
    const { first } = pagesOf(range, state.config.pageSizeBytes);
    const spared = sparedFrames(state.memory.locked, process, first, frames);
    own(active, "mappings").push({ frames, spared });
  }
  if (!isValidFor(view, process, range, access)) active.wasInvalid = true;
}

/** The innermost call of the instance returns. */
export function endCall(state: State, id: InstanceId, outcome: CallOutcome): Applied {
  const instance = ownInstance(state, id);
  const calls = own(instance, "calls");
  const last = calls.pop();
  if (last === undefined) throw new RangeError(`provider instance ${id} has no call in progress`);
  const active: RecordedCall = { ...last, outcome };
  instance.lastCall = active;
  noteEnded(state, instance, active);
  if (calls.length > 0) {
    const outer = own(calls, calls.length - 1);
    own(outer, "touchedWithin").push(...active.touched, ...active.touchedWithin);
  }
  const { call } = active;
  switch (call.name) {
    case "register":
      if (outcome?.ok === true) registered(state, instance, active);
      break;
    case "deregister":
      if (outcome?.ok === true) {
        const ended = instance.registrations.filter((each) => each.name === call.registration);
        endAll(instance, ended);
      }
      break;
    case "invalidate":
      if (outcome?.ok === true) invalidated(state, instance, active, call.range);
      if (call.reason === "attempt") answerAttempt(state, instance, outcome);
      break;
    case "closeSocket":
    case "cleanup":
    case "registerInvalid":
    case "deregisterInvalid":
    case "transfer":
    case "transferDone":
      break;
  }
  return answered(null);
}

const REMEMBERED = 4;

/** Registrations that are live no longer, and are remembered. */
function endAll(instance: ProviderInstance, ended: readonly Registration[]): void {
  if (ended.length === 0) return;
  for (const { range, frames } of ended) {
    instance.history = [
      { range, frames },
      ...instance.history.filter((each) => !sameRange(each.range, range)),
    ].slice(0, REMEMBERED);
  }
  instance.registrations = instance.registrations.filter((each) => !ended.includes(each));
}

function registered(state: State, instance: ProviderInstance, active: RecordedCall): void {
  const { call, outcome } = active;
  if (call.name !== "register" || outcome === null || !("handle" in outcome)) return;
  const { socket, range, access, scope } = call.request;
  const remoteKey = outcome.remoteKey ?? null;
  const view = mappingView(state);
  const region = regionOf(state, instance.provider, outcome.region);
  const mapped = mappingOf(view, instance.process, range);
  own(instance, "registrations").push({
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
    own(state, "descriptors").push({ registration: call.as, socket, provider, key: remoteKey });
  }
  if (region === undefined) return;
  instance.unreleased = instance.unreleased.filter((each) => each.mdl !== region.mdl);
  const at = instance.uses.findIndex((each) => each.mdl === region.mdl);
  if (at === -1) {
    own(instance, "uses").push({
      mdl: region.mdl,
      sockets: [socket],
      scopes: [scope],
      ranges: [range],
      remote: scope === "remote",
    });
  } else {
    const uses = own(own(instance, "uses"), at);
    // New lists: the entries of a call in progress go on showing the old ones.
    if (!uses.sockets.includes(socket)) uses.sockets = [...uses.sockets, socket];
    if (!uses.ranges.some((each) => sameRange(each, range))) uses.ranges = [...uses.ranges, range];
    if (!uses.scopes.includes(scope)) uses.scopes = [...uses.scopes, scope];
    uses.remote = scope === "remote";
  }
}

/**
 * A callback answered 0: what is left in the range, held or waiting for its release, is a zombie from now on; but not
 * what another thread made of it while the callback ran.
 */
function invalidated(
  state: State,
  instance: ProviderInstance,
  { before, touchedBeside }: RecordedCall,
  range: AddressRange,
): void {
  const isNew = (mdl: MdlHandle): boolean =>
    touchedBeside !== undefined && !before.entries.some((each) => each.mdl === mdl);
  const span = pagesOf(range, state.config.pageSizeBytes);
  const alsoIdle = state.claims !== null && maySetAside(state.claims);
  for (const entry of entriesOf(state, instance)) {
    if (!(entry.held || alsoIdle) || !spansOverlap(entry.span, span) || isNew(entry.mdl)) continue;
    for (const { key } of entry.regions) {
      if (!instance.zombies.includes(key)) own(instance, "zombies").push(key);
    }
  }
}

function regionOf(state: State, provider: ProviderId, key: RegionKey): Region | undefined {
  return at(state.nics, provider, "provider").regions.find((each) => each.key === key);
}

/** What freshness is decided by. */
const mappingView = (state: State): MappingView => ({
  config: state.config,
  page: (process, number) => pageAt(at(state.memory.spaces, process, "process"), number),
  mappedFrame: (process, number) => mappedFrame(state.memory, process, number),
  lock: (mdl) => state.memory.locked.find((each) => each.handle === mdl),
});

function answerAttempt(state: State, instance: ProviderInstance, outcome: CallOutcome): void {
  const index = state.attempts.findLastIndex(
    (each) => each.process === instance.process && threadOf(each) === state.thread,
  );
  const attempt = state.attempts[index];
  if (attempt === undefined) return;
  const answers = [...attempt.answers, { instance: instance.id, outcome }];
  own(state, "attempts")[index] = { ...attempt, answers };
}
