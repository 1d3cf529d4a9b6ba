// What comes of the program of a case: on the subject that is right, and on a mutant.

import { presets } from "../../model/config.ts";
import type { CacheCall } from "../../model/events.ts";
import { rules, type RuleId } from "../../model/rules.ts";
import { replay, type Trace, type TraceStep } from "../../model/trace.ts";
import { claimsOf, configFor, type RunResult } from "../../properties/agreement.ts";
import { situations } from "../../properties/witnesses.ts";
import { players } from "../../src/kit/player.ts";
import { underTest, type SubjectUnderTest } from "../../src/kit/subject.ts";
import { newStory, type StoryLine } from "../../src/report/story.ts";
import { runStrictly } from "../conviction.ts";
import { loadMutant, loadSubject } from "../loading.ts";
import { brokenWorld, isOfWorld, type Mutant } from "../mutant.ts";
import { notFollowed } from "../subjects.ts";
import { isCovered, type Answered, type CoveredCase, type Suite } from "./suite-case.ts";

/** The run of a program on a subject that is right. */
export interface Trial {
  /** The name of the subject. */
  readonly subject: string;
  readonly result: RunResult;
  readonly answers: readonly Answered[];
  /** The names of the situations that were met, by rule. */
  readonly met: ReadonlyMap<RuleId, readonly string[]>;
  /** The program, and what each command made happen. */
  readonly lines: readonly StoryLine[];
}

/** What came of every case that is covered. */
export type Trials = ReadonlyMap<CoveredCase, Trial>;

/** Performs the programs of all cases that are covered. Recommendations count that their subjects follow. */
export async function trySuites(suites: readonly Suite[]): Promise<Trials> {
  const subjects = new Map<string, SubjectUnderTest>();
  const trials = new Map<CoveredCase, Trial>();
  for (const each of suites.flatMap(({ cases }) => cases.filter(isCovered))) {
    const subject = subjects.get(each.base) ?? underTest(await loadSubject(each.base));
    subjects.set(each.base, subject);
    trials.set(each, tryOut(each, subject));
  }
  return trials;
}

function tryOut(
  { base, program, preset = "small" }: CoveredCase,
  subject: SubjectUnderTest,
): Trial {
  const config = presets[preset];
  const result = runStrictly(subject, program, config, undefined, notFollowed[base]);
  const player = players(subject, config)();
  const { name } = subject.subject;
  const header: Trace["header"] = {
    stalemate: "trace",
    version: 1,
    subject: name,
    config: configFor(config, player),
    claims: claimsOf(player),
    seed: null,
    path: null,
  };
  return {
    subject: name,
    result,
    answers: answersIn(result.steps),
    met: metIn(result),
    lines: linesOf({ header, steps: result.steps }),
  };
}

/** What a mutant, and what it would be if it were right, make of the program of a case. */
export interface MutantTrial {
  /** Stopped where a rule of conformance is broken, or the recommendation that was asked for. */
  readonly wrong: RunResult;
  readonly right: RunResult;
}

/** Performs the program of a case on a mutant, to see whether it breaks the rule. */
export async function tryMutant(
  { program, preset = "small" }: CoveredCase,
  mutant: Mutant,
  rule: RuleId,
): Promise<MutantTrial> {
  const base = ("right" in mutant ? mutant.right : undefined) ?? mutant.base;
  const subject = underTest(await loadSubject(base));
  const broken = isOfWorld(mutant) ? subject : underTest(await loadMutant(mutant));
  const world = isOfWorld(mutant) ? brokenWorld(mutant) : undefined;
  const others = rules.filter((each) => each.level === "should" && each.id !== rule);
  const left = others.map(({ id }) => id);
  return {
    wrong: runStrictly(broken, program, presets[preset], world, left),
    right: runStrictly(subject, program, presets[preset], undefined, notFollowed[base]),
  };
}

/** What each register was answered, in the order in which they returned. */
function answersIn(steps: readonly TraceStep[]): readonly Answered[] {
  const answers: Answered[] = [];
  const open: CacheCall["name"][] = [];
  for (const step of steps) {
    if (!("event" in step)) continue;
    const { event } = step;
    if (event.type === "call") open.push(event.call.name);
    if (event.type !== "return" || open.pop() !== "register" || event.outcome === null) continue;
    const { outcome } = event;
    if (outcome.ok && "region" in outcome) answers.push(outcome.region);
    else if (!outcome.ok && outcome.error !== "WSAEINVAL") answers.push(outcome.error);
  }
  return answers;
}

function metIn({ situations: counts }: RunResult): ReadonlyMap<RuleId, readonly string[]> {
  const met = new Map<RuleId, readonly string[]>();
  for (const index of counts.keys()) {
    const situation = situations[index];
    if (situation === undefined) continue;
    met.set(situation.rule, [...(met.get(situation.rule) ?? []), situation.name]);
  }
  return met;
}

function linesOf(trace: Trace): readonly StoryLine[] {
  const story = newStory();
  for (const step of replay(trace)) story.add(step);
  return story.end();
}
