import { describe, expect, it } from "vitest";
import { loadSubject } from "../../gallery/loading.ts";
import { subjects } from "../../gallery/subjects.ts";
import { run } from "../../src/kit/run.ts";

describe("a subject that is not broken", () => {
  it.each(subjects)("%s breaks no rule in the programs that break the others", async (base) => {
    const report = run(await loadSubject(base), { seed: 1, runs: 130 });
    expect(report.counterexamples).toEqual([]);
    expect(report.problem).toBeNull();
  });
});
