import { describe } from "vitest";
import { familyMutants } from "../../gallery/mutants/of-families.ts";
import { testMutants } from "./trial.ts";

describe("a subject modelled on a real cache with a bug that it had, or could have", () => {
  testMutants(familyMutants);
});
