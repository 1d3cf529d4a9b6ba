// What a program is about: where it puts memory, what it registers there, and the names that it has given.

import type { Access, JsonValue } from "../model/contract.ts";
import { accessOfFlags } from "../model/switch.ts";
import type { Command } from "../model/trace.ts";
import { pagesOf, type AddressRange, type PageSpan, type VirtualAddress } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import type { Buffer, Palette } from "./command.ts";
import { FreshNames } from "./fresh-names.ts";

type Program = readonly Command[];

/** The memory of a program: where regions begin, and the ranges in them that it names. */
export type About = Pick<Palette, "areas" | "buffers">;

export const aboutOf = (program: Program, pageSizeBytes: number): About => ({
  areas: areasOf(program, pageSizeBytes),
  buffers: buffersOf(program, pageSizeBytes),
});

/** Names that neither the program nor the world has. */
export function namesBeside(program: Program, view: WorldView): FreshNames {
  const names = valuesOf(program, "as").filter((each) => typeof each === "string");
  const most = (prefix: string): number =>
    Math.max(0, ...names.map((each) => Number(each.startsWith(prefix) && each.split("_")[1])));
  const sockets = [...valuesOf(program, "as"), ...valuesOf(program, "socket")].filter(isNumber);
  return new FreshNames(Math.max(view.sockets().length, ...sockets), most("mr"), most("t"));
}

export const isNumber = (value: JsonValue): value is number => typeof value === "number";

/** The values of an argument, at any depth. */
export function valuesOf(program: Program, argument: string): JsonValue[] {
  const values: JsonValue[] = [];
  JSON.stringify(program, (key, value: JsonValue) => {
    if (key === argument) values.push(value);
    return value;
  });
  return values;
}

/** What it registers, and what else it is about, for reading and writing. */
function buffersOf(program: Program, pageSizeBytes: number): Buffer[] {
  const buffers = new Map<string, Buffer>();
  const add = (range: AddressRange, access: Access): void => {
    const span = pagesOf(range, pageSizeBytes);
    buffers.set(JSON.stringify([range, access]), { range, span, access });
  };
  for (const range of valuesOf(program, "range"))
    add(range as unknown as AddressRange, "readwrite");
  for (const { args } of program) {
    const { range, flags } = (args["function"] ?? {}) as { range?: AddressRange; flags?: number };
    const access = accessOfFlags(flags ?? 0);
    if (range !== undefined && access !== null) add(range, access);
  }
  return [...buffers.values()];
}

/** Where it puts regions and views: what overlaps is one area. */
function areasOf(program: Program, pageSizeBytes: number): PageSpan[] {
  const areas: PageSpan[] = [];
  const spans = program
    .flatMap(({ args }) => regionOf(args["operation"], pageSizeBytes) ?? [])
    .toSorted((a, b) => a.first - b.first);
  for (const span of spans) {
    const last = areas.at(-1);
    if (last === undefined || span.first >= last.first + last.count) areas.push(span);
    else areas[areas.length - 1] = hullOf(last, span);
  }
  return areas;
}

const hullOf = (a: PageSpan, b: PageSpan): PageSpan => ({
  first: a.first,
  count: Math.max(a.first + a.count, b.first + b.count) - a.first,
});

/** The pages of a region that an operation makes; null: it makes none. */
function regionOf(operation: JsonValue | undefined, pageSizeBytes: number): PageSpan | null {
  const { address, type, sizeBytes } = (operation ?? {}) as {
    readonly address?: VirtualAddress | null;
    readonly type?: string;
    readonly sizeBytes?: number;
  };
  if (typeof address !== "number" || type?.startsWith("reserve") !== true) return null;
  return pagesOf({ start: address, lengthBytes: sizeBytes ?? pageSizeBytes }, pageSizeBytes);
}
