import { describe, expect, it } from "vitest";
import type { Host, RegisterRequest, RegistrationCache, Subject } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import exact from "../../examples/exact-match.ts";
import type { RunResult } from "../../properties/agreement.ts";
import { shell } from "../../src/provider/shell.ts";
import { instance0, socket } from "../model/support.ts";
import { cacheWith, play, reportOf, swallow, w } from "./subjects.ts";

const kill: Command = {
  name: "killAtHostCall",
  args: { type: "arm", fault: { kind: "kill", process: 0 } },
};

/** The event of each step, a call with its name. */
const eventsOf = ({ steps }: RunResult): string[] =>
  steps.flatMap((step) => {
    if ("command" in step) return [];
    const { event } = step;
    return event.type === "call" || event.type === "host"
      ? [`${event.type} ${event.call.name}`]
      : [event.type];
  });

describe("what a cache throws", () => {
  it.each<[error: unknown, said: string]>([
    [new TypeError("x is not a function"), "TypeError: x is not a function"],
    ["text", '"text"'],
    [undefined, "undefined"],
    [{ code: 5 }, '{"code":5}'],
  ])("%s leaves register", (error, said) => {
    const report = reportOf(
      cacheWith(() => ({
        register(): never {
          throw error;
        },
      })),
    );
    expect(report.verdict).toBe("broken");
    expect(report.problem).toBe(
      `register threw ${said}; a cache answers with an outcome, and never throws`,
    );
  });

  it("a cache that runs out of stack is broken, and the checker is not", () => {
    const endless = (): unknown => endless();
    expect(reportOf(cacheWith(() => ({ deregister: endless }))).problem).toMatch(
      /^deregister threw RangeError: Maximum call stack size exceeded; /,
    );
  });

  it("a cache that changes its request is stopped by its own exception", () => {
    const report = reportOf(
      cacheWith((_host, right) => ({
        register(request: { range: { start: number } }): unknown {
          request.range.start++;
          return right.register(request as never);
        },
      })),
    );
    expect(report.problem).toMatch(
      /^register threw TypeError: Cannot assign to read only property/,
    );
  });

  it("a cache may do with an answer of its host what it likes", () => {
    const greedy = cacheWith((host, right) => ({
      register(request: RegisterRequest): unknown {
        const outcome = right.register(request);
        const failed = host.driver.lock(w.range(4, 5), "read");
        Object.assign(failed, { error: "changed" });
        Object.assign(host.driver.frames(1 as never), { length: 0 });
        return outcome;
      },
    }));
    const result = play(greedy, w.alloc(0, 1), w.register("mr_1", 0, 1));
    expect(JSON.stringify(result.steps)).not.toContain("changed");
    expect(result.steps.at(-2)).toMatchObject({
      event: { call: { name: "frames" } },
      answer: { result: { value: [expect.any(Number)] } },
    });
  });
});

describe("what is thrown through a cache", () => {
  it("OWN-2: a violation in a host call stops the run, also if the cache catches it and goes on", () => {
    const bold = cacheWith((host, right) => ({
      register(request: RegisterRequest): unknown {
        swallow(() => host.driver.unsecure(99 as never));
        swallow(() => host.driver.lock(request.range, "read"));
        return right.register(request);
      },
    }));
    const result = play(bold, w.alloc(0, 1), w.register("mr_1", 0, 1));
    expect(result.violation?.map((each) => each.rule)).toEqual(["LAW-4", "OWN-2"]);
    expect(eventsOf(result).slice(-2)).toEqual(["call register", "host unsecure"]);
    expect(result.broken).toBeNull();
    expect(reportOf(bold)).toMatchObject({ verdict: "not conformant", problem: null });
  });

  it.each<[name: string, call: (host: Host) => unknown, problem: string]>([
    [
      "a range that starts at NaN",
      (host) => host.driver.lock({ start: NaN as never, lengthBytes: 1 }, "read"),
      'the cache called lock of its host with the range {"start":"NaN","lengthBytes":1}; it takes { start, lengthBytes } with whole numbers',
    ],
    [
      "an empty range",
      (host) => host.driver.secure({ start: 128 as never, lengthBytes: 0 }, "readwrite"),
      "the cache called secure of its host with a range of 0 bytes; it takes 1 byte or more",
    ],
    [
      "no range",
      (host) => host.driver.lock(undefined as never, "read"),
      "the cache called lock of its host with the range undefined; it takes { start, lengthBytes } with whole numbers",
    ],
    [
      "an access that is none",
      (host) => host.driver.lock({ start: 128 as never, lengthBytes: 1 }, "execute" as never),
      'the cache called lock of its host with the access "execute"; it takes "read", "write" or "readwrite"',
    ],
    [
      "a mode that is none",
      (host) => host.driver.secure({ start: 128 as never, lengthBytes: 1 }, "write" as never),
      'the cache called secure of its host with the mode "write"; it takes "readonly" or "readwrite"',
    ],
    [
      "a result instead of its value",
      (host) => host.driver.unlock({ ok: true, value: 1 } as never),
      'the cache called unlock of its host with {"ok":true,"value":1}; it takes a handle that the host answered',
    ],
    [
      "no handle",
      (host) => host.driver.frames(undefined as never),
      "the cache called frames of its host with undefined; it takes a handle that the host answered",
    ],
    [
      "a negative handle",
      (host) => host.nic.register(-1 as never, "read"),
      "the cache called nic.register of its host with -1; it takes a handle that the host answered",
    ],
  ])(
    "a host call that makes no sense is told as it is, caught or not: %s",
    (_name, call, problem) => {
      for (const around of [swallow, (body: () => unknown) => void body()]) {
        const report = reportOf(
          cacheWith((host, right) => ({
            register(request: RegisterRequest): unknown {
              around(() => call(host));
              return right.register(request);
            },
          })),
        );
        expect(report.verdict).toBe("broken");
        expect(report.problem).toBe(problem);
      }
    },
  );

  it("an error of the checker's own is not the cache's, caught or not", () => {
    for (const around of [swallow, (body: () => unknown) => void body()]) {
      const provider = shell(
        cacheWith((host) => ({
          closeSocket: () => around(() => host.driver.unlock(1 as never)),
        })),
        64,
      );
      provider.start(instance0, () => {
        throw new RangeError("ours");
      });
      expect(() => provider.call(instance0, { name: "closeSocket", socket: socket(1) })).toThrow(
        new RangeError("ours"),
      );
    }
  });

  it("the host of another instance answers only while that one is called", () => {
    const hosts: Host[] = [];
    const mixed: Subject = {
      ...exact,
      create(host): RegistrationCache {
        hosts.push(host);
        const right = exact.create(host);
        return {
          ...right,
          register(request) {
            swallow(() => hosts.at(-1)?.driver.lock(request.range, "read"));
            return right.register(request);
          },
        };
      },
    };
    expect(reportOf(mixed).problem).toMatch(
      /^the cache called lock of its host outside any call; /,
    );
  });
});

describe("a process that is killed in the middle of a call", () => {
  const program = [w.alloc(0, 1), kill, w.register("mr_1", 0, 1), w.alloc(0, 1)];

  it("nobody waits for the answer, and nothing more is recorded of the call", () => {
    const result = play(exact, ...program);
    expect(result).toMatchObject({ violation: null, broken: null });
    expect(eventsOf(result)).toEqual(["os", "arm", "wsp", "call register", "exit", "exited"]);
    expect(result.skipped).toEqual({ VirtualAlloc: 1 });
  });

  it("a cache that catches everything, tries again and answers garbage has no part in it either", () => {
    let attempts = 0;
    const stubborn = cacheWith((host) => ({
      register({ range }: RegisterRequest): string {
        for (let i = 0; i < 3; i++) {
          try {
            host.driver.lock(range, "read");
          } catch {
            attempts++;
          }
        }
        return "too late";
      },
    }));
    const result = play(stubborn, ...program);
    expect(attempts).toBe(3);
    expect(result).toMatchObject({ violation: null, broken: null });
    expect(eventsOf(result)).toEqual(["os", "arm", "wsp", "call register", "exit", "exited"]);
  });
});

describe("a callback inside a host call", () => {
  const notified = [
    w.alloc(0, 1),
    w.interrupt(0, { kind: "notify", range: w.range(0, 1) }),
    w.register("mr_1", 0, 1),
  ];

  /** Writes down what is called, and lets the cache do it. */
  function logging(log: string[], invalidate: (right: RegistrationCache) => unknown): Subject {
    return cacheWith((_host, right) => ({
      register(request: RegisterRequest): unknown {
        log.push("register");
        try {
          return right.register(request);
        } catch {
          return { ok: false, error: "WSAENOBUFS" };
        } finally {
          log.push("registered");
        }
      },
      invalidate(): unknown {
        log.push("invalidate");
        return invalidate(right);
      },
    }));
  }

  it("LAW-10: arrives on the stack of the call, which goes on behind it", () => {
    const log: string[] = [];
    const result = play(
      logging(log, (right) => right.invalidate?.(w.range(0, 1))),
      ...notified,
    );
    expect(log).toEqual(["register", "invalidate", "registered"]);
    expect(result).toMatchObject({ violation: null, broken: null });
    expect(eventsOf(result).slice(-9)).toEqual([
      "call register",
      "interrupt",
      "notify",
      "call invalidate",
      "return",
      "host secure",
      "host lock",
      "host nicRegister",
      "return",
    ]);
  });

  it("what it throws is its own, though the call around it catches that", () => {
    const result = play(
      logging([], () => {
        throw new Error("re-entered");
      }),
      ...notified,
    );
    expect(result.broken).toBe(
      "invalidate threw Error: re-entered; a cache answers with an outcome, and never throws",
    );
    expect(result.violation).toBeNull();
  });

  it("OWN-2: the rule that it breaks stops the call around it, which catches that", () => {
    const bold = cacheWith((host, right) => ({
      register(request: RegisterRequest): unknown {
        swallow(() => right.register(request));
        return { ok: false, error: "WSAENOBUFS" };
      },
      invalidate(): unknown {
        swallow(() => host.driver.unsecure(99 as never));
        return { ok: true };
      },
    }));
    const result = play(bold, ...notified);
    expect(result.violation?.map((each) => each.rule)).toEqual(["LAW-4", "OWN-2"]);
    expect(eventsOf(result).slice(-4)).toEqual([
      "interrupt",
      "notify",
      "call invalidate",
      "host unsecure",
    ]);
  });
});
