// The entries of a provider instance, derived from what the world can see: its locks, the regions on them,
// and who uses them. Nobody looks inside a cache.
//
// held: a live registration names a region of the entry, or a transfer is in flight on one.
// zombie: held when a callback over it answered 0; it is owed a release, not counted as cached.
// idle: neither; what the sources call a cached buffer.

import type {
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
import {
  brand,
  spanContains,
  spanHas,
  spansOverlap,
  type PageNumber,
  type PageSpan,
} from "./units.ts";
import type { WorldView } from "./view.ts";

/** The entries of an instance, in the order in which they were locked. */
export function entriesOf(view: WorldView, instance: ProviderInstance): Entry[] {
  const { process, provider } = instance;
  const regions = view.regions(provider).filter((region) => region.process === process);
  const entries = view
    .locked()
    .filter((mdl) => mdl.process === process && mdl.provider === provider)
    .map((mdl) =>
      entry(
        view,
        instance,
        { mdl: mdl.handle, locked: true, span: mdl.span, access: mdl.access },
        regions.filter((region) => region.mdl === mdl.handle),
      ),
    );
  const orphans = regions.filter((region) => !entries.some((each) => each.mdl === region.mdl));
  for (const region of orphans) {
    const { mdl, span, access } = region;
    entries.push(entry(view, instance, { mdl, locked: false, span, access }, [region]));
  }
  return entries;
}

function entry(
  view: WorldView,
  instance: ProviderInstance,
  lock: Pick<Entry, "mdl" | "locked" | "span" | "access">,
  regions: readonly Region[],
): Entry {
  const held = regions.some((region) => isHeld(view, instance, region));
  const owed = instance.unreleased.find((each) => each.mdl === lock.mdl);
  const uses = instance.uses.find((each) => each.mdl === lock.mdl);
  return {
    ...lock,
    regions,
    held,
    zombie: regions.some((region) => instance.zombies.includes(region.key)),
    remote: uses?.remote ?? false,
    sockets: uses === undefined ? [] : [...uses.sockets],
    scopes: uses === undefined ? [] : [...uses.scopes],
    ranges: uses === undefined ? [] : [...uses.ranges],
    unreleased: owed !== undefined,
    unsecurable: owed !== undefined && !owed.wasSecured,
  };
}

function isHeld(view: WorldView, instance: InstanceView, region: Region): boolean {
  return (
    instance.registrations.some((each) => each.region === region.key) ||
    view
      .transfers()
      .some(
        (each) =>
          each.inFlight && each.provider === instance.provider && each.region === region.key,
      )
  );
}

export const isIdle = (each: Pick<Entry, "held" | "zombie">): boolean => !each.held && !each.zombie;

/** The secures of an instance. */
export function securesOf(view: WorldView, instance: InstanceView): Secure[] {
  return view
    .secures()
    .filter((each) => each.process === instance.process && each.provider === instance.provider);
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
export function holdingsOf(view: WorldView, instance: ProviderInstance): Holdings {
  return {
    entries: entriesOf(view, instance).map(({ regions, ...entry }): EntryBefore => ({
      ...entry,
      regions: regions.map((region) => ({ key: region.key, access: region.access })),
    })),
    secures: securesOf(view, instance).map(({ handle, span }) => ({ handle, span })),
  };
}

/** The entries of an instance, counted. */
export function totalsOf(entries: readonly EntryBefore[]): Totals {
  const idle = entries.filter(isIdle);
  const owed = idle.filter((each) => each.unreleased);
  const held = entries.filter((each) => each.held);
  return {
    idleEntries: idle.length,
    idlePages: pageCount(idle),
    owedEntries: owed.length,
    owedPages: pageCount(owed),
    heldEntries: held.length,
    heldPages: pageCount(held),
    pendingEntries: entries.filter((each) => each.zombie && !each.held && !each.unreleased).length,
  };
}

const pageCount = (entries: readonly EntryBefore[]): number =>
  entries.reduce((sum, each) => sum + each.span.count, 0);

/** What the instance had when the call began, by what was written down then. */
export function beforeOf(view: WorldView, instance: ProviderInstance, call: RecordedCall): Before {
  const { entries, secures } = call.before;
  return {
    totals: totalsOf(entries),
    entry: (mdl) => entries.find((each) => each.mdl === mdl),
    entryOf: (key) => entries.find((each) => each.regions.some((region) => region.key === key)),
    entriesOver: (span) => overlapping(entries, span),
    diminished() {
      const now = entriesOf(view, instance);
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
