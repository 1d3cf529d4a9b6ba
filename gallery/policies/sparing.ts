// Spare entries: pages that are locked and secured for nobody, where an entry went that was worth keeping in part, or for
// another mapping.

import { rangeOf, type PageNumber, type PageSpan } from "../../model/units.ts";
import type { Policy } from "./policy.ts";
import { release } from "./releasing.ts";
import { resecure } from "./securing.ts";
import { beginEntry, endWork, type Entry } from "./tables.ts";

/** Keeps what an entry that is gone had outside the pages: before them, behind them, or both. */
export function spareRest(policy: Policy, entry: Entry, without: PageSpan): void {
  const end = entry.span.first + entry.span.count;
  const from = (without.first + without.count) as PageNumber;
  const before = { first: entry.span.first, count: without.first - entry.span.first };
  const behind = { first: from, count: end - from };
  for (const span of [before, behind]) {
    if (span.count > 0 && policy.choose("splits")) lockSpare(policy, entry, span);
  }
}

/** Keeps the pages of an entry that is gone, as they are mapped now. */
export function spareAgain(policy: Policy, entry: Entry): void {
  if (policy.choose("relocks")) lockSpare(policy, entry, entry.span);
}

/** Secures the pages, locks them and keeps the lock; or leaves it. */
function lockSpare(policy: Policy, { access }: Entry, span: PageSpan): void {
  const { host, tables } = policy;
  const range = rangeOf(span, host.pageSizeBytes);
  const spare = beginEntry(tables, { range, span, access });
  if (resecure(policy, spare)) {
    const locked = host.driver.lock(range, access);
    if (locked.ok) spare.mdl = locked.value;
  }
  spare.state = spare.mdl === null ? "doubtful" : "found";
  endWork(spare);
  if (spare.mdl === null) release(policy, [spare]);
}
