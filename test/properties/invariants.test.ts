import { assert, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import type { State } from "../../model/state.ts";
import { brand } from "../../model/units.ts";
import { referenceWorld, type ReferenceWorld } from "../../model/world.ts";
import { programs } from "../../properties/arbitraries.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { eventOf } from "../../properties/commands.ts";
import { invariants } from "../../properties/invariants.ts";
import { obligingProvider } from "../../properties/obliging-provider.ts";
import { stage } from "../../properties/stage.ts";
import { claims } from "./claims.ts";

describe("the world", () => {
  for (const preset of ["tiny", "small", "windows"] as const) {
    it(`keeps its invariants after every event: ${preset}`, () => {
      const config = presets[preset];
      assert(
        property(programs({ config, claims, maxCommands: 50 }), (program) => {
          const world = referenceWorld(config, claims);
          const acting = stage(
            world,
            { kind: "cache", provider: obligingProvider(), claims },
            () => {
              for (const { name, violation } of invariants) {
                expect(violation(world.view), name).toBeNull();
              }
            },
          );
          acting.begin();
          for (const command of program) acting.play(eventOf(command));
        }),
        { numRuns: 20, seed: 3 },
      );
    });
  }

  /** A world with memory, a secure, a registered and an exposed buffer, and a transfer. */
  function furnished(): ReferenceWorld {
    const world = referenceWorld(presets.small, claims);
    const acting = stage(world, { kind: "cache", provider: obligingProvider(), claims }, () => {});
    const words = wordsFor(presets.small);
    acting.begin();
    for (const command of [
      words.alloc(0, 2),
      words.alloc(2, 4),
      words.write(0, 1),
      words.register("mr_1", 0, 1),
      words.registerRdma("mr_2", 1, 2),
      words.start("t_1", "mr_1"),
    ]) {
      acting.play(eventOf(command));
    }
    return world;
  }

  const doctored: readonly [name: string, doctor: (state: State) => void][] = [
    [
      "regionsOfAnAddressSpaceDoNotOverlap",
      (state) =>
        void state.memory.spaces[0]?.vads[0]?.pages.push(
          ...(state.memory.spaces[0].vads[1]?.pages ?? []),
        ),
    ],
    [
      "regionsOfAnAddressSpaceStartAtTheGranularity",
      (state) => Object.assign(state.memory.spaces[0]?.vads[1] ?? {}, { base: 5 }),
    ],
    [
      "mappedFramesAreInUse",
      (state) =>
        Object.assign(Object.values(state.memory.physical.frames)[0] ?? {}, { mapped: false }),
    ],
    [
      "privatePagesShareNoFrame",
      (state) =>
        Object.assign(state.memory.spaces[0]?.vads[0]?.pages[1] ?? {}, {
          pfn: state.memory.spaces[0]?.vads[0]?.pages[0]?.pfn,
        }),
    ],
    [
      "lockedFramesAreInUse",
      (state) =>
        Object.assign(Object.values(state.memory.physical.frames)[0] ?? {}, { lockCount: 0 }),
    ],
    [
      "securedPagesAllowTheirMode",
      (state) =>
        void state.memory.secures.push({
          handle: brand(9),
          process: brand(0),
          provider: brand(0),
          span: { first: brand(12), count: 1 },
          mode: "readonly",
        }),
    ],
    ["securesAndLocksBelongToLivingProcesses", (state) => void (state.alive[0] = false)],
    [
      "exposuresLieInTheirRegion",
      (state) =>
        Object.assign(state.nics[0]?.exposures[0] ?? {}, { span: { first: brand(2), count: 1 } }),
    ],
    [
      "theNicKeepsItsCapacity",
      (state) =>
        Object.assign(state.nics[0] ?? {}, {
          regions: Array.from({ length: 40 }, () => state.nics[0]?.regions[0]),
        }),
    ],
    [
      "transfersInFlightHaveTheirRegion",
      (state) => Object.assign(state.nics[0] ?? {}, { regions: [], exposures: [] }),
    ],
    [
      "registrationsBelongToOpenSockets",
      (state) => Object.assign(state.sockets[0] ?? {}, { status: "closed" }),
    ],
  ];

  it("has a doctored state for every invariant", () => {
    expect(doctored.map(([name]) => name)).toEqual(invariants.map(({ name }) => name));
  });

  for (const [name, doctor] of doctored) {
    it(`${name} is seen to be broken`, () => {
      const world = furnished();
      const invariant = invariants.find((each) => each.name === name);
      expect(invariant?.violation(world.view)).toBeNull();
      const state = structuredClone(world.state());
      doctor(state);
      world.reset(state);
      expect(invariant?.violation(world.view)).toEqual(expect.any(String));
    });
  }
});
