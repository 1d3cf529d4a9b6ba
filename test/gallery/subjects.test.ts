// The subjects that are modelled on real caches, in worlds other than the one of the matrix.

import { describe, expect, it } from "vitest";
import { loadSubject } from "../../gallery/loading.ts";
import { notFollowed, subjects } from "../../gallery/subjects.ts";
import { run } from "../../src/kit/run.ts";

const modelled = subjects.filter((base) =>
  /ucx|libfabric|openmpi|dpdk|kdreg2|nccl|spdk|sorted-array/.test(base),
);

describe.each(["tiny", "windows"])("in the world %s", (preset) => {
  it.each(modelled)("%s breaks no rule of conformance", async (base) => {
    const report = run(await loadSubject(base), { seed: 3, runs: 60, preset });
    const expected = notFollowed[base] ?? [];
    expect(report.counterexamples.filter(({ rule }) => !expected.includes(rule))).toEqual([]);
    expect(report.problem).toBeNull();
    expect(report.commands).toBeGreaterThan(2000);
  });
});
