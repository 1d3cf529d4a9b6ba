// What a driver under test may hand to the kernel. A number can be wrong, that is the driver's risk; what is no
// number at all could not be passed in the language that drivers are written in.

import type { KernelCall } from "../../model/events.ts";
import { unreachable, type AddressRange } from "../../model/units.ts";
import { BrokenSubject } from "../../properties/stage.ts";
import { describe, isCount, isRecord } from "./border.ts";

/**
 * The call with copies of its arguments.
 * @throws {BrokenSubject} if one is missing or of the wrong type.
 */
export function checkKernelCall(call: KernelCall): KernelCall {
  const { name } = call;

  function fit<T>(value: T, isFit: (value: unknown) => boolean, wanted: string): T {
    if (isFit(value)) return value;
    throw new BrokenSubject(
      `the driver called ${name} of the kernel with ${describe(value)}; it takes ${wanted} there`,
    );
  }
  const process = <T>(value: T): T =>
    fit(value, isCount, "the process that dispatch or processExit was given");
  const handle = <T>(value: T): T => fit(value, isCount, "a handle that the kernel answered");
  const oneOf = <T extends string>(value: T, ...names: readonly T[]): T =>
    fit(value, (each) => names.some((one) => one === each), names.join(" or "));
  function range(value: AddressRange): AddressRange {
    const { start, lengthBytes } = fit(value, isRange, "{ start, lengthBytes } with numbers");
    return { start, lengthBytes };
  }

  switch (name) {
    case "mmProbeAndLockPages": {
      const [where, what, access] = call.args;
      return {
        name,
        args: [process(where), range(what), oneOf(access, "read", "write", "readwrite")],
      };
    }
    case "mmSecureVirtualMemory": {
      const [where, what, mode] = call.args;
      return { name, args: [process(where), range(what), oneOf(mode, "readonly", "readwrite")] };
    }
    case "mmUnlockPages":
      return { name, args: [handle(call.args[0])] };
    case "mmUnsecureVirtualMemory":
      return { name, args: [process(call.args[0]), handle(call.args[1])] };
    case "probeForRead":
      return { name, args: [range(call.args[0])] };
    case "probeForWrite":
    case "readUser":
      return { name, args: [process(call.args[0]), range(call.args[1])] };
    case "writeUser": {
      const [where, what, stamp] = call.args;
      return {
        name,
        args: [process(where), range(what), fit(stamp, Number.isSafeInteger, "a whole number")],
      };
    }
    default:
      return unreachable(name);
  }
}

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

const isRange = (value: unknown): boolean =>
  isRecord(value) && isNumber(value["start"]) && isNumber(value["lengthBytes"]);
