// Two worlds are compared as the benchmark compares them, lane by lane, so that a failing test says where.

import { expect, it } from "vitest";
import { referenceWorld, walkingWorld } from "../../model/world.ts";
import { compareBatch, printFound, shrunk } from "../../benchmarks/equivalence/batch.ts";
import type { Lane } from "../../benchmarks/equivalence/lanes.ts";
import { reusedFlatWorlds } from "../../src/world/world.ts";

const SEED = 7;

/**
 * Tests that the flat world agrees with the reference on so many commands, the same share for each lane.
 * The reference is changed in place, but for a tenth of the commands: that it is the immutable one is tested elsewhere,
 * and it is faster.
 */
export function testAgreement(lanes: readonly Lane[], commands: number): void {
  const share = Math.ceil(commands / lanes.length);
  const makeWorld = reusedFlatWorlds();
  const drawOn = reusedFlatWorlds();
  for (const lane of lanes) {
    it(`two worlds agree on ${share} commands of ${lane.subject} in ${lane.preset}`, () => {
      for (const [number, part] of [0.9, 0.1].entries()) {
        const settings = {
          lanes: [lane],
          seed: SEED,
          number,
          commands: Math.round(share * part),
          makeWorld,
          drawOn,
          makeReference: number === 0 ? walkingWorld : referenceWorld,
        };
        const { commands, disagreement } = compareBatch(settings);
        if (disagreement !== null) {
          throw new Error(printFound(disagreement, shrunk(settings, disagreement)));
        }
        expect(commands).toBe(settings.commands);
      }
    }, 120_000);
  }
}
