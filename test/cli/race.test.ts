import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeTrace, hasThreads } from "../../model/trace.ts";
import type { JsonReport } from "../../src/report/json.ts";
import { temporaryFolder, type Folder } from "./command-line.ts";
import { uncachedSubject } from "./subjects.ts";

const right = readFileSync(new URL("../../examples/async-exact-match.ts", import.meta.url), "utf8");
/** A callback that is told of a buffer in use marks it after it has waited. */
const wrong = right.replace(
  '    entry.state = "left";\n    await unsecure(entry);',
  '    await unsecure(entry);\n    entry.state = "left";',
);

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("right.ts", right);
  folder.write("wrong.ts", wrong);
  folder.write("in-turn.ts", uncachedSubject());
});
afterAll(() => folder.remove());

const little = ["--calls", "1", "--preemptions", "1", "--seed", "7"];

describe("stalemate race", () => {
  it("answers 0 for a cache that is right, with the programs that were run", async () => {
    const { code, stdout } = await folder.run("race", "right.ts", ...little);
    expect(code).toBe(0);
    expect(stdout).toContain("LAW-11    ATOMIC        derived  pass");
    expect(stdout).toContain("cold: A | A, A | AB, A | B,");
    expect(stdout).toMatch(
      /75 programs of 2 threads with up to 1 call, every\s+schedule with up to 1\s+preemption/,
    );
  });

  it("prints check's object with the schedules and whether they are all", async () => {
    const { code, stdout } = await folder.run("race", "right.ts", ...little, "--json");
    const report = JSON.parse(stdout) as JsonReport;
    expect(code).toBe(0);
    expect(report).toMatchObject({ schema: 1, verdict: "conformant", seed: 7, complete: true });
    expect(report.schedules).toBe(report.race?.schedules);
  });

  it("answers 1 with the steps of each thread, and a trace that replays", async () => {
    const { code, stdout } = await folder.run("race", "wrong.ts", "--seed", "7");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^LOCAL-2 broken by async-exact-match: /);
    expect(stdout).toMatch(/thread 1 │ {3}region 101 +returns region 101\n/);
    expect(stdout).toMatch(/thread 2 │ {3}callback over va_10/);
    const [, path = ""] = /replay: npx stalemate replay (\S+)/.exec(stdout) ?? [];
    const trace = decodeTrace(readFileSync(`${folder.path}/${path}`, "utf8"));
    expect(hasThreads(trace)).toBe(true);
    expect(trace.header.path).toMatch(/^schedule [0-2 ]+$/);

    const replayed = await folder.run("replay", path);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toMatch(/^LOCAL-2 broken by async-exact-match: /);
    const again = await folder.run("replay", path, "--subject", "wrong.ts");
    expect(again.code).toBe(1);
    const repaired = await folder.run("replay", path, "--subject", "right.ts");
    expect(repaired).toMatchObject({ code: 0, stderr: "" });
    const validated = await folder.run("validate", path);
    expect(validated.code).toBe(1);
    expect(validated.stdout).toMatch(/performed by stalemate\s+replay/);
  });

  it("answers 2 for a cache whose calls do not overlap, and for what makes no sense", async () => {
    const inTurn = await folder.run("race", "in-turn.ts");
    expect(inTurn.code).toBe(2);
    expect(inTurn.stderr).toContain("no asynchronous cache");
    const checked = await folder.run("check", "right.ts");
    expect(checked.code).toBe(2);
    expect(checked.stderr).toContain('check it by "stalemate race"');
    const some = await folder.run("race", "right.ts", "--preemptions", "some");
    expect(some.code).toBe(2);
    expect(some.stderr).toContain('a whole number, 0 or more, or "all"');
  });
});
