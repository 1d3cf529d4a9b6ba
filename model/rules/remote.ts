// REMOTE: what is promised for buffers that are exposed to the peer (WSPRegisterRdmaMemory).
// Source: Windows driver documentation, Caching Registered Memory, the second numbered list. The
// document words the end of the peer's access as a duty ("must") in the note of item 1.

import { callbackFamilies, ordinary, watchingFamilies, type Rule } from "./rule.ts";

const list = "Caching Registered Memory, remote access";

/** Item n of the list is REMOTE-n. */
export const remoteRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "REMOTE-1",
    level: "must",
    sentence:
      "While no live remote instance on a socket covers a page, the peer of that socket cannot reach the page, whichever key it presents. A later registration may make an old key work again.",
    source: `${list}, item 1 and its note`,
    appliesTo: ["cache"],
    witness: "the peer presents a key after the deregister of the buffer it was for",
  },
  {
    ...ordinary,
    id: "REMOTE-2",
    level: "must",
    sentence:
      "At every quiescent point each page of each idle remote entry is covered by at least one live secure of the same provider instance, also when its region was dropped and only the lock is kept. In a family that watches instead of securing, each such page is watched.",
    source: `${list}, item 2; local access, item 2`,
    appliesTo: ["cache"],
    families: watchingFamilies,
    needs: ["caches.remote"],
    witness: "an idle remote entry at a quiescent point",
  },
  {
    ...ordinary,
    id: "REMOTE-3",
    level: "should",
    sentence:
      "Registering a remote buffer that is idle exposes it again and does nothing else; if its region had been dropped, the region is registered once, on the lock that was kept.",
    source: `${list}, item 3`,
    appliesTo: ["cache"],
    needs: ["caches.remote"],
    witness: "a remote register of a range that an idle remote entry covers",
  },
  {
    ...ordinary,
    id: "REMOTE-4",
    level: "must",
    sentence:
      "When the callback returns 0, nothing of a remote buffer that overlaps its range is left in this provider instance: no secure, and no lock, region or exposure except those of zombies.",
    source: `${list}, item 4; local access, item 4`,
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["caches.remote", "invalidate"],
    witness: "a callback over an idle remote entry",
  },
];
