// Two worlds under one run: the report says how much ran on both, either may be the one in front, and a world that differs
// from the reference is found and shown.

import { describe, expect, it } from "vitest";
import { presets, type Claims } from "../../model/config.ts";
import type { WorldFactory } from "../../model/world.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import book from "../../examples/by-the-book.ts";
import exact from "../../examples/exact-match.ts";
import { Engines, engineOf, type Performance } from "../../src/kit/engines.ts";
import { players } from "../../src/kit/player.ts";
import type { EngineName, Report } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { underTest } from "../../src/kit/subject.ts";
import { flatWorld } from "../../src/world/world.ts";

const config = presets.small;
const claims: Claims = { ...exact.capabilities, callback: true };
const performance: Performance = {
  config,
  claims,
  player: players(underTest(exact), config),
  counts: () => true,
  strict: false,
};
const words = wordsFor(config);
const program = [words.alloc(0, 2), words.register("mr_1", 0, 1), words.deregister("mr_1")];

/** The flat world, but every lock is answered with a handle too high. */
const miscounting: WorldFactory = (...args) => {
  const { view, apply } = flatWorld(...args);
  return {
    view,
    apply(event) {
      const applied = apply(event);
      const { answer } = applied;
      if (event.type !== "host" || event.call.name !== "lock") return applied;
      if (answer?.kind !== "host" || !answer.result.ok) return applied;
      const result = { ok: true as const, value: Number(answer.result.value) + 1 };
      return { ...applied, answer: { ...answer, result } };
    },
  };
};

describe("two engines", () => {
  const reportOf = (engine: EngineName): Report => run(exact, { seed: 1, runs: 60, engine });

  it("give one subject the same report but for the engine and the time", () => {
    const [flat, reference] = [reportOf("flat"), reportOf("reference")];
    const sameOf = (report: Report): unknown => ({ ...report, engine: null, seconds: null });
    expect(sameOf(reference)).toEqual(sameOf(flat));
    expect(flat.engine.name).toBe("flat");
    expect(reference.engine.name).toBe("reference");
  });

  it("both run a sample of the programs that pass, and the report counts it", () => {
    const { compared } = reportOf("flat").engine;
    expect(compared.programs).toBe(2);
    expect(compared.commands).toBeGreaterThan(20);
  });

  it("both run every failure", () => {
    const { engine, counterexamples } = run(book, { seed: 1 });
    expect(counterexamples).toHaveLength(1);
    expect(engine.compared).toEqual({ programs: 1, commands: counterexamples[0]?.commands });
  });

  it("are named flat and reference, and by no other name", () => {
    expect(engineOf("reference")).toBe("reference");
    expect(() => engineOf("fast")).toThrow(
      'there is no engine "fast"; give one of flat, reference',
    );
  });
});

describe("a world that differs from the reference", () => {
  it("is our mistake, shown with the program and both sides", () => {
    const engines = new Engines("flat", miscounting);
    const compare = (): unknown => engines.executeOnBoth(performance, program);
    expect(compare).toThrow("two worlds of the model disagree, which is a mistake of stalemate");
    expect(compare).toThrow("The worlds disagree on the answer, at result.value.");
    expect(compare).toThrow(/>  2 {2}mr_1 = WSPRegisterMemory/);
    expect(compare).toThrow(/reference {2}1\n\s+flat {7}2/);
    expect(engines.report().compared.programs).toBe(0);
  });

  it("is not what a subject that never does the same twice shows", () => {
    let calls = 0;
    const moody: Performance = {
      ...performance,
      player: () => {
        const player = performance.player();
        if (player.kind !== "cache") return player;
        const { provider } = player;
        const call: typeof provider.call = (instance, each) =>
          each.name === "register" && ++calls % 2 === 0
            ? { ok: false, error: "WSAENOBUFS" }
            : provider.call(instance, each);
        const start: typeof provider.start = (instance, port) => provider.start(instance, port);
        return { ...player, provider: { start, call } };
      },
    };
    const { problem } = new Engines("flat").executeOnBoth(moody, program);
    expect(problem).toContain("the subject is not deterministic (LAW-12)");
  });
});
