// A mutant ready to be run, again and again: what a program breaks of it.

import { presets, type Claims, type WorldConfig } from "../model/config.ts";
import type { Finding } from "../model/judge.ts";
import type { RuleId } from "../model/rules.ts";
import type { WorldFactory } from "../model/world.ts";
import { claimsOf, configFor, runProgram, type RunResult } from "../properties/agreement.ts";
import type { Program } from "../properties/arbitraries.ts";
import { difference } from "../src/kit/determinism.ts";
import { players } from "../src/kit/player.ts";
import { underTest } from "../src/kit/subject.ts";
import { reusedFlatWorlds } from "../src/world/world.ts";
import { isRecommended } from "./conviction.ts";
import { loadMutant, loadSubject } from "./loading.ts";
import { brokenWorld, isOfWorld, isUnlikeItself, presetFor, type Mutant } from "./mutant.ts";

/** What one program did to a mutant. */
export interface Encounter {
  /** Commands executed: up to the event that broke something, or all. */
  readonly executed: number;
  /** The rules broken at the first event that breaks any that counts, the primary one first; none if nothing was. */
  readonly broken: readonly RuleId[];
}

export interface Quarry {
  readonly mutant: Mutant;
  readonly config: WorldConfig;
  /** Null: a proxy driver. */
  readonly claims: Claims | null;
  /** Runs a program on a fresh world and a fresh subject. */
  meet(program: Program): Encounter;
}

/**
 * Loads a mutant. What counts is what decides conformance, and the rule that the mutant names; that one alone, if the
 * others are broken by an event before.
 */
export async function quarryOf(mutant: Mutant): Promise<Quarry> {
  const subject = await (isOfWorld(mutant) ? loadSubject(mutant.base) : loadMutant(mutant));
  const preset = presets[presetFor(mutant)];
  const play = players(underTest(subject), preset);
  const first = play();
  const config = configFor(preset, first);
  const claims = claimsOf(first);
  const makeWorld: WorldFactory = isOfWorld(mutant) ? brokenWorld(mutant) : reusedFlatWorlds();
  const counts = countedBy(mutant);
  const run = (program: Program, record: boolean): RunResult => {
    const world = makeWorld(config, claims);
    // Strict, since a recommendation counts only if it is the one that the mutant names.
    return runProgram({ world, player: play(), counts, strict: true, record }, program);
  };
  const meet = (program: Program): Encounter => {
    const { executed, violation, broken } = run(program, false);
    if (broken !== null) throw new Error(`${mutant.id} left the contract: ${broken}`);
    return { executed, broken: (violation ?? []).map((each) => each.rule) };
  };
  const meetTwice = (program: Program): Encounter => {
    const once = run(program, true);
    const again = run(program, true);
    const isLikeItself = difference(once.steps, again.steps) === null;
    return { executed: once.executed, broken: isLikeItself ? [] : [mutant.rule] };
  };
  return { mutant, config, claims, meet: isUnlikeItself(mutant) ? meetTwice : meet };
}

function countedBy(mutant: Mutant): (finding: Finding) => boolean {
  const { rule } = mutant;
  if ("shadowed" in mutant) return (finding) => finding.rule === rule;
  return isRecommended(mutant)
    ? (finding) => finding.fails || finding.rule === rule
    : (finding) => finding.fails;
}
