// The choice points of a random policy: where the rules leave a cache a choice, what it may do beside the plain thing,
// and the words that allow it. Whoever wants to know what a run without alarms means reads this table.
//
// At each of them a policy does what the row says with odds of its own, and the plain thing otherwise. With all odds 0 it
// keeps nothing, finds nothing and secures nothing: examples/uncached.ts.

/** A choice point: what a policy may do there, and why that is legal. */
interface ChoicePoint {
  readonly does: string;
  readonly because: string;
}

const table = {
  // Register.
  hits: { does: "serves a register from an entry", because: "LOCAL-3 is a should" },
  hitsAny: {
    does: "of several entries that would do takes any",
    because: "no rule says which entry a hit names",
  },
  sharesLock: {
    does: "enters a locked entry into the NIC again, under a key of its own",
    because: "definitions: an MDL is held if a region on it is; LOCAL-3 and REMOTE-3 are shoulds",
  },
  comparesAtHit: {
    does: "uses an entry that was not secured throughout, after comparing the frames of a second lock",
    because: "the third remedy; LAW-1",
  },
  refusesWhenFull: {
    does: "answers WSAENOBUFS when buffers in use alone fill a limit",
    because: "SPI-1",
  },
  merges: {
    does: "locks the pages of its neighbours as well",
    because: "LAW-2 asks for a region that covers the request",
  },
  widens: {
    does: "locks a page more on each side",
    because: "LAW-2 asks for a region that covers the request",
  },
  replaces: {
    does: "releases the idle entries that a new one overlaps",
    because: "LAW-8 is a should",
  },
  rounds: { does: "locks, secures and exposes whole pages", because: "LOCAL-2; LAW-13" },
  locksForMore: {
    does: "locks for reading and writing whatever was asked",
    because: "ACCESS-4: the region itself may hold more rights",
  },
  entersForMore: {
    does: "enters a region with all the rights of its lock",
    because: "ACCESS-4: the region itself may hold more rights",
  },
  makesRoomForMore: {
    does: "releases idle entries for more than was asked",
    because: "LAW-8 is a should",
  },
  dropsForRoom: {
    does: "makes room in the NIC by giving back a region only",
    because: "definitions: an idle entry may be a lock alone",
  },
  triesAgain: {
    does: "asks the host again after a failure",
    because: "SPI-1 is about the register, not about its steps",
  },
  blamesResources: {
    does: "answers WSAENOBUFS for a range that is not valid",
    because: "SPI-1: WSAENOBUFS if a host call failed",
  },
  // Securing.
  securesFirst: { does: "secures before it locks", because: "the first remedy" },
  sharesSecures: {
    does: "relies on secures that are there",
    because: "LOCAL-2: secures may be shared",
  },
  splitsSecures: {
    does: "secures each page by itself",
    because: "LOCAL-2: each page is covered by at least one",
  },
  securesMore: {
    does: "secures a page more on each side",
    because: "LOCAL-2: secures may be larger",
  },
  securesForWriting: {
    does: "secures for writing what is only read",
    because: "LOCAL-2 names no mode",
  },
  securesForReading: {
    does: "secures for reading what is written, and finds it for reading only",
    because: "LOCAL-2 names no mode; ACCESS-4 is kept by not finding it for writing",
  },
  leavesSecure: {
    does: "leaves a secure when what it covered is gone",
    because: "LAW-4 asks for its release before clean-up is over",
  },
  // Names.
  repeatsHandle: {
    does: "answers a handle of the region that is live",
    because: "contract: a handle may repeat while live",
  },
  reusesHandle: {
    does: "answers the least handle that names nothing else",
    because: "contract: a handle may be reused when its count is 0",
  },
  scattersHandle: {
    does: "answers any handle",
    because: "contract: any non-negative integer",
  },
  sharesKey: {
    does: "answers a remote key that exposes the same pages to the same socket",
    because: "LAW-13; LAW-4 asks that an exposure is released once",
  },
  // Deregister.
  keeps: { does: "keeps an entry after its last deregister", because: "LOCAL-1 is a should" },
  keepsLock: {
    does: "keeps the lock of an idle entry and not its region",
    because: "REMOTE-2: also when only the lock is kept; LOCAL-1 is a should",
  },
  keepsRegion: {
    does: "keeps a region that nobody names on a lock in use",
    because: "LOCAL-1",
  },
  comparesAtEnd: {
    does: "keeps an entry that was not secured throughout, after comparing the frames of a second lock",
    because: "the third remedy; LOCAL-2",
  },
  unexposesByDropping: {
    does: "takes the peer's access away by taking the region out of the NIC",
    because: "REMOTE-1; Caching Registered Memory: un-expose, or deregister and keep the lock",
  },
  relocks: {
    does: "locks and secures anew the pages of an entry that it could not keep",
    because: "definitions: an idle entry may be a lock alone; the secure comes first",
  },
  postponesZombie: {
    does: "releases what a callback invalidated at a later call",
    because: "LAW-7: within the declared limit of pending releases",
  },
  // Any call.
  evicts: { does: "releases an idle entry for no reason", because: "LAW-8 and LAW-3b are shoulds" },
  postpones: {
    does: "does not yet try again a release that failed",
    because: "definitions: at a later call, and none is named",
  },
  batches: {
    does: "releases several entries step by step: all regions, all locks, all secures",
    because: "definitions: region, lock, secure is the order for each entry",
  },
  // Callback.
  resecures: {
    does: "secures again, by itself, what shared a secure with the range",
    because: "LOCAL-4; LAW-3b is a should",
  },
  splits: {
    does: "locks and secures anew what an idle entry had outside the range",
    because: "LOCAL-4 and LAW-3 are about the range",
  },
  refusesForSecure: {
    does: "answers WSAEFAULT over a secure of a buffer in use outside the range, if it refuses",
    because: "SPI-5: something overlapping remains, because it is held",
  },
  overlooksUnsecured: {
    does: "answers WSAEINVAL over a buffer in use that is not secured",
    because: "SPI-5: nothing idle, secured or being acquired overlapped",
  },
  overlooksNew: {
    does: "answers WSAEINVAL over what a register in progress acquires",
    because: "LAW-10",
  },
  letsGoAnyway: {
    does: "unsecures a buffer in use although it has to answer WSAEFAULT",
    because: "LAW-5: secures may be released while held",
  },
  claimsNothing: {
    does: "answers 0 where nothing was",
    because: "SPI-5: that is non-strict",
  },
  settlesInCallback: {
    does: "tries releases again that are owed elsewhere",
    because: "decision 0010, SPI-5",
  },
  // Close.
  releasesAtClose: {
    does: "releases the idle entries that only the closing connection used",
    because: "LOCAL-5",
  },
  emptiesAtClose: { does: "releases every idle entry at a close", because: "LAW-8 is a should" },
} as const;

export type Point = keyof typeof table;

export const choicePoints: Readonly<Record<Point, ChoicePoint>> = table;

/** Every choice point, in the order of the table. */
export const points: readonly Point[] = Object.keys(table) as Point[];
