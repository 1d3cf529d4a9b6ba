// How entries go: region, lock, secure, in this order, one entry after another or all of them step by step. What the
// host refuses is owed, stays secured, and is tried again at a later call.

import { spansOverlap, type PageSpan } from "../../model/units.ts";
import type { Policy } from "./policy.ts";
import { unsecureEntry, unsecureIfUnused } from "./securing.ts";
import {
  beginWork,
  endWork,
  entriesOver,
  isIdle,
  isPending,
  isThere,
  isUsed,
  usersOf,
  type Entry,
  type Region,
} from "./tables.ts";

/** How to release: whether a secure may stay, and whether everything may be begun before anything goes. */
interface Manner {
  readonly mayLeave?: boolean;
  readonly mayTakeAll?: boolean;
}

/** Releases what nobody uses and nobody is at work on, of the entries given. */
export function release(
  policy: Policy,
  entries: readonly Entry[],
  { mayLeave = false, mayTakeAll = false }: Manner = {},
): void {
  const order = policy.chance.shuffled(entries);
  if (entries.length > 1 && policy.choose("batches")) {
    releaseBatch(policy, order, { mayLeave, mayTakeAll });
    return;
  }
  for (const entry of order) releaseOne(policy, entry, mayLeave);
}

function releaseOne(policy: Policy, entry: Entry, mayLeave: boolean): void {
  // A callback inside the release before may have released it.
  if (!begins(policy, entry)) return;
  if (takeOut(policy, entry) && unlock(policy, entry)) forget(policy, entry, mayLeave);
  endWork(entry);
}

/** Step by step: all regions, all locks, all secures. */
function releaseBatch(
  policy: Policy,
  order: readonly Entry[],
  { mayLeave, mayTakeAll }: Required<Manner>,
): void {
  const takesAll = mayTakeAll && policy.choose("takesAll");
  // Of a lock alone nothing is taken out: that it goes is only seen when it is unlocked.
  const batch = takesAll ? order : order.filter(({ regions }) => regions.length > 0);
  const begun = takesAll ? batch.filter((entry) => begins(policy, entry)) : batch;
  const goesOn = (entry: Entry, isDone: boolean): boolean => {
    if (!isDone) endWork(entry);
    return isDone;
  };
  const out = begun.filter(
    (entry) => (takesAll || begins(policy, entry)) && goesOn(entry, takeOut(policy, entry)),
  );
  const unlocked = out.filter((entry) => goesOn(entry, unlock(policy, entry)));
  for (const entry of unlocked) {
    forget(policy, entry, mayLeave);
    endWork(entry);
  }
  for (const entry of order) if (!batch.includes(entry)) releaseOne(policy, entry, mayLeave);
}

/** The release of the entry begins, if it is still there, nobody uses it and nobody is at work on it. */
function begins({ tables }: Policy, entry: Entry): boolean {
  const mayBegin = isThere(tables, entry) && entry.atWork === 0 && !isUsed(entry);
  if (mayBegin) beginWork(entry);
  return mayBegin;
}

/** Every region of the entry. */
function takeOut(policy: Policy, entry: Entry): boolean {
  if (policy.choose("forgetsRegion")) entry.regions = [];
  const regions = policy.chance.shuffled(entry.regions);
  if (regions.every((region) => dropRegion(policy, entry, region))) return true;
  entry.state = "owed";
  return false;
}

function unlock({ host }: Policy, entry: Entry): boolean {
  if (entry.mdl === null || host.driver.unlock(entry.mdl).ok) return true;
  entry.state = "owed";
  return false;
}

function forget(policy: Policy, entry: Entry, mayLeave: boolean): void {
  const { tables } = policy;
  unsecureEntry(policy, entry, mayLeave);
  tables.entries = tables.entries.filter((each) => each !== entry);
}

/** Takes a region that nobody names out of the NIC. False: it is owed. */
export function dropRegion(policy: Policy, entry: Entry, region: Region): boolean {
  region.owed = !policy.host.nic.deregister(region.key).ok;
  if (!region.owed) entry.regions = entry.regions.filter((each) => each !== region);
  return !region.owed;
}

/** Takes the regions that nobody names out of the NIC and keeps the lock. False: one of them is owed. */
export function dropIdleRegions(policy: Policy, entry: Entry): boolean {
  beginWork(entry);
  const idle = policy.chance.shuffled(entry.regions.filter((region) => region.uses === 0));
  const dropped = idle.filter((region) => dropRegion(policy, entry, region));
  endWork(entry);
  return dropped.length === idle.length;
}

/** Tries again what is owed or was put off, if it is not put off once more; not what reaches into the pages given. */
export function settle(policy: Policy, not: PageSpan | null = null): void {
  const { tables } = policy;
  const isOut = ({ span }: { readonly span: PageSpan }): boolean =>
    not !== null && spansOverlap(span, not);
  const isMeant = (entry: Entry): boolean =>
    entry.atWork === 0 &&
    isThere(tables, entry) &&
    !isOut(entry) &&
    !tables.secures.some((each) => isOut(each) && entry.secures.includes(each.handle));
  for (const entry of tables.entries.slice()) {
    if (!isMeant(entry)) continue;
    if (entry.state === "owed") {
      if (!policy.choose("postpones")) release(policy, [entry]);
    } else if (isPending(entry)) {
      if (!policy.choose("postponesZombie")) release(policy, [entry]);
    } else if (entry.regions.some((region) => region.owed) && !policy.choose("postpones")) {
      dropIdleRegions(policy, entry);
    }
  }
  for (const secure of tables.secures.slice()) {
    if (isOut(secure) || usersOf(tables, secure).length > 0) continue;
    // A buffer under it may be kept against our will, and is secured by nothing else.
    if (entriesOver(tables, secure.span).length > 0) continue;
    if (!policy.choose("leavesSecure")) unsecureIfUnused(policy, secure);
  }
}

/** Releases idle entries for no reason at all. */
export function evictSome(policy: Policy): void {
  for (const entry of policy.tables.entries.filter(isIdle)) {
    if (!policy.choose("evicts") || !isIdle(entry)) continue;
    if (entry.regions.length > 0 && policy.choose("keepsLock")) dropIdleRegions(policy, entry);
    else release(policy, [entry], { mayLeave: true });
  }
}

/** Releases idle entries until the limits are kept. */
export function keepLimits(policy: Policy): void {
  const { entries: most, pages: mostPages } = policy.capabilities.limits;
  if (policy.choose("overrunsLimits")) return;
  for (;;) {
    const idle = policy.tables.entries.filter(isIdle);
    const pages = idle.reduce((sum, { span }) => sum + span.count, 0);
    if (idle.length <= (most ?? Infinity) && pages <= (mostPages ?? Infinity)) return;
    release(policy, [policy.chance.oneOf(idle)], { mayLeave: true });
  }
}
