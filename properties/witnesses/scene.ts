// What a situation is, and what the rows of the witness table are decided from.

import type { Claims, WorldConfig } from "../../model/config.ts";
import { isIdle, overlapping } from "../../model/entries.ts";
import type { Answer, Event, HostCall } from "../../model/events.ts";
import type { ActiveCall, EntryBefore, ProviderInstance } from "../../model/ledger.ts";
import { includesAccess } from "../../model/memory-manager.ts";
import type { RuleId } from "../../model/rules.ts";
import { pagesOf, spanContains } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";

export interface Situation {
  readonly rule: RuleId;
  /** The situation, as a clause. */
  readonly name: string;
  /** Needed for the verdict `pass`; others are only counted. Default true. */
  readonly required?: (claims: Claims, config: WorldConfig) => boolean;
  /** For a proxy driver; the others are for caches. */
  readonly forDriver?: true;
  readonly on: Event["type"];
  /** For `return`: the call that returned. */
  readonly call?: ActiveCall["call"]["name"];
  readonly holds: (scene: Scene) => boolean;
}

/** What a situation is decided from. */
export interface Scene {
  readonly view: WorldView;
  readonly event: Event;
  readonly answer: Answer;
  /** For `return` and `host`. */
  readonly instance: ProviderInstance | null;
  /** For `return`: the call that returned. */
  readonly active: ActiveCall | null;
}

export const idleOf = (active: ActiveCall): EntryBefore[] => active.before.entries.filter(isIdle);
export const succeeded = ({ active }: Scene): boolean => active?.outcome?.ok === true;

/** Entries, as they were when the callback began, that its range touched. */
export function touched(
  { view, active }: Scene,
  which: (entry: EntryBefore) => boolean,
): EntryBefore[] {
  if (active?.call.name !== "invalidate") return [];
  const span = pagesOf(active.call.range, view.config.pageSizeBytes);
  return overlapping(active.before.entries, span).filter(which);
}

/** True if the call was a register and an entry stood so to its range. */
export function registerMeets(
  { view, active }: Scene,
  meets: (entry: EntryBefore, range: { start: number; end: number; page: number }) => boolean,
): boolean {
  if (active?.call.name !== "register" || active.outcome?.ok !== true) return false;
  const { range } = active.call.request;
  const { pageSizeBytes } = view.config;
  return active.before.entries.some((entry) =>
    meets(entry, {
      start: range.start,
      end: range.start + range.lengthBytes,
      page: pageSizeBytes,
    }),
  );
}

export const isRemote = ({ active }: Scene): boolean =>
  active?.call.name === "register" && active.call.request.scope === "remote";

export const hostFailed =
  (call: HostCall["name"]) =>
  (scene: Scene): boolean =>
    scene.active?.failures.some((each) => each.call === call && each.injected) ?? false;

export const keepsLocal = (claims: Claims): boolean => claims.caches.local && claims.callback;

/** A register whose range an entry covers with the rights needed. */
export function coveredByEntry({ view, active }: Scene): boolean {
  if (active?.call.name !== "register") return false;
  const { range, access } = active.call.request;
  const span = pagesOf(range, view.config.pageSizeBytes);
  return active.before.entries.some(
    (each) =>
      !each.zombie &&
      each.regions.length > 0 &&
      spanContains(each.span, span) &&
      includesAccess(each.access, access) &&
      (view.claims?.hit === "containment" ||
        each.ranges.some(
          (other) => other.start === range.start && other.lengthBytes === range.lengthBytes,
        )),
  );
}
