import { describe, expect, it } from "vitest";
import example from "../../examples/whole-provider.ts";
import { runStrictly } from "../../gallery/conviction.ts";
import { providerMutants } from "../../gallery/mutants/providers.ts";
import { presets, type PresetName } from "../../model/config.ts";
import { casesFor } from "../../properties/cases.ts";
import { run } from "../../src/kit/run.ts";
import { underTest } from "../../src/kit/subject.ts";
import { testMutants } from "./trial.ts";

describe("a whole provider with one rule broken", () => {
  testMutants(providerMutants);
});

describe("the example of a whole provider", () => {
  const onlyOfProviders = ["ACCESS-1", "SPI-2", "SPI-3", "SPI-7"];

  it("is conformant in a run of 100 programs, and what only a provider can break passes", () => {
    const { kind, verdict, problem, counterexamples, rules } = run(example, { seed: 1, runs: 100 });
    expect({ kind, verdict, problem, counterexamples }).toEqual({
      kind: "provider",
      verdict: "conformant",
      problem: null,
      counterexamples: [],
    });
    const judged = rules.filter((each) => onlyOfProviders.includes(each.id));
    expect(judged.map((each) => [each.id, each.verdict, each.witnessed])).toEqual(
      onlyOfProviders.map((id) => [id, "pass", true]),
    );
  });

  it("the literal programs alone reach every situation", () => {
    const { verdict, rules } = run(example, { seed: 1, runs: 0 });
    expect(rules.filter((each) => each.verdict === "unknown")).toEqual([]);
    expect(verdict).toBe("conformant");
  });

  it("no step of a literal program for providers is impossible on it", () => {
    const skipped = casesFor(presets.small)
      .filter((each) => each.subject === "provider")
      .map(({ name, program }) => [
        name,
        runStrictly(underTest(example), program, presets.small).skipped,
      ])
      .filter(([, each]) => JSON.stringify(each) !== "{}");
    expect(skipped).toEqual([]);
  });

  it.each<[preset: PresetName, out: Readonly<Record<string, string>>]>([
    [
      "micro",
      {
        "ACCESS-1": "the preset micro has one process",
        "SPI-2": "the preset micro has one socket",
      },
    ],
    ["tiny", { "ACCESS-1": "the preset tiny has one process" }],
    ["windows", {}],
  ])("what the world %s is too small for does not apply in it", (preset, out) => {
    const { rules } = run(example, { seed: 1, runs: 0, preset });
    const reasons = rules
      .filter((each) => onlyOfProviders.includes(each.id) && each.verdict === "not applicable")
      .map(({ id, reason }) => [id, reason]);
    expect(Object.fromEntries(reasons)).toEqual(out);
    const rest = onlyOfProviders.filter((id) => !(id in out));
    expect(rules.filter(({ id, verdict }) => rest.includes(id) && verdict !== "pass")).toEqual([]);
  });
});
