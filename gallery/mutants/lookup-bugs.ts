// Images of bugs that shipped in real registration caches: what a register finds, and what it makes of it.

import { presets } from "../../model/config.ts";
import { wordsFor } from "../../properties/cases/words.ts";
import type { TextMutant } from "../mutant.ts";

const w = wordsFor(presets.small);

const finding = "if (hit !== undefined) return use(hit, request);";

export const lookupBugMutants: readonly TextMutant[] = [
  {
    id: "replaces-other-rights",
    bug: { row: 10, from: "UCX, commit c610b0847c" },
    rule: "LAW-5",
    change: "releases a buffer of the same range with other rights, also while it is in use",
    base: "examples/exact-match.ts",
    edits: [
      [
        finding,
        `${finding}
      const other = findable.find(({ range }) => range.start === request.range.start && range.lengthBytes === request.range.lengthBytes);
      if (other !== undefined) release(other);`,
      ],
    ],
    observed: "region 1 is released while mr_1 uses it",
    program: [w.alloc(0, 1), w.register("mr_1", 0, 1, "read"), w.register("mr_2", 0, 1)],
  },
  {
    id: "key-with-a-leftover",
    bug: { row: 25, from: "libfabric, issue 8850" },
    rule: "LOCAL-3",
    change: "compares a field of the key that nobody sets: it holds what the last deregister left",
    base: "examples/exact-match.ts",
    edits: [
      ["let owed: Entry[] = [];", "let owed: Entry[] = [];\n  let leftover = 0;"],
      ["  readonly access: Access;\n", "  readonly access: Access;\n  readonly padding: number;\n"],
      ["      access,\n      mdl:", "      access,\n      padding: leftover,\n      mdl:"],
      [
        "entry.range.start === range.start &&",
        "entry.padding === leftover &&\n        entry.range.start === range.start &&",
      ],
      [
        "if (remoteKey !== undefined) nic.unexpose(remoteKey);",
        "if (remoteKey !== undefined) nic.unexpose(remoteKey);\n      leftover = handle;",
      ],
    ],
    observed: "3 host calls, as if ",
  },
  {
    id: "hits-for-local-access",
    bug: { row: 26, from: "libfabric, issue 7191" },
    rule: "LAW-2",
    change: "answers a hit with what the buffer was registered for first, which is local access",
    base: "examples/exact-match.ts",
    edits: [
      [
        finding,
        'if (hit !== undefined) return { remoteKey: 0 as never, ...use(hit, { ...request, scope: "local" }) };',
      ],
    ],
    observed: "key 0 exposes nothing",
  },
  {
    id: "neighbours-as-one",
    bug: { row: 36, from: "SPDK, commit 37b7a30894" },
    rule: "LAW-2",
    change: "takes two buffers that meet for one region, which is the first of them",
    base: "examples/exact-match.ts",
    edits: [
      [
        "const hit = find(request);",
        `const begins = (entry: Entry): boolean => firstPage(entry.range) === firstPage(request.range) && lastPage(entry.range) < lastPage(request.range);
      const goesOn = (entry: Entry, next: Entry): boolean => firstPage(next.range) <= lastPage(entry.range) + 1 && lastPage(request.range) <= lastPage(next.range);
      const hit = find(request) ?? findable.find((entry) => begins(entry) && findable.some((next) => goesOn(entry, next)));`,
      ],
    ],
    observed: "region 1, over ",
    program: [
      w.alloc(0, 2),
      w.register("mr_1", 0, 1),
      w.register("mr_2", 1, 2),
      w.register("mr_3", 0, 2),
    ],
  },
];
