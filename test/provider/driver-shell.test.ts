import { describe, expect, it } from "vitest";
import type {
  DriverSubject,
  IoctlRequest,
  IoctlResult,
  Kernel,
  ProxyDriver,
} from "../../model/contract.ts";
import type { EventOf, KernelCall } from "../../model/events.ts";
import type { ProcessId } from "../../model/units.ts";
import example from "../../examples/proxy-driver.ts";
import type { Report } from "../../src/kit/report.ts";
import { run } from "../../src/kit/run.ts";
import { driverShell } from "../../src/provider/driver-shell.ts";
import { process0, provider0 } from "../model/support.ts";
import { literal, reportOfDriver, swallow } from "./subjects.ts";

const reportOf = (createDriver: DriverSubject["createDriver"]): Report =>
  run({ name: "driver", createDriver }, literal);

const unlock: EventOf<"ioctl"> = {
  type: "ioctl",
  process: process0,
  provider: provider0,
  request: { code: "unlock", mdl: 1 as never },
};

const statuses =
  "STATUS_ACCESS_VIOLATION, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER";

describe("a result that is none", () => {
  it("the driver that gives only results is conformant: the failing ones differ in one member", () => {
    expect(reportOfDriver(() => ({}))).toMatchObject({ verdict: "conformant", problem: null });
  });

  it.each<[code: IoctlRequest["code"], said: string, value: unknown, wanted: string]>([
    ["lock", "undefined", undefined, "a handle of 0 or more"],
    ["lock", "7", 7, "a handle of 0 or more"],
    ["lock", '{"ok":true}', { ok: true }, "a handle of 0 or more"],
    ["lock", '{"ok":true,"value":"NaN"}', { ok: true, value: NaN }, "a handle of 0 or more"],
    ["secure", '{"ok":true,"value":-1}', { ok: true, value: -1 }, "a handle of 0 or more"],
    ["secure", '{"ok":true,"value":[1]}', { ok: true, value: [1] }, "a handle of 0 or more"],
    ["frames", '{"ok":true,"value":1}', { ok: true, value: 1 }, "the list of frames"],
    ["copyFromUser", '{"ok":true,"value":null}', { ok: true, value: null }, "a list of stamps"],
    ["copyFromUser", '{"ok":true,"value":["a"]}', { ok: true, value: ["a"] }, "a list of stamps"],
    ["copyToUser", '{"ok":true,"value":0}', { ok: true, value: 0 }, "null"],
    ["unsecure", '{"ok":false,"error":"EINVAL"}', { ok: false, error: "EINVAL" }, "null"],
    ["unlock", '{"ok":1,"value":null}', { ok: 1, value: null }, "null"],
  ])("dispatch of %s returns %s, and one sentence says so", (code, said, value, wanted) => {
    const { verdict, problem, counterexamples } = reportOfDriver((_kernel, right) => ({
      dispatch: (process: ProcessId, request: IoctlRequest) =>
        request.code === code ? value : right.dispatch(process, request),
    }));
    expect(verdict).toBe("broken");
    expect(problem).toBe(
      `dispatch of ${code} returned ${said}; it must return { ok: true, value } with ${wanted}, or { ok: false, error } with one of ${statuses}`,
    );
    expect(counterexamples).toEqual([]);
  });

  it("nothing may stand for null", () => {
    const bare = reportOfDriver((_kernel, right) => ({
      dispatch(process: ProcessId, request: IoctlRequest): unknown {
        const result = right.dispatch(process, request);
        return result.ok && result.value === null ? { ok: true } : result;
      },
    }));
    expect(bare).toMatchObject({ verdict: "conformant", problem: null });
  });

  it("an async dispatch is told that nobody waits, and what it rejects later harms nobody", async () => {
    const { problem } = reportOfDriver(() => ({
      async dispatch(): Promise<never> {
        await Promise.resolve();
        throw new Error("too late");
      },
    }));
    expect(problem).toMatch(/^dispatch of secure returned a Promise; .*, and not be async$/);
    // An unhandled rejection would fail this test.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  });

  it("processExit returns nothing", () => {
    const { verdict, problem } = reportOfDriver(() => ({ processExit: () => true }));
    expect(verdict).toBe("broken");
    expect(problem).toBe("processExit returned true; it must return nothing");
  });
});

describe("createDriver", () => {
  it.each<[said: string, value: unknown, problem: string]>([
    [
      "null",
      null,
      "createDriver of driver returned null; it must return a ProxyDriver, an object with dispatch, processExit",
    ],
    [
      "a Promise",
      Promise.resolve(),
      "createDriver of driver returned a Promise; it must return the driver itself, and not be async",
    ],
    [
      "half a driver",
      { dispatch: () => null },
      "the driver that createDriver returned has undefined as processExit; it must be a function",
    ],
  ])("returns %s", (_said, value, problem) => {
    const report = reportOf(() => value as ProxyDriver);
    expect(report.verdict).toBe("broken");
    expect(report.problem).toBe(problem);
  });

  it("throws", () => {
    const report = reportOf(() => {
      throw new Error("no licence");
    });
    expect(report.verdict).toBe("broken");
    expect(report.problem).toBe(
      "createDriver threw Error: no licence; it must return a new driver that has served no request yet",
    );
  });

  it("calls the kernel, and swallows what comes of it", () => {
    const report = reportOf((kernel) => {
      swallow(() => kernel.probeForRead({ start: 128 as never, lengthBytes: 1 }));
      return example.createDriver(kernel);
    });
    expect(report.verdict).toBe("broken");
    expect(report.problem).toBe(
      "createDriver called probeForRead of the kernel; a driver calls it only while it serves a request or a process's end",
    );
  });

  it("returns the same object twice: the second run does not begin", () => {
    let only: ProxyDriver | null = null;
    const start = (): void =>
      driverShell({
        name: "driver",
        createDriver: (kernel) => (only ??= example.createDriver(kernel)),
      }).start(() => null, { pageSizeBytes: 64, userAddressEnd: 896 });
    expect(start).not.toThrow();
    expect(start).toThrow(/^createDriver returned the same object twice; it must return a new/);
  });
});

describe("what leaves a driver", () => {
  it.each<[said: string, error: unknown]>([
    ["TypeError: x is not a function", new TypeError("x is not a function")],
    ['"text"', "text"],
    ["undefined", undefined],
  ])("OWN-3: %s is an exception that nobody handled, and a bug check", (said, error) => {
    const report = reportOfDriver(() => ({
      dispatch(): never {
        throw error;
      },
    }));
    expect(report).toMatchObject({ verdict: "not conformant", problem: null });
    const [shown] = report.counterexamples;
    expect(shown?.broken).toEqual(["OWN-3"]);
    expect(shown?.trace.steps.at(-1)).toMatchObject({
      event: { type: "completed", result: null, escaped: said },
    });
  });

  it("OWN-3: what the kernel raised is named by its status", () => {
    const report = reportOfDriver((kernel, right) => ({
      dispatch(process: ProcessId, request: IoctlRequest): IoctlResult {
        if (request.code === "copyFromUser") kernel.readUser(process, request.range);
        return right.dispatch(process, request);
      },
    }));
    expect(report.counterexamples[0]?.broken).toEqual(["OWN-3"]);
    expect(report.counterexamples[0]?.trace.steps.at(-1)).toMatchObject({
      event: { type: "completed", escaped: "STATUS_ACCESS_VIOLATION" },
    });
  });

  it("OWN-3: a driver that changes its request is stopped by its own exception", () => {
    const report = reportOfDriver((_kernel, right) => ({
      dispatch(process: ProcessId, request: { range: { start: number } }): unknown {
        if ("range" in request) request.range.start++;
        return right.dispatch(process, request as never);
      },
    }));
    expect(report.counterexamples[0]?.trace.steps.at(-1)).toMatchObject({
      event: { escaped: expect.stringMatching(/^TypeError: Cannot assign to read only/) as string },
    });
  });

  it("a driver may do with what the kernel answers what it likes", () => {
    const report = reportOfDriver((kernel, right) => ({
      dispatch(process: ProcessId, request: IoctlRequest): unknown {
        if (request.code !== "copyFromUser") return right.dispatch(process, request);
        try {
          const stamps = kernel.readUser(process, request.range) as number[];
          stamps.fill(0);
          return { ok: true, value: stamps };
        } catch {
          return { ok: false, error: "STATUS_ACCESS_VIOLATION" };
        }
      },
    }));
    expect(report).toMatchObject({ problem: null, counterexamples: [] });
  });

  it("OWN-3: an exception leaves processExit as it leaves dispatch", () => {
    const report = reportOfDriver(() => ({
      processExit(): never {
        throw new Error("not now");
      },
    }));
    expect(report.counterexamples[0]?.broken).toEqual(["OWN-3"]);
  });
});

describe("what is thrown through a driver", () => {
  /** Unsecures what nobody secured, catches the bug check, and answers as if nothing had happened. */
  const bold = (rules?: readonly ["OWN-3"]): Report =>
    run(
      {
        name: "bold",
        createDriver(kernel): ProxyDriver {
          const right = example.createDriver(kernel);
          return {
            ...right,
            dispatch(process, request): IoctlResult {
              swallow(() => kernel.mmUnsecureVirtualMemory(process, 99 as never));
              swallow(() => kernel.mmUnsecureVirtualMemory(process, 99 as never));
              return right.dispatch(process, request);
            },
          };
        },
      },
      rules === undefined ? literal : { ...literal, rules },
    );

  it("OWN-2: a bug check stops the run, also if the driver catches it and goes on", () => {
    const report = bold();
    expect(report.problem).toBeNull();
    const [shown] = report.counterexamples;
    expect(shown?.broken).toEqual(["OWN-2", "OWN-5"]);
    expect(shown?.trace.steps.at(-1)).toMatchObject({
      answer: { kind: "kernel", bugCheck: "INVALID_SECURE_HANDLE" },
    });
  });

  it("a machine that went down answers nothing any more, though no rule is judged that says so", () => {
    expect(bold(["OWN-3"])).toMatchObject({ problem: null, counterexamples: [] });
    let asked = 0;
    const shell = driverShell({
      name: "driver",
      createDriver: (kernel) => ({
        dispatch(): IoctlResult {
          swallow(() => kernel.mmUnlockPages(1 as never));
          swallow(() => kernel.mmUnlockPages(1 as never));
          return { ok: true, value: null };
        },
        processExit() {},
      }),
    });
    shell.start(
      () => {
        asked++;
        return { kind: "kernel", value: null, raised: null, bugCheck: "MDL_NOT_LOCKED" };
      },
      { pageSizeBytes: 64, userAddressEnd: 896 },
    );
    expect(shell.dispatch(unlock)).toEqual({ result: null, escaped: null });
    expect(asked).toBe(1);
  });

  it("an error of the checker's own is not the driver's, caught or not", () => {
    for (const around of [swallow, (body: () => unknown) => void body()]) {
      const shell = driverShell({
        name: "driver",
        createDriver: (kernel) => ({
          dispatch(): IoctlResult {
            around(() => kernel.mmUnlockPages(1 as never));
            return { ok: true, value: null };
          },
          processExit() {},
        }),
      });
      shell.start(
        () => {
          throw new RangeError("ours");
        },
        { pageSizeBytes: 64, userAddressEnd: 896 },
      );
      expect(() => shell.dispatch(unlock)).toThrow(new RangeError("ours"));
    }
  });

  it("MM-4: a bug check in the clean-up of a process breaks a rule", () => {
    const report = reportOfDriver((kernel, right) => ({
      processExit(process: ProcessId): void {
        right.processExit(process);
        kernel.mmUnlockPages(1 as never);
      },
    }));
    expect(report.counterexamples[0]?.broken).toEqual(["MM-4"]);
    expect(report.counterexamples[0]?.trace.steps.at(-1)).toMatchObject({
      event: { type: "kernel" },
      answer: { bugCheck: "MDL_NOT_LOCKED" },
    });
  });

  const at128 = { start: 128 as never, lengthBytes: 1 };
  it.each<[call: KernelCall["name"], said: string, wanted: string, make: (kernel: Kernel) => void]>(
    [
      [
        "mmProbeAndLockPages",
        '"process 0"',
        "the process that dispatch or processExit was given",
        (kernel) => kernel.mmProbeAndLockPages("process 0" as never, at128, "read"),
      ],
      [
        "mmProbeAndLockPages",
        "undefined",
        "{ start, lengthBytes } with numbers",
        (kernel) => kernel.mmProbeAndLockPages(0 as never, undefined as never, "read"),
      ],
      [
        "mmProbeAndLockPages",
        '"execute"',
        "read or write or readwrite",
        (kernel) => kernel.mmProbeAndLockPages(0 as never, at128, "execute" as never),
      ],
      [
        "mmSecureVirtualMemory",
        '"read"',
        "readonly or readwrite",
        (kernel) => kernel.mmSecureVirtualMemory(0 as never, at128, "read" as never),
      ],
      [
        "mmUnlockPages",
        '{"handle":1,"frames":[]}',
        "a handle that the kernel answered",
        (kernel) => kernel.mmUnlockPages({ handle: 1, frames: [] } as never),
      ],
      [
        "mmUnsecureVirtualMemory",
        "null",
        "a handle that the kernel answered",
        (kernel) => kernel.mmUnsecureVirtualMemory(0 as never, null as never),
      ],
      [
        "readUser",
        '{"start":"NaN","lengthBytes":1}',
        "{ start, lengthBytes } with numbers",
        (kernel) => void kernel.readUser(0 as never, { start: NaN as never, lengthBytes: 1 }),
      ],
      [
        "writeUser",
        '"stamp"',
        "a whole number",
        (kernel) => kernel.writeUser(0 as never, at128, "stamp" as never),
      ],
    ],
  )("%s of the kernel with %s is told as it is, caught or not", (call, said, wanted, make) => {
    for (const around of [swallow, (body: () => unknown) => void body()]) {
      const report = reportOfDriver((kernel, right) => ({
        dispatch(process: ProcessId, request: IoctlRequest): IoctlResult {
          around(() => make(kernel));
          return right.dispatch(process, request);
        },
      }));
      expect(report.verdict).toBe("broken");
      expect(report.problem).toBe(
        `the driver called ${call} of the kernel with ${said}; it takes ${wanted} there`,
      );
    }
  });
});
