import { describe } from "vitest";
import { providerLanes } from "../../benchmarks/equivalence/lanes.ts";
import { testAgreement } from "./agree.ts";

describe("the flat world and the reference around whole providers", () => {
  testAgreement(providerLanes("small"), 16_000);
});
