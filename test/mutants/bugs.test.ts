import { describe } from "vitest";
import { bugMutants } from "../../gallery/mutants/bugs.ts";
import { callbackBugMutants } from "../../gallery/mutants/callback-bugs.ts";
import { lookupBugMutants } from "../../gallery/mutants/lookup-bugs.ts";
import { reEntrancyBugMutants } from "../../gallery/mutants/re-entrancy-bugs.ts";
import { releaseBugMutants } from "../../gallery/mutants/release-bugs.ts";
import { testMutants } from "./trial.ts";

describe("a cache with a bug that shipped in another", () => {
  testMutants(bugMutants);
});

describe("a cache that finds what another found by mistake", () => {
  testMutants(lookupBugMutants);
});

describe("a cache whose callback does what another's did by mistake", () => {
  testMutants(callbackBugMutants);
});

describe("a cache that releases as another did by mistake", () => {
  testMutants(releaseBugMutants);
});

describe("a cache that does by mistake what another did inside a call", () => {
  testMutants(reEntrancyBugMutants);
});
