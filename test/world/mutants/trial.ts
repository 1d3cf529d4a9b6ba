// A mutant of the flat world before the comparison: programs on every lane in turn, the same ones for every mutant, until
// the worlds differ.

import { expect, it } from "vitest";
import { walkingWorld, type WorldFactory } from "../../../model/world.ts";
import { drawProgram } from "../../../benchmarks/equivalence/batch.ts";
import {
  familyLanes,
  providerLanes,
  windowsLanes,
  type Lane,
} from "../../../benchmarks/equivalence/lanes.ts";
import type { Program } from "../../../properties/arbitraries.ts";
import { compareWorlds, type Disagreement } from "../../../properties/equivalence.ts";
import { brokenWorlds, type WorldMutant } from "./world-mutant.ts";

/** A mutant that so many commands do not find is not found. */
export const MOST_COMMANDS = 20_000;
const LONGEST_PROGRAM = 100;

interface Drawn {
  readonly lane: Lane;
  readonly program: Program;
}

/** Programs on some lanes in turn. */
class Programs {
  readonly #lanes: readonly Lane[];
  /** Without a common divisor with the number of lanes, so that the first programs are on unlike lanes. */
  readonly #stride: number;
  readonly #drawn: Drawn[] = [];

  constructor(lanes: readonly Lane[], stride: number) {
    this.#lanes = lanes;
    this.#stride = stride;
  }

  laneAt(k: number): Lane {
    return this.#lanes[(k * this.#stride) % this.#lanes.length] as Lane;
  }

  /** The k-th program of all; drawn once, on the reference. */
  at(k: number): Drawn {
    const known = this.#drawn[k];
    if (known !== undefined) return known;
    const lane = this.laneAt(k);
    const short = { ...lane, maxCommands: Math.min(LONGEST_PROGRAM, lane.maxCommands) };
    const program = drawProgram(short, k, walkingWorld, k % 2 === 0);
    return (this.#drawn[k] = { lane, program });
  }
}

const onWindows = new Programs(windowsLanes(null), 14);
const inFamilies = new Programs(familyLanes(null), 17);
const aroundProviders = new Programs(providerLanes(null), 3);

export interface Found {
  /** Commands that it took; all of them, if nothing was found. */
  readonly commands: number;
  readonly lane: Lane | null;
  readonly disagreement: Disagreement | null;
}

function programsFor({ beyondWindows, ofProviders }: Partial<WorldMutant>): Programs {
  if (ofProviders === true) return aroundProviders;
  return beyondWindows === true ? inFamilies : onWindows;
}

/** Looks for a disagreement that counts, on the lanes of the mutant. */
export function seek(
  makeWorld: WorldFactory,
  counts: (disagreement: Disagreement) => boolean,
  where: Pick<WorldMutant, "on" | "beyondWindows" | "ofProviders"> = {},
): Found {
  const { on = {} } = where;
  const programs = programsFor(where);
  let commands = 0;
  for (let k = 0; commands < MOST_COMMANDS; k++) {
    const { preset, subject } = programs.laneAt(k);
    if (preset !== (on.preset ?? preset) || subject !== (on.subject ?? subject)) continue;
    const { lane, program } = programs.at(k);
    const { executed, disagreement } = compareWorlds(
      {
        config: lane.config,
        makeWorld,
        player: lane.player(),
        wholeEvery: lane.wholeEvery,
        done: commands,
        makeReference: walkingWorld,
        goOn: lane.goOn,
      },
      program,
    );
    commands += executed;
    if (disagreement !== null && counts(disagreement)) return { commands, lane, disagreement };
  }
  return { commands, lane: null, disagreement: null };
}

/** Tests that comparing finds every mutant, and that what it finds is no mere exception. */
export function testMutants(mutants: readonly WorldMutant[]): void {
  for (const mutant of mutants) {
    const { id, change, row, throws } = mutant;
    const image = row === undefined ? "" : ` (row ${row})`;
    it(
      `comparing finds a world that ${change}${image}`,
      { timeout: 120_000 },
      async ({ annotate }) => {
        const counts = ({ about }: Disagreement): boolean =>
          (about === "an exception") === (throws ?? false);
        const { commands, lane, disagreement } = seek(await brokenWorlds(mutant), counts, mutant);
        if (disagreement === null) throw new Error(`${id} survived ${commands} commands`);
        const { about, path } = disagreement;
        await annotate(
          `${id}: ${commands} commands, ${about} at ${path}; ${lane?.preset}, ${lane?.subject}`,
        );
        expect(commands).toBeLessThanOrEqual(MOST_COMMANDS + LONGEST_PROGRAM);
      },
    );
  }
}
