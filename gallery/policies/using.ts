// Registrations: which entry serves a register, under which names, and what becomes of an entry when its last use ends.

import type {
  DeregisterRequest,
  Outcome,
  RegisterOutcome,
  RegisterRequest,
} from "../../model/contract.ts";
import {
  pagesOf,
  rangeOf,
  sameRange,
  sameSpan,
  spanContains,
  type BufferHandle,
} from "../../model/units.ts";
import { enterRegion, makeEntry, replaceOverlapped } from "./making.ts";
import type { Policy } from "./policy.ts";
import {
  dropIdleRegions,
  dropRegion,
  evictSome,
  keepLimits,
  release,
  settle,
} from "./releasing.ts";
import { provesFresh } from "./securing.ts";
import { spareAgain } from "./sparing.ts";
import {
  beginWork,
  endWork,
  includesAccess,
  isFilled,
  isPending,
  isSecuredFor,
  isThere,
  isUsed,
  type Entry,
  type Region,
  type Use,
} from "./tables.ts";

const NO_BUFFERS = { ok: false, error: "WSAENOBUFS" } as const;
const FAULT = { ok: false, error: "WSAEFAULT" } as const;

export function register(policy: Policy, request: RegisterRequest): RegisterOutcome {
  settle(policy);
  evictSome(policy);
  const entry = findEntry(policy, request);
  if (entry === null) return registerNew(policy, request);
  beginWork(entry);
  const region = regionFor(policy, entry, request);
  const outcome = region === null ? NO_BUFFERS : use(policy, entry, region, request);
  endWork(entry);
  return outcome;
}

function registerNew(policy: Policy, request: RegisterRequest): RegisterOutcome {
  const { tables, capabilities, host } = policy;
  const { count } = pagesOf(request.range, host.pageSizeBytes);
  if (isFilled(tables, capabilities.limits, count) && policy.choose("refusesWhenFull")) {
    return NO_BUFFERS;
  }
  const made = makeEntry(policy, request);
  if (typeof made === "string") {
    return made === "STATUS_ACCESS_VIOLATION" && !policy.choose("blamesResources")
      ? FAULT
      : NO_BUFFERS;
  }
  const [region] = made.regions;
  const outcome = region === undefined ? NO_BUFFERS : use(policy, made, region, request);
  if (outcome.ok) replaceOverlapped(policy, made);
  endWork(made);
  if (!outcome.ok) release(policy, [made]);
  return outcome;
}

/** An entry that may serve the request, or null. */
function findEntry(policy: Policy, request: RegisterRequest): Entry | null {
  const candidates = policy.tables.entries.filter((entry) => serves(policy, entry, request));
  const [first] = candidates;
  if (first === undefined || !policy.choose("hits")) return null;
  const entry = policy.choose("hitsAny") ? policy.chance.oneOf(candidates) : first;
  if (entry.state !== "doubtful") return entry;
  return policy.choose("comparesAtHit") && provesFresh(policy, entry) ? entry : null;
}

function serves(policy: Policy, entry: Entry, { range, access }: RegisterRequest): boolean {
  const { capabilities, host, tables } = policy;
  const { mdl, state } = entry;
  if (mdl === null || !includesAccess(entry.access, access)) return false;
  const covers =
    capabilities.hit === "exact"
      ? sameRange(entry.range, range)
      : spanContains(entry.span, pagesOf(range, host.pageSizeBytes));
  if (!covers) return false;
  switch (state) {
    case "found":
      return isSecuredFor(tables, entry, access);
    case "doubtful":
      return true;
    case "invalidated":
      return policy.choose("findsInvalidated");
    case "new":
    case "owed":
      return false;
  }
}

/** A region of the entry with the rights, or a new one on its lock; null: the NIC takes none. */
function regionFor(policy: Policy, entry: Entry, { access }: RegisterRequest): Region | null {
  const fit = entry.regions.find((each) => !each.owed && includesAccess(each.access, access));
  if (fit !== undefined && !policy.choose("sharesLock")) return fit;
  const entered = enterRegion(policy, entry, access);
  return typeof entered === "string" ? null : entered;
}

/** One live registration more. */
function use(
  policy: Policy,
  entry: Entry,
  region: Region,
  request: RegisterRequest,
): RegisterOutcome {
  const { host, tables } = policy;
  const { socket, scope, range } = request;
  const exposed = scope === "remote" ? expose(policy, region, request) : null;
  if (scope === "remote" && exposed === null) return NO_BUFFERS;
  const handle = handleFor(policy, region, request);
  const same = tables.uses.find(
    (each) =>
      each.handle === handle &&
      each.socket === socket &&
      each.scope === scope &&
      each.exposed?.key === exposed?.key,
  );
  if (same === undefined) {
    tables.uses.push({
      socket,
      scope,
      handle,
      entry: entry.id,
      region: region.key,
      exposed,
      count: 1,
    });
  } else same.count++;
  region.uses++;
  if (!entry.sockets.includes(socket)) entry.sockets.push(socket);
  if (!entry.scopes.includes(scope)) entry.scopes.push(scope);
  const offsetBytes = range.start - entry.span.first * host.pageSizeBytes;
  const success = { ok: true, handle, region: region.key, offsetBytes } as const;
  return exposed === null ? success : { ...success, remoteKey: exposed.key };
}

/** Lets the peer reach what was asked for, by a key of its own or by one that does so already. */
function expose(policy: Policy, region: Region, request: RegisterRequest): Use["exposed"] {
  const { host, tables } = policy;
  const { range, socket, access } = request;
  const span = pagesOf(range, host.pageSizeBytes);
  const same = tables.uses.find(
    ({ exposed, ...each }) =>
      exposed !== null &&
      each.socket === socket &&
      each.region === region.key &&
      exposed.access === access &&
      sameSpan(exposed.span, span),
  );
  if (same !== undefined && policy.choose("sharesKey")) return same.exposed;
  const pages = policy.choose("rounds") ? rangeOf(span, host.pageSizeBytes) : range;
  const exposed = host.nic.expose(region.key, pages, socket, access);
  return exposed.ok ? { key: exposed.value, span, access } : null;
}

/** Handles are drawn below this. */
const MOST_HANDLES = 2 ** 40;

/** A handle by which a deregister will name the region: any that does not name another one. */
function handleFor(
  policy: Policy,
  region: Region,
  { socket, scope }: RegisterRequest,
): BufferHandle {
  const { tables, chance } = policy;
  const live = tables.uses.filter((each) => each.socket === socket && each.scope === scope);
  const same = live.filter((each) => each.region === region.key);
  if (same.length > 0 && policy.choose("repeatsHandle")) return chance.oneOf(same).handle;
  // Remote registrations are told apart by their keys.
  const isAmbiguous = (handle: number): boolean =>
    scope === "local" && live.some((each) => each.handle === handle && each.region !== region.key);
  let handle = 0;
  if (policy.choose("reusesHandle")) while (isAmbiguous(handle)) handle++;
  else if (policy.choose("scattersHandle")) {
    do handle = chance.below(MOST_HANDLES);
    while (isAmbiguous(handle));
  } else {
    do handle = tables.nextHandle++;
    while (isAmbiguous(handle));
  }
  return handle as BufferHandle;
}

export function deregister(policy: Policy, request: DeregisterRequest): Outcome {
  const { tables } = policy;
  settle(policy);
  evictSome(policy);
  const use = tables.uses.find((each) => isNamedBy(each, request));
  const entry = tables.entries.find((each) => each.id === use?.entry);
  const region = entry?.regions.find((each) => each.key === use?.region);
  if (use === undefined || entry === undefined || region === undefined) {
    return { ok: false, error: "WSAEINVAL" };
  }
  beginWork(entry);
  use.count--;
  if (use.count === 0) tables.uses = tables.uses.filter((each) => each !== use);
  region.uses--;
  unexpose(policy, entry, region, use);
  endWork(entry);
  endUse(policy, entry);
  keepLimits(policy);
  return { ok: true };
}

const isNamedBy = (use: Use, { socket, scope, handle, remoteKey }: DeregisterRequest): boolean =>
  use.socket === socket &&
  use.scope === scope &&
  use.handle === handle &&
  use.exposed?.key === remoteKey;

/** The peer has no access any more, unless another registration has the same key. */
function unexpose(policy: Policy, entry: Entry, region: Region, { exposed }: Use): void {
  const { host, tables } = policy;
  if (exposed === null || tables.uses.some((each) => each.exposed?.key === exposed.key)) return;
  if (policy.choose("keepsExposure")) return;
  const isDropped =
    region.uses === 0 && policy.choose("unexposesByDropping") && dropRegion(policy, entry, region);
  if (!isDropped) host.nic.unexpose(exposed.key);
}

/** What becomes of an entry, or of its regions, when a use has ended. */
function endUse(policy: Policy, entry: Entry): void {
  if (isUsed(entry)) {
    const isIdle = entry.regions.some((region) => region.uses === 0);
    if (isIdle && !(entry.state === "found" && policy.choose("keepsRegion"))) {
      dropIdleRegions(policy, entry);
    }
    return;
  }
  if (entry.state === "invalidated") {
    const mayPostpone = isPending(entry) && mayWait(policy);
    if (!mayPostpone || !policy.choose("postponesZombie")) release(policy, [entry]);
    return;
  }
  if (keeps(policy, entry)) {
    if (entry.regions.length > 0 && policy.choose("keepsLock")) dropIdleRegions(policy, entry);
    return;
  }
  const isStale = entry.state === "doubtful" && mayKeep(policy, entry);
  release(policy, [entry], true);
  if (isStale && !isThere(policy.tables, entry)) spareAgain(policy, entry);
}

/** True if one more invalidated entry may wait: the one that begins to is counted already. */
function mayWait({ tables, capabilities }: Policy): boolean {
  const { pending } = capabilities.limits;
  return pending === null || tables.entries.filter(isPending).length <= pending;
}

/** True if it declares to keep entries of a scope for which this one was used. */
const mayKeep = ({ callback, capabilities }: Policy, { scopes }: Entry): boolean =>
  callback && scopes.some((scope) => capabilities.caches[scope]);

/** True if the entry is kept, and is found from now on. */
function keeps(policy: Policy, entry: Entry): boolean {
  if (!mayKeep(policy, entry) || entry.state === "owed" || !policy.choose("keeps")) return false;
  return entry.state === "found" || (policy.choose("comparesAtEnd") && provesFresh(policy, entry));
}
