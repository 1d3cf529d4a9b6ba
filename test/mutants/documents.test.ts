import { describe } from "vitest";
import { documentMutants } from "../../gallery/mutants/documents.ts";
import { testMutants } from "./trial.ts";

describe("a cache with one rule of a document broken", () => {
  testMutants(documentMutants);
});
