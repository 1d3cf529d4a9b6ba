import { describe } from "vitest";
import { connectionMutants } from "./of-connections.ts";
import { testMutants } from "./trial.ts";

describe("a flat world whose NIC or switch is wrong", () => {
  testMutants(connectionMutants);
});
