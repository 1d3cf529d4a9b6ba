// The entries of a provider instance, derived from what the world can see: its locks, the regions on them,
// and who uses them. Nobody looks inside a cache.
//
// held: a live registration names a region of the entry, or a transfer is in flight on one.
// zombie: held when a callback over it answered 0; it is owed a release, not counted as cached.
// idle: neither; what the sources call a cached buffer.

import type {
  ActiveCall,
  Before,
  Entry,
  EntryBefore,
  Holdings,
  InstanceView,
  ProviderInstance,
  RecordedCall,
  Totals,
} from "./ledger.ts";
import type { Secure } from "./memory.ts";
import type { Region } from "./nic.ts";
import { settled } from "./ownership.ts";
import { at, type State } from "./state.ts";
import {
  brand,
  spanContains,
  spanHas,
  spansOverlap,
  type MdlHandle,
  type PageNumber,
  type PageSpan,
} from "./units.ts";

/** The entries of an instance, in the order in which they were locked. */
export function entriesOf(state: State, instance: ProviderInstance): readonly Entry[] {
  // What is frozen never changes: of the same parts the entries are the same.
  if (!Object.isFrozen(state)) return derivedFrom(state, instance);
  const parts = partsOf(state, instance);
  const known = derived[instance.id];
  if (known !== undefined && known.parts.every((part, i) => part === parts[i]))
    return known.entries;
  const entries = settled(derivedFrom(state, instance), null);
  derived[instance.id] = { parts, entries };
  return entries;
}

/** The last ones that were derived, by the instance. */
const derived: { readonly parts: readonly object[]; readonly entries: readonly Entry[] }[] = [];

/** All that entries are derived from. */
const partsOf = (state: State, instance: ProviderInstance): readonly object[] => [
  state.memory.locked,
  at(state.nics, instance.provider, "provider").regions,
  state.transfers,
  instance.registrations,
  instance.uses,
  instance.zombies,
  instance.unreleased,
];

function derivedFrom(state: State, instance: ProviderInstance): readonly Entry[] {
  const { process, provider } = instance;
  const regions = at(state.nics, provider, "provider").regions.filter(
    (region) => region.process === process,
  );
  const entries: Entry[] = [];
  for (const mdl of state.memory.locked) {
    if (mdl.process !== process || mdl.provider !== provider) continue;
    const own = regions.filter((region) => region.mdl === mdl.handle);
    entries.push(entry(state, instance, mdl.handle, true, mdl, own));
  }
  for (const region of regions) {
    if (entries.some((each) => each.locked && each.mdl === region.mdl)) continue;
    entries.push(entry(state, instance, region.mdl, false, region, [region]));
  }
  return entries;
}

function entry(
  state: State,
  instance: ProviderInstance,
  mdl: MdlHandle,
  locked: boolean,
  { span, access }: Pick<Entry, "span" | "access">,
  regions: readonly Region[],
): Entry {
  const owed = instance.unreleased.find((each) => each.mdl === mdl);
  const uses = instance.uses.find((each) => each.mdl === mdl);
  return {
    mdl,
    locked,
    regions,
    span,
    access,
    held: regions.some((region) => isHeld(state, instance, region)),
    zombie: regions.some((region) => instance.zombies.includes(region.key)),
    remote: uses?.remote ?? false,
    sockets: uses?.sockets ?? [],
    scopes: uses?.scopes ?? [],
    ranges: uses?.ranges ?? [],
    unreleased: owed !== undefined,
    unsecurable: owed !== undefined && !owed.wasSecured,
  };
}

function isHeld(state: State, instance: ProviderInstance, { key }: Region): boolean {
  return (
    instance.registrations.some((each) => each.region === key) ||
    state.transfers.some(
      (each) => each.inFlight && each.provider === instance.provider && each.region === key,
    )
  );
}

export const isIdle = (each: Pick<Entry, "held" | "zombie">): boolean => !each.held && !each.zombie;

/** The call asked for changes by itself: whatever it released may have been stale. */
export const hasAsked = ({ work }: ActiveCall): boolean => work.poll + work.generation > 0;

/** The secures of an instance. */
export function securesOf({ memory }: State, { process, provider }: InstanceView): Secure[] {
  return memory.secures.filter((each) => each.process === process && each.provider === provider);
}

/** Pages of the span that no secure covers. */
export function uncovered(span: PageSpan, secures: Holdings["secures"]): readonly PageNumber[] {
  const missing: PageNumber[] = [];
  for (const secure of secures) if (spanContains(secure.span, span)) return missing;
  for (let page = span.first; page < span.first + span.count; page = brand<PageNumber>(page + 1)) {
    if (!secures.some((secure) => spanHas(secure.span, page))) missing.push(page);
  }
  return missing;
}

/** What the instance owns now, for the record of a call that begins. */
export function holdingsOf(state: State, instance: ProviderInstance): Holdings {
  return { entries: entriesOf(state, instance), secures: securesOf(state, instance) };
}

/** The entries of an instance, counted. */
export function totalsOf(entries: readonly EntryBefore[]): Totals {
  const totals = {
    idleEntries: 0,
    idlePages: 0,
    owedEntries: 0,
    owedPages: 0,
    heldEntries: 0,
    heldPages: 0,
    pendingEntries: 0,
  };
  for (const { held, zombie, unreleased, span } of entries) {
    if (held) {
      totals.heldEntries++;
      totals.heldPages += span.count;
    } else if (!zombie) {
      totals.idleEntries++;
      totals.idlePages += span.count;
      if (unreleased) totals.owedEntries++;
      if (unreleased) totals.owedPages += span.count;
    } else if (!unreleased) totals.pendingEntries++;
  }
  return totals;
}

/** What the instance had when the call began, by what was written down then. */
export function beforeOf(state: State, instance: ProviderInstance, call: RecordedCall): Before {
  const { entries, secures } = call.before;
  return {
    totals: totalsOf(entries),
    entry: (mdl) => entries.find((each) => each.mdl === mdl),
    entryOf: (key) => entries.find((each) => each.regions.some((region) => region.key === key)),
    entriesOver: (span) => overlapping(entries, span),
    diminished() {
      const now = entriesOf(state, instance);
      return entries.filter((each) => {
        // Several regions that are left without their lock are as many entries.
        const left = now.filter((entry) => entry.mdl === each.mdl && entry.locked === each.locked);
        const keys = left.flatMap((entry) => entry.regions.map((region) => region.key));
        return left.length === 0 || each.regions.some((region) => !keys.includes(region.key));
      });
    },
    securesOver: (span) => overlapping(secures, span),
  };
}

export const overlapping = <T extends { readonly span: PageSpan }>(
  items: readonly T[],
  span: PageSpan,
): T[] => items.filter((item) => spansOverlap(item.span, span));
