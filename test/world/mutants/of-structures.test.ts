import { describe } from "vitest";
import { structureMutants } from "./of-structures.ts";
import { testMutants } from "./trial.ts";

describe("a flat world on broken ground", () => {
  testMutants(structureMutants);
});
