// The driver that generation assumes: the model's own, behind the interface of a driver under test.

import { KernelException, kernelThrough } from "../model/kernel.ts";
import { driverTables, proxyDriver } from "../model/proxy-driver.ts";
import type { ProxyDriver } from "../model/contract.ts";
import type { Driver } from "./stage.ts";

export function exemplaryDriver(): Driver {
  let driver: ProxyDriver | null = null;
  const running = (): ProxyDriver => {
    if (driver === null) throw new TypeError("the driver was not started");
    return driver;
  };
  return {
    start(kernel, parameters): void {
      driver = proxyDriver(driverTables(), kernelThrough(kernel, parameters));
    },
    dispatch: ({ process, request }) => ({
      result: running().dispatch(process, request),
      escaped: null,
    }),
    processExit(process): { escaped: string | null } {
      try {
        running().processExit(process);
        return { escaped: null };
      } catch (error) {
        if (error instanceof KernelException) return { escaped: error.message };
        throw error;
      }
    },
  };
}
