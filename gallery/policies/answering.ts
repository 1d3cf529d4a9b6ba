// The callback. It may come inside any host call of another call, and of another callback: what those are at work on it
// leaves alone. The answer is made at the end, from what is left in the range then.

import type { InvalidateOutcome } from "../../model/contract.ts";
import { pagesOf, spansOverlap, type AddressRange, type PageSpan } from "../../model/units.ts";
import type { Policy } from "./policy.ts";
import { dropIdleRegions, evictSome, keepLimits, release, settle } from "./releasing.ts";
import { resecure, unsecureEntry, unsecureIfUnused } from "./securing.ts";
import { spareRest } from "./sparing.ts";
import {
  beginWork,
  endWork,
  entriesOver,
  hasIdleRegion,
  isPending,
  isThere,
  isUsed,
  securesOver,
  usersOf,
  type Entry,
} from "./tables.ts";

const DONE = { ok: true } as const;
const NOTHING = { ok: false, error: "WSAEINVAL" } as const;
const FAULT = { ok: false, error: "WSAEFAULT" } as const;

export function invalidate(policy: Policy, range: AddressRange): InvalidateOutcome {
  const { tables, capabilities } = policy;
  const span = pagesOf(range, policy.host.pageSizeBytes);
  if (policy.choose("settlesInCallback")) settle(policy, span);
  if (!isConcerned(policy, span)) return answerUnconcerned(policy, span);
  if (isOnlyNew(policy, span) && policy.choose("overlooksNew")) return NOTHING;
  evictSome(policy);
  releaseUnused(policy, span);
  const isStuck =
    entriesOver(tables, span).some((entry) => stays(policy, entry)) || refuses(policy, span);
  if (!isStuck || (capabilities.inUse === "defer" && policy.choose("letsGoAnyway"))) {
    for (const entry of entriesOver(tables, span)) letGoOf(policy, entry);
  }
  if (!isStuck) letGoOfSecures(policy, span);
  keepLimits(policy);
  if (isLeft(policy, span)) return FAULT;
  markInvalidated(entriesOver(tables, span));
  return DONE;
}

/** Something in the range is more than a buffer in use that is not secured, or one that waits to be released. */
function isConcerned({ tables }: Policy, span: PageSpan): boolean {
  return (
    securesOver(tables, span).length > 0 ||
    entriesOver(tables, span).some(
      (entry) => entry.atWork > 0 || (isUsed(entry) ? hasIdleRegion(entry) : !isPending(entry)),
    )
  );
}

function answerUnconcerned(policy: Policy, span: PageSpan): InvalidateOutcome {
  const over = entriesOver(policy.tables, span);
  if (over.length === 0) return policy.choose("claimsNothing") ? DONE : NOTHING;
  if (policy.choose("overlooksUnsecured")) return NOTHING;
  // Who refuses invalidates nothing: all of it is in use.
  if (policy.capabilities.inUse === "refuse") return FAULT;
  markInvalidated(over);
  return DONE;
}

/** From now on no register finds them. */
function markInvalidated(entries: readonly Entry[]): void {
  for (const entry of entries) if (isUsed(entry)) entry.state = "invalidated";
}

/** Beside what concerns no callback there are only entries that a register is making, and their secures. */
function isOnlyNew({ tables }: Policy, span: PageSpan): boolean {
  const isNew = (entry: Entry): boolean => entry.state === "new";
  return (
    entriesOver(tables, span).every(
      (entry) => isNew(entry) || (entry.atWork === 0 && !hasIdleRegion(entry)),
    ) &&
    securesOver(tables, span).every((secure) => {
      const users = usersOf(tables, secure);
      return !secure.atWork && users.length > 0 && users.every(isNew);
    })
  );
}

/** Idle entries of the range, what is owed there, and regions that nobody names on locks in use. */
function releaseUnused(policy: Policy, span: PageSpan): void {
  const over = entriesOver(policy.tables, span);
  const unused = over.filter(
    (entry) =>
      !isUsed(entry) &&
      !(entry.state === "owed" && policy.choose("postpones")) &&
      !(isPending(entry) && policy.choose("postponesZombie")),
  );
  const found = unused.filter((entry) => entry.state === "found");
  release(policy, unused);
  for (const entry of found) if (!isThere(policy.tables, entry)) spareRest(policy, entry, span);
  if (policy.capabilities.inUse === "refuse") return;
  for (const entry of over) {
    if (isThere(policy.tables, entry) && entry.atWork === 0 && isUsed(entry)) {
      dropIdleRegions(policy, entry);
    }
  }
}

/** The entry cannot be let go of. */
function stays({ capabilities }: Policy, entry: Entry): boolean {
  if (entry.atWork > 0) return true;
  if (!isUsed(entry)) return !isPending(entry);
  return capabilities.inUse === "refuse" || hasIdleRegion(entry);
}

/** A buffer in use outside of the range relies on a secure that reaches into it, and that is taken for a reason. */
function refuses(policy: Policy, span: PageSpan): boolean {
  const { tables, capabilities } = policy;
  return (
    capabilities.inUse === "refuse" &&
    securesOver(tables, span).some((secure) => usersOf(tables, secure).some(isUsed)) &&
    policy.choose("refusesForSecure")
  );
}

/** Unsecures an entry in use, and what is not in use goes before that. */
function letGoOf(policy: Policy, entry: Entry): void {
  if (!isThere(policy.tables, entry) || entry.atWork > 0 || !isUsed(entry)) return;
  if (!dropIdleRegions(policy, entry)) return;
  if (entry.state === "found") entry.state = "doubtful";
  beginWork(entry);
  unsecureEntry(policy, entry);
  endWork(entry);
}

/** Secures that reach into the range: entries outside of it get one of their own, or do without, or go. */
function letGoOfSecures(policy: Policy, span: PageSpan): void {
  const { tables } = policy;
  for (const secure of securesOver(tables, span)) {
    for (const entry of usersOf(tables, secure)) {
      if (entry.atWork > 0 || spansOverlap(entry.span, span)) continue;
      if (entry.state === "owed") {
        if (!policy.choose("postpones")) release(policy, [entry]);
      } else if (!policy.choose("resecures") || !resecure(policy, entry)) {
        if (isUsed(entry)) letGoOf(policy, entry);
        else release(policy, [entry]);
      }
    }
    unsecureIfUnused(policy, secure);
  }
}

/** Something is left in the range that a callback must not leave there when it answers 0. */
function isLeft(policy: Policy, span: PageSpan): boolean {
  const { tables } = policy;
  return (
    securesOver(tables, span).length > 0 ||
    entriesOver(tables, span).some((entry) => stays(policy, entry))
  );
}
