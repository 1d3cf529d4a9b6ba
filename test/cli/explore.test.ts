import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Exploration } from "../../src/kit/report.ts";
import type { JsonReport } from "../../src/report/json.ts";
import { temporaryFolder, type Ended, type Folder } from "./command-line.ts";
import { leakySubject, uncachedSubject } from "./subjects.ts";

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("leaky.js", leakySubject);
  for (const name of ["registration-cache.ts", "by-the-book.ts"]) {
    copyFileSync(example(name), join(folder.path, name));
  }
});
afterAll(() => folder.remove());

const jsonOf = (ended: Ended): JsonReport & Exploration =>
  JSON.parse(ended.stdout) as JsonReport & Exploration;

describe("stalemate explore", () => {
  it("answers 1 for a subject that breaks a rule, shows the program, and its trace replays", async () => {
    const { code, stdout } = await folder.run("explore", "by-the-book.ts", "--depth", "4");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^LAW-1 FRESH broken by by-the-book: /m);
    expect(stdout).toMatch(/^> 4 {2}mr_\d = WSPRegisterMemory/m);
    expect(stdout).toContain("found by exhaustive search");
    expect(stdout).toMatch(/^engine: .*exhaustive, every program from its start/m);
    expect(stdout).toMatch(/^domain: the commands VirtualAlloc, .*notify/m);
    const trace = /replay: npx stalemate replay (\S+)$/m.exec(stdout)?.[1] ?? "";
    expect(existsSync(join(folder.path, trace))).toBe(true);
    const replayed = await folder.run("replay", trace);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toContain("LAW-1 FRESH broken by by-the-book");
    const again = await folder.run("replay", trace, "--subject", "by-the-book.ts");
    expect(again.code).toBe(1);
  });

  it("prints the object of check, and what was explored", async () => {
    const ended = await folder.run("explore", "registration-cache.ts", "--depth", "3", "--json");
    const { subject, bounds, states, transitions, depth, complete, domain } = jsonOf(ended);
    expect({ subject, bounds, states, transitions, depth, complete }).toEqual({
      subject: "registration-cache",
      bounds: { preset: "micro", runs: 0, commands: 3 },
      states: 319,
      transitions: 1131,
      depth: 3,
      complete: true,
    });
    expect(domain.mostFaults).toBe(1);
    expect(ended.code).toBe(2);
  });

  it("finds the same in the same way each time", async () => {
    const args = ["explore", "leaky.js", "--depth", "3", "--json"] as const;
    const [first, second] = [await folder.run(...args), await folder.run(...args)];
    expect({ ...jsonOf(second), seconds: 0 }).toEqual({ ...jsonOf(first), seconds: 0 });
    expect(first.code).toBe(1);
  });

  it("stops when its time is over, and says what it covered", async () => {
    const args = ["explore", "registration-cache.ts", "--depth", "12", "--time", "1", "--json"];
    const ended = await folder.run(...args);
    expect(ended.code).toBe(2);
    expect(jsonOf(ended)).toMatchObject({ verdict: "unknown", complete: false });
    expect(jsonOf(ended).problem).toMatch(
      /^the search was stopped: every program of up to \d+ of 12/,
    );
  });

  it("stops a subject that does not return", async () => {
    folder.write("hangs.ts", uncachedSubject("for (;;) {}"));
    const ended = await folder.run("explore", "hangs.ts", "--json", "--watchdog", "6");
    expect(ended.code).toBe(2);
    expect(jsonOf(ended).problem).toMatch(/^a call of register did not return for 6 seconds/);
  });

  it.each([
    [["--depth", "0"], /--depth.*It has to be a whole number, 1 or more/],
    [["--memory", "some"], /--memory.*It has to be a whole number, 1 or more/],
    [["--preset", "huge"], /there is no preset "huge"; give one of micro, /],
    [["--rules", "LAW-99"], /There is no rule "LAW-99"/],
  ])("answers 2 and one sentence for %j", async (args, says) => {
    const ended = await folder.run("explore", "leaky.js", ...args);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trim().split("\n")).toHaveLength(1);
  });
});
