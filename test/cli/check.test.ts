import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { decodeTrace } from "../../model/trace.ts";
import type { JsonReport } from "../../src/report/json.ts";
import { temporaryFolder, type Ended, type Folder } from "./command-line.ts";
import { leakySubject, uncachedSubject, unusableModules } from "./subjects.ts";

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("uncached.ts", uncachedSubject());
  folder.write("leaky.js", leakySubject);
  for (const [name, source] of unusableModules) folder.write(name, source);
});
afterAll(() => folder.remove());

const jsonOf = (ended: Ended): JsonReport => JSON.parse(ended.stdout) as JsonReport;
/** Lines of prose on stderr, each of them one sentence of ours. */
const sentences = (ended: Ended): readonly string[] =>
  ended.stderr.split("\n").filter((line) => line.startsWith("stalemate: "));

describe("stalemate check", () => {
  it("answers 1 for a subject that breaks a rule, and shows the program and the replay", async () => {
    const { code, stdout } = await folder.run("check", "leaky.js", "--seed", "1", "--runs", "200");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^[A-Z]+-\d+b?.* broken by leaky: /m);
    expect(stdout).toMatch(/^> +\d+ {2}/m);
    expect(stdout).toMatch(/^ {2}replay: npx stalemate replay counterexamples\/.*\.jsonl$/m);
    expect(stdout).toMatch(/^leaky is not conformant: /m);
    expect(stdout).not.toContain("\u001B");
  });

  it("writes the trace as a file that names its rule and decodes", async () => {
    const out = "traces of leaky";
    const args = ["check", "leaky.js", "--seed", "1", "--runs", "200", "--json", "--out", out];
    const report = jsonOf(await folder.run(...args));
    expect(report.counterexamples.length).toBeGreaterThan(0);
    for (const { rule, trace } of report.counterexamples) {
      expect(trace).toMatch(new RegExp(`${rule.toLowerCase()}-[0-9a-f]{4}\\.jsonl$`));
      const text = readFileSync(join(folder.path, trace ?? ""), "utf8");
      expect(decodeTrace(text).header.subject).toBe("leaky");
    }
  });

  it("runs earlier failures first: with no time for more, they fail again", async () => {
    const args = ["check", "leaky.js", "--json", "--out", "earlier"];
    const first = jsonOf(await folder.run(...args, "--seed", "1", "--runs", "200"));
    const again = jsonOf(
      await folder.run(...args, "--seed", "2", "--runs", "1", "--commands", "1"),
    );
    expect(again.verdict).toBe("not conformant");
    expect(again.counterexamples[0]?.rule).toBe(first.counterexamples[0]?.rule);
  });

  it("skips an unreadable earlier trace with one line on stderr", async () => {
    const out = join(folder.path, "damaged");
    const args = ["check", "leaky.js", "--json", "--out", "damaged", "--seed", "1"];
    await folder.run(...args);
    for (const name of readdirSync(out)) {
      const text = readFileSync(join(out, name), "utf8");
      writeFileSync(join(out, `a-${name}`), text.slice(0, -1));
    }
    writeFileSync(join(out, "b.jsonl"), "no trace\n");
    const ended = await folder.run(...args);
    expect(ended.code).toBe(1);
    expect(sentences(ended)).toHaveLength(2);
    expect(ended.stderr).toMatch(/a-.*\.jsonl is skipped: the trace is truncated/);
    expect(ended.stderr).toMatch(/b\.jsonl is skipped: /);
  });

  it("keeps what the subject prints out of the JSON", async () => {
    folder.write(
      "prints.ts",
      uncachedSubject(`console.log("printed"); process.stdout.write("raw");`),
    );
    const ended = await folder.run("check", "prints.ts", "--json", "--runs", "3", "--seed", "1");
    expect(jsonOf(ended).subject).toBe("uncached");
    expect(ended.stderr).toContain("printed");
    expect(ended.stderr).toContain("raw");
  });

  it("gives the same answer for the same seed", async () => {
    const args = ["check", "uncached.ts", "--json", "--runs", "20", "--seed", "-5"];
    const [first, second] = await Promise.all([folder.run(...args), folder.run(...args)]);
    expect({ ...jsonOf(second), seconds: 0 }).toEqual({ ...jsonOf(first), seconds: 0 });
    expect(second.code).toBe(first.code);
    expect(jsonOf(first).seed).toBe(-5);
  });
});

describe("a subject that does not return is stopped", () => {
  it.each([
    ["without a host call", "for (;;) {}"],
    ["with host calls", "for (;;) this.#host.driver.frames(1 as never);"],
  ])("%s", async (_how, inRegister) => {
    const name = folder.write(`hangs-${inRegister.length}.ts`, uncachedSubject(inRegister));
    const ended = await folder.run("check", name, "--json", "--watchdog", "2", "--seed", "3");
    expect(ended.code).toBe(2);
    expect(jsonOf(ended)).toMatchObject({ subject: "uncached", verdict: "broken" });
    expect(jsonOf(ended).problem).toMatch(/register/);
  });

  it("and the verdict is printed without --json too", async () => {
    folder.write("hangs.ts", uncachedSubject("for (;;) {}"));
    const ended = await folder.run("check", "hangs.ts", "--watchdog", "2", "--seed", "3");
    expect(ended.code).toBe(2);
    expect(ended.stdout.replaceAll(/\s+/g, " ")).toContain(
      "uncached is broken: a call of register did not return for 2 seconds and was stopped",
    );
  });
});

describe("a module that cannot be checked", () => {
  it.each(unusableModules)("%s: one sentence, exit code 2", async (name, _source, says) => {
    const watchdog = name === "loops.js" ? ["--watchdog", "1"] : [];
    const ended = await folder.run("check", name, "--json", ...watchdog);
    expect(ended.code).toBe(2);
    expect(jsonOf(ended)).toMatchObject({ schema: 1, verdict: "broken", counterexamples: [] });
    expect(jsonOf(ended).problem).toMatch(says);
    expect(sentences(ended)).toEqual([`stalemate: ${jsonOf(ended).problem}`]);
  });

  it("prints nothing on stdout without --json", async () => {
    const ended = await folder.run("check", "nothing.js");
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(ended.stderr.trimEnd().split("\n")).toEqual(sentences(ended));
    expect(sentences(ended)).toHaveLength(1);
  });
});

describe("a request that makes no sense", () => {
  it.each([
    [["check"], /missing required argument 'module'/],
    [["check", "no-such-file.ts"], /there is no file no-such-file\.ts: give the path of/],
    [["check", "."], /\. is not a file: give the path of/],
    [["check", "uncached.ts", "--runs", "many"], /--runs.*'many'.*whole number, 1 or more/],
    [["check", "uncached.ts", "--runs", "0"], /--runs.*'0'.*whole number, 1 or more/],
    [["check", "uncached.ts", "--seed", "1.5"], /--seed.*'1\.5'.*whole number/],
    [["check", "uncached.ts", "--time", "soon"], /--time.*'soon'.*number of seconds/],
    [["check", "uncached.ts", "--rules", "LAW-1,LAW-99"], /no rule "LAW-99".*stalemate rules/],
    [["check", "uncached.ts", "--preset", "huge"], /huge/],
    [
      ["check", "uncached.ts", "--frobnicate"],
      /unknown option '--frobnicate'.*stalemate help check/,
    ],
  ])("%j: one sentence, exit code 2, and one object under --json", async (args, says) => {
    const ended = await folder.run(...args, "--json");
    expect(ended.code).toBe(2);
    expect(jsonOf(ended).problem).toMatch(says);
    expect(sentences(ended)).toEqual([`stalemate: ${jsonOf(ended).problem}`]);
  });

  it("prints nothing on stdout without --json", async () => {
    const ended = await folder.run("check", "uncached.ts", "--runs", "many");
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(sentences(ended)).toHaveLength(1);
  });

  it("a folder for traces that cannot be written does not change the verdict", async () => {
    folder.write("a-file", "");
    const ended = await folder.run("check", "leaky.js", "--seed", "1", "--json", "--out", "a-file");
    expect(ended.code).toBe(1);
    expect(jsonOf(ended).counterexamples[0]?.trace).toBeNull();
    expect(ended.stderr).toContain("was not written");
    expect(existsSync(join(folder.path, "counterexamples", "a-file"))).toBe(false);
  });
});
