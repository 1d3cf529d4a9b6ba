// The same model for Spin, as Debian has it: exact, without partial order reduction, which is the same work.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaneFigures } from "./lane.ts";
import type { MicroSize } from "./micro.ts";

/** The source beside this file: it runs compiled, three folders below the root. */
const source = fileURLToPath(new URL("../../../benchmarks/explorer/micro.pml", import.meta.url));

const COMPILED = ["-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"];
/** Places for states on the path, and 2^24 slots for the table: more than L needs of either. */
const RUN = ["-m10000000", "-w24"];

/** Searches with Spin, in a folder that is ours; a sentence: it cannot be. */
export function searchWithSpin(size: MicroSize, folder: string): LaneFigures | string {
  const inFolder = { cwd: folder, encoding: "utf8", stdio: "pipe" } as const;
  const given = [`-DFRAMES=${size.frames}`, `-DREFERENCES=${size.references}`];
  try {
    execFileSync("spin", ["-a", ...given, source], inFolder);
    execFileSync(process.env["CC"] ?? "cc", COMPILED, inFolder);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return missing
      ? "Spin is not measured: spin (Debian: spin) or a C compiler is not there."
      : `Spin is not measured: ${error instanceof Error ? error.message : String(error)}`;
  }
  return figuresOf(execFileSync(join(folder, "pan"), RUN, inFolder));
}

function figuresOf(output: string): LaneFigures | string {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  if (number(/errors: (\d+)/) !== 0 || output.includes("max search depth too small")) {
    return `Spin is not measured: it did not search all states. ${output.slice(0, 400)}`;
  }
  const states = number(/(\d+) states, stored/);
  return {
    states,
    // Spin counts the step into the first state.
    transitions: number(/(\d+) transitions/) - 1,
    depth: number(/depth reached (\d+)/),
    seconds: number(/elapsed time ([\d.]+) seconds/),
    bytesPerState: (number(/([\d.]+)\s+total actual memory usage/) * 2 ** 20) / states,
  };
}
