// A whole provider at the command line, from its check to its counterexample.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeTrace } from "../../model/trace.ts";
import { temporaryFolder, type Folder } from "./command-line.ts";

const right = readFileSync(new URL("../../examples/whole-provider.ts", import.meta.url), "utf8");
const aborting = '"WSA_OPERATION_ABORTED"';

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("right.ts", right);
  folder.write("wrong.ts", right.replace(aborting, "null"));
  folder.write("endless.ts", right.replace("operations.delete(operation);", "for (;;);"));
  folder.write(
    "module.cjs",
    "module.exports = { name: 'x', createProvider: 1, capabilities: {} };",
  );
});
afterAll(() => folder.remove());

const bounds = ["--seed", "1", "--runs", "20", "--json"];

describe("stalemate check of a whole provider", () => {
  it("passes it, by what only a provider can break too", async () => {
    const { code, stdout, stderr } = await folder.run("check", "right.ts", ...bounds);
    expect([code, stderr]).toEqual([0, ""]);
    const { subject, verdict, rules } = JSON.parse(stdout) as {
      readonly subject: string;
      readonly verdict: string;
      readonly rules: readonly { readonly id: string; readonly verdict: string }[];
    };
    expect([subject, verdict]).toEqual(["whole-provider", "conformant"]);
    expect(rules).toContainEqual(expect.objectContaining({ id: "ACCESS-1", verdict: "pass" }));
  });

  it("says what it does not cover", async () => {
    const { stdout } = await folder.run("check", "right.ts", "--runs", "1");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "other changes of a mapping; operations that are queued before they are posted",
    );
  });

  it("stops one that does not return, and says where", async () => {
    const { code, stdout } = await folder.run("check", "endless.ts", "--watchdog", "2", "--json");
    expect(code).toBe(2);
    expect(stdout).toMatch(/transferDone/);
  }, 60_000);

  it("takes module.exports for a subject", async () => {
    const { code, stderr } = await folder.run("check", "module.cjs");
    expect(code).toBe(2);
    expect(stderr).toMatch(/has 1 as createProvider; it must be a function/);
  });
});

describe("the counterexample of a whole provider", () => {
  let trace = "";
  beforeAll(async () => {
    const { stdout } = await folder.run("check", "wrong.ts", ...bounds);
    trace = /counterexamples\/[^"]+\.jsonl/.exec(stdout)?.[0] ?? "";
  });

  it("SPI-7: is a short program that ends with the close", async () => {
    const { header } = decodeTrace(readFileSync(`${folder.path}/${trace}`, "utf8"));
    expect(header.claims?.whole).toBe(true);
    const { code, stdout } = await folder.run("replay", trace);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^SPI-7 broken by whole-provider: /);
    expect(stdout).toMatch(/t_1 = send\(mr_1\) +posted on region 1\n> 4 {2}WSPCloseSocket\(s_1\)/);
    expect(stdout).toContain("observed  t_1 was completed as if it had been done");
  });

  it("SPI-7: is rejected where it is judged as a trace, with what would have been accepted", async () => {
    const { code, stdout } = await folder.run("validate", trace, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      accepted: false,
      rejected: { because: "rule", rules: ["SPI-7"] },
    });
    expect(stdout).toContain(aborting);
  });

  it("is none of a provider that is right", async () => {
    const { stdout } = await folder.run("replay", trace, "--subject", "right.ts");
    expect(stdout).not.toContain("broken by");
  });
});
