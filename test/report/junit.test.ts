import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { describe, expect, it } from "vitest";

import { rules } from "../../model/rules.ts";
import type { Report } from "../../src/kit/report.ts";
import { junitReport, type JunitOptions } from "../../src/report/junit.ts";
import { conformant, counterexample, withRule } from "./reports.ts";

const childrenOf = (parent: XmlElement | null, name: string): readonly XmlElement[] =>
  (parent?.children ?? []).filter(
    (each): each is XmlElement => each instanceof XmlElement && each.name === name,
  );

interface Read {
  readonly suite: XmlElement;
  /** The case of a rule, or of the check itself. */
  readonly result: (name: string) => {
    readonly is: string;
    readonly element: XmlElement | undefined;
  };
}

const lenient: JunitOptions = { strict: false, tracePaths: [] };

/** As a parser reads it. */
function read(report: Report, options: JunitOptions = lenient): Read {
  const { root } = parseXml(junitReport(report, options));
  const [suite] = childrenOf(root, "testsuite");
  if (root?.name !== "testsuites" || suite === undefined) throw new Error("there is a test suite");
  const cases = childrenOf(suite, "testcase");
  return {
    suite,
    result(name) {
      const found = cases.filter((each) => each.attributes["name"]?.startsWith(name) === true);
      expect(found).toHaveLength(1);
      const element = ["failure", "error", "skipped", "system-out"].flatMap((kind) =>
        childrenOf(found[0] ?? null, kind),
      )[0];
      return { is: element?.name ?? "passed", element };
    },
  };
}

describe("the JUnit report", () => {
  it("has a suite for the subject and a case for each rule, with its sentence", () => {
    const { suite } = read(conformant);
    expect(suite.attributes).toMatchObject({
      name: "my-cache",
      tests: String(rules.length),
      failures: "0",
      errors: "0",
      skipped: "0",
      time: "7.210",
    });
    const cases = childrenOf(suite, "testcase");
    expect(cases.map((each) => each.attributes["name"])).toEqual(
      rules.map(({ id, name, sentence }) => `${id}${name === null ? "" : ` ${name}`}: ${sentence}`),
    );
    expect(new Set(cases.map((each) => each.attributes["classname"]))).toEqual(
      new Set(["my-cache"]),
    );
  });

  it("says what leads to the same run again", () => {
    const [properties] = childrenOf(read(conformant).suite, "properties");
    const values = childrenOf(properties ?? null, "property").map(({ attributes }) => [
      attributes["name"],
      attributes["value"],
    ]);
    expect(Object.fromEntries(values)).toEqual({
      verdict: "conformant",
      seed: "1842107356",
      preset: "small",
      runs: "1000",
      commands: "60",
      engine: "flat",
    });
  });

  it("has the failure block as the text of a failure", () => {
    const report: Report = {
      ...withRule("LOCAL-2", { verdict: "fail" }),
      verdict: "not conformant",
      counterexamples: [
        { ...counterexample, rule: "LOCAL-5", broken: ["LOCAL-5"] },
        counterexample,
      ],
    };
    const { suite, result } = read(report, {
      strict: false,
      tracePaths: [null, "counterexamples/a.jsonl"],
    });
    const { is, element } = result("LOCAL-2:");
    expect(is).toBe("failure");
    expect(element?.attributes).toEqual({ message: "LOCAL-2 is broken by my-cache", type: "fail" });
    expect(element?.text).toMatch(/^LOCAL-2 broken by my-cache: /);
    expect(element?.text).toContain("\n> 3  WSPDeregisterMemory(mr_1)");
    expect(element?.text).not.toContain("LOCAL-5");
    expect(element?.text).toContain("replay: npx stalemate replay counterexamples/a.jsonl");
    expect(suite.attributes).toMatchObject({ failures: "1", errors: "0", skipped: "0" });
  });

  it("passes a recommendation that is not kept, and shows it", () => {
    const report: Report = {
      ...withRule("LOCAL-5", { verdict: "non-strict" }),
      counterexamples: [{ ...counterexample, rule: "LOCAL-5", broken: ["LOCAL-5"], fails: false }],
    };
    const { suite, result } = read(report);
    expect(result("LOCAL-5:").is).toBe("system-out");
    expect(result("LOCAL-5:").element?.text).toContain("LOCAL-5");
    expect(suite.attributes).toMatchObject({ failures: "0", errors: "0", skipped: "0" });
  });

  it("skips what does not apply, with the reason", () => {
    const reason = "the subject declares no limits";
    const { result } = read(withRule("LAW-7", { verdict: "not applicable", reason }));
    expect(result("LAW-7 BOUNDED:").is).toBe("skipped");
    expect(result("LAW-7 BOUNDED:").element?.attributes).toEqual({ message: reason });
  });

  it("has an error for an unknown rule that keeps the subject from being conformant", () => {
    const unknown = {
      verdict: "unknown",
      witnessed: false,
      reason: "not met: a clean-up",
    } as const;
    const report: Report = { ...withRule("LAW-4", unknown), verdict: "unknown" };
    const { suite, result } = read(report);
    expect(result("LAW-4 BALANCE:").is).toBe("error");
    expect(result("LAW-4 BALANCE:").element?.attributes).toEqual({
      message: "unknown: not met: a clean-up",
      type: "unknown",
    });
    expect(suite.attributes).toMatchObject({ failures: "0", errors: "1", skipped: "0" });
  });

  it("skips an unknown rule that decides nothing: after a failure, and of a recommendation", () => {
    const unknown = { verdict: "unknown", reason: "not met: a clean-up" } as const;
    const stopped: Report = { ...withRule("LAW-4", unknown), verdict: "not conformant" };
    expect(read(stopped).result("LAW-4 BALANCE:").is).toBe("skipped");
    const report: Report = { ...withRule("LOCAL-5", unknown), verdict: "unknown" };
    expect(read(report).result("LOCAL-5:").is).toBe("skipped");
    expect(read(report, { strict: true, tracePaths: [] }).result("LOCAL-5:").is).toBe("error");
  });

  it("has an error for a broken subject, also if not one rule was judged", () => {
    const problem = "register threw Error: \u0007 & <oops>; a cache answers with an outcome";
    const broken: Report = {
      ...withRule("LAW-12", { verdict: "broken" }),
      verdict: "broken",
      problem,
    };
    expect(read(broken).result("LAW-12 DETERMINISTIC:").is).toBe("error");
    const { suite, result } = read({ ...broken, rules: [] });
    expect(suite.attributes).toMatchObject({ tests: "1", errors: "1" });
    const { is, element } = result("the check itself");
    expect(is).toBe("error");
    expect(element?.attributes["type"]).toBe("broken");
    expect(element?.text).toBe(problem.replace("\u0007", "\\u0007"));
  });

  it("has an error for a check that ran out of time, though every rule that it reached passed", () => {
    const report: Report = { ...conformant, verdict: "unknown", problem: "the time was over" };
    const { suite, result } = read(report);
    expect(suite.attributes).toMatchObject({ tests: String(rules.length + 1), errors: "1" });
    expect(result("the check itself").element?.attributes).toEqual({
      message: "the time was over",
      type: "unknown",
    });
  });
});
