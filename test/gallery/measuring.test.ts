import { describe, expect, it } from "vitest";
import { judgePolicy, measureMutant, measureSubject } from "../../benchmarks/gallery/measuring.ts";
import { tableOf } from "../../benchmarks/gallery/table.ts";
import {
  wantedMutants,
  wantedPolicies,
  wantedSubjects,
  type Task,
} from "../../benchmarks/gallery/task.ts";
import type { Mutant } from "../../gallery/mutant.ts";

const all: Task = { seeds: 3, limit: 2000, policies: 5, row: null, mutant: null };

function only(id: string): Mutant {
  const [mutant] = wantedMutants({ ...all, mutant: id });
  if (mutant === undefined) throw new RangeError(`there is no mutant ${id}`);
  return mutant;
}

describe("what the gallery is asked for", () => {
  it("is everything, or the mutants of a row, or one mutant; subjects only with everything", () => {
    expect(wantedMutants(all).length).toBeGreaterThan(70);
    expect(wantedSubjects(all)).toContain("examples/exact-match.ts");
    const ofRow = { ...all, row: 44 };
    expect(wantedMutants(ofRow).map((each) => each.bug?.row)).toEqual([44, 44]);
    expect(wantedSubjects(ofRow)).toEqual([]);
    expect([wantedPolicies(all), wantedPolicies(ofRow)]).toEqual([5, 0]);
    expect(wantedMutants({ ...ofRow, mutant: "never-hits" })).toEqual([]);
  });
});

describe("a mutant, measured", () => {
  it("that every seed finds has a median and a worst case", async () => {
    const row = await measureMutant(only("never-hits"), all);
    expect(row).toMatchObject({ row: 1, mutant: "never-hits", rule: "LOCAL-3", seeds: 3 });
    expect([row.seedsFound, row.killedBy]).toEqual([3, ["LOCAL-3"]]);
    expect(row.medianCommands).toBeGreaterThan(0);
    expect(row.worstCommands).toBeGreaterThanOrEqual(row.medianCommands ?? Infinity);
    expect(row.shrunk).toEqual({ median: 3, worst: 3 });
    expect(await measureMutant(only("never-hits"), all)).toEqual(row);
  });

  it("that no seed finds within the limit has none", async () => {
    const one = { ...all, seeds: 1, limit: 20_000 };
    const { worstCommands } = await measureMutant(only("keeps-after-close"), one);
    const limit = (worstCommands ?? 0) - 1;
    expect(limit).toBeGreaterThan(0);
    const missed = await measureMutant(only("keeps-after-close"), { ...one, limit });
    expect(missed).toMatchObject({ seeds: 1, seedsFound: 0, killedBy: [] });
    expect([missed.medianCommands, missed.worstCommands]).toEqual([null, null]);
    expect(missed.shrunk).toEqual({ median: null, worst: null });
    expect(
      tableOf({ rows: [missed], subjects: [], falseAlarms: { policies: 0, alarms: 0 } }),
    ).toMatch(/^ +keeps-after-close +LOCAL-5 +0\/1 +- +- +- +-$/m);
  });

  it("that other rules convict first is counted, and they are named behind its own", async () => {
    // It breaks LOCAL-2 whenever the buffer is freed, and LOCAL-4 only then.
    const row = await measureMutant(only("keeps-lock-at-callback"), { ...all, limit: 20_000 });
    expect(row).toMatchObject({ seedsFound: 3, rule: "LOCAL-4" });
    expect(row.killedBy[0]).toBe("LOCAL-4");
    expect(row.seedsByOthers).toBeGreaterThan(0);
    expect(row.killedBy.length).toBeGreaterThan(1);
  });
});

describe("a subject that is right, measured", () => {
  it("is conformant, over about as many commands as were asked for", async () => {
    const { commands, ...row } = await measureSubject("examples/uncached.ts", { ...all, seeds: 1 });
    expect(row).toEqual({
      name: "uncached",
      family: "refuse-notify-retry",
      verdict: "conformant",
    });
    expect(commands).toBeGreaterThan(all.limit * 0.8);
  });
});

describe("a random legal policy", () => {
  it("is no alarm", () => {
    expect(judgePolicy(3, { ...all, limit: 500 })).toEqual({ policy: 3, isAlarm: false });
  });
});
