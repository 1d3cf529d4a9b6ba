import { describe } from "vitest";
import { bugMutants } from "../../gallery/mutants/bugs.ts";
import { testMutants } from "./trial.ts";

describe("a cache with a bug that shipped in another", () => {
  testMutants(bugMutants);
});
