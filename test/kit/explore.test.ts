import type { RegisterOutcome } from "stalemate";
import { describe, expect, it } from "vitest";
import uncached from "../../examples/uncached.ts";
import { hunt, shrunkLength } from "../../gallery/hunt.ts";
import { loadMutant } from "../../gallery/loading.ts";
import type { TextMutant } from "../../gallery/mutant.ts";
import { cacheMutants } from "../../gallery/mutants.ts";
import { quarryOf } from "../../gallery/quarry.ts";
import { programOf, replay } from "../../model/trace.ts";
import { explore } from "../../src/kit/explore.ts";
import type { Report } from "../../src/kit/report.ts";
import {
  deaf,
  hoarding,
  promising,
  shipped,
  shippedBut,
  tired,
  withoutSnapshots,
} from "./explored-subjects.ts";

/** What was counted. */
const countsOf = ({ exploration }: Report): readonly (number | boolean | undefined)[] => [
  exploration?.states,
  exploration?.transitions,
  exploration?.completeDepth,
  exploration?.complete,
];

/** What was found: the rules broken at one event, and by how many commands. */
const findingsOf = ({ counterexamples }: Report): readonly [string, number][] =>
  counterexamples.map(({ broken, commands }) => [broken.join(), commands]);

describe("an exhaustive search of micro", () => {
  it.each([
    [1, 10, 17],
    [2, 60, 172],
    [3, 319, 1131],
    [4, 1524, 6174],
  ])("of the registration cache, %i deep, meets %i states", (depth, states, transitions) => {
    const report = explore(shipped, { depth });
    expect(countsOf(report)).toEqual([states, transitions, depth, true]);
    expect(report.counterexamples).toEqual([]);
    expect(report.problem).toBeNull();
  });

  it.each([
    [1, 18, 17],
    [2, 309, 308],
    [3, 5428, 5427],
  ])(
    "of a cache that keeps nothing, %i deep, performs %i programs",
    (depth, states, transitions) => {
      const report = explore(uncached, { depth });
      expect(countsOf(report)).toEqual([states, transitions, depth, true]);
      expect(report.exploration?.recognised).toBe(false);
      expect(report.counterexamples).toEqual([]);
    },
  );

  it("says the same twice", () => {
    const again = (): Report => ({ ...explore(deaf, { depth: 5 }), seconds: 0 });
    expect(again()).toEqual(again());
  });

  it("says what its programs are made of", () => {
    expect(explore(shipped, { depth: 3 }).exploration?.domain).toMatchObject({
      commands: [
        "VirtualAlloc",
        "VirtualFree",
        "VirtualProtect",
        "WSPRegisterMemory",
        "WSPDeregisterMemory",
        "notify",
        "startTransfer",
        "driverCopy",
        "failNext",
      ],
      mostLive: 2,
      mostFaults: 1,
    });
  });
});

describe("states that are recognised", () => {
  it.each([
    ["micro", 4],
    ["tiny", 2],
  ])("by fingerprints in %s are those that are by all that they are", (preset, depth) => {
    const exact = explore(shipped, { preset, depth, exact: true });
    expect(exact.exploration?.collisionProbability).toBe(0);
    expect(countsOf(exact)).toEqual(countsOf(explore(shipped, { preset, depth })));
  });

  it("and every program performed: a right cache breaks nothing in either", () => {
    const tree = explore(withoutSnapshots(shipped), { depth: 3 });
    expect(tree.exploration?.recognised).toBe(false);
    expect(tree.exploration?.states).toBeGreaterThan(319);
    expect(findingsOf(tree)).toEqual(findingsOf(explore(shipped, { depth: 3 })));
  });

  it.each([deaf, hoarding, promising])(
    "and every program performed: $name is found by as few commands in both",
    (subject) => {
      const recognised = explore(subject, { depth: 4 });
      const tree = explore(withoutSnapshots(subject), { depth: 4 });
      expect(recognised.exploration?.recognised).toBe(true);
      expect(recognised.verdict).toBe("not conformant");
      expect(recognised.counterexamples[0]?.path).toBe("exhaustive");
      expect(findingsOf(tree)).toEqual(findingsOf(recognised));
    },
  );
});

describe("what only the subject remembers", () => {
  it("SPI-5: is part of the state: after a callback that changed nothing else the next one is wrong", () => {
    const [found] = explore(tired, { depth: 2, strict: true }).counterexamples;
    expect(found).toMatchObject({ path: "exhaustive", commands: 2, broken: ["SPI-5"] });
  });
});

/** Mutants of the gallery that two pages are enough for, each of another rule. */
const small: readonly string[] = [
  "empty-notification",
  "secure-fails",
  "used-and-not-marked",
  "off-and-asked",
  "by-the-book",
  "released-late",
  "locks-for-reading",
  "unsecures-again",
];
const smallMutants = cacheMutants
  .filter(({ id }) => small.includes(id))
  .map((mutant): TextMutant => ({ ...mutant, preset: "micro" }));

describe("a mutant of the gallery", () => {
  it("that micro is enough for is one of eight", () => {
    expect(smallMutants.map(({ id }) => id).toSorted()).toEqual(small.toSorted());
  });

  it.each(smallMutants)(
    "$id breaks $rule by no more commands than a drawn program that was shrunk",
    async (mutant) => {
      const report = explore(await loadMutant(mutant), { depth: 4 });
      const [found] = report.counterexamples;
      expect(report.verdict).toBe("not conformant");
      expect(found?.path).toBe("exhaustive");
      expect(found?.broken).toContain(mutant.rule);
      const quarry = await quarryOf(mutant);
      const { first } = hunt(quarry, { seed: 1, limit: 50_000, until: "any" });
      if (first === null) throw new Error("no drawn program breaks a rule");
      expect(found?.commands).toBeLessThanOrEqual(shrunkLength(quarry, first));
    },
  );

  it("is told by a trace that the model replays", () => {
    const [found] = explore(deaf, { depth: 5 }).counterexamples;
    if (found === undefined) throw new Error("nothing was found");
    expect(programOf(found.trace)).toHaveLength(found.commands);
    const findings = [...replay(found.trace)].flatMap((step) => step.findings);
    expect(findings.map(({ rule }) => rule)).toContain(found.rule);
  });
});

describe("an exhaustive search of tiny", () => {
  it("of the registration cache, 3 deep, meets 1896 states", () => {
    const report = explore(shipped, { preset: "tiny", depth: 3 });
    expect(countsOf(report)).toEqual([1896, 6022, 3, true]);
    expect(report.counterexamples).toEqual([]);
  });

  it("finds what shows only with a range that ends inside a page", async () => {
    const mutant = cacheMutants.find(({ id }) => id === "rounds-the-end-down");
    if (mutant === undefined) throw new Error("the gallery has no such mutant");
    const [found] = explore(await loadMutant(mutant), { preset: "tiny", depth: 3 }).counterexamples;
    expect(found).toMatchObject({ path: "exhaustive", fails: true });
    expect(found?.broken).toContain("OWN-1");
  });
});

describe("a subject that does not keep what it says it keeps", () => {
  it("LAW-12: is broken if it restores nothing", () => {
    const forgetful = shippedBut("forgetful", () => ({ restore: () => undefined }));
    const report = explore(forgetful, { depth: 5 });
    expect(report.verdict).toBe("broken");
    expect(report.problem).toMatch(/^what snapshot gives is not the whole state of the subject/);
  });

  it("LAW-12: is broken if its snapshot leaves out a counter", () => {
    const counting = shippedBut("counting", (made) => {
      let registers = 0;
      const handles = new Map<number, number>();
      const named = (outcome: RegisterOutcome): RegisterOutcome => {
        if (!outcome.ok) return outcome;
        const handle = (100 + registers++) as typeof outcome.handle;
        handles.set(handle, outcome.handle);
        return { ...outcome, handle };
      };
      return {
        register: (request) => named(made.register(request)),
        deregister(request) {
          const handle = (handles.get(request.handle) ?? -1) as typeof request.handle;
          return made.deregister({ ...request, handle });
        },
      };
    });
    const report = explore(counting, { depth: 5 });
    expect(report.verdict).toBe("broken");
    expect(report.problem).toMatch(/^what snapshot gives is not the whole state of the subject/);
  });

  it("is broken if its snapshot is none", () => {
    const empty = shippedBut("empty", () => ({ snapshot: () => undefined as never }));
    expect(explore(empty, { depth: 2 })).toMatchObject({
      verdict: "broken",
      problem: "snapshot returned undefined; it must return JSON, or a Uint8Array",
    });
  });

  it("is searched as a tree if it keeps nothing", () => {
    const report = explore(withoutSnapshots(shipped), { depth: 2 });
    expect(report.exploration?.recognised).toBe(false);
    expect(report.problem).toBeNull();
  });
});

describe("a search that ends early", () => {
  it("says at the bound of memory what it covered", () => {
    const report = explore(shipped, { depth: 7, memoryBytes: 300_000 });
    expect(report.verdict).toBe("unknown");
    expect(report.exploration?.complete).toBe(false);
    expect(report.problem).toMatch(
      /^the memory was used up: every program of up to [2-5] of 7 commands was performed, \d+ states/,
    );
  });

  it("counts the texts of exact states as memory", () => {
    const report = explore(shipped, { depth: 6, exact: true, memoryBytes: 1_000_000 });
    expect(report.problem).toMatch(/^the memory was used up: every program of up to [1-4] of 6/);
  });

  it("says when it was stopped what it covered", () => {
    let asked = 0;
    const report = explore(shipped, { depth: 7, isStopped: () => asked++ > 300 });
    expect(report.verdict).toBe("unknown");
    expect(report.exploration).toMatchObject({
      complete: false,
      completeDepth: 3,
      recognised: true,
    });
    expect(report.problem).toMatch(
      /^the search was stopped: every program of up to 3 of 7 commands/,
    );
  });

  it.each([
    [{ depth: 0 }, "depth is 0; it must be a whole number of 1 or more"],
    [{ preset: "huge" }, 'there is no preset "huge"'],
  ])("and one that cannot begin says why: %j", (options, says) => {
    expect(() => explore(shipped, options)).toThrow(says);
  });
});
