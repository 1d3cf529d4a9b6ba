// Drawing what a program is about. Caches break where ranges meet, so a palette is a few areas of memory and up
// to eight buffers in them that share a start or an end, contain, overlap by a page, touch, or differ by a
// byte, and some that share a page without sharing a byte.

import type { Random } from "fast-check";
import type { WorldConfig } from "../model/config.ts";
import type { Access, Scope } from "../model/contract.ts";
import {
  brand,
  pagesOf,
  rangeOf,
  sameRange,
  sameSpan,
  spanContains,
  type AddressRange,
  type PageSpan,
  type ProcessId,
} from "../model/units.ts";
import type { About } from "./about.ts";
import type { Buffer, Palette } from "./command.ts";

const FEWEST_BUFFERS = 3;
const MOST_BUFFERS = 8;
const MOST_PAGES = 6;
const MOST_LIVE = 9;

const chance = (random: Random, percent: number): boolean => random.nextInt(1, 100) <= percent;
const pick = <T>(random: Random, items: readonly [T, ...T[]]): T =>
  items[random.nextInt(0, items.length - 1)] ?? items[0];

/** A palette for a world. `about`: what the beginning of the program is about; the rest is to be about it too. */
export function drawPalette(
  random: Random,
  config: WorldConfig,
  about: About = { areas: [], buffers: [] },
): Palette {
  const { environment } = config;
  const areas = about.areas.length > 0 ? about.areas : drawAreas(random, config);
  const both = environment.remote && config.processes > 0;
  const scopes: readonly Scope[] = both
    ? pick<readonly Scope[]>(random, [["local"], ["local"], ["local", "remote"], ["remote"]])
    : ["local"];
  const everyProcess = Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i));
  const buffers = drawBuffers(random, config, areas, about.buffers);
  return {
    areas,
    buffers,
    spans: spansOf(buffers),
    processes: chance(random, 55) ? everyProcess.slice(0, 1) : everyProcess,
    scopes,
    mostLive: random.nextInt(1, MOST_LIVE),
    with: {
      faults: environment.faults && chance(random, 40),
      interrupts: environment.interrupts && chance(random, 35),
      notices: chance(random, 50),
      lifecycle: environment.lifecycle && chance(random, 45),
      protection: chance(random, 40),
      views: environment.views && config.sections.length > 0 && chance(random, 35),
    },
  };
}

/** The pages of the buffers, each span once. */
export function spansOf(buffers: readonly Buffer[]): PageSpan[] {
  const spans: PageSpan[] = [];
  for (const { span } of buffers) {
    if (!spans.some((each) => sameSpan(each, span))) spans.push(span);
  }
  return spans;
}

/** One to three areas that do not overlap, each at a multiple of the granularity. */
function drawAreas(random: Random, config: WorldConfig): PageSpan[] {
  const { granularityPages, pageCount } = config;
  const wanted = random.nextInt(1, 3);
  const most = Math.max(1, Math.min(MOST_PAGES, Math.floor(pageCount / wanted)));
  const areas: PageSpan[] = [];
  let first = granularityPages;
  for (let i = 0; i < wanted && first < granularityPages + pageCount; i++) {
    const count = Math.min(random.nextInt(1, most), granularityPages + pageCount - first);
    areas.push({ first: brand(first), count });
    first = Math.ceil((first + count) / granularityPages) * granularityPages;
  }
  return areas;
}

/** `known`: those that there are already, which the others are to meet. */
function drawBuffers(
  random: Random,
  config: WorldConfig,
  areas: readonly PageSpan[],
  known: readonly Buffer[],
): Buffer[] {
  const wanted = random.nextInt(FEWEST_BUFFERS, MOST_BUFFERS);
  const buffers: Buffer[] = known.length > 0 ? [...known] : drawTiles(random, config, areas);
  let reachesOut = false;
  for (let tries = 0; buffers.length < wanted && tries < 8 * MOST_BUFFERS; tries++) {
    const area = areas[random.nextInt(0, areas.length - 1)];
    if (area === undefined) break;
    const before = buffers[random.nextInt(0, Math.max(0, buffers.length - 1))];
    const range =
      before === undefined || chance(random, 25)
        ? drawRange(random, config, area)
        : relative(random, config, before.range);
    const access = drawAccess(random);
    const isNew = !buffers.some((each) => each.access === access && sameRange(each.range, range));
    if (!isNew || !isInUserSpace(config, range)) continue;
    const span = pagesOf(range, config.pageSizeBytes);
    const fits = areas.some((each) => spanContains(each, span));
    // A buffer that reaches out of its area can only be registered in vain: one is enough.
    if (!fits && (buffers.length === 0 || reachesOut)) continue;
    reachesOut ||= !fits;
    buffers.push({ range, span, access });
  }
  return buffers;
}

/** Sometimes every page of an area is a buffer of its own, as where memory is given out in blocks. */
function drawTiles(random: Random, config: WorldConfig, areas: readonly PageSpan[]): Buffer[] {
  const area = areas[random.nextInt(0, areas.length - 1)];
  if (area === undefined || !chance(random, 20)) return [];
  const access = drawAccess(random);
  return Array.from({ length: area.count }, (_, i) => {
    const span: PageSpan = { first: brand(area.first + i), count: 1 };
    return { range: rangeOf(span, config.pageSizeBytes), span, access };
  });
}

function drawAccess(random: Random): Access {
  return pick<Access>(random, ["readwrite", "readwrite", "readwrite", "read", "write"]);
}

/** A range of whole pages in the area, or, where bytes matter, one that starts or ends inside a page. */
function drawRange(random: Random, config: WorldConfig, area: PageSpan): AddressRange {
  const skip = random.nextInt(0, area.count - 1);
  const count = random.nextInt(1, Math.min(4, area.count - skip));
  const pages = rangeOf({ first: brand(area.first + skip), count }, config.pageSizeBytes);
  if (config.environment.pageGranular || chance(random, 60)) return pages;
  const start = random.nextInt(0, config.pageSizeBytes - 1);
  const end = random.nextInt(0, config.pageSizeBytes - 1);
  return cut(pages, start, end);
}

function cut(range: AddressRange, fromStart: number, fromEnd: number): AddressRange {
  const lengthBytes = Math.max(1, range.lengthBytes - fromStart - fromEnd);
  return { start: brand(range.start + fromStart), lengthBytes };
}

type Relation = (range: AddressRange, unit: number) => AddressRange;

/** The ways in which one range may stand to another; `unit` is a page or a byte. */
const relations: readonly [Relation, ...Relation[]] = [
  (range) => range,
  // Same start, same end.
  (range, unit) => ({ ...range, lengthBytes: range.lengthBytes - unit }),
  (range, unit) => ({ ...range, lengthBytes: range.lengthBytes + unit }),
  (range, unit) => ({
    start: brand(range.start + unit),
    lengthBytes: range.lengthBytes - unit,
  }),
  (range, unit) => ({
    start: brand(range.start - unit),
    lengthBytes: range.lengthBytes + unit,
  }),
  // Contained, containing.
  (range, unit) => ({
    start: brand(range.start + unit),
    lengthBytes: range.lengthBytes - 2 * unit,
  }),
  (range, unit) => ({
    start: brand(range.start - unit),
    lengthBytes: range.lengthBytes + 2 * unit,
  }),
  // Overlapping, shifted.
  (range, unit) => ({ ...range, start: brand(range.start + unit) }),
  (range, unit) => ({ ...range, start: brand(range.start - unit) }),
  // Adjacent, before and behind.
  (range) => ({ ...range, start: brand(range.start + range.lengthBytes) }),
  (range) => ({ ...range, start: brand(range.start - range.lengthBytes) }),
  // The two halves: neighbours inside a page when the range is one.
  (range) => ({ ...range, lengthBytes: Math.ceil(range.lengthBytes / 2) }),
  (range) => {
    const half = Math.ceil(range.lengthBytes / 2);
    return { start: brand(range.start + half), lengthBytes: range.lengthBytes - half };
  },
];

function relative(random: Random, config: WorldConfig, range: AddressRange): AddressRange {
  const { pageSizeBytes, environment } = config;
  const relation = pick(random, relations);
  const unit = environment.pageGranular || chance(random, 60) ? pageSizeBytes : 1;
  const next = relation(range, unit);
  if (!environment.pageGranular) return next;
  const start = Math.floor(next.start / pageSizeBytes) * pageSizeBytes;
  const pages = Math.ceil(next.lengthBytes / pageSizeBytes);
  return { start: brand(start), lengthBytes: pages * pageSizeBytes };
}

function isInUserSpace(config: WorldConfig, range: AddressRange): boolean {
  const { pageSizeBytes, granularityPages, pageCount } = config;
  return (
    range.lengthBytes >= 1 &&
    range.start >= granularityPages * pageSizeBytes &&
    range.start + range.lengthBytes <= (granularityPages + pageCount) * pageSizeBytes
  );
}
