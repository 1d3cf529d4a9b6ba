import { describe } from "vitest";
import { familyMutants } from "./of-families.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose notification families are wrong", () => {
  testMutants(familyMutants);
});
