import { describe, expect, it } from "vitest";
import { loadAsyncMutant, loadAsyncSubject } from "../../gallery/loading.ts";
import { raceMutants } from "../../gallery/mutants/races.ts";
import { firstViolation } from "../../model/trace.ts";
import { race } from "../../src/kit/race/race.ts";

const bases = [...new Set(raceMutants.map(({ base }) => base))];

/** On a machine that does other things as well. */
const PATIENCE_MS = 120_000;

describe("asynchronous caches of the gallery", () => {
  it.each([
    ["examples/async-exact-match.ts", 2891],
    ["gallery/subjects/async-openmpi.ts", 3037],
    ["gallery/subjects/async-ucx.ts", 1828],
  ])(
    "LAW-11: %s is right in every schedule with two preemptions, all %i runs",
    async (base, schedules) => {
      const report = await race(await loadAsyncSubject(base), { seed: 1 });
      expect(report).toMatchObject({ verdict: "conformant", problem: null });
      expect(report.race).toMatchObject({ complete: true, schedules });
    },
    PATIENCE_MS,
  );

  it("are what the mutants are made of", () => {
    expect(bases.toSorted()).toEqual([
      "examples/async-exact-match.ts",
      "gallery/subjects/async-openmpi.ts",
      "gallery/subjects/async-ucx.ts",
    ]);
  });
});

describe("a cache that is wrong where calls overlap", () => {
  for (const mutant of raceMutants) {
    it(
      `${mutant.rule}: ${mutant.id} (${mutant.pattern}) is found with two preemptions`,
      async () => {
        const report = await race(await loadAsyncMutant(mutant), { ...mutant.size, seed: 1 });
        const [found] = report.counterexamples;
        expect(found?.rule).toBe(mutant.rule);
        // The trace alone shows it: the judge needs no subject.
        expect(found && firstViolation(found.trace)?.rules).toContain(mutant.rule);
      },
      PATIENCE_MS,
    );
  }

  it("five are images of bugs that shipped", () => {
    const rows = raceMutants.flatMap(({ bug }) => (bug === undefined ? [] : [bug.row]));
    expect(rows).toEqual([3, 20, 28, 31, 38]);
  });

  it("LAW-12: is found in the same schedule twice", async () => {
    const [mutant] = raceMutants;
    if (mutant === undefined) throw new RangeError("there are mutants");
    const paths: (string | undefined)[] = [];
    for (const seed of [1, 2]) {
      const report = await race(await loadAsyncMutant(mutant), { seed });
      paths.push(report.counterexamples[0]?.path);
    }
    expect(paths).toEqual(["schedule 0 1 1 1 1 2 1 2", "schedule 0 1 1 1 1 2 1 2"]);
  });
});
