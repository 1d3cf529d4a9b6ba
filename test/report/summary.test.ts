import { describe, expect, it } from "vitest";

import { rules } from "../../model/rules.ts";
import type { Report } from "../../src/kit/report.ts";
import { jsonReport } from "../../src/report/json.ts";
import { plain } from "../../src/report/paint.ts";
import { summary } from "../../src/report/summary.ts";
import { terminalReport } from "../../src/report/terminal.ts";
import { conformant, counterexample, withRule } from "./reports.ts";

const page = { widthColumns: 120, paint: plain };

describe("the summary", () => {
  it("ends with the verdict and its bounds", () => {
    expect(summary(conformant, page).replaceAll(/\s+/g, " ")).toMatch(
      /my-cache is conformant, within these bounds: preset small, 1,000 runs of up to 60 commands, 41,873 commands executed in 7\.2 s; seed 1842107356$/,
    );
  });

  it("has a line for every rule", () => {
    const text = summary(conformant, page);
    for (const { id } of rules) expect(text).toMatch(new RegExp(`^ {2}${id} .*pass +1,234$`, "m"));
  });

  it("says what a pass does not cover", () => {
    expect(summary(conformant, page)).toContain("not covered: how long locks are held;");
    const declared = { ...conformant.capabilities, coverage: ["unmap"] } as Report["capabilities"];
    expect(summary({ ...conformant, capabilities: declared }, page)).toContain(
      "after the changes unmap (as declared)",
    );
  });

  it("names the witness that was not reached, and the reason for what does not apply", () => {
    const unknown = withRule("LAW-3b", { verdict: "unknown", witnessed: false, exercised: 0 });
    expect(summary({ ...unknown, verdict: "unknown" }, page)).toContain(
      "not reached: a callback next to idle entries",
    );
    const reason = "it declares no limits";
    const excluded = withRule("LAW-7", { verdict: "not applicable", reason });
    expect(summary(excluded, page)).toContain(
      "\n\nnot applicable\n  LAW-7: it declares no limits\n\n",
    );
  });

  it("counts the commands that were skipped, and is silent if none were", () => {
    expect(summary(conformant, page)).not.toContain("skipped");
    const skipped = { WSPDeregisterMemory: 1203 };
    expect(summary({ ...conformant, skipped }, page)).toContain("WSPDeregisterMemory 1,203");
  });

  it("says of a broken subject only what is wrong", () => {
    const broken: Report = {
      ...conformant,
      verdict: "broken",
      problem: "register threw a TypeError",
      rules: [],
    };
    expect(summary(broken, page)).toBe("my-cache is broken: register threw a TypeError");
  });
});

describe("the report of a subject that is not conformant", () => {
  const failed: Report = {
    ...withRule("LOCAL-2", { verdict: "fail" }),
    verdict: "not conformant",
    counterexamples: [counterexample],
  };

  it("shows the counterexample before the verdict", () => {
    const text = terminalReport(failed, ["counterexamples/local-2-2b1f.jsonl"], page);
    expect(text.startsWith("LOCAL-2 broken by my-cache: ")).toBe(true);
    expect(text).toContain("\nrules: 1 fail (LOCAL-2), 43 pass\n");
    expect(text).toContain("\nmy-cache is not conformant: LOCAL-2 is broken (preset small, 41,873");
  });

  it("falls back to the program where a replay shows nothing", () => {
    const trace = { ...counterexample.trace, steps: [] };
    const [lost] = [{ ...counterexample, rule: "LAW-12", trace }] as const;
    const text = terminalReport({ ...failed, counterexamples: [lost] }, [null], page);
    expect(text).toContain("LAW-12 DETERMINISTIC broken by my-cache: ");
    expect(text).toContain("   2  two\n");
    expect(text).toContain("A replay of the trace does not show it");
  });
});

describe("the JSON report", () => {
  it("names traces by their paths and holds no trace", () => {
    const failed: Report = {
      ...conformant,
      verdict: "not conformant",
      counterexamples: [counterexample],
    };
    expect(jsonReport(failed, ["out/local-2-2b1f.jsonl"])).toEqual({
      schema: 1,
      subject: "my-cache",
      verdict: "not conformant",
      problem: null,
      rules: conformant.rules.map(({ id, level, verdict, exercised, witnessed }) => ({
        id,
        level,
        verdict,
        exercised,
        witnessed,
      })),
      capabilities: conformant.capabilities,
      bounds: { preset: "small", runs: 1000, commands: 60 },
      skipped: {},
      counterexamples: [
        {
          rule: "LOCAL-2",
          broken: ["LOCAL-2"],
          fails: true,
          commands: 3,
          program: ["one", "two", "three"],
          trace: "out/local-2-2b1f.jsonl",
          seed: 7,
          path: "96:5",
        },
      ],
      commands: 41873,
      seconds: 7.21,
      seed: 1842107356,
      engine: { name: "flat", compared: { programs: 20, commands: 812 } },
    });
  });
});
