import { assert, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import { referenceWorld, walkingWorld } from "../../model/world.ts";
import { programs } from "../../properties/arbitraries.ts";
import { eventOf, isEnabled } from "../../properties/commands.ts";
import { obligingProvider } from "../../properties/obliging-provider.ts";
import { stage } from "../../properties/stage.ts";
import { possible } from "../../properties/walk.ts";
import { claims } from "./claims.ts";

describe("a walk of the model", () => {
  for (const preset of ["tiny", "small", "windows"] as const) {
    const config = presets[preset];
    const constraints = { config, claims, maxCommands: 60 };

    it(`on a record changed in place ends in the state of the reference: ${preset}`, () => {
      assert(
        property(programs(constraints), (program) => {
          const worlds = [referenceWorld(config, claims), walkingWorld(config, claims)] as const;
          for (const world of worlds) {
            const acting = stage(
              world,
              { kind: "cache", provider: obligingProvider(), claims },
              () => {},
            );
            acting.begin();
            for (const command of program) acting.play(eventOf(command));
          }
          expect(worlds[1].state()).toEqual(worlds[0].state());
        }),
        { numRuns: 30, seed: 5 },
      );
    });

    it(`finds every generated command possible: ${preset}`, () => {
      assert(
        property(programs(constraints), (program) => {
          expect(possible({ config, claims }, program)).toEqual(program);
        }),
        { numRuns: 30, seed: 6 },
      );
    });
  }

  it("drops the steps that the loss of another makes impossible", () => {
    const config = presets.small;
    assert(
      property(programs({ config, claims, maxCommands: 40 }), (program) => {
        const names = program.flatMap((each, i) =>
          JSON.stringify(each.args).includes('"as":"mr_') ? [i] : [],
        );
        const [first] = names;
        if (first === undefined) return;
        const rest = possible({ config, claims }, program.toSpliced(first, 1));
        const dropped = program[first];
        expect(rest).not.toContainEqual(dropped);
        expect(rest.length).toBeLessThan(program.length);
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  it("knows a step that is impossible from the start", () => {
    const { view } = walkingWorld(presets.small, claims);
    expect(
      isEnabled(view, {
        name: "WSPDeregisterMemory",
        args: { function: { name: "WSPDeregisterMemory", registration: "mr_9", socket: 1 } },
      }),
    ).toBe(false);
  });
});
