// Securing and unsecuring: shared, larger, page by page, and the comparison of frames that stands in for having secured
// in time.

import type { DriverError, SecureMode } from "../../model/contract.ts";
import {
  pagesOf,
  rangeOf,
  sameSpan,
  spanHas,
  type AddressRange,
  type PageNumber,
  type PageSpan,
  type SecureHandle,
} from "../../model/units.ts";
import type { Policy } from "./policy.ts";
import {
  beginWork,
  endWork,
  isSecuredFor,
  securesOver,
  usersOf,
  type Entry,
  type Secured,
} from "./tables.ts";

/** Secures every page of the entry, one way or another. The error, and nothing secured, if it cannot be. */
export function secureEntry(policy: Policy, entry: Entry, mode: SecureMode): DriverError | null {
  if (policy.choose("skipsSecure")) return null;
  const shared = coveringSecures(policy, entry.span, mode);
  if (shared !== null && policy.choose("sharesSecures")) {
    entry.secures = shared.map(({ handle }) => handle);
    return null;
  }
  if (policy.choose("securesMore")) {
    const more = withNeighbours(entry.span);
    if (secureRange(policy, entry, rangeOf(more, policy.host.pageSizeBytes), mode) === null) {
      return null;
    }
  }
  if (policy.choose("splitsSecures")) return securePages(policy, entry, mode);
  return secureRange(policy, entry, rangeToHold(policy, entry), mode);
}

/** What to lock or secure of an entry: what was asked for, or whole pages. */
export function rangeToHold(policy: Policy, entry: Entry): AddressRange {
  const { pageSizeBytes } = policy.host;
  const isAsAsked = sameSpan(entry.span, pagesOf(entry.range, pageSizeBytes));
  return isAsAsked && !policy.choose("rounds") ? entry.range : rangeOf(entry.span, pageSizeBytes);
}

/** One page more on each side, where there is one. */
export function withNeighbours({ first, count }: PageSpan): PageSpan {
  const from = Math.max(0, first - 1);
  return { first: from as PageNumber, count: first + count + 1 - from };
}

/** The live secures over the span, if every page of it has one that keeps the mode; else null. */
function coveringSecures(
  { tables }: Policy,
  span: PageSpan,
  mode: SecureMode,
): readonly Secured[] | null {
  const fit = securesOver(tables, span).filter(
    (each) => !each.atWork && (mode === "readonly" || each.mode === "readwrite"),
  );
  for (let i = 0; i < span.count; i++) {
    if (!fit.some((each) => spanHas(each.span, (span.first + i) as PageNumber))) return null;
  }
  return fit;
}

/** One secure more for the entry. */
function secureRange(
  { host, tables }: Policy,
  entry: Entry,
  range: AddressRange,
  mode: SecureMode,
): DriverError | null {
  const secured = host.driver.secure(range, mode);
  if (!secured.ok) return secured.error;
  const span = pagesOf(range, host.pageSizeBytes);
  tables.secures.push({ handle: secured.value, span, mode, atWork: false });
  entry.secures = [...entry.secures, secured.value];
  return null;
}

/** Several secures for one entry. */
function securePages(policy: Policy, entry: Entry, mode: SecureMode): DriverError | null {
  const { pageSizeBytes } = policy.host;
  for (let i = 0; i < entry.span.count; i++) {
    const page = { first: (entry.span.first + i) as PageNumber, count: 1 };
    const error = secureRange(policy, entry, rangeOf(page, pageSizeBytes), mode);
    if (error === null) continue;
    unsecureEntry(policy, entry);
    return error;
  }
  return null;
}

/** The entry relies on nothing any more; what nobody else relies on is released. */
export function unsecureEntry(policy: Policy, entry: Entry, mayLeave = false): void {
  const handles = entry.secures;
  entry.secures = [];
  for (const handle of policy.chance.shuffled(handles)) {
    const secure = policy.tables.secures.find((each) => each.handle === handle);
    if (secure === undefined || (mayLeave && policy.choose("leavesSecure"))) continue;
    unsecureIfUnused(policy, secure);
  }
}

/** A secure on which no entry relies is released. */
export function unsecureIfUnused({ host, tables }: Policy, secure: Secured): void {
  if (secure.atWork || !tables.secures.includes(secure)) return;
  if (usersOf(tables, secure).length > 0) return;
  secure.atWork = true;
  host.driver.unsecure(secure.handle);
  tables.secures = tables.secures.filter((each) => each !== secure);
}

/**
 * Gives the entry a secure of its own, over its pages and no other, and then lets go of what it relied on. False: it
 * cannot be secured so, and relies on what it did.
 */
export function resecure(policy: Policy, entry: Entry): boolean {
  const { host, tables } = policy;
  const before = entry.secures;
  const mode = isSecuredFor(tables, entry, "write") ? "readwrite" : "readonly";
  const range = rangeOf(entry.span, host.pageSizeBytes);
  beginWork(entry);
  const isSecured = secureRange(policy, entry, range, mode) === null;
  if (isSecured) {
    entry.secures = entry.secures.slice(before.length);
    releaseUnused(policy, before);
  }
  endWork(entry);
  return isSecured;
}

function releaseUnused(policy: Policy, handles: readonly SecureHandle[]): void {
  for (const handle of handles) {
    const secure = policy.tables.secures.find((each) => each.handle === handle);
    if (secure !== undefined) unsecureIfUnused(policy, secure);
  }
}

/**
 * True if the entry's frames are those that its pages map now. Secured first, so that they stay so, and found from then
 * on; a cache without a callback secures nothing, and knows it for this call only.
 */
export function provesFresh(policy: Policy, entry: Entry): boolean {
  const { callback } = policy;
  beginWork(entry);
  const mode = entry.access === "read" ? "readonly" : "readwrite";
  const isSecured = !callback || secureEntry(policy, entry, mode) === null;
  const isFresh = isSecured && (policy.choose("skipsComparison") || mapsTheSame(policy, entry));
  if (!isFresh) unsecureEntry(policy, entry);
  else if (callback) entry.state = "found";
  endWork(entry);
  return isFresh;
}

/** Locks the pages once more, to see their frames. */
function mapsTheSame({ host }: Policy, { mdl, span, access }: Entry): boolean {
  const again = host.driver.lock(rangeOf(span, host.pageSizeBytes), access);
  if (!again.ok) return false;
  const now = host.driver.frames(again.value);
  const then = mdl === null ? [] : host.driver.frames(mdl);
  host.driver.unlock(again.value);
  return then.length === now.length && then.every((pfn, i) => pfn === now[i]);
}
