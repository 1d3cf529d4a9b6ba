import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { rules } from "../../model/rules.ts";
import { temporaryFolder, type Folder } from "./command-line.ts";

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

describe("stalemate rules", () => {
  it("lists every rule in a line of at most 132 columns", async () => {
    const { code, stdout } = await folder.run("rules");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    for (const { id } of rules) {
      expect(lines.filter((line) => line.startsWith(`${id} `))).toHaveLength(1);
    }
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(132);
  });
});

describe("stalemate explain", () => {
  it("prints a whole row, in whichever case the rule is asked for", async () => {
    const [lower, upper] = await Promise.all([
      folder.run("explain", "law-1"),
      folder.run("explain", "LAW-1"),
    ]);
    expect(lower).toEqual(upper);
    expect(lower.code).toBe(0);
    const text = lower.stdout.replaceAll(/\s+/g, " ");
    const rule = rules.find(({ id }) => id === "LAW-1");
    expect(text).toContain(rule?.sentence);
    expect(text).toContain(rule?.source);
    expect(text).toContain(rule?.witness);
    expect(text).toContain("docs/rules.md#law-1");
  });

  it("answers 2 for a rule that does not exist", async () => {
    const { code, stderr } = await folder.run("explain", "LAW-99");
    expect(code).toBe(2);
    expect(stderr).toBe(
      `stalemate: there is no rule "LAW-99": "stalemate rules" lists all of them.\n`,
    );
  });
});

describe("stalemate", () => {
  it("says its version", async () => {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await folder.run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("explains itself: 0 when asked to, 2 when given nothing", async () => {
    const [asked, bare] = await Promise.all([folder.run("--help"), folder.run()]);
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain("check [options] <module>");
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain("check [options] <module>");
  });

  it("answers 2 for a command that it does not have", async () => {
    const { code, stderr } = await folder.run("frobnicate");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^stalemate: unknown command 'frobnicate'\./);
  });
});
