// The rules that mutants of the proxy driver and of the world break: the other half of the catalogue.

import type { RuleId } from "../../model/rules.ts";
import { driverMutants } from "./driver-mutants.ts";
import { worldMutants } from "./world-and-driver-worlds.ts";

export const worldAndDriverRules: readonly RuleId[] = [
  ...new Set([...driverMutants, ...worldMutants].map((each) => each.rule)),
];
