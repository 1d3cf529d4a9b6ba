import { describe } from "vitest";
import { testAgreement } from "./agree.ts";

describe("the flat world and the reference", () => {
  testAgreement("micro", 40_000);
});
