// Secured ranges: what may not be freed or restricted. Several may cover one page; each is released on its own.

import { allows, modeCode } from "./codes.ts";
import { enter, firstOver, leave, nextOver, ownerOf, rowsOver } from "./over.ts";
import { COMMITTED, protectionOf, stateOf } from "./pages.ts";
import { firstPageOf, isUserRange, pageCountOf } from "./ranges.ts";
import { PAGE, SECURE, SINGLE } from "./layout.ts";
import type { Store } from "./store.ts";

import type { SecureMode } from "../../model/contract.ts";
import type { AddressRange } from "../../model/units.ts";

/** MmSecureVirtualMemory: a handle, or 0 when a page is not committed or does not allow the mode. */
export function secureRange(
  w: Store,
  process: number,
  provider: number,
  range: AddressRange,
  mode: SecureMode,
): number {
  if (!isUserRange(w, range.start, range.lengthBytes) || process >= w.config.processes) return 0;
  const first = firstPageOf(w, range);
  const count = pageCountOf(w, range);
  const code = modeCode(mode);
  for (let number = first; number < first + count; number++) {
    const state = stateOf(w, process, number);
    if ((state & COMMITTED) === 0 || !allows(protectionOf(state), code === 1)) return 0;
  }
  const handle = w.get(SINGLE.nextSecure);
  w.set(SINGLE.nextSecure, handle + 1);
  const slot = w.secures.add();
  const nodes = enter(w, PAGE.secures, process, first, count, slot);
  const row = w.secures.row(slot);
  const { mem } = w;
  mem.put(row + SECURE.handle, handle);
  mem.put(row + SECURE.process, process);
  mem.put(row + SECURE.provider, provider);
  mem.put(row + SECURE.first, first);
  mem.put(row + SECURE.count, count);
  mem.put(row + SECURE.mode, code);
  mem.put(row + SECURE.nodes, nodes);
  w.secureOf.set(handle, slot);
  return handle;
}

export function releaseSecure(w: Store, slot: number): void {
  const { mem } = w;
  const row = w.secures.row(slot);
  const process = mem.at(row + SECURE.process);
  const first = mem.at(row + SECURE.first);
  leave(w, PAGE.secures, process, first, mem.at(row + SECURE.count), mem.at(row + SECURE.nodes));
  w.secureOf.delete(mem.at(row + SECURE.handle));
  w.secures.remove(slot);
}

/** True if a secure forbids that the pages become not committed (-1) or get the protection. */
export function isForbidden(
  w: Store,
  process: number,
  first: number,
  count: number,
  protection: number,
): boolean {
  if (w.secures.count === 0) return false;
  for (let number = first; number < first + count; number++) {
    for (
      let node = firstOver(w, PAGE.secures, process, number);
      node !== 0;
      node = nextOver(w, node)
    ) {
      if (protection < 0) return true;
      const mode = w.mem.at(w.secures.row(ownerOf(w, node)) + SECURE.mode);
      if (!allows(protection, mode === 1)) return true;
    }
  }
  return false;
}

/** The secures over the span, in the order of their handles. */
export function securesOver(w: Store, process: number, first: number, count: number): number[] {
  if (w.secures.count === 0) return [];
  return rowsOver(w, PAGE.secures, process, first, count, w.secures, SECURE.first, SECURE.handle);
}
