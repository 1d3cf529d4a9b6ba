import { describe, expect, it } from "vitest";
import { lanesOf, type Lane } from "../../benchmarks/equivalence/lanes.ts";
import { fingerprint } from "../../src/world/fingerprint.ts";
import { SINGLE } from "../../src/world/layout.ts";
import { Store } from "../../src/world/store.ts";
import { flatWorld } from "../../src/world/world.ts";
import { unseenFields } from "./fields.ts";
import { eventsOf, isQuiet } from "./fingerprints.ts";
import { loadAnew, type WorldMutant } from "./mutants/world-mutant.ts";

/** States in the middle and at the end of a program on each lane, laid out. */
function* storesOf(lanes: readonly Lane[]): Generator<Store> {
  for (const [k, lane] of lanes.entries()) {
    const world = flatWorld(lane.config, lane.claims);
    let left = 0;
    for (const event of eventsOf(lane, 300 + k)) {
      world.apply(event);
      if (!isQuiet(world) || ++left % 12 !== 0) continue;
      const store = new Store(lane.config, lane.claims);
      store.mem.adopt(world.save());
      const { interrupt } = world.view.faults();
      if (interrupt !== null) nameAs(store, store.get(SINGLE.interrupt), interrupt.what);
      yield store;
    }
  }
}

/** The table of names is no part of a copy: the number gets its text again. */
function nameAs(store: Store, number: number, record: unknown): void {
  for (let id = 1; id < number; id++) store.symbols.id(`name ${id}`);
  expect(store.symbols.id(JSON.stringify(record))).toBe(number);
}

function unseen(lanes: readonly Lane[], print: typeof fingerprint): Set<string> {
  const names = new Set<string>();
  for (const store of storesOf(lanes))
    for (const name of unseenFields(store, print)) names.add(name);
  return names;
}

describe("every single change that a state shows", () => {
  it.each(["tiny", "small", "windows"] as const)("changes its fingerprint: %s", (preset) => {
    expect([...unseen(lanesOf(preset), fingerprint)]).toEqual([]);
  });
});

const file = "fingerprint";
const whole = "  words(memory, row + TRANSFER.nameHash, TRANSFER.width - TRANSFER.nameHash);";

/** The fields that a fingerprint does not see when a piece of it is left out. */
const blind: readonly (readonly [string, WorldMutant["edits"][number]])[] = [
  ["page.watchers", ["      word(watchers);\n", ""]],
  ["page.generation", ["      word(generation);\n", ""]],
  ["unheard.first", ["      words(memory, w.unheard.row(slot) + UNHEARD.first, 2);\n", ""]],
  ["lock.changed", ["    words(memory, at(memory, row + LOCK.changed), marks);\n", ""]],
  ["history.start", ["      words(memory, ended, 4);\n", ""]],
  ["history.frames", ["      words(memory, at(memory, ended + 4), at(memory, ended + 5));\n", ""]],
  [
    "lock.sockets",
    [
      "    words(memory, at(memory, row + LOCK.sockets), at(memory, row + LOCK.sockets + 2));\n",
      "",
    ],
  ],
  [
    "lock.ranges",
    [
      "    words(memory, at(memory, row + LOCK.ranges), 4 * at(memory, row + LOCK.ranges + 2));\n",
      "",
    ],
  ],
  [
    "region.frames",
    ["    words(memory, at(memory, row + REGION.frames), at(memory, row + REGION.count));\n", ""],
  ],
  ["transfer.kind", [whole.trim(), "word(at(memory, row + TRANSFER.nameHash));"]],
  ["section.stored", ["  addSections(w, memory);\n", ""]],
  ["grant.handle", ["  if (w.claims === null) addGrants(w, memory);\n", ""]],
  ["interruptAfter", ["    word(w.get(SINGLE.interruptAfter));\n", ""]],
];

describe("a fingerprint with a piece left out", () => {
  it.each(blind)("does not see %s", async (name, edit) => {
    const mutant = { id: name, change: `does not see ${name}`, file, edits: [edit] };
    const anew = await loadAnew<{ fingerprint: typeof fingerprint }>(mutant, "fingerprint.ts");
    expect([...unseen(lanesOf("small"), anew.fingerprint)]).toContain(name);
  });
});
