import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { rules } from "../../model/rules.ts";
import { encodeTrace, type Trace } from "../../model/trace.ts";
import type { JsonValidation } from "../../src/report/validation-json.ts";
import {
  allocate,
  closeSocket,
  deregister,
  free,
  oneEntryCache,
  recordedTrace,
  register,
} from "../report/recorded-trace.ts";
import { temporaryFolder, type Ended, type Folder } from "./command-line.ts";

/** As a recorder elsewhere writes it: events alone. */
const events = ({ header, steps }: Trace): string =>
  encodeTrace({ header, steps: steps.filter((step) => "event" in step) });

const commands = [allocate(1), register("mr_1"), deregister("mr_1"), free];
const clean = events(recordedTrace(commands, oneEntryCache()));
const unsecured = events(recordedTrace(commands, oneEntryCache({ secures: false })));
const lax = events(
  recordedTrace([allocate(1), register("mr_1"), deregister("mr_1"), closeSocket], oneEntryCache()),
);
/** Sixty registrations of one buffer, and the end of the last of them keeps it unsecured. */
const long = events(
  recordedTrace(
    [
      allocate(1),
      ...Array.from({ length: 30 }, (_, i) => [register(`a_${i}`), register(`b_${i}`)]).flat(),
      ...Array.from({ length: 30 }, (_, i) => [deregister(`a_${i}`), deregister(`b_${i}`)]).flat(),
    ],
    oneEntryCache({ secures: false }),
  ),
);

/** The line that has all of the texts, without the others. */
function lineWith(json: string, ...texts: readonly string[]): number {
  return json.split("\n").findIndex((line) => texts.every((each) => line.includes(each)));
}

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("clean.jsonl", clean);
  folder.write("unsecured.jsonl", unsecured);
  folder.write("lax.jsonl", lax);
  const example = fileURLToPath(new URL("../../examples/recorded.jsonl", import.meta.url));
  copyFileSync(example, join(folder.path, "recorded.jsonl"));
});
afterAll(() => folder.remove());

const jsonOf = (ended: Ended): JsonValidation => JSON.parse(ended.stdout) as JsonValidation;
const flat = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("stalemate validate, of a trace that some legal provider could have made", () => {
  it("answers 0, and says which rules it exercised and that the others are unknown", async () => {
    const { code, stdout, stderr } = await folder.run("validate", "clean.jsonl");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(flat(stdout)).toMatch(
      /clean\.jsonl: 17 events of my-cache accepted; exercised LOCAL-1, LOCAL-2, LOCAL-4, OWN-2, SPI-5, LAW-5 and LAW-7; \d+ rules unknown, not passed: the trace does not get there\. $/,
    );
    expect(stdout).toMatch(/^ {2}LOCAL-2 .* must +pass +1$/m);
    expect(stdout).toMatch(/^ {2}LAW-9 +TRANSPARENT +derived +unknown +not met: a transfer$/m);
    expect(flat(stdout)).toContain("OWN-3, OWN-4, OWN-5: for driver subjects");
  });

  it("is as content with the commands in it", async () => {
    folder.write("whole.jsonl", encodeTrace(recordedTrace(commands, oneEntryCache())));
    const [whole, bare] = await Promise.all([
      folder.run("validate", "whole.jsonl", "--json"),
      folder.run("validate", "clean.jsonl", "--json"),
    ]);
    expect(jsonOf(whole)).toEqual(jsonOf(bare));
    expect(jsonOf(whole)).toMatchObject({
      schema: 1,
      accepted: true,
      events: 17,
      acceptedPrefix: 17,
      rejected: null,
      wouldAccept: [],
      unfinished: null,
    });
    expect(jsonOf(whole).program).toHaveLength(4);
    expect(jsonOf(whole).rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
  });

  it("tells what is recommended and not kept; that rejects it if strict", async () => {
    const [lenient, strict] = await Promise.all([
      folder.run("validate", "lax.jsonl"),
      folder.run("validate", "lax.jsonl", "--strict"),
    ]);
    expect(lenient.code).toBe(0);
    expect(flat(lenient.stdout)).toMatch(
      /recommended, and not kept: LOCAL-5, expected idle entries/,
    );
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^LOCAL-5 broken by my-cache: /);
  });

  it("says that it ends in the middle of something", async () => {
    const lines = clean.split("\n");
    const host = lineWith(clean, '"type":"host"', '"lock"');
    const callback = lineWith(clean, '"type":"call"', '"invalidate"');
    folder.write("in-a-call.jsonl", `${lines.slice(0, host + 1).join("\n")}\n`);
    folder.write("before-one.jsonl", `${lines.slice(0, callback).join("\n")}\n`);
    const [inside, before] = await Promise.all([
      folder.run("validate", "in-a-call.jsonl"),
      folder.run("validate", "before-one.jsonl", "--json"),
    ]);
    expect(inside.code).toBe(0);
    expect(inside.stdout).toContain("The trace ends inside register of provider instance 0.");
    expect(jsonOf(before).unfinished).toBe(
      "The trace ends before the call of invalidate of provider instance 0, which has to follow.",
    );
  });
});

describe("stalemate validate, of a trace that no legal provider could have made", () => {
  it("answers 1, and prints the program, the rule, and what would have been accepted", async () => {
    const { code, stdout, stderr } = await folder.run("validate", "unsecured.jsonl");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toBe(
      `LOCAL-2 broken by my-cache: At every quiescent point each page of each idle local entry, also of one that kept only its lock, is
  covered by at least one live secure of the same provider instance; secures may be shared between entries, larger than them, or
  rounded to pages.
  Caching Registered Memory, local access, item 2 · docs/rules.md#local-2

  1  va_10 = VirtualAlloc({ at: 0x10, size: 1 page, type: reserve|commit })
  2  mr_1 = WSPRegisterMemory({ socket: s_1, buffer: va_10, access: "readwrite" })   locked pfn 0, region 1
> 3  WSPDeregisterMemory(mr_1)                                                       kept, NOT secured
       expected  every page of the cached buffer va_10 is secured
       observed  not secured: va_10
       instead   secure(va_10, readwrite) → secure 1, then { ok: true }
                 secure(va_10, readonly) → secure 1, then { ok: true }

  line 10: {"type":"return","instance":0,"outcome":{"ok":true}}

unsecured.jsonl: line 10 is rejected, after 8 accepted events of 10.
`,
    );
  });

  it("says the same as one object under --json", async () => {
    const ended = await folder.run("validate", "unsecured.jsonl", "--json");
    expect(ended.code).toBe(1);
    const { rejected, wouldAccept, ...report } = jsonOf(ended);
    expect(report).toMatchObject({ accepted: false, events: 10, acceptedPrefix: 8, numbers: [] });
    expect(rejected).toEqual({
      line: 10,
      event: { type: "return", instance: 0, outcome: { ok: true } },
      because: "rule",
      rules: ["LOCAL-2"],
      expected: "every page of the cached buffer 0x10–0x1f is secured",
      observed: "not secured: 0x10–0x1f",
    });
    expect(wouldAccept.map((steps) => steps.map(({ event }) => event.type))).toEqual([
      ["host", "return"],
      ["host", "return"],
    ]);
    const local2 = report.rules.find(({ id }) => id === "LOCAL-2");
    expect(local2).toMatchObject({ verdict: "fail" });
  });

  it("shows the end of a long program, and says how much is left out", async () => {
    folder.write("long.jsonl", long);
    const { code, stdout } = await folder.run("validate", "long.jsonl");
    expect(code).toBe(1);
    expect(stdout).toContain("not shown: 81 earlier commands; --json has all");
    expect(stdout).toMatch(/^ {3}82 {2}WSPDeregisterMemory/m);
    expect(stdout).toMatch(/^> 121 {2}WSPDeregisterMemory\(b_29\)/m);
  });

  it("the example: a trace with other numbers and fields of its own", async () => {
    const [terminal, json] = await Promise.all([
      folder.run("validate", "recorded.jsonl"),
      folder.run("validate", "recorded.jsonl", "--json"),
    ]);
    expect(terminal.code).toBe(1);
    expect(terminal.stdout).toMatch(/^LOCAL-2 broken by rcache\.c: /);
    expect(terminal.stdout).toContain("also broken: OWN-1");
    expect(terminal.stdout).toContain("numbers: region 1 of provider 0 is 20481 in the trace");
    expect(jsonOf(json).numbers).toContainEqual({
      kind: "lock",
      provider: 0,
      model: 1,
      trace: 33793,
    });
  });
});

describe("stalemate validate, of a trace that is none of this world", () => {
  it.each<[string, (json: string) => string, RegExp]>([
    [
      "an answer that the world does not give",
      (json) => json.replace('"value":16', '"value":32'),
      /^Not a trace of this world: line 2 of wrong\.jsonl has an answer .* expected the world's answer, .*"value":16.* observed .*"value":32.* instead VirtualAlloc in process 0, answered .*"value":16/,
    ],
    [
      "a failure that nothing explains",
      (json) =>
        json.replace(
          /("name":"secure".*"result":){[^}]*}/,
          '$1{"ok":false,"error":"STATUS_INSUFFICIENT_RESOURCES"}',
        ),
      /instead secure\(va_10, readwrite\) → secure 1 the arming of a fault \(fail\), then secure\(va_10, readwrite\) → STATUS_INSUFFICIENT_RESOURCES/,
    ],
    [
      "a callback that is missing",
      (json) =>
        json
          .split("\n")
          .filter((line) => !line.includes('"invalidate"'))
          .join("\n"),
      /^Not a trace of this world: line 13 of wrong\.jsonl cannot come where it stands\. .* expected what follows from the events before: the call of invalidate of provider instance 0 observed the host call unsecure of provider instance 0 instead the call of invalidate/,
    ],
    [
      "a retry of nothing",
      (json) => `${json}{"event":{"type":"retry","process":0},"answer":null}\n`,
      /expected something that comes from the environment: nothing is in progress observed the retry of the refused operation of process 0, which follows from nothing line 19: /,
    ],
  ])("%s", async (_what, alter, says) => {
    expect(alter(clean)).not.toBe(clean);
    folder.write("wrong.jsonl", alter(clean));
    const { code, stdout } = await folder.run("validate", "wrong.jsonl");
    expect(code).toBe(1);
    expect(flat(stdout)).toMatch(says);
  });

  it("an answer of the cache that is none", async () => {
    folder.write(
      "no-answer.jsonl",
      clean.replace(/"outcome":{"ok":true,"handle"[^}]*}/, '"outcome":null'),
    );
    const { code, stdout } = await folder.run("validate", "no-answer.jsonl");
    expect(code).toBe(1);
    expect(flat(stdout)).toMatch(
      /^No answer by my-cache: line 8 of no-answer\.jsonl is not what the call is answered with, by the contract\. .* expected an answer of register: { ok: true, handle, .* observed null instead { ok: true } with region 1, offset 0, and any handle/,
    );
  });
});

describe("stalemate validate, of what is no trace", () => {
  const family = clean.replace(
    '"notification":"refuse-notify-retry"',
    '"notification":"notify-before"',
  );
  it.each([
    ["missing.jsonl", null, /there is no file missing\.jsonl/],
    ["cut.jsonl", clean.slice(0, -20), /the trace is truncated/],
    ["half.jsonl", `${clean.slice(0, -20)}\n`, /line 18 of the trace is not JSON/],
    ["future.jsonl", clean.replace('"version":1', '"version":99'), /has version 99/],
    ["other.jsonl", '{"a":1}\n', /not a stalemate trace/],
    ["empty.jsonl", "", /./],
    ["family.jsonl", family, /a cache of the family [\w-]+ in a world of the family [\w-]+;/],
    [
      "damaged.jsonl",
      clean.replace(
        '"instance":0,"call":{"name":"register"',
        '"instance":"a","call":{"name":"register"',
      ),
      /line 4 of the trace cannot be read: event\.instance is "a", and must be a whole number/,
    ],
    [
      "unknown.jsonl",
      clean.replace('"type":"return"', '"type":"returns"'),
      /line \d+ of the trace cannot be read: event\.type is "returns", and must be one of os, retry/,
    ],
  ])("%s: one sentence, exit code 2", async (name, json, says) => {
    if (json !== null) folder.write(name, json);
    const { code, stdout, stderr } = await folder.run("validate", name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^stalemate: .*\n$/);
  });

  it("answers one object under --json, with the same sentence", async () => {
    folder.write("none.jsonl", "no trace\n");
    const ended = await folder.run("validate", "none.jsonl", "--json");
    expect(ended.code).toBe(2);
    expect(jsonOf(ended)).toMatchObject({ schema: 1, accepted: null, rejected: null, rules: [] });
    expect(ended.stderr).toBe(`stalemate: ${jsonOf(ended).problem}\n`);
  });

  it("says what can be given", async () => {
    const { code, stderr } = await folder.run("validate");
    expect(code).toBe(2);
    expect(stderr).toMatch(/missing required argument 'trace'.*stalemate help validate/);
  });
});
