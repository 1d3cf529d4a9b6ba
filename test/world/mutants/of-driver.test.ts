import { describe } from "vitest";
import { driverMutants } from "./of-driver.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose driver is wrong", () => {
  testMutants(driverMutants);
});
