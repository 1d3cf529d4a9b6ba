// Measuring one mutant or one subject, over all seeds. Each seed stands alone.

import { hunt, shrunkLength, type Hunt } from "../../gallery/hunt.ts";
import { loadSubject } from "../../gallery/loading.ts";
import { isUnlikeItself, type Mutant } from "../../gallery/mutant.ts";
import { checkPolicy } from "../../gallery/policies/check/check-policy.ts";
import { quarryOf, type Quarry } from "../../gallery/quarry.ts";
import type { RuleId } from "../../model/rules.ts";
import { MEAN_PART } from "../../properties/focus.ts";
import { MEAN_LENGTH } from "../../properties/scenes.ts";
import { defaults } from "../../src/kit/options.ts";
import type { SubjectVerdict } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { median } from "../figures.ts";
import type { MutantRow, PolicyRow, SubjectRow, Task } from "./task.ts";

const seedsOf = ({ seeds }: Task): number[] => Array.from({ length: seeds }, (_, i) => i + 1);

/** Hunts a mutant on every seed. */
export async function measureMutant(mutant: Mutant, task: Task): Promise<MutantRow> {
  const { limit } = task;
  let quarry: Quarry = await quarryOf(mutant);
  const hunts: Hunt[] = [];
  const lengths: number[] = [];
  for (const seed of seedsOf(task)) {
    // What differs from itself remembers: the seeds before must not matter.
    if (isUnlikeItself(mutant)) quarry = await quarryOf(mutant);
    const result = hunt(quarry, { seed, limit });
    hunts.push(result);
    if (result.named !== null) lengths.push(shrunkLength(quarry, result.named));
  }
  const found = hunts.flatMap(({ named }) => (named === null ? [] : [named.commands]));
  return {
    row: mutant.bug?.row ?? null,
    mutant: mutant.id,
    rule: mutant.rule,
    killedBy: killersOf(mutant.rule, hunts),
    seeds: hunts.length,
    seedsFound: found.length,
    seedsByOthers: hunts.filter(({ first, named }) => first !== named).length,
    ...overSeeds(found, hunts.length),
    shrunk: {
      median: lengths.length === 0 ? null : median(lengths),
      worst: lengths.length === 0 ? null : Math.max(...lengths),
    },
  };
}

/** The rules of all convictions, the named one first, then by how often. */
function killersOf(rule: RuleId, hunts: readonly Hunt[]): RuleId[] {
  const counts = new Map<RuleId, number>();
  const kills = hunts.flatMap(({ first, named }) => (first === named ? [first] : [first, named]));
  for (const each of kills.flatMap((kill) => kill?.broken ?? [])) {
    counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  const rank = (each: RuleId): number => (each === rule ? Infinity : (counts.get(each) ?? 0));
  return [...counts.keys()].toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

/** Median and worst of what was found; null where what was not found would be it. */
function overSeeds(
  found: readonly number[],
  seeds: number,
): Pick<MutantRow, "medianCommands" | "worstCommands"> {
  const missed = Array.from({ length: seeds - found.length }, () => Infinity);
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const all = [...found, ...missed];
  return { medianCommands: finite(median(all)), worstCommands: finite(Math.max(...all)) };
}

/** Worse ones stand before better ones. */
const verdicts: readonly SubjectVerdict[] = ["broken", "not conformant", "unknown", "conformant"];

/** Checks a subject on every seed, as `check` does, with about so many commands each time. */
export async function measureSubject(base: string, task: Task): Promise<SubjectRow> {
  const subject = await loadSubject(base);
  const runs = Math.ceil(task.limit / (defaults.commands * MEAN_PART * MEAN_LENGTH));
  const reports = seedsOf(task).map((seed) => run(subject, { seed, runs }));
  return {
    name: subject.name,
    family: "capabilities" in subject ? subject.capabilities.notification : null,
    verdict: verdicts.find((each) => reports.some(({ verdict }) => verdict === each)) ?? "unknown",
    commands: reports.reduce((sum, { commands }) => sum + commands, 0),
  };
}

/** Judges the policy of the seed. */
export function judgePolicy(seed: number, { limit }: Task): PolicyRow {
  const { verdict } = checkPolicy(seed, limit);
  return { policy: seed, isAlarm: verdict === "not conformant" || verdict === "broken" };
}
