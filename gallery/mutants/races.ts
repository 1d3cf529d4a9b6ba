// Caches that are right as long as no two calls of them overlap: each is an asynchronous cache with one small change, and
// is found by a race with two preemptions at most. The patterns are those of real bugs: what is decided before a wait and
// done after it, what is announced too late, what two calls let go of, who waits for whom.

import type { RuleId } from "../../model/rules.ts";
import type { TextMutant } from "../mutant.ts";

/** A mutant that takes calls which overlap. */
export interface RaceMutant extends Pick<
  TextMutant,
  "id" | "rule" | "change" | "base" | "file" | "edits"
> {
  /** What is wrong, in general. */
  readonly pattern: string;
  /** The bug that shipped: its number in our list, and where it is written up. */
  readonly bug?: { readonly row: number; readonly from: string; readonly rules: readonly RuleId[] };
  /** The smallest race that it loses, if two threads with two calls are not enough. */
  readonly size?: { readonly threads: number; readonly calls: number };
}

const exact = "examples/async-exact-match.ts";
const ucx = "gallery/subjects/async-ucx.ts";
const openmpi = "gallery/subjects/async-openmpi.ts";

/** Images of bugs that shipped. */
const shipped: readonly RaceMutant[] = [
  {
    id: "put-races-with-invalid-flag",
    rule: "LOCAL-2",
    pattern: "the flag is set after the wait",
    change:
      "A callback marks a buffer in use after it has unsecured it; its last user may leave meanwhile, and finds no mark.",
    base: exact,
    edits: [
      [
        '    entry.state = "left";\n    await unsecure(entry);',
        '    await unsecure(entry);\n    entry.state = "left";',
      ],
    ],
    bug: { row: 3, from: "UCX, PR 1897", rules: ["LAW-5", "LAW-11"] },
  },
  {
    id: "callback-waits-for-its-own-register",
    rule: "LAW-10",
    pattern: "a callback waits for the call around it",
    change:
      "A callback over a buffer that is being acquired waits until it is; the register that acquires it may be the one that the callback came inside of.",
    base: exact,
    edits: [
      [
        "    // Acquired or released by another call.",
        '    if (entry.state === "acquiring") {\n      await new Promise<void>((wake) => entry.waiting.push(wake));\n      return letGo(entry);\n    }\n    // Acquired or released by another call.',
      ],
    ],
    bug: {
      row: 20,
      from: "libfabric, issues 5687, 9594, 10879",
      rules: ["LAW-10"],
    },
  },
  {
    id: "eviction-re-enters",
    rule: "LAW-10",
    pattern: "a callback waits for the call around it",
    change:
      "A callback over a buffer that is being released waits until it is gone; the eviction that releases it may be the one that the callback came inside of.",
    base: exact,
    edits: [
      [
        "    // Acquired or released by another call.",
        '    if (entry.state === "releasing") {\n      await new Promise<void>((wake) => entry.waiting.push(wake));\n      return true;\n    }\n    // Acquired or released by another call.',
      ],
      [
        '    entry.state = "gone";',
        '    entry.state = "gone";\n    entry.waiting.forEach((wake) => wake());',
      ],
    ],
    bug: { row: 28, from: "Open MPI, 2010", rules: ["LAW-10"] },
  },
  {
    id: "locks-in-opposite-order",
    rule: "LAW-10",
    pattern: "lock order",
    change:
      "A release takes the lock of the tree, lets go of the device, and takes the lock of the lists; the hook takes them the other way round.",
    base: openmpi,
    edits: [
      [
        "    if (!(await domain.deregister(registration))) {",
        "    await treeLock.acquire();\n    if (!(await domain.deregister(registration))) {\n      treeLock.release();",
      ],
      [
        "    await inTree(() => tree.remove(registration));\n    byHandle.delete(registration.handle);",
        "    await inLists(() => byHandle.delete(registration.handle));\n    tree.remove(registration);\n    treeLock.release();",
      ],
      [
        "    const touched = await inTree(() => tree.over(range));\n    const isInUse = await inLists(() => {\n      touched.forEach(discard);",
        "    await listLock.acquire();\n    const touched = await inTree(() => tree.over(range));\n    listLock.release();\n    const isInUse = await inLists(() => {\n      touched.forEach(discard);",
      ],
    ],
    bug: { row: 31, from: "Open MPI, issue 7303", rules: ["LAW-10", "LAW-11"] },
  },
  {
    id: "teardown-races-with-callback",
    rule: "LAW-4",
    pattern: "double drop",
    change:
      "A close releases what only its connection used without looking whether a callback is at it already.",
    base: exact,
    edits: [
      [
        "        if (isOnly && isIdle(entry)) await release(entry);",
        "        if (isOnly && entry.uses === 0) await release(entry);",
      ],
    ],
    bug: { row: 38, from: "GPU peer memory, 14 and 15", rules: ["LAW-5", "LAW-11"] },
  },
];

/** Others of the same kinds. */
const others: readonly RaceMutant[] = [
  {
    id: "evicts-what-is-being-released",
    rule: "LAW-4",
    pattern: "double drop",
    change:
      "An eviction takes the oldest unused buffer, also if another call is just releasing it.",
    base: exact,
    edits: [
      [
        "    const oldest = entries.find(isIdle);",
        '    const oldest = entries.find((each) => each.uses === 0 && each.state !== "acquiring");',
      ],
      [
        "    while (entries.filter(isIdle).length > MOST_ENTRIES) await evictOne();",
        "    while (entries.filter((each) => each.uses === 0).length > MOST_ENTRIES) await evictOne();",
      ],
    ],
  },
  {
    id: "counts-after-it-asked",
    rule: "SPI-1",
    pattern: "callback between look-up and use",
    change: "A hit asks for the frames of the buffer before it counts itself as a user.",
    base: exact,
    edits: [
      [
        '      if (hit.state === "ready") return use(hit, request);',
        '      if (hit.state === "ready") {\n        if (hit.mdl !== null) await driver.frames(hit.mdl);\n        return use(hit, request);\n      }',
      ],
    ],
  },
  {
    id: "decides-before-it-waits",
    rule: "LOCAL-2",
    pattern: "check, then act",
    change:
      "A callback tells buffers in use from idle ones once, at its beginning; what is in use then is idle when its turn comes.",
    base: exact,
    edits: [
      [
        "    let isGone = true;",
        "    let isGone = true;\n    const inUse = touched.filter((entry) => entry.uses > 0);",
      ],
      [
        "    for (const entry of touched) {\n      if (isGone && !(await letGo(entry))) isGone = false;",
        '    for (const entry of inUse) {\n      if (entry.state !== "ready") continue;\n      entry.state = "left";\n      await unsecure(entry);',
      ],
    ],
  },
  {
    id: "secured-after-locked",
    rule: "LAW-1",
    pattern: "publish after register",
    change:
      "A buffer is locked before it is secured: what is mapped anew in between, nobody is told of.",
    base: exact,
    edits: [
      [
        '    const secured = await driver.secure(range, access === "read" ? "readonly" : "readwrite");\n    if (!secured.ok) return failure(secured.error);\n    entry.secure = secured.value;\n    const locked = await driver.lock(range, access);\n    if (!locked.ok) return failure(locked.error);\n    entry.mdl = locked.value;',
        '    const locked = await driver.lock(range, access);\n    if (!locked.ok) return failure(locked.error);\n    entry.mdl = locked.value;\n    const secured = await driver.secure(range, access === "read" ? "readonly" : "readwrite");\n    if (!secured.ok) return failure(secured.error);\n    entry.secure = secured.value;',
      ],
    ],
  },
  {
    id: "wakes-nobody-when-it-failed",
    rule: "LAW-10",
    pattern: "lost wake-up",
    change: "A register that fails does not wake those that wait for the same buffer.",
    base: exact,
    edits: [
      [
        "    else await release(entry);\n    entry.waiting",
        "    else {\n      await release(entry);\n      return failed;\n    }\n    entry.waiting",
      ],
    ],
    size: { threads: 3, calls: 2 },
  },
  {
    id: "does-not-look-again",
    rule: "SPI-1",
    pattern: "a wait that is over is taken for good news",
    change:
      "A register that waited for another one to acquire the buffer uses it without looking whether that succeeded.",
    base: exact,
    edits: [
      [
        "      await new Promise<void>((wake) => hit.waiting.push(wake));",
        "      await new Promise<void>((wake) => hit.waiting.push(wake));\n      return use(hit, request);",
      ],
    ],
    size: { threads: 3, calls: 2 },
  },
  {
    id: "hook-waits-for-the-lock",
    rule: "LAW-10",
    pattern: "a callback waits for the call around it",
    change: "The hook waits for the lock, which the call that it came inside of may have.",
    base: ucx,
    edits: [
      [
        "      if (calls.isTaken()) queue.push({ ...range });\n      else invalidateRange(range);",
        "      await calls.during(async () => invalidateRange(range));",
      ],
    ],
  },
  {
    id: "forgets-what-it-has-read",
    rule: "LAW-1",
    pattern: "an event is consumed too early",
    change:
      "What came while a call waited is struck off as it is read, though the call has yet to lock pages that it is about.",
    base: ucx,
    edits: [["    queue = queue.slice(old);", "    queue = [];"]],
  },
  {
    id: "deregister-without-the-lock",
    rule: "LAW-4",
    pattern: "double drop",
    change: "A deregister does not take the lock.",
    base: ucx,
    edits: [
      ["    deregister: (request) => calls.during(() => deregister(request)),", "    deregister,"],
    ],
  },
  {
    id: "announced-after-registered",
    rule: "LAW-1",
    pattern: "publish after register",
    change: "The hook finds nothing of a register in progress.",
    base: openmpi,
    edits: [["    registering.push(current);\n", ""]],
  },
  {
    id: "overtaken-all-the-same",
    rule: "LAW-1",
    pattern: "a flag is set that nobody reads",
    change: "A register that was overtaken by a hook enters its buffer as if it were valid.",
    base: openmpi,
    edits: [["isInvalid: current.isOvertaken }", "isInvalid: false }"]],
  },
  {
    id: "collected-twice",
    rule: "LAW-4",
    pattern: "double drop",
    change: "Garbage stays on its list until the device has let go of it; two calls collect it.",
    base: openmpi,
    edits: [
      [
        "    const taken = await inLists(() => garbage.splice(0));\n    for (const registration of taken) await release(registration);",
        "    for (const registration of [...garbage]) {\n      await release(registration);\n      garbage.splice(garbage.indexOf(registration), 1);\n    }",
      ],
    ],
  },
  {
    id: "found-while-evicted",
    rule: "LAW-4",
    pattern: "callback between look-up and use",
    change: "What is being evicted is found until the device has let go of it.",
    base: openmpi,
    edits: [["      if (first !== undefined) first.isInvalid = true;\n", ""]],
  },
  {
    id: "asks-with-the-lock",
    rule: "LAW-10",
    pattern: "a lock is held across a host call",
    change: "A look-up asks for the frames of what it found while it has the lock of the tree.",
    base: openmpi,
    edits: [
      [
        "    if (found !== undefined) {\n      found.references++;",
        "    if (found !== undefined) {\n      await host.driver.frames(found.mdl);\n      found.references++;",
      ],
    ],
  },
  {
    id: "counts-outside-the-lock",
    rule: "LAW-5",
    pattern: "check, then count",
    change:
      "A look-up lets go of the lock and asks for the frames of what it found before it counts itself as a user.",
    base: openmpi,
    edits: [
      [
        "    if (found !== undefined) {\n      found.references++;",
        "    treeLock.release();\n    if (found !== undefined) {\n      await host.driver.frames(found.mdl);\n      found.references++;",
      ],
      ["    treeLock.release();\n    return found;", "    return found;"],
    ],
  },
  {
    id: "answers-for-the-register-only",
    rule: "LAW-11",
    pattern: "one call hides another",
    change:
      "A hook that overtakes a register in progress answers for that one, and does not look who else is using the pages.",
    base: openmpi,
    edits: [
      [
        "    const touched = await inTree(() => tree.over(range));",
        "    if (overtaken.length > 0) return { ok: true };\n    const touched = await inTree(() => tree.over(range));",
      ],
    ],
  },
];

/** Every mutant that a race finds. */
export const raceMutants: readonly RaceMutant[] = [...shipped, ...others];
