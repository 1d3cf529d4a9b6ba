// LOCAL: what is promised for buffers that are registered for local access (WSPRegisterMemory).
// Source: Windows driver documentation, Caching Registered Memory, the first numbered list.

import { callbackFamilies, ordinary, watchingFamilies, type Rule } from "./rule.ts";

const list = "Caching Registered Memory, local access";

/** Item n of the list is LOCAL-n. */
export const localRules: readonly Rule[] = [
  {
    ...ordinary,
    id: "LOCAL-1",
    level: "should",
    sentence:
      "After the last deregister of a local buffer that nothing disturbed, its region is still there, idle: it is kept and not released.",
    source: `${list}, item 1`,
    appliesTo: ["cache"],
    needs: ["caches.local"],
    witness: "the last deregister of a local buffer that no callback, limit or failure has touched",
  },
  {
    ...ordinary,
    id: "LOCAL-2",
    level: "must",
    sentence:
      "At every quiescent point each page of each idle local entry, also of one that kept only its lock, is covered by at least one live secure of the same provider instance; secures may be shared between entries, larger than them, or rounded to pages. In a family that watches instead of securing, each such page is watched.",
    source: `${list}, item 2`,
    appliesTo: ["cache"],
    families: watchingFamilies,
    needs: ["caches.local"],
    witness: "an idle local entry at a quiescent point",
  },
  {
    ...ordinary,
    id: "LOCAL-3",
    level: "should",
    sentence:
      "Registering a range that an idle or held region, not a zombie, covers with the rights needed locks nothing, secures nothing and registers nothing with the NIC. A cache that declares exact hits is judged on equal ranges only.",
    source: `${list}, item 3`,
    appliesTo: ["cache"],
    needs: ["caches.local"],
    witness: "a local register of a range that a kept or held region already covers",
  },
  {
    ...ordinary,
    id: "LOCAL-4",
    level: "must",
    sentence:
      "When the callback returns 0, this provider instance holds no secure that overlaps its range, and no lock or region that overlaps it except those of zombies.",
    source: `${list}, item 4`,
    appliesTo: ["cache"],
    families: callbackFamilies,
    needs: ["caches.local", "invalidate"],
    witness: "a callback over an idle local entry, and one over a held local entry",
  },
  {
    ...ordinary,
    id: "LOCAL-5",
    level: "should",
    sentence:
      "Before a connection closes, the idle entries that no other connection used are released.",
    source: `${list}, item 5`,
    appliesTo: ["cache"],
    needs: ["caches.local"],
    witness: "a socket is closed while idle entries are left that only it used",
  },
];
