import { describe } from "vitest";
import { providerMutants } from "./of-providers.ts";
import { testMutants } from "./trial.ts";

describe("a flat world that is wrong around whole providers", () => {
  testMutants(providerMutants);
});
