import { describe, expect, it } from "vitest";
import { micro } from "../../benchmarks/explorer/micro.ts";
import { compile } from "../../src/explorer/model.ts";
import { systemOf } from "../../src/explorer/model-system.ts";
import { loaded, programOf } from "../../src/explorer/packed-program.ts";
import { SavedStates } from "../../src/explorer/saved-states.ts";
import { search } from "../../src/explorer/search.ts";
import type { Snapshots, System } from "../../src/explorer/system.ts";
import { hanoi, jugs } from "./little-models.ts";

const passengers = ["nobody", "the wolf", "the goat", "the cabbage"];

/** Farmer, wolf, goat and cabbage cross a river; the puzzle is solved in 7 crossings, over some of 10 safe states. */
function river(): System & { readonly snapshots: Snapshots } {
  /** 1: on the far side. In the order of passengers, with the farmer for nobody. */
  let sides = [0, 0, 0, 0];
  const isUnsafe = ([farmer, wolf, goat, cabbage]: readonly number[]): boolean =>
    farmer !== goat && (goat === wolf || goat === cabbage);
  return {
    name: "river",
    initialCount: 1,
    begin: () => void (sides = [0, 0, 0, 0]),
    actionCount: () => passengers.length,
    apply(passenger) {
      if (sides[passenger] !== sides[0]) return false;
      const after = sides.map((side, i) => (i === 0 || i === passenger ? 1 - side : side));
      if (isUnsafe(after)) return false;
      sides = after;
      return true;
    },
    broken: () => (sides.every((side) => side === 1) ? "somebody is still on this side" : null),
    describe: (passenger) => `cross with ${passengers[passenger]}`,
    describeState: () => sides.join(""),
    independence: null,
    snapshots: {
      keyWords: 1,
      exactKeys: true,
      writeKey: (into) => void (into[0] = sides.reduce((sum, side) => 2 * sum + side, 0)),
      sizeBytes: () => 4,
      save: (into) => into.set(sides),
      restore: (from) => void (sides = [...from]),
    },
  };
}

const peaceful = (system: System): System => ({ ...system, broken: () => null });

describe("a system", () => {
  it("is searched breadth first: the river has 10 safe states", () => {
    expect(search(peaceful(river()))).toMatchObject({
      outcome: "complete",
      states: 10,
      transitions: 20,
      depth: 7,
      completeDepth: 7,
      frontier: 0,
    });
  });
  it("has a shortest violation: 7 crossings", () => {
    const { violation } = search(river());
    expect(violation?.steps.map(({ action }) => action.replace("cross with ", ""))).toEqual([
      "the goat",
      "nobody",
      "the wolf",
      "the goat",
      "the cabbage",
      "nobody",
      "the goat",
    ]);
    expect(violation).toMatchObject({ initialState: "0000", shortest: true });
    expect(violation?.steps.at(-1)?.state).toBe("1111");
  });
  it("is searched depth first to the same states and transitions", () => {
    expect(search(peaceful(river()), { strategy: "depth-first" })).toMatchObject({
      outcome: "complete",
      states: 10,
      transitions: 20,
    });
  });
  it("is judged on every action, also on one that leads to a state that was met", () => {
    const system = river();
    let crossings = 0;
    const grumpy: System = {
      ...system,
      apply(passenger) {
        const done = system.apply(passenger);
        crossings = done && passenger === 0 ? 1 : 0;
        return done;
      },
      broken: () => (crossings > 0 ? "the farmer crosses alone" : null),
    };
    // Alone means back, and back leads from the second state to the first but for the goat: after two crossings.
    expect(search(grumpy).violation?.steps.map(({ action }) => action)).toEqual([
      "cross with the goat",
      "cross with nobody",
    ]);
  });
  it("says how probably fingerprints were the same", () => {
    const system = river();
    const printed = { ...system, snapshots: { ...system.snapshots, exactKeys: false } };
    expect(search(peaceful(printed)).collisionProbability).toBeCloseTo(45 / 2 ** 32, 12);
    expect(search(peaceful(system)).collisionProbability).toBe(0);
  });
  it("that remembers more than its states is noticed when the way is told", () => {
    const system = river();
    let calls = 0;
    const tired: System = {
      ...system,
      apply: (passenger) => calls++ < 12 && system.apply(passenger),
      broken: () => (calls === 12 ? "no more" : null),
    };
    expect(() => search(tired)).toThrow(/the way to a state of river was not found again/);
  });
  it("whose save leaves something out is noticed when ways are replayed", () => {
    const system = river();
    let fares = 3;
    const forgetful: System = {
      ...peaceful(system),
      begin(initial) {
        fares = 3;
        system.begin(initial);
      },
      apply: (passenger) => fares > 0 && system.apply(passenger) && fares-- > 0,
      snapshots: {
        ...system.snapshots,
        restore(from) {
          fares = 3;
          system.snapshots.restore(from);
        },
      },
    };
    // Every step of the search has its fare, for restoring brings three; a whole way has three steps.
    expect(search(forgetful).states).toBe(10);
    expect(() => search(forgetful, { replayEvery: 1 })).toThrow(
      "performing 4 actions of river from the start leads to another state",
    );
    expect(search(peaceful(river()), { replayEvery: 1 })).toMatchObject({
      outcome: "complete",
      states: 10,
      transitions: 20,
    });
  });
  it("takes no options that are for models", () => {
    expect(() => search(river(), { symmetry: true })).toThrow(/writes its own keys/);
    expect(() => search(river(), { keys: "fingerprint" })).toThrow(TypeError);
  });
});

describe("a system without snapshots", () => {
  const unsaved = (): System => ({ ...river(), snapshots: null });

  it("is searched as a tree: each state as often as a path leads to it", () => {
    // From the first state one crossing is possible, then two, of which one leads back.
    expect(search(peaceful(unsaved()), { strategy: "depth-first", maxDepth: 2 })).toMatchObject({
      outcome: "unknown",
      reason: "depth",
      states: 4,
      transitions: 3,
      completeDepth: 2,
    });
  });
  it("is searched depth first to the same violation", () => {
    const { violation } = search(unsaved(), { strategy: "depth-first", maxDepth: 7 });
    expect(violation?.steps).toHaveLength(7);
  });
  it("walks at random", () => {
    const options = { strategy: "random-walk", maxDepth: 300 } as const;
    expect(search(unsaved(), options).outcome).toBe("violation");
  });
  it("cannot be searched breadth first", () => {
    expect(() => search(unsaved())).toThrow(/has no snapshots/);
  });
});

describe("a model as a system", () => {
  const asSystem = (definition: ReturnType<typeof jugs>, fingerprints = false): System => {
    const model = compile(definition);
    return systemOf(model, loaded(programOf(model, { fingerprints, symmetry: false })));
  };
  const counted = (subject: Parameters<typeof search>[0], keys?: "fingerprint") => {
    const options = keys === undefined ? {} : { keys };
    const { outcome, states, transitions, depth, collisionProbability } = search(subject, options);
    return { outcome, states, transitions, depth, collisionProbability };
  };

  it.each([micro({ frames: 1, references: 1 }), { ...hanoi(5), invariants: [] }])(
    "is searched to the same counts: $name",
    (definition) => {
      expect(counted(asSystem(definition))).toEqual(counted(compile(definition)));
      expect(counted(asSystem(definition, true))).toEqual(
        counted(compile(definition), "fingerprint"),
      );
    },
  );
  it("stops at a bound of memory, and takes no more", () => {
    const memoryBytes = 400_000;
    const result = search(asSystem(micro({ frames: 2, references: 1 })), { memoryBytes });
    expect(result).toMatchObject({ outcome: "unknown", reason: "memory" });
    expect(result.bytes).toBeLessThanOrEqual(memoryBytes);
    expect(result.states).toBeGreaterThan(4_000);
    const { completeDepth, states } = result;
    const bounded = { maxDepth: completeDepth } as const;
    expect(search(asSystem(micro({ frames: 2, references: 1 })), bounded).states).toBeLessThan(
      states,
    );
  });
  it("has violations of the same length", () => {
    for (const definition of [jugs(), hanoi(4)]) {
      const steps = search(compile(definition)).violation?.steps.length;
      expect(search(asSystem(definition)).violation?.steps).toHaveLength(steps ?? 0);
    }
  });
});

describe("saved states", () => {
  it("keep what was put into them, each at a multiple of 8 bytes", () => {
    const saved = new SavedStates();
    for (let i = 0; i < 3000; i++) saved.push(1 + (i % 11)).fill(i % 251);
    expect(saved.count).toBe(3000);
    for (let i = 0; i < 3000; i++) {
      const bytes = saved.at(i);
      expect(bytes.byteOffset % 8).toBe(0);
      expect([...bytes]).toEqual(Array.from({ length: 1 + (i % 11) }, () => i % 251));
    }
  });
  it("forget the last one", () => {
    const saved = new SavedStates();
    saved.push(3).fill(1);
    saved.push(5).fill(2);
    saved.pop();
    saved.push(4).fill(3);
    expect([...saved.at(0), ...saved.at(1)]).toEqual([1, 1, 1, 3, 3, 3, 3]);
  });
});
