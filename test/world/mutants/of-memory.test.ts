import { describe } from "vitest";
import { memoryMutants } from "./of-memory.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose memory manager is wrong", () => {
  testMutants(memoryMutants);
});
