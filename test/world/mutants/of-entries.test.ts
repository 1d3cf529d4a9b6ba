import { describe } from "vitest";
import { entryMutants } from "./of-entries.ts";
import { testMutants } from "./trial.ts";

describe("a flat world that remembers wrongly", () => {
  testMutants(entryMutants);
});
