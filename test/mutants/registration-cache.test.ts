import { describe } from "vitest";
import { registrationCacheMutants } from "../../gallery/mutants/registration-cache.ts";
import { testMutants } from "./trial.ts";

describe("the registration cache with one mistake", () => {
  testMutants(registrationCacheMutants);
});
