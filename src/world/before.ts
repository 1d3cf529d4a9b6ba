// What an instance had when a call began: what the call has kept because it changed since, and what has not changed.

import type { MdlHandle, PageSpan, RegionKey } from "../../model/units.ts";
import type { FlatCall } from "./active-call.ts";
import { locksOfInstanceOver } from "./calls.ts";
import { entriesOn, isLocked } from "./entries.ts";
import { secureRecord } from "./records.ts";
import { securesOver } from "./secures.ts";
import { LOCK, REGION } from "./layout.ts";
import type { Store } from "./store.ts";
import { NONE } from "./table.ts";
import type { Before, EntryBefore, Secure, Totals } from "./words.ts";

export class FlatBefore implements Before {
  readonly #w: Store;
  readonly #id: number;
  readonly #call: FlatCall;

  constructor(w: Store, id: number, call: FlatCall) {
    this.#w = w;
    this.#id = id;
    this.#call = call;
  }

  get totals(): Totals {
    return this.#call.totals;
  }

  entry(mdl: MdlHandle): EntryBefore | undefined {
    for (const kept of this.#call.kept) if (kept.mdl === mdl) return kept;
    const slot = mdl < this.#call.nextMdl ? this.#w.lockOf.get(mdl) : NONE;
    if (slot === NONE) return undefined;
    const row = this.#w.locks.row(slot);
    const owner = this.#w.instanceOf(
      this.#w.mem.at(row + LOCK.process),
      this.#w.mem.at(row + LOCK.provider),
    );
    return owner === this.#id ? entriesOn(this.#w, slot)[0] : undefined;
  }

  entryOf(key: RegionKey): EntryBefore | undefined {
    const w = this.#w;
    for (const kept of this.#call.kept) {
      if (kept.regions.some((region) => region.key === key)) return kept;
    }
    const region = w.regionOf[w.providerOf(this.#id)]?.get(key) ?? NONE;
    if (region === NONE) return undefined;
    const lock = w.mem.at(w.regions.row(region) + REGION.lock);
    const mdl = w.mem.at(w.locks.row(lock) + LOCK.handle);
    // A region of an entry that was kept was not there when the call began, or it would have been found above.
    if (mdl >= this.#call.nextMdl || this.#call.hasKept(mdl)) return undefined;
    if (w.mem.at(w.regions.row(region) + REGION.process) !== w.processOf(this.#id))
      return undefined;
    return entriesOn(w, lock).find((each) => each.regions.some((own) => own.key === key));
  }

  entriesOver(span: PageSpan): readonly EntryBefore[] {
    const w = this.#w;
    const call = this.#call;
    const found: EntryBefore[] = [];
    for (const kept of call.kept) if (overlap(kept.span, span)) found.push(kept);
    for (const lock of locksOfInstanceOver(w, this.#id, span.first, span.count)) {
      const mdl = w.mem.at(w.locks.row(lock) + LOCK.handle);
      if (mdl < call.nextMdl && !call.hasKept(mdl)) found.push(...entriesOn(w, lock));
    }
    return inOrder(found);
  }

  diminished(): readonly EntryBefore[] {
    const gone: EntryBefore[] = [];
    for (const kept of this.#call.kept) if (this.#isDiminished(kept)) gone.push(kept);
    return inOrder(gone);
  }

  #isDiminished(kept: EntryBefore): boolean {
    const w = this.#w;
    const slot = w.lockOf.get(kept.mdl);
    if (slot === NONE || isLocked(w, slot) !== kept.locked) return true;
    const provider = w.providerOf(this.#id);
    return kept.regions.some((region) => (w.regionOf[provider]?.get(region.key) ?? NONE) === NONE);
  }

  securesOver(span: PageSpan): readonly Pick<Secure, "handle" | "span">[] {
    const w = this.#w;
    const found: Pick<Secure, "handle" | "span">[] = [];
    for (const each of this.#call.unsecured) if (overlap(each.span, span)) found.push(each);
    for (const slot of securesOver(w, w.processOf(this.#id), span.first, span.count)) {
      const secure = secureRecord(w, slot);
      if (secure.provider !== w.providerOf(this.#id)) continue;
      if (secure.handle < this.#call.nextSecure) found.push(secure);
    }
    return found.length < 2 ? found : found.sort((a, b) => a.handle - b.handle);
  }
}

function overlap(a: PageSpan, b: PageSpan): boolean {
  return a.first < b.first + b.count && b.first < a.first + a.count;
}

/** By the order of locking, regions without a lock behind the others. */
export function inOrder<T extends EntryBefore>(entries: T[]): T[] {
  if (entries.length < 2) return entries;
  return entries.sort(
    (a, b) =>
      Number(b.locked) - Number(a.locked) || (a.locked ? a.mdl - b.mdl : regionOf(a) - regionOf(b)),
  );
}

const regionOf = (entry: EntryBefore): number => entry.regions[0]?.key ?? 0;
