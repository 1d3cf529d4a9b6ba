import { describe, expect, it } from "vitest";
import type { Host, RegisterRequest, RegistrationCache, Subject } from "../../model/contract.ts";
import exact from "../../examples/exact-match.ts";
import { MisuseError } from "../../src/kit/misuse.ts";
import { shell } from "../../src/provider/shell.ts";
import { instance0 } from "../model/support.ts";
import { cacheWith, play, reportOf, w } from "./subjects.ts";

const registerShape =
  '{ ok: true, handle, region, offsetBytes } with numbers of 0 or more, and remoteKey for remote scope, or { ok: false, error: "WSAENOBUFS" | "WSAEFAULT" }';

describe("an answer that is none", () => {
  it("the cache that gives only answers is conformant: the failing ones differ in one member", () => {
    expect(reportOf(cacheWith(() => ({}))).problem).toBeNull();
  });

  it.each<[said: string, value: unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["7", 7],
    ['"handle"', "handle"],
    ["[]", []],
    ["a function", () => ({ ok: true })],
    ['{"ok":true}', { ok: true }],
    ['{"ok":"yes","error":"WSAEFAULT"}', { ok: "yes", error: "WSAEFAULT" }],
    ['{"ok":false,"error":"WSAEINVAL"}', { ok: false, error: "WSAEINVAL" }],
    [
      '{"ok":true,"handle":"NaN","region":1,"offsetBytes":0}',
      { ok: true, handle: NaN, region: 1, offsetBytes: 0 },
    ],
    [
      '{"ok":true,"handle":1,"region":-1,"offsetBytes":0}',
      { ok: true, handle: 1, region: -1, offsetBytes: 0 },
    ],
    [
      '{"ok":true,"handle":1,"region":1,"offsetBytes":0.5}',
      { ok: true, handle: 1, region: 1, offsetBytes: 0.5 },
    ],
    [
      '{"ok":true,"handle":"1","region":"1n","offsetBytes":"undefined"}',
      { ok: true, handle: "1", region: 1n, offsetBytes: undefined },
    ],
  ])("register returns %s, and one sentence says so", (said, value) => {
    const { verdict, problem, counterexamples } = reportOf(
      cacheWith(() => ({ register: () => value })),
    );
    expect(verdict).toBe("broken");
    expect(problem).toBe(`register returned ${said}; it must return ${registerShape}`);
    expect(counterexamples).toEqual([]);
  });

  it("a remote register answers a key, a local one need not", () => {
    const keyless = cacheWith((_host, right) => ({
      register(request: RegisterRequest): object {
        const outcome = right.register(request);
        return outcome.ok ? { ...outcome, remoteKey: undefined } : outcome;
      },
    }));
    expect(play(keyless, w.alloc(0, 1), w.register("mr_1", 0, 1)).broken).toBeNull();
    expect(play(keyless, w.alloc(0, 1), w.registerRdma("mr_1", 0, 1)).broken).toMatch(
      /^register returned .*"remoteKey":"undefined"}; it must return /,
    );
  });

  it.each<[member: keyof RegistrationCache, value: unknown, problem: string]>([
    [
      "deregister",
      undefined,
      'deregister returned undefined; it must return { ok: true } or { ok: false, error: "WSAEINVAL" }',
    ],
    [
      "deregister",
      { ok: false, error: "WSAEFAULT" },
      'deregister returned {"ok":false,"error":"WSAEFAULT"}; it must return { ok: true } or { ok: false, error: "WSAEINVAL" }',
    ],
    [
      "invalidate",
      0,
      'invalidate returned 0; it must return { ok: true } or { ok: false, error: "WSAEINVAL" | "WSAEFAULT" }',
    ],
    ["closeSocket", 0, "closeSocket returned 0; it must return nothing"],
    ["cleanup", { ok: true }, 'cleanup returned {"ok":true}; it must return nothing'],
  ])("%s returns %j", (member, value, problem) => {
    const report = reportOf(cacheWith(() => ({ [member]: () => value })));
    expect(report.verdict).toBe("broken");
    expect(report.problem).toBe(problem);
  });

  it("a long answer is cut, and one that is no JSON is not shown", () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    const long = { ok: true, note: "n".repeat(1000) };
    const problemOf = (value: unknown): string | null =>
      reportOf(cacheWith(() => ({ deregister: () => value }))).problem;
    expect(problemOf({ ok: false, ring })).toMatch(
      /^deregister returned an object that is not JSON;/,
    );
    expect(problemOf({ ...long, ok: 1 })).toMatch(
      /^deregister returned \{"ok":1,"note":"n{100,200}…;/,
    );
  });

  it("an answer whose members throw is a call that threw", () => {
    const trap = {
      get ok(): boolean {
        throw new RangeError("not today");
      },
    };
    expect(reportOf(cacheWith(() => ({ deregister: () => trap }))).problem).toBe(
      "deregister threw RangeError: not today; a cache answers with an outcome, and never throws",
    );
  });

  it.each(["register", "deregister", "closeSocket"] as const)(
    "an async %s is told that nobody waits, and what it rejects later harms nobody",
    async (member) => {
      const { problem } = reportOf(
        cacheWith((host) => ({
          async [member](): Promise<never> {
            await Promise.resolve();
            host.driver.unlock(1 as never);
            throw new Error("too late");
          },
        })),
      );
      expect(problem).toMatch(
        new RegExp(`^${member} returned a Promise; it must return .*, and not be async$`),
      );
      // An unhandled rejection would fail this test.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  );
});

describe("create", () => {
  /** The first cache is there for the checker to look at; the second is the first that is used. */
  function secondly(create: (host: Host) => unknown): Subject {
    let calls = 0;
    return {
      ...exact,
      create: (host) => (++calls === 1 ? exact.create(host) : create(host)) as RegistrationCache,
    };
  }

  it.each<[value: unknown, problem: RegExp]>([
    [
      null,
      /^create of exact-match returned null; it must return a RegistrationCache, an object with register, deregister, closeSocket, cleanup$/,
    ],
    [42, /^create of exact-match returned 42; it must return a RegistrationCache/],
    [
      Promise.resolve({}),
      /^create returned a Promise; it must return the cache itself, .*, and not be async$/,
    ],
    [{}, /^the cache that create returned has undefined as register; it must be a function$/],
    [
      { register() {}, deregister() {}, closeSocket: 5, cleanup() {} },
      /^the cache that create returned has 5 as closeSocket; it must be a function$/,
    ],
    [
      { register() {}, deregister() {}, closeSocket() {}, cleanup() {}, invalidate: null },
      /^the cache that create returned has null as invalidate; it must be a function, or not be there$/,
    ],
  ])("returns %j", (value, problem) => {
    const report = reportOf(secondly(() => value));
    expect(report.verdict).toBe("broken");
    expect(report.problem).toMatch(problem);
  });

  it("returns the same object twice: to two instances of a run, or to the one of two runs", () => {
    const only: RegistrationCache = {
      register: () => ({ ok: false, error: "WSAENOBUFS" }),
      deregister: () => ({ ok: false, error: "WSAEINVAL" }),
      closeSocket() {},
      cleanup() {},
    };
    const single: Subject = { ...exact, create: () => only };
    const problem = /^create returned the same object twice; it must return a new, empty cache/;
    expect(reportOf(single)).toMatchObject({
      verdict: "broken",
      problem: expect.stringMatching(problem) as string,
    });
    const another = { ...only };
    const inTwoRuns = Array.from({ length: 2 }, () => {
      const provider = shell({ ...exact, create: () => another }, 16);
      return (): void => provider.start(instance0, () => ({ ok: true, value: null }));
    });
    expect(inTwoRuns[0]).not.toThrow();
    expect(inTwoRuns[1]).toThrow(problem);
  });

  it("throws: a misuse if it always does, and broken if it does later", () => {
    const fail = (): never => {
      throw new Error("no licence");
    };
    expect(() => reportOf({ ...exact, create: fail })).toThrow(MisuseError);
    expect(reportOf(secondly(fail))).toMatchObject({
      verdict: "broken",
      problem: "create threw Error: no licence; it must return a new, empty cache",
    });
  });

  it("calls its host, and swallows what comes of it", () => {
    const eager = (host: Host): RegistrationCache => {
      try {
        host.driver.lock({ start: 128 as never, lengthBytes: 1 }, "read");
      } catch {
        // A cache that must have its way.
      }
      return exact.create(host);
    };
    expect(reportOf({ ...exact, create: eager })).toMatchObject({
      verdict: "broken",
      problem:
        "the cache called lock of its host outside any call; a cache acts only while it is called, so move the call into register, deregister, invalidate, closeSocket or cleanup",
    });
  });
});
