// The border around a proxy driver under test: it makes the driver's kernel, dispatches requests, and tells an
// exception that leaves the driver (a bug check) from an answer that is none.

import type { DriverSubject, IoctlResult, Kernel, ProxyDriver } from "../../model/contract.ts";
import { BugCheckError, kernelThrough } from "../../model/kernel.ts";
import { BrokenSubject, type Driver } from "../../properties/stage.ts";

const errors = [
  "STATUS_ACCESS_VIOLATION",
  "STATUS_INSUFFICIENT_RESOURCES",
  "STATUS_INVALID_HANDLE",
  "STATUS_INVALID_PARAMETER",
];

/** Puts a subject's driver into the driver's place. `isUnwinding` says that the world threw, not the driver. */
export function driverShell(subject: DriverSubject): Driver {
  let driver: ProxyDriver | null = null;
  let unwinding: unknown = null;

  /** What left the driver, or null. What the world throws through the driver goes on. */
  function escapedFrom(body: () => void): string | null {
    unwinding = null;
    try {
      body();
    } catch (error) {
      if (unwinding !== null) throw unwinding;
      if (error instanceof BrokenSubject) throw error;
      if (error instanceof BugCheckError) return null;
      return error instanceof Error ? error.message : String(error);
    }
    if (unwinding !== null) throw unwinding;
    return null;
  }

  const running = (): ProxyDriver => {
    if (driver === null) throw new TypeError("the driver was not started");
    return driver;
  };

  return {
    start(port, parameters): void {
      const kernel: Kernel = kernelThrough((call) => {
        try {
          return port(call);
        } catch (error) {
          unwinding = error;
          throw error;
        }
      }, parameters);
      driver = checkDriver(subject.createDriver(kernel));
    },
    dispatch({ process, request }): { result: IoctlResult | null; escaped: string | null } {
      let result: unknown = null;
      const escaped = escapedFrom(() => {
        result = running().dispatch(process, request);
      });
      return { result: escaped === null ? checkResult(request.code, result) : null, escaped };
    },
    processExit: (process) => ({
      escaped: escapedFrom(() => running().processExit(process)),
    }),
  };
}

function checkDriver(driver: ProxyDriver): ProxyDriver {
  if (
    typeof driver !== "object" ||
    driver === null ||
    typeof driver.dispatch !== "function" ||
    typeof driver.processExit !== "function"
  ) {
    throw new BrokenSubject(
      "createDriver returned no ProxyDriver; it must return an object with the functions dispatch and processExit",
    );
  }
  return driver;
}

function checkResult(code: string, result: unknown): IoctlResult {
  if (typeof result === "object" && result !== null && "ok" in result) {
    if (result.ok === false && "error" in result && errors.includes(String(result.error))) {
      return result as IoctlResult;
    }
    if (result.ok === true) {
      const value = "value" in result ? (result.value ?? null) : null;
      const isValue =
        value === null ||
        typeof value === "number" ||
        (Array.isArray(value) && value.every((each) => typeof each === "number"));
      if (isValue) return { ok: true, value } as IoctlResult;
    }
  }
  throw new BrokenSubject(
    `dispatch of ${code} returned ${String(JSON.stringify(result))}; it must return { ok: true, value } or { ok: false, error } with one of ${errors.join(", ")}`,
  );
}
