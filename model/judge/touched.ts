// Where a call may have changed what is legal: the pages that it, and what came inside it, was about. Everything
// else of the instance is as it was at the last quiescent point, and was judged then.
//
// That holds because whatever makes an entry or an exposure illegal names its pages: host calls do, a deregister
// names its region, a callback its range. Limits are counts, and are judged at every return.

import type { ActiveCall, Entry, InstanceView } from "../ledger.ts";
import type { Exposure } from "../nic.ts";
import { brand, pagesOf, spanContains, type PageSpan } from "../units.ts";
import type { WorldView } from "../view.ts";

/** Disjoint spans, in order of address. */
export function touchedSpans(view: WorldView, active: ActiveCall): readonly PageSpan[] {
  const { call, touched, touchedWithin } = active;
  const own = call.name === "invalidate" ? pagesOf(call.range, view.config.pageSizeBytes) : null;
  const first = own ?? touched[0] ?? touchedWithin[0];
  if (first === undefined) return [];
  if (isAllIn(first, touched) && isAllIn(first, touchedWithin)) return [first];
  return merged([first, ...touched, ...touchedWithin]);
}

function isAllIn(outer: PageSpan, spans: readonly PageSpan[]): boolean {
  for (const span of spans) if (!spanContains(outer, span)) return false;
  return true;
}

function merged(spans: PageSpan[]): readonly PageSpan[] {
  spans.sort((a, b) => a.first - b.first);
  const disjoint: PageSpan[] = [];
  let first: number = spans[0]?.first ?? 0;
  let end = first;
  for (const span of spans) {
    if (span.first > end) {
      disjoint.push({ first: brand(first), count: end - first });
      first = span.first;
    }
    end = Math.max(end, span.first + span.count);
  }
  disjoint.push({ first: brand(first), count: end - first });
  return disjoint;
}

/** The entries over the spans, in the order in which they were locked. */
export function entriesOverAll(
  view: WorldView,
  { id }: InstanceView,
  spans: readonly PageSpan[],
): readonly Entry[] {
  const [only] = spans;
  if (spans.length === 1 && only !== undefined) return view.entriesOver(id, only);
  return eachOnce(spans, (span) => view.entriesOver(id, span)).toSorted(byLock);
}

/** The exposures over the spans, in the order in which they were made. */
export function exposuresOverAll(
  view: WorldView,
  { id }: InstanceView,
  spans: readonly PageSpan[],
): readonly Exposure[] {
  const [only] = spans;
  if (spans.length === 1 && only !== undefined) return view.exposuresOver(id, only);
  return eachOnce(spans, (span) => view.exposuresOver(id, span)).toSorted((a, b) => a.key - b.key);
}

/** What is over several of the disjoint spans begins before the end of the first of them: it is taken there only. */
function eachOnce<T extends { readonly span: PageSpan }>(
  spans: readonly PageSpan[],
  over: (span: PageSpan) => readonly T[],
): readonly T[] {
  const found: T[] = [];
  let end = 0;
  for (const span of spans) {
    for (const each of over(span)) if (each.span.first >= end) found.push(each);
    end = span.first + span.count;
  }
  return found;
}

/** Regions without a lock come last, as they do in the list of all entries. */
function byLock(a: Entry, b: Entry): number {
  if (a.locked !== b.locked) return a.locked ? -1 : 1;
  return a.locked ? a.mdl - b.mdl : (a.regions[0]?.key ?? 0) - (b.regions[0]?.key ?? 0);
}
