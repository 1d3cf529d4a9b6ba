// The random engine: commands a second, all rules judged and all situations counted. Executed commands only; those that a
// subject's refusal made impossible are not counted.
//
// `commandsPerSecond` is executing and judging programs that are drawn beforehand, on the flat world with the trivial
// cache (examples/uncached) and with the registration cache, and on the reference with the trivial one. Beside it stand
// drawing programs, and drawing, executing and judging together, as `check` does. Medians of several rounds, each
// lane in a process of its own, on one core; a process that has run both worlds is slower on either.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { figure } from "./figures.ts";
import type { Lane } from "./random-lane.ts";

function measured(name: string): Lane {
  const lane = fileURLToPath(new URL("./random-lane.js", import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [lane, name], { encoding: "utf8" })) as Lane;
}

export function run(json: boolean): void {
  const trivial = measured("trivial");
  const cached = measured("registrationCache");
  const reference = measured("reference");
  if (json) {
    const commandsPerSecond = {
      trivial: Math.round(trivial.executing),
      registrationCache: Math.round(cached.executing),
      reference: Math.round(reference.executing),
    };
    const drawnPerSecond = Math.round(trivial.drawing);
    const drawnAndExecutedPerSecond = {
      trivial: Math.round(trivial.together),
      registrationCache: Math.round(cached.together),
    };
    console.log(JSON.stringify({ commandsPerSecond, drawnPerSecond, drawnAndExecutedPerSecond }));
    return;
  }
  console.log(
    `${"".padEnd(26)} ${"executing, judging".padStart(19)} ${"drawing".padStart(11)} ${"together".padStart(11)}   commands/s`,
  );
  const rows = Object.entries({
    "trivial cache": trivial,
    "registration cache": cached,
    "trivial cache, reference": reference,
  });
  for (const [name, { executing, drawing, together }] of rows) {
    console.log(
      `${name.padEnd(26)} ${figure(executing).padStart(19)} ${figure(drawing).padStart(11)} ${figure(together).padStart(11)}`,
    );
  }
  console.log(
    `\nflat world over reference: ${(trivial.executing / reference.executing).toFixed(1)} times`,
  );
}
