import { describe, expect, it } from "vitest";

import type { DriverSubject } from "../../model/contract.ts";
import { decodeTrace, encodeTrace, type Trace } from "../../model/trace.ts";
import { failureBlock, type FailureDetails } from "../../src/report/failure-block.ts";
import { failureOf } from "../../src/report/failure.ts";
import { painter, plain } from "../../src/report/paint.ts";
import {
  allocate,
  closeSocket,
  copyFromUser,
  deregister,
  free,
  freeAtHostCall,
  killAtHostCall,
  oneEntryCache,
  recordedDriverTrace,
  recordedTrace,
  register,
} from "./recorded-trace.ts";

const details: FailureDetails = {
  subject: "my-cache",
  fails: true,
  shrunkFrom: 61,
  seed: 1842107356,
  path: "96:5",
  tracePath: "counterexamples/local-2-2b1f.jsonl",
};
const failing = ({ fails }: { readonly fails: boolean }): boolean => fails;
const any = (): boolean => true;
const page = { widthColumns: 120, paint: plain };

function blockOf(trace: Trace, given: Partial<FailureDetails> = {}, width = 120): string {
  const { failure } = failureOf(trace, failing);
  if (failure === null) throw new Error("the trace shows no violation");
  return failureBlock(failure, { ...details, ...given }, { ...page, widthColumns: width });
}

const keepsUnsecured = recordedTrace(
  [allocate(1), register("mr_1"), deregister("mr_1")],
  oneEntryCache({ secures: false }),
);
const keepsAfterCallback = recordedTrace(
  [allocate(1), freeAtHostCall, register("mr_1"), deregister("mr_1"), free],
  oneEntryCache({ releases: false }),
);

describe("the failure block", () => {
  it("tells the rule, its source, the program, what happened, and how to see it again", () => {
    expect(blockOf(keepsUnsecured)).toBe(
      `LOCAL-2 broken by my-cache: At every quiescent point each page of each idle local entry, also of one that kept only its
  lock, is covered by at least one live secure of the same provider instance; secures may be shared between entries,
  larger than them, or rounded to pages.
  Caching Registered Memory, local access, item 2 · docs/rules.md#local-2

  1  va_10 = VirtualAlloc({ at: 0x10, size: 1 page, type: reserve|commit })
  2  mr_1 = WSPRegisterMemory({ socket: s_1, buffer: va_10, access: "readwrite" })   locked pfn 0, region 1
> 3  WSPDeregisterMemory(mr_1)                                                       kept, NOT secured
       expected  every page of the cached buffer va_10 is secured
       observed  not secured: va_10

  shrunk from 61 commands to 3; seed 1842107356, path "96:5"
  replay: npx stalemate replay counterexamples/local-2-2b1f.jsonl`,
    );
  });

  it("is the same from the file that the trace was written to", () => {
    expect(blockOf(decodeTrace(encodeTrace(keepsAfterCallback)))).toBe(blockOf(keepsAfterCallback));
  });

  it("sets apart what another thread did inside a call", () => {
    expect(blockOf(keepsAfterCallback)).toContain(
      `       · inside register: VirtualFree(va_10) refused (secured), callback → WSAEINVAL, fails with
         ERROR_INVALID_PAGE_PROTECTION`,
    );
  });

  it("lists every rule broken at the event, the primary one first and at length", () => {
    const { failure } = failureOf(keepsAfterCallback, failing);
    const ids = failure?.findings.map(({ rule }) => rule) ?? [];
    const [primary, ...others] = ids;
    expect(others.length).toBeGreaterThan(0);
    const block = blockOf(keepsAfterCallback);
    expect(block.startsWith(`${primary} broken by my-cache: `)).toBe(true);
    for (const id of others) expect(block).toContain(`also broken: ${id}`);
  });

  it("says what was released: a cache that keeps its contract breaks nothing", () => {
    const commands = [allocate(1), register("mr_1"), deregister("mr_1"), free];
    expect(failureOf(recordedTrace(commands, oneEntryCache()), any).failure).toBeNull();
  });

  it("names a buffer that was freed and stands at the same address again", () => {
    const commands = [allocate(1), free, allocate(1), register("mr_1"), deregister("mr_1")];
    const block = blockOf(recordedTrace(commands, oneEntryCache({ secures: false })));
    expect(block).toMatch(/3 {2}va_10 = VirtualAlloc\(.*\) +the same address as before/);
  });

  it("says that an entry named by another registration is still in use, and what a hit is", () => {
    const commands = [
      allocate(1),
      register("mr_1"),
      register("mr_2"),
      deregister("mr_1"),
      deregister("mr_2"),
    ];
    const block = blockOf(recordedTrace(commands, oneEntryCache({ secures: false })));
    expect(block).toMatch(/3 {2}mr_2 = WSPRegisterMemory\(.*\) +hit: region 1, pfn 0\n/);
    expect(block).toMatch(/4 {2}WSPDeregisterMemory\(mr_1\) +still in use\n/);
  });

  it("tells apart the calls that a close leads to", () => {
    const commands = [allocate(1), register("mr_1"), closeSocket];
    const block = blockOf(recordedTrace(commands, oneEntryCache({ secures: false })));
    expect(block).toMatch(/> 3 {2}WSPCloseSocket\(s_1\) +deregister mr_1 \(kept, NOT secured\)\n/);
  });

  it("stops at the violation, and says that more follows", () => {
    const commands = [allocate(1), register("mr_1"), deregister("mr_1"), free, allocate(1)];
    const block = blockOf(recordedTrace(commands, oneEntryCache({ secures: false })));
    expect(block).toContain("> 3  WSPDeregisterMemory(mr_1)");
    expect(block).not.toContain("VirtualFree");
    expect(block).toContain("not shown: 2 later commands of the trace");
  });

  it("leaves out what is not known, and quotes a path that a shell would split", () => {
    const block = blockOf(keepsUnsecured, {
      shrunkFrom: null,
      seed: null,
      tracePath: "my traces/a.jsonl",
    });
    expect(block).not.toMatch(/shrunk|seed/);
    expect(block).toContain('replay: npx stalemate replay "my traces/a.jsonl"');
  });

  it("keeps to the width: on a narrow page the notes stand below their command", () => {
    const narrow = blockOf(keepsUnsecured, {}, 84);
    expect(narrow).toContain('access: "readwrite" })\n       · locked pfn 0, region 1\n');
    expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBeLessThanOrEqual(84);
  });

  it("differs in colours only", () => {
    const { failure } = failureOf(keepsUnsecured, failing);
    if (failure === null) throw new Error("the trace shows no violation");
    const coloured = failureBlock(failure, details, { ...page, paint: painter(true) });
    // oxlint-disable-next-line no-control-regex -- colours are control characters
    expect(coloured.replaceAll(/\u001B\[\d+m/g, "")).toBe(blockOf(keepsUnsecured));
    expect(coloured).toContain("\u001B[");
  });
});

describe("the failure block of a proxy driver", () => {
  const careless: DriverSubject = {
    name: "careless",
    createDriver: (kernel) => ({
      dispatch: (process, request) =>
        request.code === "copyFromUser"
          ? { ok: true, value: kernel.readUser(process, request.range) }
          : { ok: false, error: "STATUS_INVALID_HANDLE" },
      processExit: () => undefined,
    }),
  };

  it("shows what the kernel raised and what left the driver", () => {
    const trace = recordedDriverTrace([allocate(1), copyFromUser, free, copyFromUser], careless);
    const block = blockOf(trace, { subject: "careless" });
    expect(block).toMatch(/^OWN-3 broken by careless: /);
    expect(block).toMatch(/2 {2}ioctl copyFromUser\(va_10\) +readUser → \[0\], answers \[0\]\n/);
    expect(block).toMatch(
      /^> 4 .*\s.*readUser raises STATUS_ACCESS_VIOLATION, STATUS_ACCESS_VIOLATION leaves the driver$/m,
    );
    expect(block).toMatch(/observed {2}STATUS_ACCESS_VIOLATION .*left it/);
  });
});

describe("a replayed trace", () => {
  it("goes on after a process is killed inside a call, which never returns", () => {
    const killed = recordedTrace(
      [allocate(1), killAtHostCall, register("mr_1"), allocate(1)],
      oneEntryCache(),
    );
    expect(failureOf(killed, any)).toEqual({ failure: null, disagreement: null });
  });

  it("agrees with what was recorded", () => {
    expect(failureOf(keepsAfterCallback, failing).disagreement).toBeNull();
  });

  it("names the first step that the model answers in another way", () => {
    const steps = keepsUnsecured.steps.map((step) =>
      "event" in step && step.event.type === "os"
        ? { ...step, answer: { kind: "os", answer: { status: "done", value: 0 } } as const }
        : step,
    );
    const { disagreement } = failureOf({ ...keepsUnsecured, steps }, failing);
    expect(disagreement).toMatchObject({
      step: 2,
      traced: { answer: { value: 0 } },
      model: { answer: { value: 0x10 } },
    });
  });
});
