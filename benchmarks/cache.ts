// What a hit, a miss and a callback of the registration cache cost, and the same for UCX's, in one run.
//
// Each size is measured in processes of its own, ours and theirs by turns.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SizeFigures } from "./cache-worker.ts";
import { median } from "./figures.ts";

const SIZES = [1, 100, 10_000, 100_000] as const;
const CALLBACK_SIZE = 10_000;
const TURNS = 3;

type BySize = Readonly<Record<string, number>>;

/** Nanoseconds, by the number of cached entries. */
export interface CacheFigures {
  readonly hitNs: BySize;
  readonly missNs: BySize;
  readonly releaseNs: BySize;
  readonly callbackNsPerEntry: number;
}

export interface CacheComparison extends CacheFigures {
  readonly ucx: (CacheFigures & { readonly version: string }) | null;
  /** Why UCX was not measured. */
  readonly ucxWhy: string | null;
}

type Measure = (size: number) => SizeFigures & { readonly version?: string };

/** Of the repository: this file runs compiled, two folders below it. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const worker = fileURLToPath(new URL("./cache-worker.js", import.meta.url));

/** Runs a program that prints one JSON object. */
function measured(program: string, args: readonly string[]): ReturnType<Measure> {
  const output = execFileSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return JSON.parse(output) as ReturnType<Measure>;
}

const ours: Measure = (size) => measured(process.execPath, [worker, String(size)]);

/** Compiles our program over UCX's cache; a sentence: it cannot be. */
function theirs(folder: string): Measure | string {
  const program = join(folder, "rcache");
  const source = join(root, "benchmarks/ucx/rcache.c");
  const compiler = process.env["CC"] ?? "cc";
  try {
    const libraries = ["-lucp", "-lucs", "-lucm"];
    execFileSync(compiler, ["-O2", source, "-o", program, ...libraries], { stdio: "pipe" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return `UCX is not measured: there is no C compiler (${compiler}).`;
    }
    const [line = ""] = String((error as { stderr?: unknown }).stderr).split("\n");
    return `UCX is not measured: its headers or libraries are not there, or are others (Debian: libucx-dev). ${line}`;
  }
  return (size) => measured(program, [String(size)]);
}

type Samples = ReadonlyMap<number, readonly ReturnType<Measure>[]>;

function summary(samples: Samples): CacheFigures {
  const by = (name: keyof SizeFigures, size: number): number =>
    Math.round(median((samples.get(size) ?? []).map((each) => each[name])) * 10) / 10;
  const all = (name: keyof SizeFigures): BySize =>
    Object.fromEntries(SIZES.map((size) => [String(size), by(name, size)]));
  return {
    hitNs: all("hit"),
    missNs: all("miss"),
    releaseNs: all("release"),
    callbackNsPerEntry: by("callback", CALLBACK_SIZE),
  };
}

/** Measures both; takes a minute or two. */
export function cacheFigures(): CacheComparison {
  const folder = mkdtempSync(join(tmpdir(), "stalemate-bench-"));
  try {
    const them = theirs(folder);
    const samples = new Map(SIZES.map((size) => [size, [] as ReturnType<Measure>[]]));
    const ucxSamples = new Map(SIZES.map((size) => [size, [] as ReturnType<Measure>[]]));
    for (const size of SIZES) {
      for (let turn = 0; turn < TURNS; turn++) {
        samples.get(size)?.push(ours(size));
        if (typeof them !== "string") ucxSamples.get(size)?.push(them(size));
      }
    }
    const version = ucxSamples.get(1)?.[0]?.version ?? "";
    return {
      ...summary(samples),
      ucx: typeof them === "string" ? null : { ...summary(ucxSamples), version },
      ucxWhy: typeof them === "string" ? them : null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(name: string, own: number, other: number | undefined): string {
  const ratio = other === undefined ? "" : (own / other).toFixed(2);
  const columns = [own.toFixed(1), other?.toFixed(1) ?? "–", ratio];
  return name.padEnd(36) + columns.map((each) => each.padStart(10)).join("");
}

/** Prints the figures, as a table or as one JSON object. */
export function run(json: boolean): void {
  const figures = cacheFigures();
  if (json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const { ucx, ucxWhy } = figures;
  const title = ucx === null ? "UCX" : `UCX ${ucx.version}`;
  console.log(
    "ns an operation".padEnd(36) + ["ours", title, "ratio"].map((s) => s.padStart(10)).join(""),
  );
  const lines = [
    ["hit: register + deregister", "hitNs"],
    ["miss: register", "missNs"],
    ["release by a callback", "releaseNs"],
  ] as const;
  for (const [name, figure] of lines) {
    for (const size of SIZES.map(String)) {
      const entries = Number(size).toLocaleString("en");
      console.log(row(`${name}, ${entries}`, figures[figure][size] ?? NaN, ucx?.[figure][size]));
    }
  }
  const callback = `callback over ${CALLBACK_SIZE.toLocaleString("en")}, each`;
  console.log(row(callback, figures.callbackNsPerEntry, ucx?.callbackNsPerEntry));
  if (ucxWhy !== null) console.log(ucxWhy);
}
