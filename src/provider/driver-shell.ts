// The border around a proxy driver under test: it makes the driver's kernel, dispatches requests, and tells an
// exception that leaves the driver (a bug check) from an answer that is none.

import type {
  DriverError,
  DriverSubject,
  IoctlRequest,
  IoctlResult,
  Kernel,
  ProxyDriver,
} from "../../model/contract.ts";
import type { Answer, EventOf, KernelCall } from "../../model/events.ts";
import { BugCheckError, KernelException, kernelThrough } from "../../model/kernel.ts";
import type { ProcessId } from "../../model/units.ts";
import { BrokenSubject, type Driver } from "../../properties/stage.ts";
import {
  Border,
  describe,
  describeError,
  frozen,
  isCount,
  isPromise,
  isRecord,
  notAnswered,
} from "./border.ts";
import { driverHandles } from "./driver-handles.ts";
import { checkKernelCall } from "./kernel-calls.ts";

/** Puts a subject's driver into the driver's place. */
export function driverShell(subject: DriverSubject): Driver {
  const border = new Border();
  const handles = driverHandles();
  let driver: ProxyDriver | null = null;
  /** What the kernel handed out in the request that is being served. */
  let handedOut: number | null = null;
  /** The machine went down: it answers nothing any more. */
  let down: BugCheckError | null = null;

  function kernelThroughBorder(port: (call: KernelCall) => Answer): (call: KernelCall) => Answer {
    return (call) => {
      if (down !== null) throw down;
      const answer = border.outward(() => {
        if (driver === null) {
          throw new BrokenSubject(
            `createDriver called ${call.name} of the kernel; a driver calls it only while it serves a request or a process's end`,
          );
        }
        return port(checkKernelCall(call));
      });
      if (answer?.kind !== "kernel") return answer;
      if (answer.bugCheck !== null) down = new BugCheckError(answer.bugCheck);
      handedOut = handleIn(call, answer.value) ?? handedOut;
      // The driver may do with it what it likes; the answer is part of the trace.
      return { ...answer, value: structuredClone(answer.value) };
    };
  }

  /** The driver's answer, or what left it. Neither is there when the machine went down. */
  function serve<T>(body: (running: ProxyDriver) => T): {
    result: T | null;
    escaped: string | null;
  } {
    const running = driver;
    if (running === null) throw new TypeError("the driver was not started");
    handedOut = null;
    return border.inward<{ result: T | null; escaped: string | null }>(
      () => {
        const result = body(running);
        return { result: down === null ? result : null, escaped: null };
      },
      (error) => ({ result: null, escaped: down === null ? whatEscaped(error) : null }),
    );
  }

  return {
    start(port, parameters): void {
      const kernel: Kernel = kernelThrough(kernelThroughBorder(port), parameters);
      driver = border.inward(
        () => checkDriver(subject, subject.createDriver(kernel)),
        (error) => {
          throw new BrokenSubject(
            `createDriver threw ${describeError(error)}; it must return a new driver that has served no request yet`,
          );
        },
      );
    },
    dispatch({ process, request }: EventOf<"ioctl">): {
      result: IoctlResult | null;
      escaped: string | null;
    } {
      const ended = serve((running) =>
        checkResult(
          request.code,
          running.dispatch(process, frozen(handles.toDriver(process, request))),
        ),
      );
      return { ...ended, result: ended.result && named(process, request, ended.result) };
    },
    processExit(process): { escaped: string | null } {
      const { escaped } = serve((running) => {
        const nothing: unknown = running.processExit(process);
        if (nothing !== undefined && nothing !== null) {
          throw notAnswered("processExit", nothing, "nothing");
        }
      });
      return { escaped };
    },
  };

  /** The result as the trace has it: what was granted is named as programs name it. */
  function named(process: ProcessId, request: IoctlRequest, result: IoctlResult): IoctlResult {
    if (!result.ok) return result;
    if (request.code === "unlock" || request.code === "unsecure")
      handles.released(process, request);
    if ((request.code !== "lock" && request.code !== "secure") || !isCount(result.value)) {
      return result;
    }
    return { ok: true, value: handles.granted(request.code, process, handedOut, result.value) };
  }
}

function handleIn(call: KernelCall, value: unknown): number | null {
  const handle =
    call.name === "mmProbeAndLockPages" && isRecord(value)
      ? value["handle"]
      : call.name === "mmSecureVirtualMemory"
        ? value
        : null;
  return isCount(handle) ? handle : null;
}

function whatEscaped(error: unknown): string {
  return error instanceof KernelException ? error.status : describeError(error);
}

/** Every driver that was ever made: one that comes back is not new, in this run or in an earlier one. */
const made = new WeakSet<ProxyDriver>();

function checkDriver(subject: DriverSubject, driver: ProxyDriver): ProxyDriver {
  if (!isRecord(driver)) {
    const wanted = isPromise(driver)
      ? "the driver itself"
      : "a ProxyDriver, an object with dispatch, processExit";
    throw notAnswered(`createDriver of ${subject.name}`, driver, wanted);
  }
  for (const member of ["dispatch", "processExit"] as const) {
    if (typeof driver[member] !== "function") {
      throw new BrokenSubject(
        `the driver that createDriver returned has ${describe(driver[member])} as ${member}; it must be a function`,
      );
    }
  }
  if (made.has(driver)) {
    throw new BrokenSubject(
      "createDriver returned the same object twice; it must return a new driver each time, since every run begins with one that has served no request",
    );
  }
  made.add(driver);
  return driver;
}

const errors: readonly DriverError[] = [
  "STATUS_ACCESS_VIOLATION",
  "STATUS_INSUFFICIENT_RESOURCES",
  "STATUS_INVALID_HANDLE",
  "STATUS_INVALID_PARAMETER",
];

const isNull = (value: unknown): value is null => value === null;
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(isCount);

/** What a successful request answers. */
const values = {
  lock: ["a handle of 0 or more", isCount],
  secure: ["a handle of 0 or more", isCount],
  unlock: ["null", isNull],
  unsecure: ["null", isNull],
  copyToUser: ["null", isNull],
  frames: ["the list of frames", isCounts],
  copyFromUser: ["a list of stamps", isCounts],
} as const;

function checkResult(code: IoctlRequest["code"], result: unknown): IoctlResult {
  const [wanted, isWanted] = values[code];
  if (isRecord(result)) {
    const { ok, error } = result;
    const value = result["value"] ?? null;
    const known = errors.find((each) => each === error);
    if (ok === false && known !== undefined) return { ok, error: known };
    if (ok === true && isWanted(value)) {
      return { ok, value: typeof value === "object" && value !== null ? [...value] : value };
    }
  }
  throw notAnswered(
    `dispatch of ${code}`,
    result,
    `{ ok: true, value } with ${wanted}, or { ok: false, error } with one of ${errors.join(", ")}`,
  );
}
