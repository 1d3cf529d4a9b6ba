// What an exhaustive search explores: for each preset a fixed palette, where a random program draws one. Every command of
// the table that is possible on the palette in a state is an action of that state; there is no second list of commands.
//
// Names of what a step makes are the lowest that are not in use, since they are part of the state: a name that is only
// counted up would keep apart what is alike in everything else.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Scope } from "../model/contract.ts";
import type { Command } from "../model/trace.ts";
import {
  brand,
  rangeOf,
  type PageNumber,
  type PageSpan,
  type Pfn,
  type ProcessId,
  type SocketId,
  type VirtualAddress,
} from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import type { Buffer, CommandRecord, Names, Palette, Setting } from "./command.ts";
import { commands } from "./commands.ts";
import { faultCommands } from "./commands/faults.ts";
import { spansOf } from "./palette.ts";

/** What is explored of a world. */
export interface Domain {
  readonly palette: Palette;
  readonly rows: readonly CommandRecord[];
  /** Faults and interruptions in one program, at most. */
  readonly mostFaults: number;
}

/** Something fails, or another thread interferes: a program has few of these. */
const faults: ReadonlySet<string> = new Set([
  ...faultCommands.map(({ name }) => name),
  "failNextPageIn",
]);

/** True if the command is one of those of which a program may have only so many. */
export const isFault = ({ name }: Command): boolean => faults.has(name);

/** Kinds of subjects have commands of their own. */
export function domainOf(config: WorldConfig, claims: Claims | null): Domain {
  const kind = claims === null ? "driver" : "cache";
  return {
    palette: fixedPalette(config),
    rows: commands.filter((row) => row.subjects.includes(kind)),
    mostFaults: 1,
  };
}

/** The first pages of a world: everything allocated, registered, freed, protected and notified is of them. */
const MOST_PAGES = 2;
const MOST_LIVE = 2;

/** Nothing about it is drawn: what was explored can be said in a line. */
function fixedPalette(config: WorldConfig): Palette {
  const { environment, granularityPages, sections } = config;
  const areas = spansWithin(config, MOST_PAGES);
  const buffers = environment.pageGranular
    ? wholePages(config, areas)
    : unlikeBuffers(config, areas);
  const scopes: readonly Scope[] = environment.remote ? ["local", "remote"] : ["local"];
  return {
    areas: areas.filter(({ first }) => first % granularityPages === 0),
    buffers,
    spans: spansOf(buffers),
    processes: Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i)),
    scopes,
    exhaustive: true,
    mostLive: MOST_LIVE,
    with: {
      faults: environment.faults,
      interrupts: environment.interrupts,
      notices: true,
      lifecycle: environment.lifecycle,
      protection: true,
      views: environment.views && sections.length > 0,
    },
  };
}

/** Every range of whole pages, by one right. */
function wholePages({ pageSizeBytes }: WorldConfig, spans: readonly PageSpan[]): readonly Buffer[] {
  return spans.map((span) => ({ range: rangeOf(span, pageSizeBytes), span, access: "readwrite" }));
}

/** All pages; what ends inside the last one; and what begins inside the first one and ends with it, by another right. */
function unlikeBuffers(
  { pageSizeBytes }: WorldConfig,
  [all, first]: readonly PageSpan[],
): readonly Buffer[] {
  if (all === undefined || first === undefined) return [];
  const { start, lengthBytes } = rangeOf(all, pageSizeBytes);
  const half = pageSizeBytes / 2;
  const later = brand<VirtualAddress>(start + half);
  return [
    { range: { start, lengthBytes }, span: all, access: "readwrite" },
    { range: { start, lengthBytes: lengthBytes - half }, span: all, access: "readwrite" },
    { range: { start: later, lengthBytes: half }, span: first, access: "read" },
  ];
}

/** All spans of the first pages, so many at most, the longest first. */
function spansWithin(
  { granularityPages: first, pageCount }: WorldConfig,
  most: number,
): PageSpan[] {
  const pages = Math.min(pageCount, most);
  const spans: PageSpan[] = [];
  for (let count = pages; count >= 1; count--) {
    for (let skip = 0; skip + count <= pages; skip++) {
      spans.push({ first: brand<PageNumber>(first + skip), count });
    }
  }
  return spans;
}

/** Everything that is possible in the state that the view shows, each command once, in the order of the table. */
export function possibleCommands({ palette, rows }: Domain, view: WorldView): Command[] {
  const setting: Setting = { view, palette, names: new LowestNames(view) };
  const found: Command[] = [];
  for (const row of rows) {
    const seen = new Set<string>();
    const count = row.count(setting);
    for (let k = 0; k < count; k++) {
      const args = row.instance(setting, k);
      if (args === null) continue;
      const text = JSON.stringify(args);
      if (seen.has(text)) continue;
      seen.add(text);
      found.push({ name: row.name, args });
    }
  }
  return found;
}

/** The lowest names that nothing in the state has. */
class LowestNames implements Names {
  readonly #view: WorldView;

  constructor(view: WorldView) {
    this.#view = view;
  }

  registration(): string {
    const view = this.#view;
    return lowest(
      (i) => `mr_${i}`,
      (name) => view.registration(name) !== undefined || view.descriptor(name) !== undefined,
    );
  }

  transfer(): string {
    return lowest(
      (i) => `t_${i}`,
      (name) => this.#view.transfer(name) !== undefined,
    );
  }

  socket(): SocketId {
    return lowest(
      (i) => brand<SocketId>(i),
      (id) => this.#view.socket(id) !== undefined,
    );
  }

  stamp(): number {
    const stamps = stampsOf(this.#view);
    return lowest(
      (i) => i,
      (stamp) => stamps.has(stamp),
    );
  }
}

/** The contents of all frames in use, and of pages that have none now. */
function stampsOf(view: WorldView): ReadonlySet<number> {
  const { frameCount, granularityPages, pageCount, processes } = view.config;
  const stamps = new Set<number>();
  for (let pfn = 0; pfn < frameCount; pfn++) {
    const frame = view.frame(brand<Pfn>(pfn));
    if (frame !== undefined) stamps.add(frame.stamp);
  }
  for (let process = 0; process < processes; process++) {
    for (let number = granularityPages; number < granularityPages + pageCount; number++) {
      const page = view.page(brand<ProcessId>(process), brand<PageNumber>(number));
      if (page !== undefined) stamps.add(page.stored);
    }
  }
  for (const pages of view.sections()) for (const { stored } of pages) stamps.add(stored);
  return stamps;
}

function lowest<T>(name: (i: number) => T, isUsed: (name: T) => boolean): T {
  for (let i = 1; ; i++) if (!isUsed(name(i))) return name(i);
}
