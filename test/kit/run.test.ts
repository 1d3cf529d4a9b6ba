import { check, property } from "fast-check";
import { describe, expect, it } from "vitest";
import byTheBook from "../../examples/by-the-book.ts";
import exactMatch from "../../examples/exact-match.ts";
import uncached from "../../examples/uncached.ts";
import { presets, type Claims } from "../../model/config.ts";
import type { RegistrationCache, Subject } from "../../model/contract.ts";
import { decodeTrace, encodeTrace, firstViolation } from "../../model/trace.ts";
import { walkingWorld } from "../../model/world.ts";
import { runProgram } from "../../properties/agreement.ts";
import { programs } from "../../properties/arbitraries.ts";
import { MisuseError } from "../../src/kit/misuse.ts";
import { run } from "../../src/kit/run.ts";
import { shell } from "../../src/provider/shell.ts";

const seeds = [1, 2, 3, 4, 5];

describe("a run on by-the-book", () => {
  for (const seed of seeds) {
    it(`LAW-1: fails with at most 6 commands, and its trace shows the same: seed ${seed}`, () => {
      const report = run(byTheBook, { seed, runs: 50 });
      const [first] = report.counterexamples;
      expect(report.verdict).toBe("not conformant");
      expect(first?.rule).toBe("LAW-1");
      expect(first?.commands).toBeLessThanOrEqual(6);
      const trace = decodeTrace(encodeTrace(first?.trace ?? raise()));
      expect(firstViolation(trace)?.rules).toEqual(first?.broken);
    });
  }

  for (const seed of seeds) {
    it(`LAW-1: is found by generated programs alone, and shrunk to at most 6: seed ${seed}`, () => {
      const config = presets.small;
      const claims: Claims = { ...byTheBook.capabilities, callback: true };
      const breaks = (program: Parameters<typeof runProgram>[1]): boolean =>
        runProgram(
          {
            world: walkingWorld(config, claims),
            player: { kind: "cache", provider: shell(byTheBook, config.pageSizeBytes), claims },
            counts: (finding) => finding.rule === "LAW-1",
            strict: false,
          },
          program,
        ).violation !== null;
      const details = check(
        property(programs({ config, claims, maxCommands: 60 }), (program) => !breaks(program)),
        { seed, numRuns: 400 },
      );
      const smallest = details.counterexample?.[0] ?? raise();
      expect(smallest.length).toBeLessThanOrEqual(6);
      const again = check(
        property(programs({ config, claims, maxCommands: 60 }), (program) => !breaks(program)),
        { seed, path: details.counterexamplePath ?? raise(), numRuns: 1 },
      );
      expect(again.counterexample?.[0]).toEqual(smallest);
    });
  }
});

describe("a run on exact-match", () => {
  const report = run(exactMatch, { seed: 7, runs: 400 });

  it("says conformant, within its bounds", () => {
    expect(report.problem).toBeNull();
    expect(report.counterexamples).toEqual([]);
    expect(report.verdict).toBe("conformant");
    expect(report.bounds).toEqual({ preset: "small", runs: 400, commands: 240 });
  });

  it("reaches every witness of the rules that apply to it", () => {
    const missed = report.rules.filter(
      (each) => each.verdict !== "not applicable" && !each.witnessed,
    );
    expect(missed.map((each) => `${each.id}: ${each.reason}`)).toEqual([]);
  });

  it("passes over only rules of other subjects, and those that its declaration excludes", () => {
    const excluded = report.rules.filter((each) => each.verdict === "not applicable");
    expect(excluded.map((each) => each.id)).toEqual([
      "OWN-3",
      "OWN-4",
      "OWN-5",
      "ACCESS-1",
      "SPI-2",
      "SPI-3",
      "SPI-6",
      "SPI-7",
      "MM-1",
      "MM-2",
      "MM-3",
      "MM-4",
      "LAW-10",
      "LAW-11",
    ]);
  });

  it("executes at least nine in ten of the drawn commands", () => {
    const skipped = Object.values(report.skipped).reduce((sum, count) => sum + count, 0);
    expect(report.commands).toBeGreaterThan(9 * skipped);
  });
});

describe("a run on uncached", () => {
  it("says conformant: a provider that never caches is one", () => {
    const report = run(uncached, { seed: 3, runs: 200 });
    expect(report.counterexamples).toEqual([]);
    expect(report.verdict).toBe("conformant");
  });
});

describe("a run", () => {
  it("LAW-12: finds a subject that remembers between caches", () => {
    let made = 0;
    const forgetful: Subject = {
      ...uncached,
      create(host): RegistrationCache {
        made++;
        const cache = uncached.create(host);
        const third = made % 3;
        return {
          ...cache,
          register: (request) =>
            third === 0 ? cache.register(request) : { ok: false, error: "WSAENOBUFS" },
        };
      },
    };
    const report = run(forgetful, { seed: 1, runs: 10 });
    expect(report.verdict).toBe("broken");
    expect(report.problem).toMatch(/not deterministic \(LAW-12\)/);
    expect(report.rules.find((each) => each.id === "LAW-12")?.verdict).toBe("broken");
  });

  it("LAW-12: lets a cache choose other handles each time", () => {
    let next = 1;
    const renaming: Subject = {
      ...uncached,
      create(host): RegistrationCache {
        const cache = uncached.create(host);
        const real = new Map<number, number>();
        return {
          ...cache,
          register(request) {
            const outcome = cache.register(request);
            if (!outcome.ok) return outcome;
            const handle = next++;
            real.set(handle, outcome.handle);
            return { ...outcome, handle: handle as typeof outcome.handle };
          },
          deregister: (request) =>
            cache.deregister({
              ...request,
              handle: (real.get(request.handle) ?? -1) as typeof request.handle,
            }),
        };
      },
    };
    expect(run(renaming, { seed: 1, runs: 20 }).problem).toBeNull();
  });

  it("says unknown when the time ends before the witnesses are met", () => {
    const report = run(exactMatch, { seed: 1, timeMs: 1 });
    expect(report.verdict).toBe("unknown");
    expect(report.rules.some((each) => each.verdict === "unknown")).toBe(true);
  });

  it("says unknown when the time ends before the generated programs do, whatever was met", () => {
    const report = run(uncached, { seed: 1, runs: 1_000_000, timeMs: 3_000 });
    expect(report.verdict).toBe("unknown");
    expect(report.rules.filter((each) => each.verdict === "unknown")).toEqual([]);
    expect(report.problem).toMatch(/time was over after \d+ of 1000000 generated programs/);
  });

  it("says unknown when none of the selected rules applies", () => {
    const report = run(byTheBook, { seed: 1, runs: 5, rules: ["ACCESS-1"] });
    expect(report.verdict).toBe("unknown");
    expect(report.problem).toMatch(/none of the selected rules applies/);
  });

  for (const preset of Object.keys(presets)) {
    it(`plays every preset: ${preset}`, () => {
      const report = run(exactMatch, { seed: 1, runs: 2, preset });
      expect(report.counterexamples).toEqual([]);
      expect(report.problem).toBeNull();
    });
  }

  it("runs an earlier failure in the world that it is of", () => {
    const [failure] = run(byTheBook, { seed: 1, runs: 0, preset: "windows" }).counterexamples;
    const report = run(byTheBook, { seed: 9, runs: 0, earlier: [failure?.trace ?? raise()] });
    expect(report.counterexamples[0]?.trace.header.config.preset).toBe("windows");
    expect(report.counterexamples[0]?.program).toEqual(failure?.program);
  });

  it("refuses an earlier trace with a command that it does not have", () => {
    const [failure] = run(byTheBook, { seed: 1, runs: 0 }).counterexamples;
    const trace = failure?.trace ?? raise();
    const strange = { ...trace, steps: [{ command: { name: "Fly", args: {} } }, ...trace.steps] };
    expect(() => run(byTheBook, { earlier: [strange] })).toThrow(/the command "Fly"/);
  });

  it("judges the selected rules only", () => {
    const report = run(byTheBook, { seed: 1, runs: 20, rules: ["LAW-4"] });
    expect(report.counterexamples).toEqual([]);
    expect(report.rules.find((each) => each.id === "LAW-1")?.reason).toBe("not selected");
  });

  it("runs the programs of earlier failures first", () => {
    const [failure] = run(byTheBook, { seed: 1, runs: 0 }).counterexamples;
    const trace = failure?.trace ?? raise();
    const report = run(byTheBook, { seed: 99, runs: 0, earlier: [trace] });
    expect(report.counterexamples[0]?.seed).toBe(1);
    expect(report.counterexamples[0]?.program).toEqual(failure?.program);
  });

  it("reports progress", () => {
    const phases = new Set<string>();
    run(uncached, { seed: 1, runs: 100, onProgress: ({ phase }) => phases.add(phase) });
    expect(phases).toContain("random");
  });

  it("refuses options that make no sense, with one sentence", () => {
    expect(() => run(uncached, { preset: "huge" })).toThrow(MisuseError);
    expect(() => run(uncached, { preset: "huge" })).toThrow(/no preset "huge".*micro, tiny, small/);
    expect(() => run(uncached, { runs: -1 })).toThrow(/runs is -1/);
    expect(() => run(uncached, { seed: 1.5 })).toThrow(/seed is 1.5/);
    expect(() => run(uncached, { rules: ["LAW-99" as never] })).toThrow(/no rule "LAW-99"/);
  });
});

function raise(): never {
  throw new Error("there is a counterexample");
}
