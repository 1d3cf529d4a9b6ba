// Breakages of the registration cache that ships: of what it does and the examples do not, such as hits inside a larger
// buffer.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const t = wordsFor(presets.tiny);

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
  {
    id: "one-more-waits",
    rule: "LAW-7",
    change: "lets one more release wait than it declares, and tries again at a register only",
    preset: "tiny",
    base: "gallery/subjects/few-entries.ts",
    file: "src/cache/registration-cache.ts",
    edits: [
      ["this.owed.size < this.mostPending", "this.owed.size <= this.mostPending"],
      [
        "  deregister(request: DeregisterRequest): Outcome {\n    if (this.owed.size > 0) this.releases.settle(TRIES);\n",
        "  deregister(request: DeregisterRequest): Outcome {\n",
      ],
    ],
    observed: "3",
    program: [
      t.alloc(0, 3),
      ...[1, 2, 3].map((n) => t.register(`mr_${n}`, n - 1, n)),
      t.free(0),
      ...[1, 2, 3].map((n) => t.deregister(`mr_${n}`)),
    ],
  },
];
