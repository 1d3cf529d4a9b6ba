// Measuring one mutant on one arm, over all seeds. The first failure counts, whatever rule it breaks: who tests by hand does
// not know which one a cache is going to break.

import { led } from "../../properties/arbitraries.ts";
import { hunt, programsFor, shrunkLength, type Kill } from "../../gallery/hunt.ts";
import { loadMutant } from "../../gallery/loading.ts";
import { isOfWorld, isUnlikeItself, type Mutant } from "../../gallery/mutant.ts";
import { quarryOf, type Quarry } from "../../gallery/quarry.ts";
import { plainHunt } from "./plain/hunt.ts";
import type { Arm, ArmRow, DetectionTask } from "./task.ts";
import { drawUniformly } from "./unbiased.ts";

const seedsOf = ({ seeds }: DetectionTask): number[] =>
  Array.from({ length: seeds }, (_, i) => i + 1);

/** Hunts a mutant on every seed; null if the arm has nothing to do with such a subject. */
export function measureOn(arm: Arm, mutant: Mutant, task: DetectionTask): Promise<ArmRow | null> {
  return arm === "plain" ? measurePlainly(mutant, task) : measureWithModel(arm, mutant, task);
}

const ways = {
  ours: led,
  unfocused: { scenes: true },
  unstaged: { focuses: true },
  unrelated: { drawPalette: drawUniformly },
  uniform: { drawPalette: drawUniformly, redraws: true },
} as const;

async function measureWithModel(
  arm: Exclude<Arm, "plain">,
  mutant: Mutant,
  task: DetectionTask,
): Promise<ArmRow> {
  let quarry: Quarry = await quarryOf(mutant);
  let milliseconds = 0;
  const kills: (Kill | null)[] = [];
  const shrunk: (number | null)[] = [];
  for (const seed of seedsOf(task)) {
    // What differs from itself remembers: the seeds before must not matter.
    if (isUnlikeItself(mutant)) quarry = await quarryOf(mutant);
    const programs = programsFor(quarry, ways[arm]);
    const before = performance.now();
    const { first } = hunt(quarry, { seed, limit: task.limit, programs, until: "any" });
    milliseconds += performance.now() - before;
    kills.push(first);
    shrunk.push(first && shrunkLength(quarry, first));
  }
  return {
    commands: kills.map((kill) => kill?.commands ?? null),
    shrunk,
    seconds: rounded(milliseconds / 1000),
  };
}

async function measurePlainly(mutant: Mutant, task: DetectionTask): Promise<ArmRow | null> {
  if (isOfWorld(mutant)) return null;
  let subject = await loadMutant(mutant);
  let milliseconds = 0;
  const commands: (number | null)[] = [];
  for (const seed of seedsOf(task)) {
    if (isUnlikeItself(mutant)) subject = await loadMutant(mutant);
    if (!("create" in subject)) return null;
    const before = performance.now();
    commands.push(plainHunt(subject, seed, task.limit).commands);
    milliseconds += performance.now() - before;
  }
  return { commands, shrunk: commands.map(() => null), seconds: rounded(milliseconds / 1000) };
}

const rounded = (seconds: number): number => Number(seconds.toFixed(2));
