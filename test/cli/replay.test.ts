import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encodeTrace } from "../../model/trace.ts";
import {
  allocate,
  deregister,
  free,
  oneEntryCache,
  recordedTrace,
  register,
} from "../report/recorded-trace.ts";
import { temporaryFolder, type Folder } from "./command-line.ts";
import { uncachedSubject } from "./subjects.ts";

const commands = [allocate(1), register("mr_1"), deregister("mr_1"), free];
const violating = encodeTrace(recordedTrace(commands, oneEntryCache({ secures: false })));
const clean = encodeTrace(recordedTrace(commands, oneEntryCache()));

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("violating.jsonl", violating);
  folder.write("clean.jsonl", clean);
  folder.write("uncached.ts", uncachedSubject());
});
afterAll(() => folder.remove());

describe("stalemate replay", () => {
  it("prints the failure block and answers 1 for a trace that shows a violation", async () => {
    const { code, stdout, stderr } = await folder.run("replay", "violating.jsonl");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^LOCAL-2 broken by my-cache: /);
    expect(stdout).toContain("replay: npx stalemate replay violating.jsonl");
    expect(stderr).toBe("");
  });

  it("answers 0 for a trace that shows none", async () => {
    const { code, stdout } = await folder.run("replay", "clean.jsonl");
    expect(code).toBe(0);
    expect(stdout).toBe("clean.jsonl: no rule is broken in the trace of my-cache.\n");
  });

  it("runs the program against a subject anew: what another cache broke, this one keeps", async () => {
    const { stdout } = await folder.run("replay", "violating.jsonl", "--subject", "uncached.ts");
    expect(stdout).not.toContain("broken by uncached");
    expect(stdout).toContain("uncached");
  });

  it("warns when the model answers in another way than the trace", async () => {
    folder.write("altered.jsonl", violating.replace('"value":16', '"value":32'));
    const { stderr } = await folder.run("replay", "altered.jsonl");
    expect(stderr).toMatch(/^stalemate: line 3 of altered\.jsonl has the answer .*where the model/);
  });

  it.each([
    ["missing.jsonl", null, /there is no file missing\.jsonl/],
    ["cut.jsonl", violating.slice(0, -20), /the trace is truncated/],
    ["half.jsonl", `${violating.slice(0, -20)}\n`, /line \d+ of the trace is not JSON/],
    ["future.jsonl", violating.replace('"version":1', '"version":99'), /has version 99/],
    ["other.jsonl", '{"a":1}\n', /not a stalemate trace/],
    ["empty.jsonl", "", /./],
    ["hollow.jsonl", '{"stalemate":"trace","version":1}\n{"event":{},"answer":null}\n', /./],
    [
      "strange.jsonl",
      violating.replace('"name":"WSPRegisterMemory"', '"name":"Nothing"'),
      /Nothing/,
    ],
  ])("%s: one sentence, exit code 2", async (name, text, says) => {
    if (text !== null) folder.write(name, text);
    const { code, stdout, stderr } = await folder.run("replay", name);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^stalemate: /);
  });
});
