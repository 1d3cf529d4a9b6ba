// What no policy may do, planted on purpose: a checker that finds nothing in policies has to find these.

export const flaws = {
  skipsSecure: "takes an entry for secured without securing it",
  skipsComparison: "keeps an entry that was not secured throughout, without comparing frames",
  forgetsRegion: "releases an entry and forgets its region",
  keepsExposure: "leaves the peer its access after the deregister",
  findsInvalidated: "serves a register from what a callback invalidated",
  overrunsLimits: "keeps more than its limits allow",
} as const;

export type Flaw = keyof typeof flaws;
