import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import type { Command } from "../../model/trace.ts";
import { programs, type Program } from "../../properties/arbitraries.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import { remakes } from "../../properties/remakes.ts";
import { possible, walk, type WalkedWorld } from "../../properties/walk.ts";
import { shrunk } from "../../src/kit/shrinking.ts";
import { reusedFlatWorlds } from "../../src/world/world.ts";
import { claims } from "./claims.ts";

const worlds: readonly WalkedWorld[] = [
  { config: presets.small, claims, makeWorld: reusedFlatWorlds() },
  { config: presets.windows, claims, makeWorld: reusedFlatWorlds() },
  { config: presets.tiny, claims: null, makeWorld: reusedFlatWorlds() },
];

const programsOf = (world: WalkedWorld): Program[] =>
  sample(programs({ ...world, maxCommands: 16 }), { seed: 11, numRuns: 3 });

const startOf = (made: Iterable<Program>, count: number): Program[] => {
  const start: Program[] = [];
  for (const each of made) {
    if (start.length === count) break;
    start.push(each);
  }
  return start;
};

describe("programs made anew", () => {
  it("are possible, and shorter", () => {
    for (const world of worlds) {
      for (const program of programsOf(world).filter(({ length }) => length > 7)) {
        const made = [...remakes(program, world)];
        expect(made.length).toBeGreaterThan(2000);
        for (const each of made.filter((_, i) => i % 40 === 0)) {
          expect(each.length).toBeLessThan(program.length);
          expect(possible(world, each)).toEqual(each);
        }
      }
    }
  });

  it("are the same ones for the same program", () => {
    for (const world of worlds) {
      const [program = []] = programsOf(world);
      const made = startOf(remakes(program, world), 1500);
      expect(startOf(remakes(program, world), 1500)).toEqual(made);
    }
  });

  it("are none where the program is short", () => {
    for (const world of worlds) {
      for (const program of programsOf(world)) {
        expect([...remakes(program.slice(0, 7), world)]).toEqual([]);
      }
    }
  });
});

describe("shrinking", () => {
  const world: WalkedWorld = { config: presets.small, claims };
  const w = wordsFor(presets.small);

  /** Five registrations were live at once, and at the end there is none. */
  function fails(program: readonly Command[]): boolean {
    const { view, step } = walk(world);
    const live = (): number =>
      view.instances().reduce((sum, each) => sum + each.registrations.length, 0);
    let most = 0;
    for (const each of program) {
      step(each);
      most = Math.max(most, live());
    }
    return most === 5 && live() === 0;
  }

  it("takes one step that was not there for five that were", () => {
    const five = [0, 1, 2, 3, 4];
    const program = [
      w.alloc(0, 6),
      ...five.map((page) => w.register(`mr_${page + 1}`, page, page + 1)),
      ...five.map((page) => w.deregister(`mr_${page + 1}`)),
    ];
    expect(fails(program)).toBe(true);
    const made = shrunk(program, { programs: programs({ ...world, maxCommands: 24 }), fails });
    expect(made.map(({ name }) => name)).toEqual([
      "VirtualAlloc",
      ...five.map(() => "WSPRegisterMemory"),
      expect.not.stringMatching("Deregister"),
    ]);
  });

  it("does on another socket what was done on one that was made for it", () => {
    const handOver: Command = {
      name: "handOver",
      args: { type: "handOver", socket: 2, as: 9, process: 0 },
    };
    const program = [w.alloc(0, 2), handOver, w.register("mr_1", 0, 1, "readwrite", 9)];
    const isRegistered = (each: readonly Command[]): boolean =>
      each.some(({ name }) => name === "WSPRegisterMemory");
    const made = shrunk(program, {
      programs: programs({ ...world, maxCommands: 24 }),
      fails: isRegistered,
    });
    expect(made.map(({ name }) => name)).toEqual(["WSPRegisterMemory"]);
  });
});
