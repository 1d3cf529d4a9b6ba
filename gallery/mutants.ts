// The gallery: every mutant there is. To add one, add its record to the list of its room.

import type { Mutant, TextMutant } from "./mutant.ts";
import { bugMutants } from "./mutants/bugs.ts";
import { callbackBugMutants } from "./mutants/callback-bugs.ts";
import { deafWorlds } from "./mutants/deaf-worlds.ts";
import { deepMutants } from "./mutants/deep.ts";
import { documentMutants } from "./mutants/documents.ts";
import { driverMutants } from "./mutants/drivers.ts";
import { lawMutants } from "./mutants/laws.ts";
import { lookupBugMutants } from "./mutants/lookup-bugs.ts";
import { familyMutants } from "./mutants/of-families.ts";
import { providerMutants } from "./mutants/providers.ts";
import { reEntrancyBugMutants } from "./mutants/re-entrancy-bugs.ts";
import { registrationCacheMutants } from "./mutants/registration-cache.ts";
import { releaseBugMutants } from "./mutants/release-bugs.ts";
import { worldMutants } from "./mutants/worlds.ts";

/** Caches with a change in their text. */
export const cacheMutants: readonly TextMutant[] = [
  ...bugMutants,
  ...lookupBugMutants,
  ...callbackBugMutants,
  ...releaseBugMutants,
  ...reEntrancyBugMutants,
  ...familyMutants,
  ...documentMutants,
  ...lawMutants,
  ...registrationCacheMutants,
  ...deepMutants,
];

/** Everything that is wrong in one place: caches, then whole providers, drivers and worlds. */
export const mutants: readonly Mutant[] = [
  ...cacheMutants,
  ...providerMutants,
  ...driverMutants,
  ...worldMutants,
  ...deafWorlds,
];
