// Palettes without bias, to see what the bias is worth: the same commands, with ranges that are drawn uniformly and
// independently of each other, and every kind of event in every program.
//
// Drawn once a program, it is still about a few ranges, to which it comes back; drawn for every command, it is not even that.
// Either way memory is allocated in areas and buffers lie in areas, else hardly anything could be registered.

import type { Random } from "fast-check";
import type { WorldConfig } from "../../model/config.ts";
import type { Access } from "../../model/contract.ts";
import {
  brand,
  pagesOf,
  type AddressRange,
  type PageSpan,
  type ProcessId,
} from "../../model/units.ts";
import type { Buffer, Palette } from "../../properties/command.ts";
import { spansOf } from "../../properties/palette.ts";

const MOST_AREAS = 3;
const BUFFERS = 8;
const MOST_LIVE = 6;

const accesses: readonly Access[] = ["read", "write", "readwrite"];

/** A palette in which nothing is more likely than anything else. */
export function drawUniformly(random: Random, config: WorldConfig): Palette {
  const { environment } = config;
  const areas = drawAreas(random, config);
  const buffers = Array.from({ length: BUFFERS }, () => drawBuffer(random, config, areas));
  return {
    areas,
    buffers,
    spans: spansOf(buffers),
    processes: Array.from({ length: config.processes }, (_, i) => brand<ProcessId>(i)),
    scopes: environment.remote ? ["local", "remote"] : ["local"],
    mostLive: MOST_LIVE,
    with: {
      faults: environment.faults,
      interrupts: environment.interrupts,
      notices: true,
      lifecycle: environment.lifecycle,
      protection: true,
      views: environment.views && config.sections.length > 0,
    },
  };
}

/** Areas that begin at multiples of the granularity, by address; each ends anywhere before the next begins. */
function drawAreas(random: Random, config: WorldConfig): PageSpan[] {
  const { granularityPages, pageCount } = config;
  const slots = Math.ceil(pageCount / granularityPages);
  const starts = new Set<number>();
  for (let i = 0; i < MOST_AREAS; i++) starts.add(random.nextInt(1, slots) * granularityPages);
  const sorted = [...starts].toSorted((a, b) => a - b);
  return sorted.map((first, i) => {
    const end = sorted[i + 1] ?? granularityPages + pageCount;
    return { first: brand(first), count: random.nextInt(1, end - first) };
  });
}

/** From any byte of an area to any other of it; whole pages where pages are the unit. */
function drawBuffer(random: Random, config: WorldConfig, areas: readonly PageSpan[]): Buffer {
  const { pageSizeBytes, environment } = config;
  const { first, count } = areas[random.nextInt(0, areas.length - 1)] as PageSpan;
  const unit = environment.pageGranular ? pageSizeBytes : 1;
  const units = (count * pageSizeBytes) / unit;
  const [a, b] = [random.nextInt(0, units - 1), random.nextInt(0, units - 1)];
  const range: AddressRange = {
    start: brand(first * pageSizeBytes + Math.min(a, b) * unit),
    lengthBytes: (Math.abs(a - b) + 1) * unit,
  };
  const access = accesses[random.nextInt(0, accesses.length - 1)] as Access;
  return { range, span: pagesOf(range, pageSizeBytes), access };
}
