// Calls of the cache into its host: requests to the proxy driver and to the NIC, and the faults that were armed for
// them. Each call and its answer are noted in the call in progress.

import { brand, type PageSpan } from "../../model/units.ts";
import { appended, type FlatCall } from "./active-call.ts";
import { FlatBefore } from "./before.ts";
import { locksOfInstanceOver } from "./calls.ts";
import { failableNames } from "./codes.ts";
import { request } from "./driver.ts";
import { keep, setOwed, tally } from "./entries.ts";
import { lockNamed } from "./locks.ts";
import { generation, poll, unwatch, watch } from "./mapping-changes.ts";
import { deregisterRegion, exposeRange, regionNamed, registerRegion, unexposeKey } from "./nic.ts";
import { BAD_BLOCK, stateOf } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf, rangeAt, spanOf } from "./ranges.ts";
import { securesOver } from "./secures.ts";
import {
  EXPOSURE,
  FAILURE,
  LOCK,
  REGION,
  SECURE,
  UNRELEASED,
  WAS_SECURED,
  SINGLE,
} from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import { providerCall } from "./whole-provider.ts";
import { nothing, type Applied, type HostAnswer, type HostCall } from "./words.ts";

/** One host call of the innermost call in progress. */
export function hostCall(w: Store, id: number, call: HostCall): Applied {
  const active = w.calls[id]?.at(-1);
  const span = touchedBy(w, id, call);
  if (active !== undefined && span !== null) active.touched = appended(active.touched, span);
  const badBlock = active !== undefined && meetsBadBlock(w, id, active, call);
  const injected = injectedError(w, call);
  if (injected === null && call.name === "unsecure") keepSecure(w, id, call.handle);
  const result = injected ?? perform(w, id, call);
  countDown(w, w.processOf(id));
  if (result.ok) noteSuccess(w, id, active, call, result, span);
  else {
    const failure = { call: call.name, error: result.error, injected: injected !== null, badBlock };
    if (active !== undefined) active.failures = appended(active.failures, failure);
    if (call.name === "nicDeregister") owe(w, id, mdlOf(w, id, call.region));
    if (call.name === "unlock") owe(w, id, lockNamed(w, call.mdl));
  }
  return { answer: { kind: "host", result }, then: nothing };
}

/** The error of an armed fault, which is used up. */
function injectedError(w: Store, call: HostCall): (HostAnswer & { ok: false }) | null {
  if (w.failures.count === 0) return null;
  for (let slot = w.failures.first(); slot !== NONE; slot = w.failures.next(slot)) {
    if (failableNames[w.mem.at(w.failures.row(slot) + FAILURE.call)] !== call.name) continue;
    w.failures.remove(slot);
    w.faults = null;
    return {
      ok: false,
      error:
        call.name === "nicRegister"
          ? "NO_RESOURCES"
          : call.name === "nicDeregister"
            ? "BUSY"
            : "STATUS_INSUFFICIENT_RESOURCES",
    };
  }
  return null;
}

function perform(w: Store, id: number, call: HostCall): HostAnswer {
  const process = w.processOf(id);
  const provider = w.providerOf(id);
  switch (call.name) {
    case "secure":
      // Outside Windows there is nothing of the kind: a cache watches.
      if (w.hearing.delivery !== "refused") return invalid;
      return request(w, process, provider, call);
    case "lock":
    case "unlock":
    case "frames":
    case "unsecure":
      return request(w, process, provider, call);
    case "nicRegister":
      return registerRegion(w, process, provider, call.mdl, call.access);
    case "nicDeregister":
      return deregisterRegion(w, process, provider, call.region);
    case "expose":
      return exposeRange(w, process, provider, call.region, call.range, call.socket, call.access);
    case "unexpose":
      return unexposeKey(w, process, provider, call.key);
    case "watch":
    case "unwatch":
    case "generation":
    case "poll":
      return monitor(w, id, call);
    case "post":
    case "cancel":
    case "complete":
      return providerCall(w, id, call);
  }
}

const invalid: HostAnswer = Object.freeze({ ok: false, error: "STATUS_INVALID_PARAMETER" });

/** A call of `host.monitor`. Watching a range that is not wholly one of user addresses does nothing. */
function monitor(
  w: Store,
  id: number,
  call: Extract<HostCall, { name: "watch" | "unwatch" | "generation" | "poll" }>,
): HostAnswer {
  if (call.name === "poll") {
    const { pageSizeBytes } = w.config;
    const heard = poll(w, id);
    return {
      ok: true,
      value: heard.map(({ first, count }) => rangeAt(first * pageSizeBytes, count * pageSizeBytes)),
    };
  }
  const { range } = call;
  if (!isUserRange(w, range.start, range.lengthBytes)) return invalid;
  const process = w.processOf(id);
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  if (call.name === "generation") {
    return { ok: true, value: generation(w, process, first, count) };
  }
  const change = call.name === "watch" ? watch : unwatch;
  change(w, process, w.providerOf(id), first, count);
  return { ok: true, value: null };
}

/** Host calls that change nothing. */
const readsOnly = (call: HostCall): boolean =>
  call.name === "frames" || call.name === "generation" || call.name === "poll";

function noteSuccess(
  w: Store,
  id: number,
  active: FlatCall | undefined,
  call: HostCall,
  result: HostAnswer & { ok: true },
  span: PageSpan | null,
): void {
  if (active !== undefined) {
    active.work[call.name]++;
    if (!readsOnly(call)) {
      active.changes = appended(active.changes, { call: call.name, span });
    }
  }
  switch (call.name) {
    case "lock":
      if (active !== undefined) active.mdls = appended(active.mdls, brand(Number(result.value)));
      break;
    case "secure":
      if (active !== undefined) {
        active.secures = appended(active.secures, brand(Number(result.value)));
      }
      break;
    case "unlock":
      for (const each of w.calls[id] ?? []) {
        if (each.mdls.includes(call.mdl)) {
          each.mdls = each.mdls.filter((mdl) => mdl !== call.mdl);
        }
      }
      break;
    case "unsecure":
      for (const each of w.calls[id] ?? []) {
        if (each.secures.includes(call.handle)) {
          each.secures = each.secures.filter((handle) => handle !== call.handle);
        }
      }
      break;
    default:
      break;
  }
}

/** Another thread acts just before a host call: the innermost call is about to do something with its pages. */
export function noteTouched(w: Store, id: number, call: HostCall): void {
  const touched = touchedBy(w, id, call);
  const active = w.calls[id]?.at(-1);
  if (touched !== null && active !== undefined) {
    active.touched = appended(active.touched, touched);
  }
}

/** The pages that a host call is about; null if it names nothing that exists. */
function touchedBy(w: Store, id: number, call: HostCall): PageSpan | null {
  const provider = w.providerOf(id);
  switch (call.name) {
    case "lock":
    case "secure":
    case "expose":
    case "watch":
    case "unwatch":
    case "post":
      return spanOf(firstPageOf(w, call.range), pageCountOf(w, call.range));
    case "unlock":
    case "frames":
    case "nicRegister": {
      const lock = lockNamed(w, call.mdl);
      return lock === NONE ? null : spanAt(w, w.locks.row(lock) + LOCK.first);
    }
    case "unsecure": {
      const secure = w.secureOf.get(call.handle);
      return secure === NONE ? null : spanAt(w, w.secures.row(secure) + SECURE.first);
    }
    case "nicDeregister": {
      const region = w.regionOf[provider]?.get(call.region) ?? NONE;
      return region === NONE ? null : spanAt(w, w.regions.row(region) + REGION.first);
    }
    case "unexpose": {
      const exposure = w.exposureOf[provider]?.get(call.key) ?? NONE;
      return exposure === NONE ? null : spanAt(w, w.exposures.row(exposure) + EXPOSURE.first);
    }
    case "generation":
    case "poll":
    case "cancel":
    case "complete":
      return null;
  }
}

/** A span kept as two words, the first page and the count. */
const spanAt = (w: Store, word: number): PageSpan => spanOf(w.mem.at(word), w.mem.at(word + 1));

/** True if a page that the register in progress asked for will fail to be read: a fault that nobody can avoid. */
function meetsBadBlock(w: Store, id: number, active: FlatCall, call: HostCall): boolean {
  if (active.call.name !== "register" || call.name !== "lock") return false;
  const { range } = active.call.request;
  if (!isUserRange(w, range.start, range.lengthBytes)) return false;
  const from = Math.max(firstPageOf(w, range), firstPageOf(w, call.range));
  const end = Math.min(
    firstPageOf(w, range) + pageCountOf(w, range),
    firstPageOf(w, call.range) + pageCountOf(w, call.range),
  );
  const process = w.processOf(id);
  for (let number = from; number < end; number++) {
    if ((stateOf(w, process, number) & BAD_BLOCK) !== 0) return true;
  }
  return false;
}

/** A release that failed is still owed; what remains is an idle entry. */
function owe(w: Store, id: number, lock: number): void {
  if (lock === NONE) return;
  const row = w.locks.row(lock);
  const { mem } = w;
  const process = mem.at(row + LOCK.process);
  const provider = mem.at(row + LOCK.provider);
  if (w.instanceOf(process, provider) !== id || mem.at(row + LOCK.locked) === 0) return;
  const isKnown = (mem.at(row + LOCK.flags) & UNRELEASED) !== 0;
  // What was in use since may have been unsecured since.
  if (isKnown && !wasHeld(w, id, mem.at(row + LOCK.handle))) return;
  keep(w, lock);
  tally(w, lock, -1);
  const secured = wasSecured(w, id, lock);
  setOwed(w, lock, UNRELEASED | (secured ? WAS_SECURED : 0));
  tally(w, lock, 1);
}

/** The entry was in use when the innermost call began. */
function wasHeld(w: Store, id: number, mdl: number): boolean {
  const active = w.calls[id]?.at(-1);
  return active !== undefined && new FlatBefore(w, id, active).entry(brand(mdl))?.held === true;
}

/** True if every page has a secure, now or when the innermost call began, that the entry has to keep. */
function wasSecured(w: Store, id: number, lock: number): boolean {
  const row = w.locks.row(lock);
  const span = spanAt(w, row + LOCK.first);
  const cover = coverOf(w, id, w.mem.at(row + LOCK.handle), span);
  for (let number: number = span.first; number < span.first + span.count; number++) {
    if (!cover.some((each) => isIn(each, number))) return false;
  }
  return true;
}

const isIn = ({ first, count }: PageSpan, number: number): boolean =>
  first <= number && number < first + count;

/**
 * What was idle had to be secured, and keeps whatever is over its pages. What was in use need not have been: a secure
 * over another entry as well may be that one's.
 */
function coverOf(w: Store, id: number, mdl: number, span: PageSpan): readonly PageSpan[] {
  const active = w.calls[id]?.at(-1);
  const before = active === undefined ? null : new FlatBefore(w, id, active);
  const provider = w.providerOf(id);
  const cover: PageSpan[] = [];
  for (const slot of securesOver(w, w.processOf(id), span.first, span.count)) {
    const row = w.secures.row(slot);
    if (w.mem.at(row + SECURE.provider) === provider) cover.push(spanAt(w, row + SECURE.first));
  }
  for (const gone of active?.unsecured ?? []) cover.push(gone.span);
  const was = before?.entry(brand(mdl));
  if (was !== undefined && !was.held && !was.zombie) return cover;
  return cover.filter(({ first, count }) => {
    const now = locksOfInstanceOver(w, id, first, count);
    const then = before?.entriesOver(spanOf(first, count)) ?? [];
    return (
      now.every((slot) => w.mem.at(w.locks.row(slot) + LOCK.handle) === mdl) &&
      then.every((each) => each.mdl === mdl)
    );
  });
}

/** The secure is about to be released: calls that began before it was made remember it. */
function keepSecure(w: Store, id: number, handle: number): void {
  const slot = w.secureOf.get(handle);
  if (slot === NONE) return;
  const row = w.secures.row(slot);
  const isOwn =
    w.mem.at(row + SECURE.process) === w.processOf(id) &&
    w.mem.at(row + SECURE.provider) === w.providerOf(id);
  if (!isOwn) return;
  const span = spanAt(w, row + SECURE.first);
  for (const call of w.calls[id] ?? []) {
    if (handle < call.nextSecure) {
      call.unsecured = appended(call.unsecured, { handle: brand(handle), span });
    }
  }
}

function mdlOf(w: Store, id: number, key: number): number {
  const region = regionNamed(w, w.processOf(id), w.providerOf(id), key);
  return region === NONE ? NONE : w.mem.at(w.regions.row(region) + REGION.lock);
}

/** An armed interruption comes one host call nearer. */
function countDown(w: Store, process: number): void {
  if (w.get(SINGLE.interrupt) === 0 || w.get(SINGLE.interruptProcess) !== process) return;
  w.set(SINGLE.interruptAfter, Math.max(0, w.get(SINGLE.interruptAfter) - 1));
  w.faults = null;
}
