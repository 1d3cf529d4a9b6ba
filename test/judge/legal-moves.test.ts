// Moves that the rules allow and for which a random legal policy was once convicted, each beside a move that looks like
// it and is illegal.

import { describe, expect, it } from "vitest";
import type { Claims } from "../../model/config.ts";
import type { Event } from "../../model/events.ts";
import { referenceWorld } from "../../model/world.ts";
import { flatWorld } from "../../src/world/world.ts";
import {
  answers,
  busy,
  callback,
  cleanup,
  close,
  convictionsOf,
  deregister,
  done,
  drop,
  enter,
  interrupts,
  lock,
  pages,
  register,
  registered,
  returns,
  secure,
  unlock,
  unsecure,
} from "./moves.ts";

/** An entry that is not secured, in use: `mr_1`, lock 1, region 1, over pages 2 and 3. */
const unsecuredEntry: readonly Event[] = [
  register("mr_1", pages(2, 2)),
  lock(pages(2, 2)),
  enter(1),
  registered(1),
];

/** An entry over the same pages, secured before it was locked, in use: `mr_2`, lock 2, region 2, secure 1. */
const securedEntry: readonly Event[] = [
  register("mr_2", pages(2, 2)),
  secure(pages(2, 2)),
  lock(pages(2, 2)),
  enter(2),
  registered(2),
];

/** The last deregister of `mr_1`: the region is to go, and the NIC is busy. */
const failedRelease: readonly Event[] = [busy, deregister("mr_1", 1, pages(2, 2)), drop(1), done];

/** An idle entry over pages 3 and 4 that is secured with page 2 as well: lock 1, region 1, secure 1. */
const widelySecured: readonly Event[] = [
  register("mr_1", pages(3, 2)),
  secure(pages(2, 3)),
  lock(pages(3, 2)),
  enter(1),
  registered(1),
];

/** Two idle entries: lock 1, region 1 and secure 1 over page 2; lock 2, region 2 and secure 2 over page 4. */
const twoIdle: readonly Event[] = [
  register("mr_1", pages(2, 1)),
  secure(pages(2, 1)),
  lock(pages(2, 1)),
  enter(1),
  registered(1),
  deregister("mr_1", 1, pages(2, 1)),
  done,
  register("mr_2", pages(4, 1)),
  secure(pages(4, 1)),
  lock(pages(4, 1)),
  enter(2),
  registered(2),
  deregister("mr_2", 2, pages(4, 1)),
  done,
];

/** A callback over page 4 that comes when the release of the first of two entries has begun, and leaves the second. */
const leavesTheSecond: readonly Event[] = [
  drop(1),
  ...interrupts(pages(4, 1)),
  answers("WSAEFAULT"),
  unlock(1),
  unsecure(1),
];
const releasesTheSecond: readonly Event[] = [drop(2), unlock(2), unsecure(2)];

interface Row {
  readonly rule: string;
  readonly fact: string;
  readonly moves: readonly Event[];
  readonly claimed?: Partial<Claims>;
}

const legal: readonly Row[] = [
  {
    rule: "LOCAL-2",
    fact: "what was never secured need not stay so, if a secure of another entry covered it when its release failed",
    moves: [
      ...unsecuredEntry,
      ...securedEntry,
      ...failedRelease,
      deregister("mr_2", 2, pages(2, 2)),
      drop(2),
      unlock(2),
      unsecure(1),
      done,
    ],
  },
  {
    rule: "LOCAL-2",
    fact: "what was never secured need not stay so, if a secure of another entry went in the call in which its release failed",
    moves: [
      ...unsecuredEntry,
      ...securedEntry,
      deregister("mr_2", 2, pages(2, 2)),
      done,
      deregister("mr_1", 1, pages(2, 2)),
      // The other entry is evicted first.
      drop(2),
      unlock(2),
      unsecure(1),
      busy,
      drop(1),
      done,
    ],
  },
  {
    rule: "LOCAL-2",
    fact: "what was secured when a region of it failed to go need not stay so while another region is in use",
    moves: [
      ...widelySecured,
      // The same lock, in the NIC once more.
      register("mr_2", pages(3, 2)),
      enter(1),
      registered(2),
      busy,
      deregister("mr_1", 1, pages(3, 2)),
      drop(1),
      drop(1),
      done,
      callback(pages(2, 1)),
      unsecure(1),
      done,
      busy,
      deregister("mr_2", 2, pages(3, 2)),
      drop(2),
      done,
    ],
  },
  {
    rule: "SPI-5",
    fact: "WSAEFAULT is the answer over a secure that a failed release left there",
    moves: [
      ...widelySecured,
      busy,
      deregister("mr_1", 1, pages(3, 2)),
      drop(1),
      done,
      callback(pages(2, 1)),
      answers("WSAEFAULT"),
    ],
  },
  {
    rule: "SPI-5",
    fact: "WSAEFAULT is the answer over a secure of a buffer in use, if the cache refuses",
    moves: [...widelySecured, callback(pages(2, 1)), answers("WSAEFAULT")],
    claimed: { inUse: "refuse" },
  },
  {
    rule: "SPI-5",
    fact: "WSAEINVAL is the answer when a callback inside this one has released everything",
    moves: [
      ...widelySecured,
      deregister("mr_1", 1, pages(3, 2)),
      done,
      callback(pages(2, 2)),
      ...interrupts(pages(2, 2)),
      drop(1),
      unlock(1),
      unsecure(1),
      done,
      answers("WSAEINVAL"),
    ],
  },
  {
    rule: "LAW-3",
    fact: "a callback inside another one may leave what that one is about to release",
    moves: [...twoIdle, callback(pages(2, 4)), ...leavesTheSecond, ...releasesTheSecond, done],
  },
  {
    rule: "LAW-3",
    fact: "a callback inside a clean-up may leave what the clean-up is about to release",
    moves: [...twoIdle, cleanup, ...leavesTheSecond, ...releasesTheSecond, returns(null)],
  },
];

const illegal: readonly Row[] = [
  {
    rule: "LOCAL-2",
    fact: "what was idle stays secured when its release fails, also if several entries share the secure",
    moves: [
      ...unsecuredEntry,
      ...securedEntry,
      // Kept: the secure of the other entry is shared.
      deregister("mr_1", 1, pages(2, 2)),
      done,
      deregister("mr_2", 2, pages(2, 2)),
      done,
      busy,
      callback(pages(2, 2)),
      drop(1),
      drop(2),
      unlock(2),
      unsecure(1),
      answers("WSAEFAULT"),
    ],
  },
  {
    rule: "LOCAL-2",
    fact: "what has a secure of its own stays secured when its release fails",
    moves: [...widelySecured, busy, deregister("mr_1", 1, pages(3, 2)), unsecure(1), drop(1), done],
  },
  {
    rule: "SPI-5",
    fact: "WSAEFAULT is no answer over a secure of an idle entry",
    moves: [
      ...widelySecured,
      deregister("mr_1", 1, pages(3, 2)),
      done,
      callback(pages(2, 1)),
      answers("WSAEFAULT"),
    ],
  },
  {
    rule: "SPI-5",
    fact: "WSAEFAULT is no answer over a secure of a buffer in use, if the cache defers",
    moves: [...widelySecured, callback(pages(2, 1)), answers("WSAEFAULT")],
  },
  {
    rule: "SPI-5",
    fact: "WSAEINVAL is no answer when a callback inside this one has left something",
    moves: [
      ...widelySecured,
      deregister("mr_1", 1, pages(3, 2)),
      done,
      callback(pages(2, 2)),
      ...interrupts(pages(5, 1)),
      answers("WSAEINVAL"),
      answers("WSAEINVAL"),
    ],
  },
  {
    rule: "LAW-3",
    fact: "a callback inside another one may not leave what is outside of that one's range",
    moves: [...twoIdle, callback(pages(2, 2)), ...leavesTheSecond, done],
  },
  {
    rule: "LAW-3",
    fact: "a callback inside a close may not leave what the close has not begun with",
    moves: [...twoIdle, close, ...leavesTheSecond, returns(null)],
  },
];

describe.each([
  ["the reference", referenceWorld],
  ["the flat world", flatWorld],
] as const)("a move on %s", (_, make) => {
  it.each(legal)("$rule: $fact", ({ moves, claimed }) => {
    expect(convictionsOf(make, moves, claimed)).toEqual([]);
  });
  it.each(illegal)("$rule: $fact", ({ rule, moves, claimed }) => {
    expect(convictionsOf(make, moves, claimed).map((each) => each.rule)).toContain(rule);
  });
});
