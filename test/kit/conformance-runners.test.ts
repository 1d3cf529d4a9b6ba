// The same suites under node:test, with the built package: one that passes, and one that has to fail.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function node(...args: readonly string[]): { readonly code: number | null; readonly told: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "jiti/register", ...args],
    { cwd: root, encoding: "utf8" },
  );
  return { code: status, told: stdout + stderr };
}

describe("conformance under node:test", () => {
  it("passes for a subject that conforms", () => {
    const { code, told } = node("--test", "examples/my-cache.node-test.ts");
    expect(code, told).toBe(0);
    expect(told).toMatch(/^# fail 0$/m);
    expect(told).toMatch(/^# skipped 0$/m);
  });
  it("fails for one that does not, and shows the program", () => {
    const folder = mkdtempSync(join(tmpdir(), "stalemate-"));
    const file = join(folder, "by-the-book.node-test.ts");
    const from = (path: string): string => JSON.stringify(pathToFileURL(join(root, path)).href);
    writeFileSync(
      file,
      `import { describe, it } from "node:test";
       import { conformance } from ${from("dist/src/index.js")};
       import subject from ${from("examples/by-the-book.ts")};
       conformance(subject, { describe, it }, { runs: 0 });`,
    );
    const { code, told } = node("--test", file);
    rmSync(folder, { recursive: true });
    expect(code, told).toBe(1);
    expect(told).toMatch(/^# fail 3$/m);
    expect(told).toContain("LAW-1 FRESH broken by by-the-book");
  });
});
