// Whole states of the flat world: copied, put back, and told from one another by their fingerprints.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { presets, type Claims, type PresetName } from "../../model/config.ts";
import type { Event } from "../../model/events.ts";
import { runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { lastingProjection, projection } from "../../properties/projection.ts";
import exact from "../../examples/exact-match.ts";
import { shell } from "../../src/provider/shell.ts";
import { flatWorld, reusedFlatWorlds, type FlatWorld } from "../../src/world/world.ts";

const claims: Claims = { ...exact.capabilities, callback: true };
const small = ["micro", "tiny", "small", "windows"] as const;

/** The events of generated programs. */
function eventsOf(preset: PresetName, count: number): Event[][] {
  const config = presets[preset];
  const makeWorld = reusedFlatWorlds();
  const drawn = sample(programs({ config, claims, maxCommands: 40, makeWorld }), {
    numRuns: count,
    seed: 5,
  });
  return drawn.map((program) => {
    const player = { kind: "cache", provider: shell(exact, config.pageSizeBytes), claims } as const;
    const world = flatWorld(config, claims);
    const { steps } = runProgram({ world, player, counts: () => true, strict: false }, program);
    return steps.flatMap((step) => ("event" in step ? [step.event] : []));
  });
}

const isQuiet = ({ view }: FlatWorld): boolean =>
  view.instances().every((each) => each.calls.length === 0) && view.attempts().length === 0;

function fingerprintOf(world: FlatWorld): string {
  const words = new Uint32Array(2);
  world.fingerprint(words);
  return words.join("-");
}

describe.each(small)("a state of %s", (preset) => {
  it("that is put back is what was copied, and goes on as it did", () => {
    for (const events of eventsOf(preset, 20)) {
      const world = flatWorld(presets[preset], claims);
      let from = Math.floor(events.length / 3);
      for (const event of events.slice(0, from)) world.apply(event);
      while (!isQuiet(world) && from < events.length) world.apply(events[from++] as Event);
      if (!isQuiet(world)) continue;
      const saved = world.save();
      const lasting = lastingProjection(world.view);
      const print = fingerprintOf(world);
      const rest = events.slice(from);
      const answers = rest.map((event) => world.apply(event));
      const end = projection(world.view);
      world.restore(saved);
      expect(lastingProjection(world.view)).toEqual(lasting);
      expect(fingerprintOf(world)).toBe(print);
      expect(rest.map((event) => world.apply(event))).toEqual(answers);
      expect(lastingProjection(world.view)).toEqual(lastOf(end, lasting));
    }
  });

  it("has the fingerprint of its equals, and of no other that was met", () => {
    const byState = new Map<string, string>();
    const byPrint = new Map<string, string>();
    for (const events of eventsOf(preset, 60)) {
      const world = flatWorld(presets[preset], claims);
      for (const event of events) {
        world.apply(event);
        if (!isQuiet(world)) continue;
        const state = JSON.stringify(lastingProjection(world.view));
        const print = fingerprintOf(world);
        expect(byState.get(state) ?? print).toBe(print);
        expect(byPrint.get(print) ?? state).toBe(state);
        byState.set(state, print);
        byPrint.set(print, state);
      }
    }
    expect(byState.size).toBeGreaterThan(500);
  });
});

/** The parts of a projection that another one has. */
function lastOf(
  whole: Readonly<Record<string, unknown>>,
  parts: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.keys(parts).map((name) => [name, whole[name]]));
}

it("a state is not copied in the middle of a call", () => {
  const world = flatWorld(presets.tiny, claims);
  const events = eventsOf("tiny", 5).flat();
  const call = events.find((event) => event.type === "call");
  if (call === undefined) throw new Error("no program calls the cache");
  world.apply(call);
  expect(() => world.save()).toThrow("a state is copied between calls");
});
