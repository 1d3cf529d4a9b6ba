// Executed commands a second of the random engine, all rules judged: on the record that is changed in place, and
// on the immutable reference. Medians of several rounds in one process; run it on a quiet machine.
//
//   npm run --silent bench -- [--json]

import { sample } from "fast-check";
import byExactMatch from "../examples/exact-match.ts";
import uncached from "../examples/uncached.ts";
import { presets, type Claims } from "../model/config.ts";
import type { Subject } from "../model/contract.ts";
import { referenceWorld, walkingWorld, type WorldFactory } from "../model/world.ts";
import { runProgram } from "../properties/agreement.ts";
import { programs } from "../properties/arbitraries.ts";
import { shell } from "../src/provider/shell.ts";

const ROUNDS = 5;
const PROGRAMS = 100;

interface Figure {
  readonly lane: string;
  readonly perSecond: number;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Commands a second of `work`, which answers how many it executed. */
function rate(work: (round: number) => number): number {
  work(0);
  const rates = Array.from({ length: ROUNDS }, (_, round) => {
    const before = performance.now();
    const executed = work(round + 1);
    return (executed / (performance.now() - before)) * 1000;
  });
  return Math.round(median(rates));
}

function figures(subject: Subject, callback: boolean): Figure[] {
  const config = presets.small;
  const claims: Claims = { ...subject.capabilities, callback };
  const arbitrary = programs({ config, claims, maxCommands: 60 });
  const draw = (round: number) => sample(arbitrary, { numRuns: PROGRAMS, seed: round });
  const execute = (makeWorld: WorldFactory) => (round: number) => {
    let executed = 0;
    for (const program of drawn[round] ?? []) {
      const settings = {
        world: makeWorld(config, claims),
        player: { kind: "cache", provider: shell(subject, config.pageSizeBytes), claims } as const,
        counts: () => true,
        strict: false,
      };
      executed += runProgram(settings, program).executed;
    }
    return executed;
  };
  const drawn = Array.from({ length: ROUNDS + 1 }, (_, round) => draw(round));
  const { name } = subject;
  return [
    { lane: `${name}, generation`, perSecond: rate((round) => draw(round).flat().length) },
    { lane: `${name}, record in place`, perSecond: rate(execute(walkingWorld)) },
    { lane: `${name}, immutable reference`, perSecond: rate(execute(referenceWorld)) },
  ];
}

const all = [...figures(uncached, false), ...figures(byExactMatch, true)];
if (process.argv.includes("--json")) {
  console.log(
    JSON.stringify({
      commandsPerSecond: Object.fromEntries(all.map((each) => [each.lane, each.perSecond])),
    }),
  );
} else {
  for (const { lane, perSecond } of all) {
    console.log(`${lane.padEnd(40)} ${perSecond.toLocaleString("en").padStart(9)} commands/s`);
  }
}
