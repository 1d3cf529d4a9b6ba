import { describe, expect, it } from "vitest";
import { presets } from "../../model/config.ts";
import type {
  DriverSubject,
  IoctlRequest,
  IoctlResult,
  ProxyDriver,
} from "../../model/contract.ts";
import type { ProcessId } from "../../model/units.ts";
import example from "../../examples/proxy-driver.ts";
import { run } from "../../src/kit/run.ts";
import { driverShell } from "../../src/provider/driver-shell.ts";

describe("handles of a driver", () => {
  /** The example with other handles: `number` says which, from the process and from those that it has. */
  function numbering(
    number: (process: ProcessId, taken: (process: ProcessId | null) => number[]) => number,
  ): DriverSubject {
    return {
      name: "numbering",
      createDriver(kernel): ProxyDriver {
        const right = example.createDriver(kernel);
        let live: { process: ProcessId; theirs: number; ours: number }[] = [];
        const taken = (process: ProcessId | null): number[] =>
          live
            .filter((each) => process === null || each.process === process)
            .map((each) => each.theirs);
        const toOurs = (process: ProcessId, theirs: number): never =>
          (live.find((each) => each.process === process && each.theirs === theirs)?.ours ??
            -1) as never;
        return {
          dispatch(process, request): IoctlResult {
            const inner: IoctlRequest =
              "mdl" in request
                ? { ...request, mdl: toOurs(process, request.mdl) }
                : "handle" in request
                  ? { ...request, handle: toOurs(process, request.handle) }
                  : request;
            const result = right.dispatch(process, inner);
            if (!result.ok) return result;
            if (inner.code === "unlock" || inner.code === "unsecure") {
              const ours = inner.code === "unlock" ? inner.mdl : inner.handle;
              live = live.filter((each) => each.ours !== ours);
            }
            if (inner.code !== "lock" && inner.code !== "secure") return result;
            const theirs = number(process, taken);
            live.push({ process, theirs, ours: result.value as number });
            return { ok: true, value: theirs };
          },
          processExit(process): void {
            right.processExit(process);
            live = live.filter((each) => each.process !== process);
          },
        };
      },
    };
  }

  const lowestFree = (taken: readonly number[]): number =>
    [...taken, 0].map((_, i) => i).find((i) => !taken.includes(i)) ?? taken.length;

  let highest = 1_000_000;
  it.each<[name: string, subject: DriverSubject]>([
    ["its own counter", example],
    ["numbers that only fall", numbering(() => --highest)],
    ["the lowest free number", numbering((_process, taken) => lowestFree(taken(null)))],
    ["a table for each process", numbering((process, taken) => lowestFree(taken(process)))],
  ])("OWN-5: a driver is right whatever handles it answers: %s", (_name, subject) => {
    const { verdict, problem, counterexamples, rules } = run(subject, { seed: 1, runs: 50 });
    expect(counterexamples.map((each) => [each.broken, each.program])).toEqual([]);
    expect([verdict, problem]).toEqual(["conformant", null]);
    expect(rules.find((each) => each.id === "OWN-5")?.exercised).toBeGreaterThan(100);
  });

  it("a program that names a lock reaches what the driver answered for it, and nobody else's", () => {
    const seen: string[] = [];
    const shell = driverShell({
      name: "told",
      createDriver: (kernel) => ({
        dispatch(process, request): IoctlResult {
          if ("mdl" in request) seen.push(`${request.code} ${request.mdl} of process ${process}`);
          if (request.code !== "lock") return { ok: true, value: null };
          kernel.mmProbeAndLockPages(process, request.range, request.access);
          return { ok: true, value: 70 };
        },
        processExit() {},
      }),
    });
    let mdl = 0;
    shell.start(
      () => ({
        kind: "kernel",
        value: { handle: ++mdl, frames: [] },
        raised: null,
        bugCheck: null,
      }),
      { pageSizeBytes: presets.small.pageSizeBytes, userAddressEnd: 896 },
    );
    const ask = (request: object, process = 0): unknown =>
      shell.dispatch({
        type: "ioctl",
        process: process as never,
        provider: 0 as never,
        request: request as never,
      }).result;
    const lock = { code: "lock", range: { start: 128, lengthBytes: 1 }, access: "read" };
    // Each process has a handle 70; the program and the trace call them 1 and 2.
    expect(ask(lock, 0)).toEqual({ ok: true, value: 1 });
    expect(ask(lock, 1)).toEqual({ ok: true, value: 2 });
    ask({ code: "unlock", mdl: 1 }, 0);
    ask({ code: "unlock", mdl: 2 }, 1);
    // Released: the number is the driver's to refuse.
    ask({ code: "unlock", mdl: 1 }, 0);
    // Used again: what the program means is not what the driver would understand.
    expect(ask(lock, 0)).toEqual({ ok: true, value: 3 });
    ask({ code: "unlock", mdl: 1 }, 0);
    ask({ code: "unlock", mdl: 3 }, 1);
    expect(seen).toEqual([
      "unlock 70 of process 0",
      "unlock 70 of process 1",
      "unlock 70 of process 0",
      "unlock 4096 of process 0",
      "unlock 70 of process 1",
    ]);
  });
});
