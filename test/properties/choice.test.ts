import { sample, type Random } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets, type PresetName } from "../../model/config.ts";
import type { Command } from "../../model/trace.ts";
import { brand } from "../../model/units.ts";
import { programs } from "../../properties/arbitraries.ts";
import { Choice, choosable } from "../../properties/choice.ts";
import type { CommandRecord, Setting } from "../../properties/command.ts";
import { commands } from "../../properties/commands.ts";
import { walk } from "../../properties/walk.ts";
import { claims } from "./claims.ts";
import { listings } from "./listing.ts";
import { drawn, rowsFor, walked } from "./walked.ts";

const presetNames: readonly PresetName[] = ["micro", "tiny", "small", "windows"];

/** The arguments at all places that have some. */
function enumerated(row: CommandRecord, setting: Setting): object[] {
  const all: object[] = [];
  for (let k = 0; k < row.count(setting); k++) {
    const args = row.instance(setting, k);
    if (args !== null) all.push(args);
  }
  return all;
}

/** The same things as often, in whatever order, and with members in whatever order. */
const canonical = (things: readonly object[]): string[] =>
  things.map((each) => JSON.stringify(sorted(each))).toSorted();

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}

describe("a command record", () => {
  for (const [name, listed] of Object.entries(listings)) {
    const row = commands.find((each) => each.name === name);

    for (const preset of presetNames) {
      it(`enumerates what is possible, and nothing else: ${name}, ${preset}`, () => {
        let compared = 0;
        drawn(15, 21, (random) =>
          walked(random, presets[preset], "cache", 30, (setting) => {
            if (row === undefined) throw new RangeError(`there is no command ${name}`);
            const expected = listed(setting);
            compared += expected.length;
            expect(canonical(enumerated(row, setting))).toEqual(canonical(expected));
          }),
        );
        const isThere = presets[preset].environment.remote || !name.includes("Rdma");
        expect(compared).toBeGreaterThan(isThere ? 50 : -1);
      });
    }

    it(`that leaves out a place is found out: ${name}`, () => {
      let differs = false;
      drawn(10, 21, (random) =>
        walked(random, presets.small, "cache", 30, (setting) => {
          if (row === undefined) return;
          const lacking = { ...row, count: (at: Setting) => Math.max(0, row.count(at) - 1) };
          const all = canonical(enumerated(lacking, setting));
          differs ||= all.join() !== canonical(listed(setting)).join();
        }),
      );
      expect(differs).toBe(true);
    });
  }

  for (const kind of ["cache", "driver"] as const) {
    it(`has whole, finite numbers of places, fixed where it says so, and possible instances: ${kind}`, () => {
      for (const preset of presetNames) {
        drawn(8, 22, (random) => {
          const fixed = new Map<string, number>();
          return walked(random, presets[preset], kind, 30, (setting) => {
            for (const row of rowsFor(kind)) {
              const count = row.count(setting);
              expect(Number.isSafeInteger(count) && count >= 0, row.name).toBe(true);
              expect(enumerated(row, setting).length, row.name).toBeLessThanOrEqual(count);
              const before = fixed.get(row.name) ?? count;
              expect(count, row.name).toBe(row.isFixed === true ? before : count);
              fixed.set(row.name, count);
              for (const args of enumerated(row, setting)) {
                expect(row.enabled(setting.view, args as Command["args"]), row.name).toBe(true);
              }
            }
          });
        });
      }
    });
  }
});

/** A command without the names that each draw chooses anew. */
const identity = ({ name, args }: Command): string =>
  name +
  JSON.stringify(args, (key, value: unknown) =>
    key === "as" || key === "stamp" || (key === "socket" && name === "connect") ? null : value,
  );

function tally(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Pearson's statistic in standard deviations above its mean, by Wilson and Hilferty: beyond 4 is no chance. */
function surprise(observed: readonly string[], possible: readonly string[]): number {
  const weights = tally(possible);
  const counts = tally(observed);
  for (const key of counts.keys()) expect(weights.has(key), key).toBe(true);
  let statistic = 0;
  for (const [key, weight] of weights) {
    const expected = (observed.length * weight) / possible.length;
    statistic += ((counts.get(key) ?? 0) - expected) ** 2 / expected;
  }
  const freedom = weights.size - 1;
  if (freedom === 0) return 0;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread);
}

const DRAWS = 3_000;

/** How surprising what `draw` draws is, in some settings. */
function surprises(draw: (random: Random, choice: Choice, setting: Setting) => Command): number[] {
  return drawn(8, 23, (random) => {
    const { choice, setting } = walked(random, presets.small, "cache", random.nextInt(5, 40));
    const possible = choice.all().map(identity);
    if (possible.length < 2) return null;
    const observed = Array.from({ length: DRAWS }, () => identity(draw(random, choice, setting)));
    return surprise(observed, possible);
  }).filter((each) => each !== null);
}

function taken(command: Command | null): Command {
  if (command === null) throw new RangeError("nothing is possible");
  return command;
}

describe("a choice", () => {
  it("is uniform over everything that is possible", () => {
    expect(Math.max(...surprises((random, choice) => taken(choice.next(random))))).toBeLessThan(4);
  });

  it("that draws a command first and then one of its places is found out", () => {
    const byCommand = (random: Random, choice: Choice): Command => {
      const all = choice.all();
      const names = [...new Set(all.map((each) => each.name))];
      const name = names[random.nextInt(0, names.length - 1)];
      const own = all.filter((each) => each.name === name);
      return taken(own[random.nextInt(0, own.length - 1)] ?? null);
    };
    expect(Math.min(...surprises(byCommand))).toBeGreaterThan(4);
  });

  it("that never draws the last of what is possible is found out", () => {
    const allButLast = (random: Random, choice: Choice): Command => {
      const all = choice.all();
      return taken(all[random.nextInt(0, Math.max(0, all.length - 2))] ?? null);
    };
    expect(Math.min(...surprises(allButLast))).toBeGreaterThan(4);
  });

  /** A command with 1,000 places, of which some are possible. */
  const sparse = (...places: number[]): CommandRecord => ({
    name: "sparse",
    rules: [],
    subjects: ["cache"],
    count: () => 1_000,
    isFixed: true,
    instance: (_setting, k) => (places.includes(k) ? { k } : null),
    enabled: () => true,
    event: () => ({ type: "retry", process: brand(0) }),
    print: () => "",
  });
  const config = presets.small;
  const { view } = walk({ config, claims });
  const choices = (...places: number[]): string[] =>
    drawn(1, 24, (random) => {
      const { palette } = walked(random, config, "cache", 0);
      const choice = new Choice(choosable([sparse(...places)]), view, palette);
      return Array.from({ length: 2_000 }, () => JSON.stringify(choice.next(random)?.args ?? null));
    }).flat();

  it("finds one place among a thousand, and each of two as often", () => {
    expect(new Set(choices(700))).toEqual(new Set(['{"k":700}']));
    expect(surprise(choices(3, 999), ['{"k":3}', '{"k":999}'])).toBeLessThan(4);
  });

  it("is null when nothing is possible", () => {
    expect(new Set(choices())).toEqual(new Set(["null"]));
  });
});

/** What the rules are about: registrations, their ends, transfers and peers' accesses. */
const central = new Set([
  "WSPRegisterMemory",
  "WSPRegisterRdmaMemory",
  "WSPDeregisterMemory",
  "WSPDeregisterRdmaMemory",
  "startTransfer",
  "completeTransfer",
  "peerAccess",
]);

describe("a generated program", () => {
  for (const preset of presetNames) {
    it(`registers, deregisters and transfers in two of five commands or more: ${preset}`, () => {
      const config = presets[preset];
      const arbitrary = programs({ config, claims, maxCommands: 240, focuses: true });
      const names = sample(arbitrary, { numRuns: 60, seed: 25 })
        .flat()
        .map((each) => each.name);
      const share = names.filter((name) => central.has(name)).length / names.length;
      expect(share).toBeGreaterThan(0.4);
    });
  }
});
