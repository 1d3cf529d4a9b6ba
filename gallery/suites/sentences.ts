// What is said of more than one case.

/** Of a case about who is evicted. */
export const anyMayGo = "Which one goes is the cache's choice; that one goes is judged.";

/** Of a case that changes a limit. */
export const limitsAreClaims =
  "Limits are part of what a cache claims, and a claim holds for a whole run. Check the cache once for each.";

/** Of a case with threads inside the cache. */
export const oneThreadInside =
  "Two threads never are inside a cache at once here: another thread acts at the host calls of a call in progress, and no nearer. LAW-11 says what must hold; a race judges it, on an asynchronous cache.";

/** Of a case about counters. */
export const nobodyLooksInside =
  "Counters are inside a cache, where nobody looks: a verdict is about what can be told from outside. The host calls that these counters count are in every trace, and LOCAL-3, LAW-4 and LAW-8 judge by them.";

/** Of a case that takes a register for a hit if it is fast. */
export const sameRegionIsHit =
  "The test takes a register for a hit if it is fast; here it is one if the region is the same.";
