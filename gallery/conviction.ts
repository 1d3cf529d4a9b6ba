// What the checker says of a mutant when it is run as the subject of a user would be, by literal programs alone: those of the
// checker, or the one that its record has.

import { presets, type WorldConfig } from "../model/config.ts";
import type { Finding } from "../model/judge.ts";
import { ruleOf, type RuleId } from "../model/rules.ts";
import type { Command, Trace } from "../model/trace.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../properties/agreement.ts";
import { referenceWorld, type WorldFactory } from "../model/world.ts";
import { claimsFor, players } from "../src/kit/player.ts";
import { run } from "../src/kit/run.ts";
import { isDriver, underTest, type SubjectUnderTest } from "../src/kit/subject.ts";
import { loadMutant, loadSubject } from "./loading.ts";
import {
  brokenWorld,
  isOfWorld,
  isUnlikeItself,
  presetFor,
  type Mutant,
  type TextMutant,
  type WorldMutant,
} from "./mutant.ts";

const SEED = 1;

/** What breaks the rule that a mutant names is a recommendation: it is reported, and fails nothing. */
export const isRecommended = ({ rule }: Mutant): boolean => ruleOf(rule)?.level === "should";

/** A mutant found out. */
export interface Conviction {
  /** The rules broken at one event, the primary one first: at the first that breaks a rule of the named one's level. */
  readonly broken: readonly RuleId[];
  /** False: only recommendations are broken. */
  readonly fails: boolean;
  /** What happened; null where two runs are compared. */
  readonly trace: Trace | null;
}

/**
 * Runs the checker on a mutant.
 * @throws {Error} if it survives, or if the checker has a problem with it that is not LAW-12.
 */
export function convict(mutant: Mutant): Promise<Conviction> {
  return isOfWorld(mutant) ? convictWorld(mutant) : convictSubject(mutant);
}

async function convictSubject(mutant: TextMutant): Promise<Conviction> {
  const { id, rule, shadowed, program } = mutant;
  const preset = presetFor(mutant);
  const report = run(await loadMutant(mutant), {
    seed: SEED,
    runs: 0,
    preset,
    // Short programs, since what they are for is to see that the subject is deterministic.
    commands: 10,
    ...(shadowed === undefined ? {} : { rules: [rule] }),
    ...(program === undefined ? {} : { earlier: [await traceOf(mutant, presets[preset])] }),
  });
  if (isUnlikeItself(mutant)) {
    const broken = report.rules.filter((each) => each.verdict === "broken").map((each) => each.id);
    if (!report.problem?.includes(mutant.observed)) throw new Error(`${id} is like itself`);
    return { broken, fails: true, trace: null };
  }
  if (report.problem !== null) throw new Error(`${id}: ${report.problem}`);
  const found = report.counterexamples.find(
    (each) => each.fails || (isRecommended(mutant) && each.rule === rule),
  );
  if (found === undefined) throw new Error(`${id} survived all ${report.commands} commands`);
  return found;
}

/** A program as an earlier failure, which is what the checker takes a program as. */
async function traceOf({ base, program = [] }: TextMutant, config: WorldConfig): Promise<Trace> {
  const { subject, callback } = underTest(await loadSubject(base));
  if (isDriver(subject)) throw new TypeError(`${base} is a proxy driver`);
  return {
    header: {
      stalemate: "trace",
      version: 1,
      subject: subject.name,
      config,
      claims: claimsFor(subject, callback),
      seed: SEED,
      path: null,
    },
    steps: program.map((command) => ({ command })),
  };
}

async function convictWorld(mutant: WorldMutant): Promise<Conviction> {
  const { violation, broken } = await runIn(brokenWorld(mutant), mutant);
  if (broken !== null) throw new Error(`${mutant.id}: ${broken}`);
  if (violation === null) throw new Error(`${mutant.id} survived its program`);
  const [first] = violation;
  return {
    broken: violation.map((each) => each.rule),
    fails: first?.fails ?? false,
    trace: null,
  };
}

/** The program of a world's mutant in a world, with its subject; recommendations count as well. */
export async function runIn(makeWorld: WorldFactory, mutant: WorldMutant): Promise<RunResult> {
  const subject = underTest(await loadSubject(mutant.base));
  return runStrictly(subject, mutant.program, presets[presetFor(mutant)], makeWorld);
}

/** One run of a program on a fresh world and a fresh subject; recommendations count as well, but for those `left` out. */
export function runStrictly(
  subject: SubjectUnderTest,
  program: readonly Command[],
  config: WorldConfig,
  makeWorld: WorldFactory = referenceWorld,
  left: readonly RuleId[] = [],
): RunResult {
  const player = players(subject, config)();
  const world = makeWorld(configFor(config, player), claimsOf(player));
  const counts = ({ rule }: Finding): boolean => !left.includes(rule);
  return runProgram({ world, player, counts, strict: true }, program);
}
