import { describe } from "vitest";
import { lawMutants } from "../../gallery/mutants/laws.ts";
import { testMutants } from "./trial.ts";

describe("a cache with one law broken", () => {
  testMutants(lawMutants);
});
