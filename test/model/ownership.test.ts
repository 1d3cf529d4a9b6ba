// The reference copies what it writes (model/ownership.ts). Immer does the same in another way: the transitions run under
// its `produce` as well, and come to the same states; and no state ever changes under somebody who holds it.

import { sample } from "fast-check";
import { produce } from "immer";
import { describe, expect, it } from "vitest";
import { presets, type Claims } from "../../model/config.ts";
import type { Event } from "../../model/events.ts";
import { own, settled } from "../../model/ownership.ts";
import { initialState, type State } from "../../model/state.ts";
import { apply, applyInPlace } from "../../model/system.ts";
import { runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import exact from "../../examples/exact-match.ts";
import { shell } from "../../src/provider/shell.ts";
import { flatWorld, reusedFlatWorlds } from "../../src/world/world.ts";

const claims: Claims = { ...exact.capabilities, callback: true };

/** The events of some generated programs, each from the initial state. */
function eventsOf(preset: "tiny" | "small" | "windows"): Event[][] {
  const config = presets[preset];
  const makeWorld = reusedFlatWorlds();
  const arbitrary = programs({ config, claims, maxCommands: 40, makeWorld });
  return sample(arbitrary, { numRuns: 25, seed: 11 }).map((program) => {
    const player = { kind: "cache", provider: shell(exact, config.pageSizeBytes), claims } as const;
    const world = flatWorld(config, claims);
    const { steps } = runProgram({ world, player, counts: () => true, strict: false }, program);
    return steps.flatMap((step) => ("event" in step ? [step.event] : []));
  });
}

function isFrozenThroughout(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThroughout);
}

describe.each(["tiny", "small", "windows"] as const)("transitions of %s", (preset) => {
  it("come to the states that they come to under immer, frozen to the last leaf", () => {
    for (const events of eventsOf(preset)) {
      let state: State = initialState(presets[preset], claims);
      for (const event of events) {
        const before = JSON.stringify(state);
        const next = apply(state, event);
        const drafted = produce(state, (draft) => {
          applyInPlace(draft, event);
        });
        expect(next.state).toEqual(drafted);
        expect(JSON.stringify(state)).toBe(before);
        expect(isFrozenThroughout(next.state)).toBe(true);
        state = next.state;
      }
    }
  });
});

describe("owning a part", () => {
  const whole = settled({ list: [{ n: 1 }, { n: 2 }], other: { n: 3 } }, null);

  it("copies what is frozen, once, and leaves the rest shared", () => {
    const next = { ...whole };
    const list = own(next, "list");
    expect(own(next, "list")).toBe(list);
    expect(list).not.toBe(whole.list);
    expect(list[0]).toBe(whole.list[0]);
    expect(next.other).toBe(whole.other);
  });

  it("gives back the part as it was when nothing in it changed", () => {
    const next = { ...whole };
    own(own(next, "list"), 0).n = 1;
    expect(settled(next, whole)).toBe(whole);
  });

  it("freezes a part that changed, and nothing else is new", () => {
    const next = { ...whole };
    own(own(next, "list"), 0).n = 7;
    const kept = settled(next, whole);
    expect(kept).toEqual({ list: [{ n: 7 }, { n: 2 }], other: { n: 3 } });
    expect(isFrozenThroughout(kept)).toBe(true);
    expect(kept.list[1]).toBe(whole.list[1]);
    expect(whole.list[0]).toEqual({ n: 1 });
  });

  it("refuses a part that is not there", () => {
    expect(() => own({ part: null }, "part")).toThrow("there is no part to be written to");
  });

  it("is not a way around: what was not owned cannot be written", () => {
    const next = { ...whole };
    expect(() => {
      next.other.n = 4;
    }).toThrow(TypeError);
  });
});
