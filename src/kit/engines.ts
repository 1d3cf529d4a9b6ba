// The worlds on which a subject runs: the flat one, for speed, and the reference, which has the last word. A sample of
// the programs and every failure run on both, and both must have seen the same; how much that was is in every report.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { Finding } from "../../model/judge.ts";
import { referenceWorld, type WorldFactory } from "../../model/world.ts";
import { runProgram, type RunResult } from "../../properties/agreement.ts";
import type { Program } from "../../properties/arbitraries.ts";
import { compareWorlds, printDisagreement } from "../../properties/equivalence.ts";
import type { Player } from "../../properties/stage.ts";
import { reusedFlatWorlds } from "../world/world.ts";
import { difference, notDeterministic } from "./determinism.ts";
import { MisuseError } from "./misuse.ts";
import type { EngineName, EngineReport } from "./report.ts";

export const engineNames: readonly EngineName[] = ["flat", "reference"];

/** @throws {MisuseError} if there is no such engine. */
export function engineOf(name: string): EngineName {
  const engine = engineNames.find((each) => each === name);
  if (engine !== undefined) return engine;
  throw new MisuseError(`there is no engine "${name}"; give one of ${engineNames.join(", ")}`);
}

/** What is run on a world, each time with a fresh subject. */
export interface Performance {
  readonly config: WorldConfig;
  readonly claims: Claims | null;
  readonly player: () => Player;
  readonly counts: (finding: Finding) => boolean;
  readonly strict: boolean;
}

export class Engines {
  readonly #name: EngineName;
  readonly #flat: WorldFactory;
  /** For walks of the model; not the one above, since a walk and a run may take turns. */
  readonly walks: WorldFactory = reusedFlatWorlds();
  #programs = 0;
  #commands = 0;

  constructor(name: EngineName, flat: WorldFactory = reusedFlatWorlds()) {
    this.#name = name;
    this.#flat = flat;
  }

  report(): EngineReport {
    return {
      name: this.#name,
      compared: { programs: this.#programs, commands: this.#commands },
    };
  }

  /** One run on a fresh world and a fresh subject. */
  execute(performance: Performance, program: Program, record = true): RunResult {
    const makeWorld = this.#name === "flat" ? this.#flat : referenceWorld;
    return perform(makeWorld, performance, program, record);
  }

  /**
   * One run on each of the two worlds, which must see the same. `problem` says why the subject cannot be judged, if it
   * is the subject that did not do the same twice. What was seen is the reference's.
   * @throws {Error} if the worlds disagree, which is our mistake and nobody else's.
   */
  executeOnBoth(
    performance: Performance,
    program: Program,
  ): { readonly result: RunResult; readonly problem: string | null } {
    const result = perform(referenceWorld, performance, program);
    if (result.broken !== null) return { result, problem: null };
    const flat = perform(this.#flat, performance, program);
    const differs = difference(result.steps, flat.steps);
    if (differs === null && sameFindings(result, flat)) {
      this.#programs++;
      this.#commands += result.executed;
      return { result, problem: null };
    }
    const changed = difference(flat.steps, perform(this.#flat, performance, program).steps);
    if (changed !== null) return { result, problem: notDeterministic(result.executed, changed) };
    throw new Error(this.#explain(performance, program, differs ?? "the verdicts differ"));
  }

  #explain({ config, player }: Performance, program: Program, differs: string): string {
    const settings = { config, makeWorld: this.#flat, player: player(), wholeEvery: 1 };
    const { disagreement } = compareWorlds(settings, program);
    const detail =
      disagreement === null
        ? differs
        : printDisagreement(disagreement, { left: "reference", right: "flat" });
    return `two worlds of the model disagree, which is a mistake of stalemate; please report it with this text.\n${detail}`;
  }
}

function perform(
  makeWorld: WorldFactory,
  performance: Performance,
  program: Program,
  record = true,
): RunResult {
  const { config, claims, player, counts, strict } = performance;
  return runProgram(
    { world: makeWorld(config, claims), player: player(), counts, strict, record },
    program,
  );
}

function sameFindings(a: RunResult, b: RunResult): boolean {
  return (
    JSON.stringify(a.violation) === JSON.stringify(b.violation) &&
    JSON.stringify(a.nonStrict) === JSON.stringify(b.nonStrict)
  );
}
