// What follows when the mapping of pages changes: locks over them no longer show what the range maps, and whoever watches
// the pages hears of it in the manner of the notification family (families.ts).
//
// Who watches a page is a word of the page, a bit a provider; how often its mapping has changed is another. What waits to
// be heard is one list for all, in the order in which it happened, and a chain through it for each instance. Pages of a
// lock that have changed are bits of a block that the lock has from the first one on.

import { brand, type PageNumber, type PageSpan } from "../../model/units.ts";
import { isLocked } from "./entries.ts";
import { INSTANCE, LOCK, PAGE, UNHEARD } from "./layout.ts";
import { firstOver, nextOver, ownerOf } from "./over.ts";
import { spanOf } from "./ranges.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";

/**
 * The pages have changed in this way, a bit of families.ts. `was`: the frame that a single page mapped until now, where it
 * may come back; -1: none.
 */
export function noteChange(
  w: Store,
  process: number,
  first: number,
  count: number,
  change: number,
  was = -1,
): void {
  const { staling, counted, queued } = w.hearing;
  if ((staling & change) !== 0) markLocks(w, process, first, count);
  else if (was >= 0) unmarkLocks(w, process, first, was);
  if ((counted & change) !== 0) countChange(w, process, first, count);
  if ((queued & change) !== 0) enqueue(w, process, first, count);
}

function markLocks(w: Store, process: number, first: number, count: number): void {
  if (w.locks.count === 0) return;
  for (let page = first; page < first + count; page++) {
    let node = firstOver(w, PAGE.locks, process, page);
    for (; node !== 0; node = nextOver(w, node)) {
      const lock = ownerOf(w, node);
      if (isLocked(w, lock)) mark(w, lock, page);
    }
  }
}

/** Locks that show the frame of the page were right until now, and nobody had to tell that they are not. */
function unmarkLocks(w: Store, process: number, page: number, was: number): void {
  let node = firstOver(w, PAGE.locks, process, page);
  for (; node !== 0; node = nextOver(w, node)) {
    const lock = ownerOf(w, node);
    if (isLocked(w, lock) && frameOf(w, lock, page) === was) unmark(w, lock, page);
  }
}

/** The frames that locks show in the place of the one that the page maps, and that count as mapped; in order. */
export function sparedFrames(
  w: Store,
  process: number,
  page: number,
  mapped: number,
): readonly number[] | null {
  let shown: Set<number> | null = null;
  let node = firstOver(w, PAGE.locks, process, page);
  for (; node !== 0; node = nextOver(w, node)) {
    const lock = ownerOf(w, node);
    const pfn = frameOf(w, lock, page);
    if (pfn === mapped || !isLocked(w, lock) || isMarked(w, lock, page)) continue;
    shown = (shown ?? new Set()).add(pfn);
  }
  return shown === null ? null : [...shown].toSorted((a, b) => a - b);
}

function frameOf(w: Store, lock: number, page: number): number {
  const row = w.locks.row(lock);
  return w.mem.at(w.mem.at(row + LOCK.frames) + page - w.mem.at(row + LOCK.first));
}

const wordsFor = (pages: number): number => (pages + 31) >> 5;

function mark(w: Store, lock: number, page: number): void {
  const { mem } = w;
  const row = w.locks.row(lock);
  let block = mem.at(row + LOCK.changed);
  if (block === 0) {
    block = mem.allocate(wordsFor(mem.at(row + LOCK.count)));
    mem.put(row + LOCK.changed, block);
  }
  const at = page - mem.at(row + LOCK.first);
  const word = block + (at >> 5);
  mem.put(word, mem.at(word) | (1 << (at & 31)));
}

/** A lock without marks has no block for them, whatever came before. */
function unmark(w: Store, lock: number, page: number): void {
  if (!isMarked(w, lock, page)) return;
  const { mem } = w;
  const row = w.locks.row(lock);
  const block = mem.at(row + LOCK.changed);
  const at = page - mem.at(row + LOCK.first);
  mem.put(block + (at >> 5), mem.at(block + (at >> 5)) & ~(1 << (at & 31)));
  for (let i = 0; i < markWords(mem.words, row); i++) if (mem.at(block + i) !== 0) return;
  forgetMarks(w, lock);
}

/** True if the page of a lock has changed since it was locked, and the cache was to know. */
export function isMarked(w: Store, lock: number, page: number): boolean {
  const row = w.locks.row(lock);
  const block = w.mem.at(row + LOCK.changed);
  if (block === 0) return false;
  const at = page - w.mem.at(row + LOCK.first);
  return (w.mem.at(block + (at >> 5)) & (1 << (at & 31))) !== 0;
}

/** The pages of a lock that have changed, in order. */
export function markedPages(w: Store, lock: number): PageNumber[] {
  const row = w.locks.row(lock);
  const first = w.mem.at(row + LOCK.first);
  const pages: PageNumber[] = [];
  if (w.mem.at(row + LOCK.changed) === 0) return pages;
  for (let page = first; page < first + w.mem.at(row + LOCK.count); page++) {
    if (isMarked(w, lock, page)) pages.push(brand(page));
  }
  return pages;
}

/** The lock is gone, and what changes concerns it no more. */
export function forgetMarks(w: Store, lock: number): void {
  const row = w.locks.row(lock);
  const block = w.mem.at(row + LOCK.changed);
  if (block === 0) return;
  w.mem.release(block, wordsFor(w.mem.at(row + LOCK.count)));
  w.mem.put(row + LOCK.changed, 0);
}

/** The words of the marks of a lock, for who reads them all; none while no page has changed. */
export function markWords(memory: Int32Array, row: number): number {
  const isMarkedAtAll = memory[row + LOCK.changed] !== 0;
  return isMarkedAtAll ? wordsFor(memory[row + LOCK.count] as number) : 0;
}

function countChange(w: Store, process: number, first: number, count: number): void {
  for (let page = first; page < first + count; page++) {
    const word = w.madePage(process, page) + PAGE.generation;
    w.mem.put(word, w.mem.at(word) + 1);
  }
}

/** How often pages of the span have changed. */
export function generation(w: Store, process: number, first: number, count: number): number {
  let sum = 0;
  for (let page = first; page < first + count; page++) {
    const row = w.page(process, page);
    if (row !== 0) sum += w.mem.at(row + PAGE.generation);
  }
  return sum;
}

/** Who watches pages of the span: a bit for each provider. */
export function watchersOf(w: Store, process: number, first: number, count: number): number {
  let watchers = 0;
  for (let page = first; page < first + count; page++) {
    const row = w.page(process, page);
    if (row !== 0) watchers |= w.mem.at(row + PAGE.watchers);
  }
  return watchers;
}

/**
 * True if a change waits until somebody who watches the pages has been called. `told`: the spans of which everybody has
 * been told for this operation.
 */
export function waitsForHooks(
  w: Store,
  process: number,
  first: number,
  count: number,
  change: number,
  told: readonly PageSpan[],
): boolean {
  if ((w.hearing.before & change) === 0) return false;
  for (const each of told) {
    if (each.first <= first && first + count <= each.first + each.count) return false;
  }
  return watchersOf(w, process, first, count) !== 0;
}

/** `monitor.watch`: a page is watched or not, and nobody counts how often. */
export function watch(
  w: Store,
  process: number,
  provider: number,
  first: number,
  count: number,
): void {
  const watched = w.instance(w.instanceOf(process, provider)) + INSTANCE.watched;
  const bit = 1 << provider;
  for (let page = first; page < first + count; page++) {
    const word = w.madePage(process, page) + PAGE.watchers;
    const watchers = w.mem.at(word);
    if ((watchers & bit) !== 0) continue;
    w.mem.put(word, watchers | bit);
    w.mem.put(watched, w.mem.at(watched) + 1);
  }
}

/** `monitor.unwatch`. */
export function unwatch(
  w: Store,
  process: number,
  provider: number,
  first: number,
  count: number,
): void {
  const watched = w.instance(w.instanceOf(process, provider)) + INSTANCE.watched;
  const bit = 1 << provider;
  for (let page = first; page < first + count; page++) {
    const row = w.page(process, page);
    if (row === 0) continue;
    const watchers = w.mem.at(row + PAGE.watchers);
    if ((watchers & bit) === 0) continue;
    w.mem.put(row + PAGE.watchers, watchers & ~bit);
    w.mem.put(watched, w.mem.at(watched) - 1);
  }
}

export function isWatchedBy(w: Store, id: number, page: number): boolean {
  const row = w.page(w.processOf(id), page);
  return row !== 0 && (w.mem.at(row + PAGE.watchers) & (1 << w.providerOf(id))) !== 0;
}

/** Whoever watches pages of the span is to hear of it, in the order of the providers. */
function enqueue(w: Store, process: number, first: number, count: number): void {
  const watchers = watchersOf(w, process, first, count);
  for (let provider = 0; watchers >>> provider !== 0; provider++) {
    if ((watchers & (1 << provider)) === 0) continue;
    const instance = w.instanceOf(process, provider);
    const slot = w.unheard.add();
    const row = w.unheard.row(slot);
    w.mem.put(row + UNHEARD.instance, instance);
    w.mem.put(row + UNHEARD.first, first);
    w.mem.put(row + UNHEARD.count, count);
    w.unheardOfInstance.append(w.instance(instance) + INSTANCE.unheard, slot);
  }
}

export function unheardSpan(w: Store, slot: number): PageSpan {
  const row = w.unheard.row(slot);
  return spanOf(w.mem.at(row + UNHEARD.first), w.mem.at(row + UNHEARD.count));
}

/** `monitor.poll`: the changes that the instance has not heard of, oldest first. They are heard now. */
export function poll(w: Store, id: number): PageSpan[] {
  const heard: PageSpan[] = [];
  const ends = w.instance(id) + INSTANCE.unheard;
  for (let slot = w.unheardOfInstance.first(ends); slot !== NONE;) {
    heard.push(unheardSpan(w, slot));
    drop(w, id, slot);
    slot = w.unheardOfInstance.first(ends);
  }
  return heard;
}

function drop(w: Store, id: number, slot: number): void {
  w.unheardOfInstance.remove(w.instance(id) + INSTANCE.unheard, slot);
  w.unheard.remove(slot);
}

/** Takes what the instances of a process have not heard of yet out of the list, oldest first. */
export function takeUnheard(w: Store, process: number): { instance: number; span: PageSpan }[] {
  const taken: { instance: number; span: PageSpan }[] = [];
  for (let slot = w.unheard.first(); slot !== NONE;) {
    const next = w.unheard.next(slot);
    const instance = w.mem.at(w.unheard.row(slot) + UNHEARD.instance);
    if (w.processOf(instance) === process) {
      taken.push({ instance, span: unheardSpan(w, slot) });
      drop(w, instance, slot);
    }
    slot = next;
  }
  return taken;
}

/** The instance is gone, and with it what it watched and what waited for it. */
export function forgetWatches(w: Store, process: number, provider: number): void {
  const id = w.instanceOf(process, provider);
  poll(w, id);
  if (w.mem.at(w.instance(id) + INSTANCE.watched) === 0) return;
  w.eachPage(process, (_, row) => {
    w.mem.put(row + PAGE.watchers, w.mem.at(row + PAGE.watchers) & ~(1 << provider));
  });
  w.mem.put(w.instance(id) + INSTANCE.watched, 0);
}

/** The process is gone, and nobody asks how often its pages have changed. */
export function forgetGenerations(w: Store, process: number): void {
  if (w.hearing.counted === 0) return;
  w.eachPage(process, (_, row) => w.mem.put(row + PAGE.generation, 0));
}
