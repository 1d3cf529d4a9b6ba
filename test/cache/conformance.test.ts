// The cache before the checker: both policies, several limits, each world.

import { describe, expect, it } from "vitest";
import { run } from "../../src/kit/run.ts";
import { registrationCache } from "../../src/cache/cache-subject.ts";

describe("the registration cache", () => {
  it.each([
    ["defer", {}, "small", 1],
    ["refuse", { entries: 2, pages: 3 }, "small", 2],
    ["defer", { entries: 2, pages: 3, pending: 1 }, "tiny", 3],
    ["refuse", {}, "tiny", 4],
    ["defer", { entries: 0 }, "windows", 5],
  ] as const)("is strictly conformant: %s, limits %j, preset %s", (inUse, limits, preset, seed) => {
    const subject = registrationCache({ inUse, limits });
    const report = run(subject, { preset, seed, runs: 25, strict: true });
    expect(report.rules.filter((each) => ["fail", "non-strict"].includes(each.verdict))).toEqual(
      [],
    );
    // So few programs do not reach everything in every world.
    expect(["conformant", "unknown"]).toContain(report.verdict);
  });
});

describe("a registration cache that is used against its claims", () => {
  it("SPI-5: one that defers, declared as one that refuses, is convicted", () => {
    const defer = registrationCache({ inUse: "defer" });
    const liar = { ...defer, capabilities: { ...defer.capabilities, inUse: "refuse" as const } };
    expect(run(liar, { seed: 1, runs: 0 }).verdict).toBe("not conformant");
  });
});
