import { describe } from "vitest";
import { windowsLanes } from "../../benchmarks/equivalence/lanes.ts";
import { testAgreement } from "./agree.ts";

describe("the flat world and the reference", () => {
  testAgreement(windowsLanes("windows"), 40_000);
});
