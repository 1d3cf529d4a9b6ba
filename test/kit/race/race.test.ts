import { describe, expect, it } from "vitest";
import exactMatch from "../../../examples/async-exact-match.ts";
import exactMatchInTurn from "../../../examples/exact-match.ts";
import { replay } from "../../../model/trace.ts";
import { raceConfig, racePrograms } from "../../../src/kit/race/domain.ts";
import { race } from "../../../src/kit/race/race.ts";
import { run } from "../../../src/kit/run.ts";
import { uncached, type Twist } from "./racing-caches.ts";

const little = { threads: 2, calls: 1, seed: 1 } as const;
const never = new Promise<never>(() => {});

describe("racePrograms", () => {
  const config = raceConfig("refuse-notify-retry");

  it("is every combination of the table, in the same order", () => {
    const names = racePrograms(config, { threads: 2, calls: 2 }).map(({ name }) => name);
    expect(names).toHaveLength(75);
    expect(new Set(names).size).toBe(75);
    expect(names.slice(0, 3)).toEqual(["cold: A | A", "cold: A | AB", "cold: A | B"]);
    expect(names.at(-1)).toBe("held: nested | drop");
  });

  it("is smaller for more threads, each of which does something else", () => {
    const names = racePrograms(config, { threads: 3, calls: 3 }).map(({ name }) => name);
    expect(names).toHaveLength(16);
    expect(names).toContain("held: A | AB | drop");
    expect(names).not.toContain("held: A | AB | free");
  });

  it("has no callbacks where the family has none", () => {
    const names = racePrograms(raceConfig("none"), { threads: 2, calls: 2 }).map(
      (each) => each.name,
    );
    expect(names.filter((name) => /free|notify|nested/.test(name))).toEqual([]);
  });
});

describe("race", () => {
  it("covers every schedule of a cache that is right, and counts the same twice", async () => {
    const report = await race(exactMatch, { ...little, preemptions: 1 });
    expect(report.verdict).toBe("conformant");
    expect(report.race).toMatchObject({ complete: true, preemptions: 1, schedules: 487 });
    const again = await race(exactMatch, { ...little, preemptions: 1 });
    expect({ ...again, seconds: 0 }).toEqual({ ...report, seconds: 0 });
  });

  it("comes to the same without snapshots, in more runs", async () => {
    const blind = uncached({
      changed: ({ register, deregister, closeSocket, cleanup }) => ({
        register,
        deregister,
        closeSocket,
        cleanup,
      }),
    });
    const [seeing, unseeing] = [await race(uncached(), little), await race(blind, little)];
    expect([seeing.verdict, unseeing.verdict]).toEqual(["conformant", "conformant"]);
    expect(unseeing.race?.places).toBe(0);
    expect(unseeing.race?.moves).toBeGreaterThan(seeing.race?.moves ?? Infinity);
  });

  it("is unknown, not passed, where the time was over or there were too many schedules", async () => {
    const late = await race(exactMatch, { ...little, timeMs: 0 });
    expect(late).toMatchObject({ verdict: "unknown", race: { complete: false } });
    expect(late.problem).toContain("the time was over in 0 of 75 programs");
    const cut = await race(uncached(), { ...little, preemptions: Infinity, mostRuns: 2, drawn: 3 });
    expect(cut).toMatchObject({ verdict: "unknown", race: { complete: false } });
    expect(cut.problem).toContain("too many schedules, of which 3 were drawn");
  });

  it("refuses a cache whose calls do not overlap, and the other way round", async () => {
    await expect(race(exactMatchInTurn as never)).rejects.toThrow(/no asynchronous cache.*check/);
    expect(() => run(exactMatch as never)).toThrow(/asynchronous cache.*stalemate race/);
    await expect(race(exactMatch, { threads: 0 })).rejects.toThrow("threads is 0");
  });
});

describe("LAW-10", () => {
  it("LAW-10: a call that waits for what nobody does is a deadlock, at the event where nothing can move", async () => {
    const report = await race(uncached({ inRegister: () => never }), little);
    const [found] = report.counterexamples;
    expect(found).toMatchObject({ rule: "LAW-10", broken: ["LAW-10"], commands: 2 });
    const last = found && [...replay(found.trace)].at(-1);
    expect(last?.step).toMatchObject({ event: { type: "standstill", kind: "deadlock" } });
    expect(last?.findings[0]?.observed).toBe(
      "register of mr_2a waits, and nothing is left that could happen",
    );
  });

  it("LAW-10: a call that asks its host for ever is a livelock", async () => {
    const inRegister: Twist["inRegister"] = async ({ driver }) => {
      for (;;) await driver.frames(0 as never);
    };
    const { counterexamples } = await race(uncached({ inRegister }), little);
    expect(counterexamples[0]?.rule).toBe("LAW-10");
    expect(counterexamples[0]?.trace.steps.at(-1)).toMatchObject({ event: { kind: "livelock" } });
  });
});

describe("a cache that leaves the contract is broken, in one sentence", () => {
  it.each<[string, Twist, RegExp]>([
    [
      "waits for a timer",
      { inRegister: () => new Promise((resolve) => setTimeout(resolve, 5)) },
      /waits for something that is neither its host nor another call \(Timeout\)/,
    ],
    [
      "waits for the next turn of the engine",
      { inRegister: () => new Promise((resolve) => setImmediate(resolve)) },
      /waits for something that is neither its host nor another call/,
    ],
    [
      "throws",
      { inRegister: () => Promise.reject(new Error("no")) },
      /^register threw Error: no; a cache answers with an outcome, and never throws$/,
    ],
    [
      "answers without a promise",
      { changed: (cache) => ({ ...cache, register: () => ({ ok: true }) as never }) },
      /^register returned .*; an asynchronous cache answers with a promise$/,
    ],
    [
      "returns before its host has answered",
      {
        changed: (cache, { driver }) => ({
          ...cache,
          closeSocket() {
            void driver.frames(0 as never);
            return Promise.resolve();
          },
        }),
      },
      /closeSocket returned while a host call of it was not performed/,
    ],
    [
      "asks for what is none",
      { inRegister: ({ driver }) => driver.unlock(-1 as never) },
      /called unlock of its host with -1; it takes a handle/,
    ],
  ])("one that %s", async (_what, twist, sentence) => {
    const { verdict, problem } = await race(uncached(twist), little);
    expect(verdict).toBe("broken");
    expect(problem).toMatch(sentence);
  });

  it("LAW-12: one that differs from itself", async () => {
    let count = 0;
    const { verdict, problem } = await race(uncached({ handles: () => count++ }), little);
    expect(verdict).toBe("broken");
    expect(problem).toMatch(/^the subject is not deterministic \(LAW-12\)/);
  });
});
