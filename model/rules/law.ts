// LAW: our own laws. No document states them; each follows from rules that a document does state, or from
// what a registration cache is for. The source of each says which.

import { callbackFamilies, ordinary, type Rule } from "./rule.ts";

const onlyInRaces =
  "Calls inside calls are generated, and every other rule is judged inside them. Whether calls of several threads wait for each other, and have an order, is judged by `stalemate race`, on caches whose calls overlap.";

export const lawRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "LAW-1",
    name: "FRESH",
    level: "derived",
    sentence:
      "For mapping changes in the declared coverage set, every successful register returns frames that equal the mapping of the range at some instant between its call and its return. A cache may hold stale entries if it never returns them.",
    source: "derived from LOCAL-2 and LOCAL-4",
    appliesTo: ["cache"],
    witness: "a range that was registered is mapped anew, and registered again",
  },
  {
    ...ordinary,
    id: "LAW-2",
    name: "COVER",
    level: "derived",
    sentence:
      "The region that a register returns is live when it returns and until the last deregister, covers the request at the offset answered, and has the rights asked for.",
    source: "derived from SPI-1 and SPI-4",
    appliesTo: ["cache"],
    witness:
      "a register of a range that lies inside, overlaps, adjoins or shares a page with an earlier one",
  },
  {
    ...ordinary,
    id: "LAW-3",
    name: "EXACT",
    level: "derived",
    sentence: "A callback misses no idle entry that shares a page with its range.",
    source: "derived from LOCAL-4 and OWN-1",
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["caches.local", "invalidate"],
    witness:
      "a callback whose range touches several idle entries, a part of one, or one page at its edge",
  },
  {
    ...ordinary,
    id: "LAW-3b",
    level: "should",
    sentence: "A callback takes away no idle entry that shares no page with its range.",
    source: "derived from LOCAL-1 and LOCAL-4",
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["caches.local", "invalidate"],
    witness: "a callback next to idle entries that it does not touch",
  },
  {
    ...ordinary,
    id: "LAW-4",
    name: "BALANCE",
    level: "derived",
    sentence:
      "Each lock, secure, region and exposure is released exactly once; after cleanup none is left; a step that fails releases what the steps before it acquired.",
    source: "derived from OWN-2, ACCESS-5 and MM-4",
    appliesTo: ["cache"],
    witness: "a failure injected at every step of a call in turn",
  },
  {
    ...ordinary,
    id: "LAW-5",
    name: "LIFETIME",
    level: "derived",
    sentence:
      "No lock or region is released while it is held, that is, while a live instance names it or a transfer uses it. Secures may be.",
    source: "derived from SPI-3, SPI-4 and MM-3",
    appliesTo: ["cache"],
    witness: "a callback, an eviction or a close while an entry is held",
  },
  {
    ...ordinary,
    id: "LAW-6",
    name: "NO-NEW-USE",
    level: "derived",
    sentence:
      "A zombie, an entry still held after a callback over it has returned 0, is never named by a new register. After a callback that answered WSAEFAULT reuse is legal.",
    source: "derived from LOCAL-4 and SPI-5",
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["invalidate", "defer"],
    witness: "a register of the range of a zombie",
  },
  {
    ...ordinary,
    id: "LAW-7",
    name: "BOUNDED",
    level: "derived",
    sentence:
      "The declared limits hold for idle entries, their pages, their secures and pending work; and, injected failures apart, WSAENOBUFS is wrong if releasing the cache's own idle entries would let the request succeed.",
    source: "derived from SPI-1 and from what the cache declares",
    appliesTo: ["cache"],
    needs: [],
    witness: "more buffers are registered and deregistered than the limit allows to keep",
  },
  {
    ...ordinary,
    id: "LAW-8",
    name: "REUSE",
    level: "should",
    sentence:
      "A repeated register that may be a hit is one, also when two users alternate between rights; an unrelated event does not empty the cache; and no two idle entries stand for the same range and right.",
    source: "derived from LOCAL-1 and LOCAL-3",
    appliesTo: ["cache"],
    needs: ["caches.local"],
    witness: "a register repeated after an unrelated free, and alternating rights on one range",
  },
  {
    ...ordinary,
    id: "LAW-9",
    name: "TRANSPARENT",
    level: "derived",
    sentence:
      "Application and peer see the same data and results as with a provider that never caches. Exempt are exhaustion, operations refused after a legal WSAEFAULT, operations that change a mapping under a live registration with what follows from them, and changes outside the coverage set.",
    source: "derived from LAW-1, LAW-2 and SPI-1",
    appliesTo: ["cache"],
    witness: "a transfer, compared with the same transfer without a cache",
  },
  {
    ...ordinary,
    id: "LAW-10",
    name: "REENTRANT",
    level: "derived",
    sentence:
      "A callback that arrives inside another call of the same provider instance, raised at one of its host calls, neither deadlocks nor corrupts. For what the outer call is just acquiring, WSAEINVAL and WSAEFAULT are both legal, if nothing changes and what the outer call returns is fresh.",
    source: "derived from LOCAL-4, SPI-5 and LAW-1",
    appliesTo: ["cache", "async-cache"],
    families: callbackFamilies,
    needs: ["invalidate"],
    witness: "a callback during a register, during a deregister and during an eviction",
    notJudged: onlyInRaces,
  },
  {
    ...ordinary,
    id: "LAW-11",
    name: "ATOMIC",
    level: "derived",
    sentence:
      "Every interleaving of registers, deregisters, callbacks and transfers is equivalent to a sequential order of them that respects real time.",
    source: "derived from LOCAL-4, SPI-4 and LAW-1, which hold for calls from any thread",
    appliesTo: ["async-cache"],
    witness: "calls that are active at the same time",
    notJudged: onlyInRaces,
  },
  {
    ...ordinary,
    id: "LAW-12",
    name: "DETERMINISTIC",
    level: "derived",
    sentence:
      "The same commands on a fresh subject give the same observations, up to the renaming of handles. A subject that differs from itself is broken, and no other verdict on it means anything.",
    source: "derived from what replaying a counterexample requires",
    appliesTo: ["cache", "provider", "driver", "async-cache"],
    witness: "one program is run twice, before all others",
  },
  {
    ...ordinary,
    id: "LAW-13",
    name: "EXPOSED",
    level: "derived",
    sentence:
      "The pages exposed to a socket lie within the union of its live remote instances, rounded to pages, and carry no more rights than these.",
    source: "derived from REMOTE-1, ACCESS-2 and ACCESS-4",
    appliesTo: ["cache"],
    witness: "a remote register of a range that lies inside a larger entry, idle or held",
  },
];
