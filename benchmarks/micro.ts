// The micro-model (explorer/micro.ts), searched completely: by the explorer, by Spin, and by the search over objects and
// JSON that somebody writes in an afternoon. Counts have to be equal: it is the same work.
//
// `micro` searches S, M and L; `micro-deep` the largest size, XL, which takes some 700 MB. Each search has a process of its own.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaneFigures, Method, SizeName } from "./explorer/lane.ts";
import { microSizes } from "./explorer/micro.ts";
import { searchWithSpin } from "./explorer/spin.ts";
import { figure } from "./figures.ts";

const lane = fileURLToPath(new URL("./explorer/lane.js", import.meta.url));

function measured(method: Method, size: SizeName): LaneFigures {
  const output = execFileSync(process.execPath, [lane, method, size], {
    encoding: "utf8",
    maxBuffer: 2 ** 20,
  });
  return JSON.parse(output) as LaneFigures;
}

/** The middle of three, by seconds, of what is fast. */
function middle(method: Method, size: SizeName): LaneFigures {
  const turns = size === "S" || size === "M" ? 3 : 1;
  const all = Array.from({ length: turns }, () => measured(method, size));
  all.sort((a, b) => a.seconds - b.seconds);
  return all[Math.floor(turns / 2)] as LaneFigures;
}

type BySize = Partial<Record<SizeName, LaneFigures>>;

interface Comparison {
  readonly ours: BySize;
  readonly fingerprint: BySize;
  readonly symmetry: BySize;
  /** On two threads. */
  readonly threads: BySize;
  readonly plain: BySize;
  /** Null: it was not measured, and this is why. */
  readonly spin: BySize | null;
  readonly spinWhy: string | null;
}

function bySpin(sizes: readonly SizeName[]): Pick<Comparison, "spin" | "spinWhy"> {
  const folder = mkdtempSync(join(tmpdir(), "stalemate-bench-"));
  try {
    const spin: BySize = {};
    for (const size of sizes) {
      const found = searchWithSpin(microSizes[size], folder);
      if (typeof found === "string") return { spin: null, spinWhy: found };
      spin[size] = found;
    }
    return { spin, spinWhy: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws if two searches of one size counted differently. */
function compare({ ours, fingerprint, threads, plain, spin }: Comparison): void {
  for (const other of [fingerprint, threads, plain, spin ?? {}]) {
    for (const [size, { states, transitions }] of Object.entries(other)) {
      const own = ours[size as SizeName];
      if (own?.states === states && own.transitions === transitions) continue;
      throw new Error(
        `${size}: ${states} states and ${transitions} transitions beside our ${own?.states} and ${own?.transitions}`,
      );
    }
  }
}

function print(title: string, figures: BySize): void {
  for (const [size, each] of Object.entries(figures)) {
    const { states, transitions, depth, seconds, bytesPerState } = each;
    const columns = [
      figure(states).padStart(12),
      figure(transitions).padStart(13),
      String(depth).padStart(9),
      seconds.toFixed(2).padStart(9),
      figure(states / seconds).padStart(12),
      figure(bytesPerState).padStart(8),
    ];
    console.log(`${`${title}, ${size}`.padEnd(34)}${columns.join("")}`);
  }
}

function report(comparison: Comparison, json: boolean): void {
  compare(comparison);
  const { ours, fingerprint, symmetry, threads, plain, spin, spinWhy } = comparison;
  if (json) {
    console.log(JSON.stringify({ ...ours, fingerprint, symmetry, threads, plain, spin, spinWhy }));
    return;
  }
  const heads = ["states", "transitions", "depth", "seconds", "states/s", "B/state"];
  const widths = [12, 13, 9, 9, 12, 8];
  console.log("".padEnd(34) + heads.map((head, i) => head.padStart(widths[i] ?? 0)).join(""));
  print("explorer, exact", ours);
  print("explorer, fingerprints", fingerprint);
  print("explorer, exact, 2 threads", threads);
  print("explorer, exact, symmetry", symmetry);
  print("Spin, exact, depth first", spin ?? {});
  print("objects and JSON", plain);
  if (spinWhy !== null) console.log(spinWhy);
}

const searched = (method: Method, sizes: readonly SizeName[]): BySize =>
  Object.fromEntries(sizes.map((size) => [size, middle(method, size)]));

/** S, M and L. */
export function run(json: boolean): void {
  const sizes = ["S", "M", "L"] as const;
  const comparison: Comparison = {
    ours: searched("exact", sizes),
    fingerprint: searched("fingerprint", sizes),
    symmetry: searched("symmetry", sizes),
    threads: searched("threads", sizes),
    plain: { S: measured("plain", "S") },
    ...bySpin(sizes),
  };
  report(comparison, json);
}

/** XL, by the explorer alone. */
export function runDeep(json: boolean): void {
  const sizes = ["XL"] as const;
  const comparison: Comparison = {
    ours: searched("exact", sizes),
    fingerprint: {},
    symmetry: searched("symmetry", sizes),
    threads: searched("threads", sizes),
    plain: {},
    spin: null,
    spinWhy: "Spin is not measured on XL: it would take minutes.",
  };
  report(comparison, json);
}
