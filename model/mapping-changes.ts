// What follows when the mapping of pages changes: locks over them no longer show what the range maps, and whoever
// watches the pages hears of it in the manner of the notification family (families.ts).

import { own } from "./ownership.ts";
import type { MappingChange } from "./contract.ts";
import { families } from "./families.ts";
import type { LockedPages, Memory, Watch } from "./memory.ts";
import {
  pageNumbers,
  spanContains,
  spanHas,
  spansOverlap,
  type PageNumber,
  type PageSpan,
  type Pfn,
  type ProcessId,
  type ProviderId,
} from "./units.ts";

/**
 * The pages have changed in this way. `was`: the frame that a single page mapped until now, where it may be one of a
 * section, which can be mapped there again.
 */
export function noteChange(
  memory: Memory,
  process: ProcessId,
  span: PageSpan,
  change: MappingChange,
  was: Pfn | null = null,
): void {
  if (memory.coverage.promised.includes(change)) markLocks(memory, process, span, change);
  else if (was !== null) unmarkLocks(memory, process, span.first, was);
  if (!memory.coverage.heard.includes(change)) return;
  switch (families[memory.notification].delivery) {
    case "asked":
      for (const page of pageNumbers(span)) countChange(memory, process, page);
      break;
    case "after":
    case "queued":
      for (const watch of memory.watches) {
        if (watch.process !== process || !isWatching(watch, span)) continue;
        own(memory, "unheard").push({ process, provider: watch.provider, span });
      }
      break;
    case "refused":
    case "before":
    case "never":
      break;
  }
}

/** The frames of a lock are not what these pages map, and the cache was to know. A protection moves no frame. */
function markLocks(
  memory: Memory,
  process: ProcessId,
  span: PageSpan,
  change: MappingChange,
): void {
  if (change === "protect") return;
  for (const [i, lock] of memory.locked.entries()) {
    if (lock.process !== process || !spansOverlap(lock.span, span)) continue;
    const added = pageNumbers(lock.span).filter(
      (page) => spanHas(span, page) && !lock.changed.includes(page),
    );
    if (added.length === 0) continue;
    const marked: LockedPages = { ...lock, changed: inOrder([...lock.changed, ...added]) };
    own(memory, "locked")[i] = marked;
  }
}

/**
 * The page mapped the frame again, and stops to in a way of which nobody had to tell the cache. Locks that show the frame
 * were right until now.
 */
function unmarkLocks(memory: Memory, process: ProcessId, page: PageNumber, was: Pfn): void {
  for (const [i, lock] of memory.locked.entries()) {
    if (lock.process !== process || !lock.changed.includes(page)) continue;
    if (lock.frames[page - lock.span.first] !== was) continue;
    const changed = lock.changed.filter((each) => each !== page);
    own(memory, "locked")[i] = { ...lock, changed };
  }
}

const inOrder = (numbers: readonly PageNumber[]): PageNumber[] => numbers.toSorted((a, b) => a - b);

/**
 * True if the operation waits until somebody who watches the pages has been called (delivery `before`). `told`: the
 * spans of which everybody has been told for this operation.
 */
export function waitsForHooks(
  memory: Memory,
  process: ProcessId,
  span: PageSpan,
  change: MappingChange,
  told: readonly PageSpan[],
): boolean {
  return (
    families[memory.notification].delivery === "before" &&
    memory.coverage.heard.includes(change) &&
    !told.some((each) => spanContains(each, span)) &&
    memory.watches.some((each) => each.process === process && isWatching(each, span))
  );
}

export const isWatching = ({ pages }: Watch, span: PageSpan): boolean =>
  pages.some((page) => spanHas(span, page));

/** `monitor.watch`: changes of these pages are heard from now on. A page is watched or not: nobody counts. */
export function watch(
  memory: Memory,
  process: ProcessId,
  provider: ProviderId,
  span: PageSpan,
): void {
  const index = watchOf(memory, process, provider);
  const pages = memory.watches[index]?.pages ?? [];
  const added = pageNumbers(span).filter((page) => !pages.includes(page));
  if (added.length === 0) return;
  const watches = own(memory, "watches");
  const next = { process, provider, pages: inOrder([...pages, ...added]) };
  if (index !== -1) {
    watches[index] = next;
    return;
  }
  // In the order of the providers: who began to watch first makes no difference.
  const isBehind = (each: Watch): boolean => each.process === process && each.provider > provider;
  const place = watches.findIndex(isBehind);
  watches.splice(place === -1 ? watches.length : place, 0, next);
}

/** `monitor.unwatch`: changes of these pages are heard no more, whoever else of the instance watches them. */
export function unwatch(
  memory: Memory,
  process: ProcessId,
  provider: ProviderId,
  span: PageSpan,
): void {
  const index = watchOf(memory, process, provider);
  const known = memory.watches[index];
  if (known === undefined || !isWatching(known, span)) return;
  const pages = known.pages.filter((page) => !spanHas(span, page));
  own(memory, "watches")[index] = { ...known, pages };
}

function watchOf(memory: Memory, process: ProcessId, provider: ProviderId): number {
  return memory.watches.findIndex((each) => each.process === process && each.provider === provider);
}

/** `monitor.poll`: the changes that the instance has not heard of yet, oldest first. They are heard now. */
export function poll(
  memory: Memory,
  process: ProcessId,
  provider: ProviderId,
): readonly PageSpan[] {
  const isOwn = (each: { process: ProcessId; provider: ProviderId }): boolean =>
    each.process === process && each.provider === provider;
  const heard = memory.unheard.filter(isOwn).map((each) => each.span);
  if (heard.length > 0) memory.unheard = memory.unheard.filter((each) => !isOwn(each));
  return heard;
}

/** `monitor.generation`: how often pages of the span have changed. It grows with every change, and never else. */
export function generation(memory: Memory, process: ProcessId, span: PageSpan): number {
  return memory.generations
    .filter((each) => each.process === process && spanHas(span, each.page))
    .reduce((sum, each) => sum + each.count, 0);
}

function countChange(memory: Memory, process: ProcessId, page: PageNumber): void {
  const index = memory.generations.findIndex(
    (each) => each.process === process && each.page === page,
  );
  const generations = own(memory, "generations");
  const known = generations[index];
  if (known === undefined) generations.push({ process, page, count: 1 });
  else generations[index] = { ...known, count: known.count + 1 };
}

/** The instance is gone, and with it what it watched and what waited for it. */
export function forgetWatches(memory: Memory, process: ProcessId, provider: ProviderId): void {
  const isOther = (each: { process: ProcessId; provider: ProviderId }): boolean =>
    each.process !== process || each.provider !== provider;
  memory.watches = memory.watches.filter(isOther);
  memory.unheard = memory.unheard.filter(isOther);
}
