// Which word of a row holds what. What two equal states have alike in a row lies together, for the fingerprint. A word is named by its number in the row; a double takes two words, from an even one.

/** Words of rows, counted from the row's first; the first two are the table's. */
export const VAD = {
  process: 2,
  base: 3,
  count: 4,
  section: 5,
  writable: 6,
  /** The next and the previous view of its section. */
  ofSection: 7,
  width: 10,
} as const;
export const SECURE = {
  handle: 2,
  process: 3,
  provider: 4,
  first: 5,
  count: 6,
  mode: 7,
  nodes: 8,
  width: 10,
} as const;
/** What is locked, and what is on it: one entry of the provider instance. */
export const LOCK = {
  handle: 2,
  process: 3,
  provider: 4,
  first: 5,
  count: 6,
  access: 7,
  /** 1 while the pages are locked; the row outlives that while regions are left. */
  locked: 8,
  flags: 9,
  /** The scopes it was used for, in order: 1 local, 2 remote; two digits to the base 4. */
  scopes: 10,
  nodes: 11,
  frames: 12,
  /** The first and the last region on it. */
  regions: 13,
  /** Sockets that used it: a block, its capacity, and how many. */
  sockets: 15,
  /** Ranges it was used for, two doubles each: a block, its capacity in words, and how many. */
  ranges: 18,
  /** While one socket alone used it: the next and the previous such entry, and the socket's slot plus one. */
  sole: 21,
  soleSocket: 23,
  /** Which of its pages have changed: a block of a bit each; none while no page has. */
  changed: 24,
  width: 26,
} as const;
/** Flags of a lock. */
export const USED = 1;
export const USED_REMOTELY = 2;
export const UNRELEASED = 4;
export const WAS_SECURED = 8;

export const REGION = {
  key: 2,
  provider: 3,
  process: 4,
  mdl: 5,
  first: 6,
  count: 7,
  access: 8,
  zombie: 9,
  /** The slot of its lock. */
  lock: 10,
  frames: 11,
  /** Live registrations of its instance that name it, the first and the last; and how many. */
  registrations: 12,
  users: 14,
  inFlight: 15,
  /** The next and the previous one on its lock. */
  link: 16,
  /** The first and the last of its exposures. */
  exposures: 18,
  width: 20,
} as const;
export const EXPOSURE = {
  key: 2,
  provider: 3,
  /** A double: the cache may name a socket that never was. */
  socket: 4,
  process: 6,
  first: 7,
  count: 8,
  access: 9,
  regionKey: 10,
  /** The slot of its region. */
  region: 11,
  nodes: 12,
  /** The next and the previous one of its region. */
  link: 13,
  /** The next and the previous one of its socket; and the socket's slot plus one. */
  ofSocket: 15,
  socketSlot: 17,
  width: 18,
} as const;
export const SOCKET = {
  id: 2,
  process: 3,
  provider: 4,
  status: 5,
  /** The first and the last of its live registrations, of its exposures, and of the entries that only it used. */
  registrations: 6,
  exposures: 8,
  soleEntries: 10,
  /** The next and the previous one that is connected. */
  link: 12,
  width: 14,
} as const;
export const TRANSFER = {
  name: 2,
  registration: 3,
  nameHash: 4,
  registrationHash: 5,
  socket: 6,
  provider: 7,
  kind: 8,
  inFlight: 9,
  /** Doubles: the cache names the region, and may have taken a range that no address space has. */
  region: 10,
  first: 12,
  count: 14,
  width: 16,
} as const;
export const DESCRIPTOR = {
  name: 2,
  nameHash: 3,
  socket: 4,
  provider: 5,
  /** A double. */
  key: 6,
  width: 8,
} as const;
export const REGISTRATION = {
  name: 2,
  instance: 3,
  first: 4,
  count: 5,
  nodes: 6,
  frames: 7,
  frameCount: 8,
  /** The next and the previous one of the instance, on the region, and of the socket. */
  ofInstance: 9,
  onRegion: 11,
  ofSocket: 13,
  /** The socket's slot plus one. */
  socketSlot: 15,
  order: 16,
  nameHash: 17,
  socket: 18,
  scope: 19,
  access: 20,
  /** Doubles. */
  start: 22,
  lengthBytes: 24,
  handle: 26,
  region: 28,
  remoteKey: 30,
  width: 32,
} as const;
/** A change of which an instance has not heard yet. */
export const UNHEARD = {
  instance: 2,
  first: 3,
  count: 4,
  /** The next and the previous one of the instance. */
  ofInstance: 5,
  width: 8,
} as const;
export const GRANT = { kind: 2, process: 3, handle: 4, kernelHandle: 6, width: 8 } as const;
export const FAILURE = { call: 2, width: 4 } as const;

/** Words of a provider instance. */
export const INSTANCE = {
  started: 0,
  /** The first and the last of its registrations. */
  registrations: 1,
  liveCount: 3,
  regionCount: 4,
  totals: 5,
  /** The last registrations that ended, newest first: `ENDED` words each. */
  history: 12,
  /** Entries of which a release failed. */
  owed: 36,
  /** Pages that it watches. */
  watched: 37,
  /** The first and the last change of which it has not heard yet. */
  unheard: 38,
  width: 40,
} as const;
export const REMEMBERED = 4;
/** Start and length as doubles, a block of frames, and how many. */
export const ENDED = 6;
/** Words of a NIC. */
export const NIC = { regions: 0, pages: 1, nextRegion: 2, nextKey: 3, width: 4 } as const;
/** Words of a page. */
export const PAGE = {
  /** Its region of the address space plus one, shifted over the flags. */
  state: 0,
  pfn: 1,
  /** Who watches it: a bit for each provider. */
  watchers: 2,
  secures: 3,
  locks: 4,
  registrations: 5,
  exposures: 6,
  /** How often its mapping has changed, where a cache may ask. */
  generation: 7,
  /** A double. */
  stored: 8,
  width: 10,
} as const;
export type PageList = (typeof PAGE)["secures" | "locks" | "registrations" | "exposures"];
/** Words of a frame; the stamp is a double. */
export const FRAME = { stamp: 0, mapped: 2, lockCount: 3, width: 4 } as const;
/** Words of a page of a section. */
export const SHARED = { stored: 0, pfn: 2, width: 4 } as const;

/** Words that there is one of. */
export const SINGLE = {
  nextPfn: 0,
  nextFree: 1,
  nextSecure: 2,
  nextMdl: 3,
  order: 4,
  /** Live registrations that name a region which is not there, or not of their instance. */
  dangling: 5,
  bugCheck: 6,
  kill: 7,
  interrupt: 8,
  interruptProcess: 9,
  interruptAfter: 10,
  /** Exposures to sockets that are not there. */
  homeless: 11,
  /** The first and the last socket that is connected. */
  connected: 12,
  /** Live registrations that reach behind the user's pages. */
  outlying: 14,
  width: 16,
} as const;
