// A new entry: what is locked, secured and entered into the NIC for a register that no entry serves. More than was asked
// for is a wish: if it cannot be had, what was asked for is tried.

import type {
  Access,
  DriverError,
  NicError,
  RegisterRequest,
  Result,
  SecureMode,
} from "../../model/contract.ts";
import {
  pagesOf,
  sameSpan,
  spansOverlap,
  type PageNumber,
  type PageSpan,
} from "../../model/units.ts";
import type { Policy } from "./policy.ts";
import { dropIdleRegions, release } from "./releasing.ts";
import { rangeToHold, secureEntry, withNeighbours } from "./securing.ts";
import { beginEntry, isIdle, isThere, isUsed, type Entry, type Region } from "./tables.ts";

type HostError = DriverError | NicError;

/** What an entry is to be. */
interface Wish {
  readonly span: PageSpan;
  readonly access: Access;
  /** Null: it is not secured. */
  readonly mode: SecureMode | null;
  /** More than was asked for. */
  readonly isMore: boolean;
}

/** An entry with a region for the request, at work until the register is over; or why there is none. */
export function makeEntry(policy: Policy, request: RegisterRequest): Entry | HostError {
  let error: HostError = "NO_RESOURCES";
  for (const wish of wishesFor(policy, request)) {
    const made = attempt(policy, wish, request);
    if (typeof made !== "string") return made;
    error = made;
  }
  return error;
}

function wishesFor(policy: Policy, { range, access }: RegisterRequest): readonly Wish[] {
  const span = pagesOf(range, policy.host.pageSizeBytes);
  const secures = policy.choose("securesFirst");
  const needed = access === "read" ? "readonly" : "readwrite";
  const asked: Wish = {
    span,
    access,
    mode: secures ? (policy.choose("securesForReading") ? "readonly" : needed) : null,
    isMore: false,
  };
  const more: Wish = {
    span: policy.choose("merges")
      ? withAllAround(policy, span)
      : policy.choose("widens")
        ? withNeighbours(span)
        : span,
    access: policy.choose("locksForMore") ? "readwrite" : access,
    mode: secures && policy.choose("securesForWriting") ? "readwrite" : asked.mode,
    isMore: true,
  };
  const isMore = !sameSpan(more.span, span) || more.access !== access || more.mode !== asked.mode;
  return isMore ? [more, asked] : [asked];
}

/** The span with those of all entries that overlap it or are adjacent. */
function withAllAround({ tables }: Policy, span: PageSpan): PageSpan {
  const near = { first: (span.first - 1) as PageNumber, count: span.count + 2 };
  let { first } = span;
  let end = first + span.count;
  for (const entry of tables.entries.filter((each) => spansOverlap(each.span, near))) {
    first = Math.min(first, entry.span.first) as PageNumber;
    end = Math.max(end, entry.span.first + entry.span.count);
  }
  return { first, count: end - first };
}

function attempt(policy: Policy, wish: Wish, request: RegisterRequest): Entry | HostError {
  const { span, access } = wish;
  const entry = beginEntry(policy.tables, { range: request.range, span, access });
  const error = fill(policy, entry, wish, request);
  entry.state = error === null && wish.mode !== null ? "found" : "doubtful";
  if (error === null) return entry;
  entry.atWork = 0;
  release(policy, [entry]);
  return error;
}

/** Secure, lock, region. */
function fill(
  policy: Policy,
  entry: Entry,
  { mode, isMore }: Wish,
  request: RegisterRequest,
): HostError | null {
  const { driver } = policy.host;
  if (mode !== null) {
    const secured = withRoom(policy, isMore, (): Result<void, DriverError> => {
      const error = secureEntry(policy, entry, mode);
      return error === null ? { ok: true, value: undefined } : { ok: false, error };
    });
    if (!secured.ok) return secured.error;
  }
  const range = rangeToHold(policy, entry);
  const locked = withRoom(policy, isMore, () => driver.lock(range, entry.access));
  if (!locked.ok) return locked.error;
  entry.mdl = locked.value;
  const entered = enterRegion(policy, entry, request.access, isMore);
  return typeof entered === "string" ? entered : null;
}

/** Enters the entry's pages into the NIC, once more if they are there already. */
export function enterRegion(
  policy: Policy,
  entry: Entry,
  wanted: Access,
  isMore = false,
): Region | NicError {
  const { mdl } = entry;
  if (mdl === null) return "INVALID_KEY";
  const access = policy.choose("entersForMore") ? entry.access : wanted;
  const entered = withRoom(policy, isMore, () => policy.host.nic.register(mdl, access));
  if (!entered.ok) return entered.error;
  const region: Region = { key: entered.value, access, uses: 0, owed: false };
  entry.regions.push(region);
  return region;
}

/** Asks the host, and again as long as room can be made where there was none. */
function withRoom<T, E extends HostError>(
  policy: Policy,
  isMore: boolean,
  ask: () => Result<T, E>,
): Result<T, E> {
  let result = ask();
  if (!isMore || policy.choose("makesRoomForMore")) {
    const tried = new Set<number>();
    while (!result.ok && makesRoom(policy, result.error, tried)) result = ask();
  }
  return result.ok || !policy.choose("triesAgain") ? result : ask();
}

/** Gives something back that nobody uses; each entry is tried once. False: nothing is left, or room is not what lacks. */
function makesRoom(policy: Policy, error: HostError, tried: Set<number>): boolean {
  const { tables, chance } = policy;
  const inNic = error === "NO_RESOURCES";
  if (!inNic && error !== "STATUS_INSUFFICIENT_RESOURCES") return false;
  const untried = tables.entries.filter(
    ({ id, regions }) => !tried.has(id) && (!inNic || regions.some((region) => region.uses === 0)),
  );
  const unused = untried.filter((entry) => entry.atWork === 0 && !isUsed(entry));
  // A region that nobody names may also be on a lock in use, or on the one that is to be entered once more.
  const others = inNic ? untried.filter((entry) => !unused.includes(entry)) : [];
  const victims = unused.length > 0 ? unused : others;
  if (victims.length === 0) return false;
  const victim = chance.oneOf(victims);
  tried.add(victim.id);
  const keepsLock = inNic && isIdle(victim) && policy.choose("dropsForRoom");
  if (keepsLock || !unused.includes(victim)) dropIdleRegions(policy, victim);
  else release(policy, [victim]);
  return true;
}

/** The idle entries that share a page with a new one may go. */
export function replaceOverlapped(policy: Policy, made: Entry): void {
  const { tables } = policy;
  const overlapped = tables.entries.filter(
    (entry) => isIdle(entry) && spansOverlap(entry.span, made.span) && entry !== made,
  );
  if (overlapped.length > 0 && isThere(tables, made) && policy.choose("replaces")) {
    release(policy, overlapped, true);
  }
}
