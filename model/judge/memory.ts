// Rules on the memory manager: what is secured stays as it was secured, and locked frames stay locked. An operation
// can break them only where it changed pages.

import { modeAllows } from "../memory-manager.ts";
import type { LockedPages, Secure } from "../memory.ts";
import { brand, type PageNumber, type PageSpan, type Pfn } from "../units.ts";
import type { WorldView } from "../view.ts";
import {
  both,
  broken,
  everyPage,
  frameNames,
  none,
  pages,
  type Finding,
  type JudgeScope,
} from "./finding.ts";

/** MM-1, MM-3: secured pages are still what was secured, and locked frames are still locked. */
export function judgeMemory(view: WorldView, scope: JudgeScope): readonly Finding[] {
  if (scope === "everything") {
    const all = everyPage(view);
    return both(judgeSecures(view, view.secures(), all), judgeLocks(view, view.locked(), all));
  }
  const changed = view.changed();
  if (changed === null) return none;
  const { process, span } = changed;
  return both(
    judgeSecures(view, view.securesOver(process, span), span),
    judgeLocks(view, view.locksOver(process, span), span),
  );
}

/** MM-1: the pages of the span are committed and allow the mode, where they are secured. */
function judgeSecures(
  view: WorldView,
  secures: readonly Secure[],
  span: PageSpan,
): readonly Finding[] {
  for (const secure of secures) {
    const lost = firstLost(view, secure, span);
    if (lost === null || !view.isAlive(secure.process)) continue;
    return [
      broken(
        "MM-1",
        `${pages(view, secure.span)} is neither freed nor restricted while secure ${secure.handle} lasts`,
        `${pages(view, { first: lost, count: 1 })} was`,
      ),
    ];
  }
  return none;
}

function firstLost(view: WorldView, secure: Secure, span: PageSpan): PageNumber | null {
  const { first, end } = common(secure.span, span);
  for (let number = first; number < end; number++) {
    const page = view.page(secure.process, brand<PageNumber>(number));
    if (page === undefined || !page.committed || !modeAllows(secure.mode, page.protection)) {
      return brand<PageNumber>(number);
    }
  }
  return null;
}

/**
 * MM-3: every frame behind the pages of the span is in use, and is counted as locked at least as often as the locks
 * hold it there. Other locks may hold it too: those of another process on a shared section.
 */
function judgeLocks(
  view: WorldView,
  locks: readonly LockedPages[],
  span: PageSpan,
): readonly Finding[] {
  if (locks.length === 0) return none;
  const counts = new Map<Pfn, number>();
  for (const lock of locks) {
    const { first, end } = common(lock.span, span);
    for (let number = first; number < end; number++) {
      const pfn = lock.frames[number - lock.span.first];
      if (pfn !== undefined) counts.set(pfn, (counts.get(pfn) ?? 0) + 1);
    }
  }
  const moved: Pfn[] = [];
  for (const [pfn, count] of counts) {
    if ((view.frame(pfn)?.lockCount ?? 0) < count) moved.push(pfn);
  }
  if (moved.length === 0) return none;
  const expected = "a locked frame keeps its identity until unlocked";
  return [broken("MM-3", expected, `${frameNames(moved)} did not`)];
}

/** The pages that both spans have: none if `end` is not above `first`. */
function common(a: PageSpan, b: PageSpan): { readonly first: number; readonly end: number } {
  return {
    first: Math.max(a.first, b.first),
    end: Math.min(a.first + a.count, b.first + b.count),
  };
}
