// What the README shows is what there is: its cache conforms, its failure is the real one, its table is whole.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { rules } from "stalemate";
import { temporaryFolder } from "../cli/command-line.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const blocks = Array.from(readme.matchAll(/^```\w*\n(.*?)^```$/gms), ([, text = ""]) => text);

describe("the README", () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it("shows a cache that conforms, as it stands there", async () => {
    const cache = blocks.find((each) => each.includes('name: "my-cache"')) ?? "";
    folder.write("my-cache.ts", cache);
    const { code, stdout, stderr } = await folder.run("check", "my-cache.ts", "--runs", "20");
    expect(code, stdout + stderr).toBe(0);
  });
  it("and what it says to change makes it one that does not", async () => {
    const cache = blocks.find((each) => each.includes('name: "my-cache"')) ?? "";
    const answer = "      return { ok: true };\n";
    const line = `      if (!release(buffer)) owed.push(buffer);\n${answer}`;
    expect(cache).toContain(line);
    folder.write("keeps.ts", cache.replace(line, answer));
    const { code, stdout } = await folder.run("check", "keeps.ts");
    expect(code, stdout).toBe(1);
    expect(stdout).toMatch(/broken: SPI-6|^SPI-6 broken/m);
  });
  it("shows a failure as check prints it", async () => {
    const failure = blocks.find((each) => each.includes("broken by by-the-book")) ?? "";
    const { stdout } = await folder.run("check", `${root}examples/by-the-book.ts`);
    // The name of a trace file is made from its contents, the seed among them.
    const unnamed = (text: string): string => text.replace(/law-1-[0-9a-f]{4}/, "law-1-");
    expect(unnamed(`${stdout.split("\n\nrules:")[0]}\n`)).toBe(unnamed(failure));
    expect(readFileSync(`${root}docs/reading-a-counterexample.md`, "utf8")).toContain(failure);
  });
  it("has every rule in its table, with its level and its name", () => {
    const rows = Array.from(
      readme.matchAll(/^\| ([A-Z]+-\d+b?) +\| (\w+) +\| (?:([A-Z-]{3,}): )?/gm),
      ([, id, level, name = null]) => ({ id, level, name }),
    );
    expect(rows).toEqual(rules.map(({ id, level, name }) => ({ id, level, name })));
  });
});
