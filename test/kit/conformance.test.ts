// The suite that `conformance` defines, on a test runner that does nothing but remember. Only the literal programs
// are run (`runs: 0`): what a run finds is for other tests.

import * as nodeTest from "node:test";
import { describe, expect, it } from "vitest";
import {
  conformance,
  MisuseError,
  registrationCache,
  type AnySubject,
  type ConformanceOptions,
  type Subject,
  type TestApi,
} from "stalemate";
import byTheBook from "../../examples/by-the-book.ts";
import exactMatch from "../../examples/exact-match.ts";
import proxyDriver from "../../examples/proxy-driver.ts";
import uncached from "../../examples/uncached.ts";
import wholeProvider from "../../examples/whole-provider.ts";

interface Told {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly message: string;
}

interface Suite {
  readonly title: string;
  readonly names: readonly string[];
  /** Runs the tests, in order. */
  run(): readonly Told[];
}

type Runner = "plain" | "context" | "this";

/** What conformance defines. Some runners can skip a test: by its argument, or by its `this`. */
function suiteOf(
  subject: AnySubject,
  options: ConformanceOptions = {},
  runner: Runner = "plain",
): Suite {
  const tests: { readonly name: string; readonly body: (...given: readonly unknown[]) => void }[] =
    [];
  const titles: string[] = [];
  const api: TestApi = {
    describe(title, body): void {
      titles.push(title);
      body();
    },
    it: (name, body) => tests.push({ name, body }),
  };
  conformance(subject, api, { runs: 0, seed: 1, exhaustive: null, ...options });
  const told = ({ name, body }: (typeof tests)[number]): Told => {
    let skipped: string | null = null;
    const context = { skip: (reason: string) => (skipped = reason) };
    try {
      if (runner === "plain") body();
      else if (runner === "context") body(context);
      else body.call(context);
    } catch (error) {
      return { name, outcome: "failed", message: (error as Error).message };
    }
    return { name, outcome: skipped === null ? "passed" : "skipped", message: skipped ?? "" };
  };
  return {
    title: titles.join(),
    names: tests.map((each) => each.name),
    run: () => tests.map(told),
  };
}

const ofRule = (tests: readonly Told[], id: string): Told | undefined =>
  tests.find(({ name }) => name.split(/[ :]/)[0] === id);
const outcomes = (tests: readonly Told[]): readonly string[] => [
  ...new Set(tests.map((each) => each.outcome)),
];
const verdict = "is conformant, within the bounds of the run";

/** exact-match with something about it changed. */
const changed = (
  name: string,
  change: (cache: ReturnType<Subject["create"]>) => Partial<ReturnType<Subject["create"]>>,
  capabilities: Partial<Subject["capabilities"]> = {},
): Subject => ({
  name,
  capabilities: { ...exactMatch.capabilities, ...capabilities },
  create(host) {
    const cache = exactMatch.create(host);
    return { ...cache, ...change(cache) };
  },
});

describe("the suite", () => {
  it("is one, with the subject's name", () => {
    expect(suiteOf(uncached).title).toBe("uncached");
  });
  it("has a test for each rule that applies, LAW-12 first and the verdict last", () => {
    const { names } = suiteOf(exactMatch);
    expect(names[0]).toMatch(/^LAW-12 DETERMINISTIC: The same commands/);
    expect(names[1]).toMatch(/^LOCAL-1: After the last deregister/);
    expect(names).toContainEqual(
      expect.stringMatching(/^LAW-1 FRESH: .*every successful register returns frames/),
    );
    expect(names.at(-1)).toBe(verdict);
    expect(new Set(names).size).toBe(names.length);
  });
  it.each([
    ["uncached", uncached, "SPI-6", "LOCAL-1"],
    ["exact-match", exactMatch, "LOCAL-1", "SPI-6"],
  ])("%s: what it declares excludes rules, and those have no test", (_, subject, has, not) => {
    const ids = suiteOf(subject).names.map((name) => name.split(/[ :]/)[0]);
    expect(ids).toContain(has);
    expect(ids).not.toContain(not);
  });
  it("has tests for the rules selected, and no others", () => {
    const { names } = suiteOf(exactMatch, { rules: ["LAW-1", "LAW-2"] });
    expect(names.map((name) => name.split(/[ :]/)[0])).toEqual(["LAW-1", "LAW-2", "is"]);
  });
  it("has no tests about peers in a world without peers", () => {
    const { names } = suiteOf(exactMatch, { preset: "micro" });
    expect(names.some((name) => name.startsWith("REMOTE-1"))).toBe(false);
  });
  it("is of the driver's rules for a proxy driver", () => {
    const names: string[] = [];
    const it = (name: string): number => names.push(name);
    conformance(proxyDriver, { describe: (_name, body) => body(), it }, { runs: 0 });
    expect(names.map((name) => name.split(/[ :]/)[0])).toContain("OWN-3");
    expect(names.some((name) => name.startsWith("LAW-1 "))).toBe(false);
  });
  it("is of a cache's rules and of a provider's for a whole provider, which passes them", () => {
    const suite = suiteOf(wholeProvider);
    const ids = suite.names.map((name) => name.split(/[ :]/)[0]);
    expect(ids).toEqual(expect.arrayContaining(["LAW-1", "LOCAL-2", "SPI-2", "SPI-7"]));
    expect(suiteOf(exactMatch).names.some((name) => /^SPI-[27]/.test(name))).toBe(false);
    expect(outcomes(suite.run())).toEqual(["passed"]);
  });
  it("runs the subject once, when the first test is run", () => {
    let made = 0;
    const counted = changed("counted", () => {
      made++;
      return {};
    });
    const suite = suiteOf(counted);
    expect(made).toBe(1);
    suite.run();
    const afterFirst = made;
    expect(afterFirst).toBeGreaterThan(1);
    suite.run();
    expect(made).toBe(afterFirst);
  });
  it("takes the functions of vitest and of node:test as they are", () => {
    const runners: readonly TestApi[] = [{ describe, it }, nodeTest];
    expect(runners).toHaveLength(2);
  });
  it("is refused for what is no subject, before any test", () => {
    const { capabilities: _, ...half } = exactMatch;
    expect(() => suiteOf(half as Subject)).toThrow(MisuseError);
  });
  it("fails with a sentence for an option that makes no sense", () => {
    const [first] = suiteOf(uncached, { preset: "huge" }).run();
    expect(first).toMatchObject({ outcome: "failed" });
    expect(first?.message).toMatch(/there is no preset "huge"/);
  });
});

describe("a subject that conforms", () => {
  it.each(["plain", "context", "this"] as const)("passes every test (%s)", (runner) => {
    const tests = suiteOf(exactMatch, {}, runner).run();
    expect(tests.filter((each) => each.outcome !== "passed")).toEqual([]);
  });
});

describe("a subject that breaks a rule", () => {
  const tests = suiteOf(byTheBook).run();
  it("fails the test of that rule, with the program that breaks it, without colours", () => {
    const broken = ofRule(tests, "LAW-1");
    expect(broken?.outcome).toBe("failed");
    expect(broken?.message).toMatch(/^LAW-1 FRESH broken by by-the-book:/);
    expect(broken?.message).toMatch(/^> \d+ {2}mr_2 = WSPRegisterMemory/m);
    expect(broken?.message).toMatch(/expected {2}.*\n.*observed {2}/);
    expect(broken?.message).not.toContain("\u001B");
  });
  it("fails the test of the verdict, with the summary", () => {
    const last = tests.at(-1);
    expect(last).toMatchObject({ name: verdict, outcome: "failed" });
    expect(last?.message).toMatch(/by-the-book is not conformant: LAW-1 FRESH is broken/);
  });
  it("passes no test of a rule that was not reached: it fails with a sentence", () => {
    expect(ofRule(tests, "LAW-13")).toMatchObject({
      outcome: "failed",
      message: "LAW-13 EXPOSED is not judged: LAW-1 FRESH is broken.",
    });
  });
  it.each(["context", "this"] as const)("or is skipped, where it can be (%s)", (runner) => {
    const able = suiteOf(byTheBook, {}, runner).run();
    expect(ofRule(able, "LAW-13")).toMatchObject({
      outcome: "skipped",
      message: "LAW-13 EXPOSED is not judged: LAW-1 FRESH is broken.",
    });
    expect(able.filter((each) => each.outcome === "failed").map((each) => each.name)).toEqual([
      expect.stringMatching(/^LAW-1 FRESH/),
      verdict,
    ]);
  });
  it("LAW-7: fails where a declaration is false, with the program", () => {
    const liar = changed("liar", () => ({}), {
      caches: { local: true, remote: false },
      limits: { entries: null, pages: null, pending: null },
    });
    const told = suiteOf(liar).run();
    expect(ofRule(told, "LAW-7")?.outcome).toBe("failed");
    expect(ofRule(told, "LAW-7")?.message).toMatch(/^LAW-7 BOUNDED broken by liar:/);
  });
});

describe("a subject that does not keep a should-rule", () => {
  const lax = changed("lax", () => ({ closeSocket: () => undefined }));
  it("fails no test", () => {
    expect(outcomes(suiteOf(lax).run())).toEqual(["passed"]);
  });
  it("is told, where a test can be skipped", () => {
    const told = ofRule(suiteOf(lax, {}, "context").run(), "LOCAL-5");
    expect(told?.outcome).toBe("skipped");
    expect(told?.message).toMatch(/^LOCAL-5 \(recommended, fails nothing\) not kept by lax/);
  });
  it("fails that test under strict", () => {
    const told = suiteOf(lax, { strict: true }).run();
    expect(ofRule(told, "LOCAL-5")?.message).toMatch(/^LOCAL-5 broken by lax/);
    expect(told.at(-1)?.outcome).toBe("failed");
  });
});

describe("a rule whose situation was never met", () => {
  const refusing = changed("refusing", () => ({
    register: () => ({ ok: false, error: "WSAENOBUFS" }) as const,
  }));
  it("fails its test with one sentence that names the situation", () => {
    const told = suiteOf(refusing, { rules: ["SPI-4"] }).run();
    expect(told.map((each) => each.outcome)).toEqual(["failed", "failed"]);
    expect(told[0]?.message).toMatch(
      /^SPI-4 is unknown; not met: a deregister of one of two .*\.$/,
    );
  });
  it("fails no test if it is a should-rule", () => {
    const told = suiteOf(refusing, { rules: ["LOCAL-3"] }).run();
    expect(outcomes(told)).toEqual(["passed"]);
  });
});

describe("a subject that leaves the contract", () => {
  const throwing = changed("throwing", () => ({
    deregister() {
      throw new RangeError("no such buffer");
    },
  }));
  it("fails the first test with what it did, and every other", () => {
    const told = suiteOf(throwing).run();
    expect(told[0]).toMatchObject({ outcome: "failed" });
    expect(told[0]?.message).toMatch(
      /^throwing is broken: deregister threw RangeError: no such buffer/,
    );
    expect(ofRule(told, "LAW-1")?.message).toMatch(
      /^LAW-1 FRESH is not judged, because throwing is broken: deregister threw/,
    );
    expect(told.at(-1)?.message).toMatch(/throwing is broken: deregister threw/);
  });
  it("fails the first test and the verdict, where the others can be skipped", () => {
    const failed = suiteOf(throwing, {}, "context")
      .run()
      .filter((each) => each.outcome === "failed");
    expect(failed.map((each) => each.name)).toEqual([expect.stringMatching(/^LAW-12 /), verdict]);
  });
  it("LAW-12: a subject that differs from itself fails the first test", () => {
    let registers = 0;
    const moody = changed("moody", (cache) => ({
      register: (request) =>
        ++registers === 1 ? cache.register(request) : { ok: false, error: "WSAENOBUFS" },
    }));
    const [first] = suiteOf(moody).run();
    expect(first?.message).toMatch(/moody is broken: the subject is not deterministic \(LAW-12\)/);
  });
});

describe("the exhaustive search", () => {
  const exhaustive = { depth: 2 };
  const testOf = (subject: AnySubject, options: ConformanceOptions): Told | undefined =>
    suiteOf(subject, options)
      .run()
      .find(({ name }) => name.startsWith("no program breaks a rule: exhaustive"));

  it("is a test of its own before the verdict, three commands deep in micro unless it is told otherwise", () => {
    expect(suiteOf(uncached, { exhaustive: {} }).names.at(-2)).toBe(
      "no program breaks a rule: exhaustive to depth 3 in micro",
    );
    expect(suiteOf(proxyDriver, { exhaustive: { preset: "tiny" } }).names.at(-2)).toBe(
      "no program breaks a rule: exhaustive to depth 2 in tiny",
    );
  });
  it("passes for a cache of which no program of its domain breaks a rule", () => {
    expect(testOf(uncached, { exhaustive })?.outcome).toBe("passed");
  });
  it("LAW-1: fails with a shortest program", () => {
    const told = testOf(byTheBook, { exhaustive: { depth: 4 }, rules: ["LAW-1"] });
    expect(told?.outcome).toBe("failed");
    expect(told?.message).toContain("found by exhaustive search");
    expect(told?.message).toMatch(/^> 4 {2}/m);
  });
  it("fails with what was covered if it ends early", () => {
    const told = testOf(registrationCache(), { exhaustive: { depth: 9, memoryBytes: 100_000 } });
    expect(told?.outcome).toBe("failed");
    expect(told?.message).toMatch(
      /^the memory was used up: every program of up to [1-4] of 9 commands/,
    );
  });
});
