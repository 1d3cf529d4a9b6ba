// Copying, restoring and fingerprinting whole states of the flat world: as a search meets them, after 8 commands, and
// after 40. Nanoseconds, medians over several states of one process.

import { sample } from "fast-check";
import uncached from "../examples/uncached.ts";
import { presets, type Claims, type PresetName } from "../model/config.ts";
import { runProgram } from "../properties/agreement.ts";
import { programs } from "../properties/arbitraries.ts";
import { shell } from "../src/provider/shell.ts";
import { flatWorld, reusedFlatWorlds, type FlatWorld } from "../src/world/world.ts";
import { figure, median, medianOf, nanosecondsEach } from "./figures.ts";

const ROUNDS = 51;
const COPIES = 1_000;
const STATES = 9;

interface Figures {
  readonly preset: string;
  readonly commands: number;
  readonly bytes: number;
  readonly copyNs: number;
  readonly restoreNs: number;
  readonly fingerprintNs: number;
}

/** Worlds in the states that programs of so many commands lead to. */
function worldsAfter(preset: PresetName, commands: number): FlatWorld[] {
  const config = presets[preset];
  const claims: Claims = { ...uncached.capabilities, callback: false };
  const makeWorld = reusedFlatWorlds();
  const drawn = sample(programs({ config, claims, maxCommands: 60, makeWorld }), {
    numRuns: 100,
    seed: 1,
  });
  const long = drawn.filter((each) => each.length >= commands).slice(0, STATES);
  return long.map((program) => {
    const world = flatWorld(config, claims);
    const provider = shell(uncached, config.pageSizeBytes);
    const settings = { world, player: { kind: "cache", provider, claims }, strict: false } as const;
    runProgram({ ...settings, counts: () => true }, program.slice(0, commands));
    return world;
  });
}

function measure(preset: PresetName, commands: number): Figures {
  const worlds = worldsAfter(preset, commands);
  const targets = worlds.map((world) => world.save());
  const print = new Uint32Array(2);
  const times = (work: (world: FlatWorld, target: Int32Array) => void): number =>
    median(
      worlds.map((world, i) => {
        const target = targets[i] ?? world.save();
        return medianOf(ROUNDS, () =>
          nanosecondsEach(COPIES, () => {
            for (let n = 0; n < COPIES; n++) work(world, target);
          }),
        );
      }),
    );
  return {
    preset,
    commands,
    bytes: median(targets.map((each) => each.byteLength)),
    copyNs: times((world, target) => world.save(target)),
    restoreNs: times((world, target) => world.restore(target)),
    fingerprintNs: times((world) => world.fingerprint(print)),
  };
}

export function run(json: boolean): void {
  const all = (["tiny", "small", "windows"] as const).flatMap((preset) => [
    measure(preset, 8),
    measure(preset, 40),
  ]);
  if (json) {
    console.log(JSON.stringify(all));
    return;
  }
  console.log(
    `${"state".padEnd(22)} ${"bytes".padStart(8)} ${"copy".padStart(8)} ${"restore".padStart(8)} ${"fingerprint".padStart(12)}   ns`,
  );
  for (const { preset, commands, bytes, copyNs, restoreNs, fingerprintNs } of all) {
    console.log(
      `${`${preset}, ${commands} commands`.padEnd(22)} ${figure(bytes).padStart(8)} ${figure(copyNs).padStart(8)} ${figure(restoreNs).padStart(8)} ${figure(fingerprintNs).padStart(12)}`,
    );
  }
}
