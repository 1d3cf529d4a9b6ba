import { describe } from "vitest";
import { linuxMutants } from "./of-linux.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose Linux operations are wrong", () => {
  testMutants(linuxMutants);
});
