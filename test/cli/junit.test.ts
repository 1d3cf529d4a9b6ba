import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { rules } from "../../model/rules.ts";
import { temporaryFolder, type Folder } from "./command-line.ts";
import { leakySubject, uncachedSubject } from "./subjects.ts";

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("leaky.js", leakySubject);
  folder.write("throws.ts", uncachedSubject(`throw new Error("\\u0007 <no> & never ]]>");`));
  folder.write("nothing.js", "export const x = 1;\n");
});
afterAll(() => folder.remove());

/** The test suite in the file, as a parser that accepts nothing ill-formed reads it. */
function suiteIn(name: string): XmlElement {
  const { root } = parseXml(readFileSync(join(folder.path, name), "utf8"));
  const suite = root?.children.find((each) => each instanceof XmlElement);
  if (!(suite instanceof XmlElement)) throw new Error("there is a test suite");
  return suite;
}

/** Texts of the failures or errors in it. */
const textsOf = (suite: XmlElement, kind: "failure" | "error"): readonly string[] =>
  suite.children
    .flatMap((each) => (each instanceof XmlElement ? each.children : []))
    .flatMap((each) => (each instanceof XmlElement && each.name === kind ? [each.text] : []));

describe("stalemate check --junit", () => {
  it("writes a case for each rule, a broken one as a failure, beside the report", async () => {
    const args = ["check", "leaky.js", "--seed", "1", "--runs", "200"];
    const { code, stdout } = await folder.run(...args, "--junit", "reports/of/leaky.xml");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^leaky is not conformant: /m);
    const suite = suiteIn("reports/of/leaky.xml");
    const failures = textsOf(suite, "failure");
    expect(suite.attributes).toMatchObject({
      name: "leaky",
      tests: String(rules.length),
      failures: String(failures.length),
      errors: "0",
    });
    expect(failures.length).toBeGreaterThan(0);
    for (const text of failures)
      expect(text).toMatch(/replay: npx stalemate replay counterexamples\//);
  });

  it("writes an error for a subject that throws, whatever it says", async () => {
    const { code } = await folder.run("check", "throws.ts", "--seed", "1", "--junit", "throws.xml");
    expect(code).toBe(2);
    const errors = textsOf(suiteIn("throws.xml"), "error");
    expect(errors.at(-1)).toContain("register threw Error: \\u0007 <no> & never ]]>;");
  });

  it("writes an error for a module without a subject", async () => {
    const { code, stdout, stderr } = await folder.run(
      "check",
      "nothing.js",
      "--junit",
      "nothing.xml",
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(textsOf(suiteIn("nothing.xml"), "error").map((text) => `stalemate: ${text}\n`)).toEqual([
      stderr,
    ]);
  });

  it("leaves the verdict alone if the file cannot be written", async () => {
    folder.write("a-file", "");
    const args = ["check", "leaky.js", "--seed", "1", "--runs", "200", "--junit", "a-file/a.xml"];
    const { code, stderr } = await folder.run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stalemate: the JUnit report was not written: .*Give another file/m);
    expect(existsSync(join(folder.path, "a-file/a.xml"))).toBe(false);
  });
});
