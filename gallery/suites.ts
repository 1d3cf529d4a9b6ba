// The test suites of other projects that ours are compared with, case by case. To add one, add its record to the list.

import { gniSuite } from "./suites/gni.ts";
import { kdreg2Suite } from "./suites/kdreg2.ts";
import { libfabricSuite } from "./suites/libfabric.ts";
import { spdkSuite } from "./suites/spdk.ts";
import type { Suite } from "./suites/suite-case.ts";
import { ucxSuite } from "./suites/ucx.ts";

/** Every suite. */
export const suites: readonly Suite[] = [
  ucxSuite,
  libfabricSuite,
  gniSuite,
  spdkSuite,
  kdreg2Suite,
];
