import { describe } from "vitest";
import { callMutants } from "./of-calls.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose calls are wrong", () => {
  testMutants(callMutants);
});
