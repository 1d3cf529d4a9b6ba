import { describe } from "vitest";
import { testAgreement } from "./agree.ts";

describe("the flat world and the reference", () => {
  testAgreement("small", 70_000);
});
