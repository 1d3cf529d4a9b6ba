// Breakages of the registration cache that ships: of what it does and the examples do not, such as hits inside a larger
// buffer.

import type { TextMutant } from "../mutant.ts";

export const registrationCacheMutants: readonly TextMutant[] = [
  {
    id: "exposes-the-whole-entry",
    bug: { row: 52, from: "a mistake of our own" },
    rule: "LAW-13",
    change: "exposes all of a buffer to the peer when only a part of it was asked for",
    base: "gallery/subjects/registration-cache.ts",
    file: "src/cache/holdings.ts",
    edits: [
      [
        "nic.expose(region, range, socket, access)",
        `nic.expose(
        region,
        {
          start: (this.table.first(slot) * this.host.pageSizeBytes) as typeof range.start,
          lengthBytes:
            (this.table.last(slot) - this.table.first(slot) + 1) * this.host.pageSizeBytes,
        },
        socket,
        access,
      )`,
      ],
    ],
    observed: "the peer of s_1 reaches ",
  },
];
