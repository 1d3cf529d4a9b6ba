// Calls of the provider shell into the registration cache: what is noted when one begins and when it returns.

import {
  brand,
  type AddressRange,
  type PageNumber,
  type PageSpan,
  type Pfn,
} from "../../model/units.ts";
import { FlatCall, appended } from "./active-call.ts";
import { READ, WRITE, accessCode, scopeCode } from "./codes.ts";
import {
  flagsOf,
  isHeldRegion,
  keep,
  noteUse,
  regionSlots,
  setOwed,
  tally,
  totalsOf,
} from "./entries.ts";
import { sparedFrames } from "./mapping-changes.ts";
import { regionNamed } from "./nic.ts";
import { rowsOver } from "./over.ts";
import { isValidFor, mappedFrame } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf, spanOf } from "./ranges.ts";
import {
  addRegistration,
  endRegistration,
  rangeOfRegistration,
  readFrames,
  registrationNamed,
  remember,
} from "./registrations.ts";
import {
  DESCRIPTOR,
  INSTANCE,
  LOCK,
  PAGE,
  REGION,
  REGISTRATION,
  UNRELEASED,
  SINGLE,
} from "./layout.ts";
import { isWhole, type Store } from "./store.ts";
import { freshFrames } from "./freshness.ts";
import { NONE } from "./table.ts";
import {
  quiet,
  type Applied,
  type CacheCall,
  type CallOutcome,
  type SparedFrame,
} from "./words.ts";

/** A call begins. */
export function beginCall(w: Store, id: number, call: CacheCall): Applied {
  let framesBefore: (Pfn | null)[] | null = null;
  if (call.name === "deregister") {
    const live = registrationNamed(w, call.registration);
    if (live !== NONE && w.mem.at(w.registrations.row(live) + REGISTRATION.instance) === id) {
      const row = w.registrations.row(live);
      const count = w.mem.at(row + REGISTRATION.frameCount);
      framesBefore = readFrames(w, w.mem.at(row + REGISTRATION.frames), count);
    }
  }
  const totals = totalsOf(w, id);
  const active = new FlatCall(
    call,
    w.get(SINGLE.nextMdl),
    w.get(SINGLE.nextSecure),
    totals,
    framesBefore,
  );
  if (call.name === "register") {
    active.touched = appended(active.touched, pagesOf(w, call.request.range));
    noteMapping(w, w.processOf(id), active);
  } else if (call.name === "deregister") {
    noteEnd(w, w.providerOf(id), call.region, call.range, active);
  } else if (call.name === "transfer") {
    active.touched = appended(active.touched, pagesOf(w, call.request.range));
  }
  w.calls[id]?.push(active);
  if (call.name === "closeSocket" && isWhole(w)) {
    endRegistrationsOf(w, id, call.socket, active);
  }
  return quiet;
}

const pagesOf = (w: Store, range: AddressRange): PageSpan =>
  spanOf(firstPageOf(w, range), pageCountOf(w, range));

/** What is still registered on a closing socket is no longer: a whole provider is to release it in the close. */
function endRegistrationsOf(w: Store, id: number, socket: number, active: FlatCall): void {
  const chain = w.registrationsOfInstance;
  const ends = w.instance(id) + INSTANCE.registrations;
  for (let slot = chain.first(ends); slot !== NONE;) {
    const next = chain.next(slot);
    const row = w.registrations.row(slot);
    if (w.mem.at(row + REGISTRATION.socket) === socket) {
      const region = w.mem.doubleAt(row + REGISTRATION.region);
      noteEnd(w, w.providerOf(id), region, rangeOfRegistration(w, slot), active);
      remember(w, slot);
      endRegistration(w, slot);
    }
    slot = next;
  }
}

/** The end of a registration touches its range, and may be the last one of a larger region. */
function noteEnd(
  w: Store,
  provider: number,
  key: number,
  range: AddressRange,
  active: FlatCall,
): void {
  const own = pagesOf(w, range);
  active.touched = appended(active.touched, own);
  const region = w.regionOf[provider]?.get(key) ?? NONE;
  if (region === NONE) return;
  const first = w.mem.at(w.regions.row(region) + REGION.first);
  const count = w.mem.at(w.regions.row(region) + REGION.count);
  const isInside = own.first <= first && first + count <= own.first + own.count;
  if (!isInside) active.touched = appended(active.touched, spanOf(first, count));
}

/** The mapping may change, or has changed, while registers are in progress: note what each range maps. */
export function noteMappings(w: Store, process: number): void {
  const providers = w.config.providersPerProcess;
  for (let provider = 0; provider < providers; provider++) {
    for (const active of w.calls[w.instanceOf(process, provider)] ?? []) {
      active.interrupted = true;
      noteMapping(w, process, active);
    }
  }
}

function noteMapping(w: Store, process: number, active: FlatCall): void {
  if (active.call.name !== "register") return;
  const { range, access } = active.call.request;
  const frames = mappingOf(w, process, range);
  const last = active.mappings.at(-1);
  if (last === undefined || last.frames.some((pfn, i) => pfn !== frames[i])) {
    const spared = sparedOver(w, process, firstPageOf(w, range), frames);
    active.mappings = appended(active.mappings, { frames, spared });
  }
  const code = accessCode(access);
  const isValid =
    isUserRange(w, range.start, range.lengthBytes) &&
    isValidFor(
      w,
      process,
      firstPageOf(w, range),
      pageCountOf(w, range),
      code !== WRITE,
      code !== READ,
      false,
    );
  if (!isValid) active.wasInvalid = true;
}

/** The frames that the range maps now, one a page; none if it is not wholly a range of user addresses. */
function mappingOf(w: Store, process: number, range: AddressRange): (Pfn | null)[] {
  if (!isUserRange(w, range.start, range.lengthBytes)) return [];
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  const frames: (Pfn | null)[] = [];
  for (let number = first; number < first + count; number++) {
    const pfn = mappedFrame(w, process, number);
    frames.push(pfn < 0 ? null : brand<Pfn>(pfn));
  }
  return frames;
}

/** Page by page, in order. There are hardly ever any. */
function sparedOver(
  w: Store,
  process: number,
  first: number,
  frames: readonly (Pfn | null)[],
): readonly SparedFrame[] {
  let spared: readonly SparedFrame[] = nothingSpared;
  for (const [i, mapped] of frames.entries()) {
    const shown = sparedFrames(w, process, first + i, mapped ?? -1);
    if (shown === null) continue;
    const page = brand<PageNumber>(first + i);
    spared = [...spared, ...shown.map((pfn) => ({ page, pfn: brand<Pfn>(pfn) }))];
  }
  return spared;
}

const nothingSpared: readonly SparedFrame[] = [];

/** The innermost call of the instance returns. */
export function endCall(w: Store, id: number, outcome: CallOutcome): Applied {
  const calls = w.calls[id] ?? [];
  const active = calls.at(-1);
  if (active === undefined) throw new RangeError(`provider instance ${id} has no call in progress`);
  active.outcome = outcome;
  const { call } = active;
  // The call is still among those in progress, so that what its end changes is kept in it.
  switch (call.name) {
    case "register":
      if (outcome?.ok === true) registered(w, id, active);
      break;
    case "deregister":
      if (outcome?.ok === true) deregistered(w, id, call.registration);
      break;
    case "invalidate":
      if (outcome?.ok === true) invalidated(w, id, call.range);
      if (call.reason === "attempt") answerAttempt(w, id, outcome);
      break;
    case "closeSocket":
    case "cleanup":
    case "registerInvalid":
    case "deregisterInvalid":
    case "transfer":
    case "transferDone":
      break;
  }
  calls.pop();
  w.lastCall[id] = active;
  const outer = calls.at(-1);
  if (outer !== undefined) {
    const within = [...active.touched, ...active.touchedWithin];
    for (const span of within) outer.touchedWithin = appended(outer.touchedWithin, span);
  }
  return quiet;
}

function registered(w: Store, id: number, active: FlatCall): void {
  const { call, outcome } = active;
  if (call.name !== "register" || outcome === null || !("handle" in outcome)) return;
  const { socket, range, access, scope } = call.request;
  const process = w.processOf(id);
  const provider = w.providerOf(id);
  const known = w.regionOf[provider]?.get(outcome.region) ?? NONE;
  const fresh = known === NONE ? null : freshFrames(w, process, active, range, known);
  addRegistration(w, {
    name: call.as,
    instance: id,
    socket,
    scope: scopeCode(scope),
    access: accessCode(access),
    range,
    handle: outcome.handle,
    region: outcome.region,
    remoteKey: outcome.remoteKey ?? null,
    frames: fresh ?? mappingOf(w, process, range),
  });
  if (scope === "remote" && outcome.remoteKey !== undefined) {
    addDescriptor(w, call.as, socket, provider, outcome.remoteKey);
  }
  const region = regionNamed(w, process, provider, outcome.region);
  if (region === NONE) return;
  const lock = w.mem.at(w.regions.row(region) + REGION.lock);
  if ((flagsOf(w, lock) & UNRELEASED) !== 0) {
    tally(w, lock, -1);
    setOwed(w, lock, 0);
    tally(w, lock, 1);
  }
  noteUse(w, lock, socket, scopeCode(scope), range);
}

function addDescriptor(
  w: Store,
  name: string,
  socket: number,
  provider: number,
  key: number,
): void {
  const slot = w.descriptors.add();
  const row = w.descriptors.row(slot);
  const id = w.symbols.id(name);
  w.mem.put(row + DESCRIPTOR.name, id);
  w.mem.put(row + DESCRIPTOR.nameHash, w.symbols.hash(id));
  w.mem.put(row + DESCRIPTOR.socket, socket);
  w.mem.put(row + DESCRIPTOR.provider, provider);
  w.mem.putDouble(row + DESCRIPTOR.key, key);
  // A name that was used before keeps its first descriptor.
  if (w.descriptorOf.get(id) === NONE) w.descriptorOf.set(id, slot);
}

function deregistered(w: Store, id: number, name: string): void {
  const slot = registrationNamed(w, name);
  if (slot === NONE || w.mem.at(w.registrations.row(slot) + REGISTRATION.instance) !== id) return;
  remember(w, slot);
  endRegistration(w, slot);
}

/** A callback answered 0: what is left in the range, held or waiting for its release, is a zombie from now on. */
function invalidated(w: Store, id: number, range: AddressRange): void {
  // Where nothing waits for the answer, a cache may put idle entries aside too, as many as it declares.
  const alsoIdle = w.hearing.delivery !== "refused" && w.claims?.limits.pending !== 0;
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  for (const lock of locksOfInstanceOver(w, id, first, count)) {
    const regions = regionSlots(w, lock);
    if (!alsoIdle && !regions.some((region) => isHeldRegion(w, region))) continue;
    keep(w, lock);
    tally(w, lock, -1);
    const isLocked = w.mem.at(w.locks.row(lock) + LOCK.locked) === 1;
    for (const region of regions) {
      if (!alsoIdle && !isLocked && !isHeldRegion(w, region)) continue;
      w.mem.put(w.regions.row(region) + REGION.zombie, 1);
    }
    tally(w, lock, 1);
  }
}

/** Entries of the instance that share a page with the span, in the order of locking. */
export function locksOfInstanceOver(w: Store, id: number, first: number, count: number): number[] {
  if (w.locks.count === 0) return [];
  const process = w.processOf(id);
  const provider = w.providerOf(id);
  const { locks } = w;
  const found = rowsOver(w, PAGE.locks, process, first, count, locks, LOCK.first, LOCK.handle);
  return w.config.providersPerProcess === 1
    ? found
    : found.filter((lock) => w.mem.at(locks.row(lock) + LOCK.provider) === provider);
}

function answerAttempt(w: Store, id: number, outcome: CallOutcome): void {
  const process = w.processOf(id);
  const index = w.attempts.findLastIndex((each) => each.process === process);
  const attempt = w.attempts[index];
  if (attempt === undefined) return;
  const answers = [
    ...attempt.answers,
    { instance: brand<(typeof attempt.due)[number]>(id), outcome },
  ];
  w.attempts = w.attempts.with(index, { ...attempt, answers });
}
