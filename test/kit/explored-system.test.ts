import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import { claimsOf, configFor } from "../../properties/agreement.ts";
import { domainOf } from "../../properties/domain.ts";
import { ExploredSystem } from "../../src/kit/explored-system.ts";
import { pack, unpack } from "../../src/kit/packed-words.ts";
import { players } from "../../src/kit/player.ts";
import { underTest } from "../../src/kit/subject.ts";
import { shipped } from "./explored-subjects.ts";

function systemIn(preset: "micro" | "tiny"): ExploredSystem {
  const player = players(underTest(shipped), presets[preset]);
  const first = player();
  const config = configFor(presets[preset], first);
  const claims = claimsOf(first);
  return new ExploredSystem({
    name: shipped.name,
    config,
    claims,
    player,
    domain: domainOf(config, claims),
    counts: () => true,
    strict: false,
    exact: false,
    onState: () => undefined,
  });
}

/** Performs the first command whose line has the text. */
function perform(system: ExploredSystem, text: string): void {
  const count = system.actionCount();
  const action = Array.from({ length: count }, (_, i) => i).find((each) =>
    system.describe(each).includes(text),
  );
  if (action === undefined || !system.apply(action)) throw new Error(`${text} is not possible`);
}

const register = 'WSPRegisterMemory({ socket: s_1, buffer: va_10, access: "readwrite" })';

function keyOf(system: ExploredSystem): string {
  const key = new Int32Array(system.keyWords);
  system.writeKey(key);
  return key.join();
}

function saved(system: ExploredSystem): Uint8Array {
  const bytes = new Uint8Array(system.sizeBytes());
  system.save(bytes);
  return bytes;
}

describe("a state of an explored subject", () => {
  it("that was saved is what it was when it is restored", () => {
    const system = systemIn("micro");
    system.begin();
    perform(system, "VirtualAlloc");
    perform(system, register);
    const [before, key] = [saved(system), keyOf(system)];
    perform(system, "WSPDeregisterMemory");
    expect(keyOf(system)).not.toBe(key);
    system.restore(before);
    expect(keyOf(system)).toBe(key);
    expect(saved(system)).toEqual(before);
  });

  it.each(["process 0 is killed", "another thread: VirtualFree"])(
    "goes on after a fresh start as it did: %s at a host call",
    (fault) => {
      const system = systemIn("tiny");
      system.begin();
      perform(system, "VirtualAlloc");
      perform(system, fault);
      const armed = saved(system);
      perform(system, register);
      const key = keyOf(system);
      system.begin();
      system.restore(armed);
      perform(system, register);
      expect(keyOf(system)).toBe(key);
    },
  );

  it("tells apart how many faults there were", () => {
    const system = systemIn("micro");
    system.begin();
    perform(system, "VirtualAlloc");
    const key = keyOf(system);
    system.begin();
    perform(system, "the next lock fails");
    expect(keyOf(system)).not.toBe(key);
    const count = system.actionCount();
    const lines = Array.from({ length: count }, (_, i) => system.describe(i));
    expect(lines.filter((line) => line.includes("fails"))).toEqual([]);
  });
});

describe("packed words", () => {
  it.each([
    [[]],
    [[0, 0, 0]],
    [[1, 0, -1, 0, 0, 7]],
    [[5]],
    [[...Array.from({ length: 70_000 }, () => 0), 3, ...Array.from({ length: 70_000 }, () => 4)]],
  ])("are unpacked as they were", (words) => {
    const given = Int32Array.from(words);
    const into = new Int32Array(2 * given.length + 2);
    const count = pack(given, given.length, into);
    const back = new Int32Array(given.length).fill(-9);
    unpack(into.subarray(0, count), back);
    expect(back).toEqual(given);
  });
  it("take less where most are 0", () => {
    const words = new Int32Array(1000);
    words[500] = 1;
    expect(pack(words, words.length, new Int32Array(1501))).toBe(3);
  });
});
