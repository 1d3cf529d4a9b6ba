// A hunt: generated programs alone, one after another, until one breaks the rule that a mutant names.

import { check, property, type Arbitrary } from "fast-check";
import type { RuleId } from "../model/rules.ts";
import { led, programs, type Program, type ProgramConstraints } from "../properties/arbitraries.ts";
import { defaults } from "../src/kit/options.ts";
import { shrunk } from "../src/kit/shrinking.ts";
import { reusedFlatWorlds } from "../src/world/world.ts";
import type { Quarry } from "./quarry.ts";

export interface HuntSettings {
  readonly seed: number;
  /** Commands to execute before it is given up. */
  readonly limit: number;
  /** Where the programs come from. Default: as the checker draws them, with the same seed. */
  readonly programs?: Arbitrary<Program>;
  /** What ends it: the named rule broken, or any that counts. Default: the named one. */
  readonly until?: "named" | "any";
}

export interface Kill {
  /** Commands executed, those of the programs before included. */
  readonly commands: number;
  /** The rules broken at that event, the primary one first. */
  readonly broken: readonly RuleId[];
  readonly program: Program;
}

export interface Hunt {
  /** The first event that broke any rule of conformance, or the named one; null if none did. */
  readonly first: Kill | null;
  /** The first that broke the named one; null if none did within the limit. */
  readonly named: Kill | null;
}

/** Programs for the mutant, as the checker draws them, or in another way. */
export function programsFor(
  { config, claims }: Quarry,
  way: Pick<ProgramConstraints, "drawPalette" | "redraws" | "focuses" | "scenes"> = led,
): Arbitrary<Program> {
  const makeWorld = reusedFlatWorlds();
  return programs({ config, claims, maxCommands: defaults.commands, makeWorld, ...way });
}

/** Runs generated programs until the rule is broken, or so many commands were executed. */
export function hunt(quarry: Quarry, settings: HuntSettings): Hunt {
  const { seed, limit, programs = programsFor(quarry), until = "named" } = settings;
  let commands = 0;
  let first: Kill | null = null;
  let named: Kill | null = null;
  const passes = (program: Program): boolean => {
    const { executed, broken } = quarry.meet(program);
    commands += executed;
    if (commands > limit) return false;
    if (broken.length === 0) return true;
    const kill: Kill = { commands, broken, program };
    first ??= kill;
    if (broken.includes(quarry.mutant.rule)) named = kill;
    return named === null && until === "named";
  };
  check(property(programs, passes), {
    seed,
    // Each program executes a command; one that executes none is no reason to go on for ever.
    numRuns: limit,
    endOnFailure: true,
  });
  return { first, named };
}

/** The commands that are left of a program that breaks rules, when the checker shrinks it. */
export function shrunkLength(quarry: Quarry, { broken, program }: Kill): number {
  const [primary] = broken;
  if (primary === undefined) throw new RangeError("a kill has at least one broken rule");
  const fails = (each: Program): boolean => quarry.meet(each).broken.includes(primary);
  return shrunk(program, { programs: programsFor(quarry), fails }).length;
}
