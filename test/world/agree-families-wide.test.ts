import { describe } from "vitest";
import { familyLanes } from "../../benchmarks/equivalence/lanes.ts";
import { testAgreement } from "./agree.ts";

describe("the flat world and the reference, in the other families", () => {
  testAgreement(familyLanes("wide"), 15_000);
});
