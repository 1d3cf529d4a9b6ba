import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets, type Claims, type WorldConfig } from "../../model/config.ts";
import { rules } from "../../model/rules.ts";
import { walkingWorld } from "../../model/world.ts";
import { programs, type Program } from "../../properties/arbitraries.ts";
import { casesFor } from "../../properties/cases.ts";
import { commands, printCommand } from "../../properties/commands.ts";
import { walk } from "../../properties/walk.ts";
import { situations } from "../../properties/witnesses.ts";
import { claims } from "./claims.ts";

interface World {
  readonly config: WorldConfig;
  readonly claims: Claims | null;
}

/** On Windows, and, for a cache, where the system has more words than Windows. */
function worldsFor(kind: "cache" | "driver"): World[] {
  if (kind === "driver") return [{ config: presets.small, claims: null }];
  const families = ["refuse-notify-retry", "validate-on-hit"] as const;
  return families.map((notification) => ({
    config: { ...presets.small, notification },
    claims: { ...claims, notification },
  }));
}

const drawn = (world: World, count: number): Program[] =>
  sample(programs({ ...world, maxCommands: 60 }), { numRuns: count, seed: 11 });

describe("the command table", () => {
  it("has each name once", () => {
    const names = commands.map((each) => each.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("says of each command which rules it provokes, and names only rules that exist", () => {
    const ids = new Set(rules.map((each) => each.id));
    for (const { name, rules: provoked } of commands) {
      expect(provoked.length, name).toBeGreaterThan(0);
      for (const id of provoked) expect(ids, name).toContain(id);
    }
  });

  for (const kind of ["cache", "driver"] as const) {
    it(`is drawn whole for a ${kind}, and prints each command on one line`, () => {
      const seen = new Set<string>();
      for (const world of worldsFor(kind)) {
        for (const program of drawn(world, 400)) {
          const { view, step } = walk(world);
          for (const command of program) {
            seen.add(command.name);
            const line = printCommand(view, command);
            expect(line).not.toMatch(/\n|undefined|NaN|\[object/);
            step(command);
          }
        }
      }
      const wanted = commands.filter((each) => each.subjects.includes(kind));
      expect(wanted.map((each) => each.name).filter((name) => !seen.has(name))).toEqual([]);
    });
  }

  it("refuses a command that it does not have, naming those it has", () => {
    const { view } = walkingWorld(presets.small, claims);
    expect(() => printCommand(view, { name: "VirtualAlocate", args: {} })).toThrow(
      /VirtualAlocate.*VirtualAlloc, VirtualFree/,
    );
  });
});

describe("the witness table", () => {
  const judged = rules.filter(
    (each) =>
      each.notJudged === null &&
      each.id !== "LAW-12" &&
      (each.appliesTo.includes("cache") || each.appliesTo.includes("driver")),
  );

  it("has a situation for every rule that is judged", () => {
    const covered = new Set(situations.map((each) => each.rule));
    expect(judged.map((each) => each.id).filter((id) => !covered.has(id))).toEqual([]);
  });

  it("names each situation of a rule once", () => {
    const names = situations.map((each) => `${each.rule} ${each.name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the literal cases", () => {
  it("have one for every rule that is judged", () => {
    const covered = new Set(casesFor(presets.small).map((each) => each.rule));
    const judged = rules.filter(
      (each) =>
        each.notJudged === null &&
        each.id !== "LAW-12" &&
        (each.appliesTo.includes("cache") || each.appliesTo.includes("driver")),
    );
    expect(judged.map((each) => each.id).filter((id) => !covered.has(id))).toEqual([]);
  });
});
