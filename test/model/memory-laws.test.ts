// What holds after every event of every program of operations, locks, secures and releases. A law is a
// predicate of a transition; the expectation is that no counterexample is found.

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageAt, vadSpan, type Page } from "../../model/address-space.ts";
import type { Memory } from "../../model/memory.ts";
import { modeAllows } from "../../model/memory-manager.ts";
import { backing } from "../../model/page-access.ts";
import type { State } from "../../model/state.ts";
import { apply } from "../../model/system.ts";
import { brand, pageNumbers, pagesOf, type ProcessId } from "../../model/units.ts";
import { pageBytes, programs, start, transitionsOf, type Transition } from "./random-steps.ts";
import { resultOf } from "./support.ts";

/** One seed, so that a failure today is a failure tomorrow. */
const options = { seed: 20260, numRuns: 200 };

/** A report of the shortest program found that breaks the law; null if none does. */
const counterexample = (holds: (run: readonly Transition[]) => boolean): string | null =>
  fc.defaultReportMessage(
    fc.check(
      fc.property(programs, (program) => holds(transitionsOf(program))),
      options,
    ),
  ) ?? null;

const exceptAfter = (holds: (transition: Transition) => boolean): string | null =>
  counterexample((run) => run.every(holds));

/** Every page of every process, with where it is. */
function pagesIn(memory: Memory): { process: ProcessId; number: number; page: Page }[] {
  return memory.spaces.flatMap(({ vads }, process) =>
    vads.flatMap(({ base, pages }) =>
      pages.map((page, i) => ({ process: brand<ProcessId>(process), number: base + i, page })),
    ),
  );
}

/** How an event ended, in a word. */
function endOf({ event, answer }: Transition): string {
  if (answer?.kind === "os") return answer.answer.status;
  if (answer?.kind !== "host" || event.type !== "host") return event.type;
  return answer.result.ok ? event.call.name : `${event.call.name}: ${answer.result.error}`;
}

it("random programs reach every answer that the laws are about", () => {
  const seen = new Map<unknown, number>();
  for (const program of fc.sample(programs, options)) {
    for (const transition of transitionsOf(program)) {
      const { answer } = transition;
      const ends = [endOf(transition)];
      if (answer?.kind === "os") ends.push(JSON.stringify(resultOf(answer.answer)));
      for (const end of ends) seen.set(end, (seen.get(end) ?? 0) + 1);
    }
  }
  const ends = [
    ["done", "failed", "raised", "refused", "exit", "exited"],
    [87, 487, 1132, 0xc0000005, 0x80000001, 0xc0000006, 0xc000009a].map(String),
    ["lock", "secure", "unlock", "unsecure", "nicRegister", "nicDeregister"],
    ["lock: STATUS_ACCESS_VIOLATION", "lock: STATUS_INVALID_PARAMETER"],
    ["lock: STATUS_INSUFFICIENT_RESOURCES", "secure: STATUS_ACCESS_VIOLATION"],
    ["unlock: STATUS_INVALID_HANDLE", "unsecure: STATUS_INVALID_HANDLE"],
    ["nicDeregister: INVALID_KEY"],
  ].flat();
  expect(ends.filter((end) => (seen.get(end) ?? 0) < 5)).toEqual([]);
});

describe("an operation that fails", () => {
  it("leaves the memory identical when it answers failed or refused", () => {
    const law = exceptAfter((transition) => {
      const failed = ["failed", "refused"].includes(endOf(transition));
      return !failed || transition.after.memory === transition.before.memory;
    });
    expect(law).toBeNull();
  });
  it("leaves memory and NIC identical when it is a request, other than for a lock", () => {
    const law = exceptAfter(({ before, event, answer, after }) => {
      if (event.type !== "host" || answer?.kind !== "host" || answer.result.ok) return true;
      if (event.call.name === "lock") return true;
      return after.memory === before.memory && after.nics === before.nics;
    });
    expect(law).toBeNull();
  });
  it("by an exception changes no more than guards, frames and copies", () => {
    const law = exceptAfter((transition) => {
      const end = endOf(transition);
      const { before, after } = transition;
      return (
        !(end === "raised" || end.startsWith("lock: ")) ||
        (before.memory.secures === after.memory.secures &&
          before.memory.locked === after.memory.locked &&
          isDeepStrictEqual(shapeOf(before, after), shapeOf(after, after)))
      );
    });
    expect(law).toBeNull();
  });
});

/** Regions, and what their pages are; of pages that have a copy later on, not the protection. */
const shapeOf = ({ memory }: State, later: State): unknown => {
  const copies = pagesIn(later.memory).map(({ page }) => page.copied);
  return [
    memory.spaces.map(({ vads }) => vads.map(vadSpan)),
    pagesIn(memory).map(({ page }, i) => [page.committed, copies[i] || page.protection]),
  ];
};

describe("a frame", () => {
  it("is locked as often as MDLs list it, and in use iff it is mapped or locked", () => {
    const law = exceptAfter(({ after: { memory } }) => {
      const homes = homesIn(memory);
      const listed = memory.locked.flatMap((mdl) => mdl.frames);
      const expected = new Set([...homes, ...listed].map(Number));
      const found = memory.physical.frames.flatMap((frame, pfn) =>
        frame === null ? [] : [{ ...frame, pfn }],
      );
      return (
        isDeepStrictEqual(new Set(found.map(({ pfn }) => pfn)), expected) &&
        found.every(
          ({ pfn, mapped, lockCount }) =>
            mapped === homes.includes(pfn) &&
            lockCount === listed.filter((each) => each === pfn).length,
        )
      );
    });
    expect(law).toBeNull();
  });
  it("is mapped by one page, or by one page of a section", () => {
    const law = exceptAfter(({ after: { memory } }) => {
      const homes = homesIn(memory);
      return new Set(homes).size === homes.length;
    });
    expect(law).toBeNull();
  });
  it("of an MDL, and of a region, stays the same until it is released", () => {
    const law = exceptAfter(({ before, after }) => {
      const old = [...before.memory.locked, ...before.nics.flatMap((card) => card.regions)];
      const now = [...after.memory.locked, ...after.nics.flatMap((card) => card.regions)];
      const frames = new Map(old.map((each) => [nameOf(each), each.frames]));
      return now.every((each) => (frames.get(nameOf(each)) ?? each.frames) === each.frames);
    });
    expect(law).toBeNull();
  });
});

const nameOf = (owner: { handle: number } | { key: number }): string =>
  "handle" in owner ? `MDL ${owner.handle}` : `region ${owner.key}`;

/** The frames of pages that have one, and of pages of sections. */
const homesIn = (memory: Memory): number[] =>
  [
    ...pagesIn(memory).map(({ page }) => page.pfn),
    ...memory.sections.flatMap(({ pages }) => pages.map((page) => page.pfn)),
  ].filter((pfn) => pfn !== null);

describe("a page", () => {
  it("that is secured is committed and allows what the mode keeps", () => {
    const law = exceptAfter(({ after: { memory } }) =>
      memory.secures.every(({ process, span, mode }) =>
        pageNumbers(span).every((number) => {
          const page = pageAt(memory.spaces[process] ?? { vads: [] }, number);
          return page?.committed === true && modeAllows(mode, page.protection);
        }),
      ),
    );
    expect(law).toBeNull();
  });
  it("that is not committed has no frame, no contents and no guard", () => {
    const law = exceptAfter(({ after: { memory } }) =>
      pagesIn(memory)
        .filter(({ page }) => !page.committed)
        .every(
          ({ page }) => page.pfn === null && page.stored === 0 && !page.guard && !page.inPageError,
        ),
    );
    expect(law).toBeNull();
  });
  it("has its contents in one place: its frame, or the store while it has none", () => {
    const law = exceptAfter(({ after: { memory } }) =>
      [
        ...pagesIn(memory).map(({ page }) => page),
        ...memory.sections.flatMap(({ pages }) => pages),
      ].every(({ pfn, stored }) => pfn === null || stored === 0),
    );
    expect(law).toBeNull();
  });
  it("is of one region, of which each starts at the granularity, within the user's pages", () => {
    const law = exceptAfter(({ after: { memory } }) =>
      memory.spaces.every(({ vads }) => {
        const spans = vads.map(vadSpan);
        const ends = [memory.user.first, ...spans.map(({ first, count }) => first + count)];
        return (
          spans.every(({ first }, i) => first >= (ends[i] ?? 0)) &&
          spans.every(({ first }) => first % memory.granularityPages === 0) &&
          (ends.at(-1) ?? 0) <= memory.user.end
        );
      }),
    );
    expect(law).toBeNull();
  });
  it("holds the last value written to it, or to its section's page; zero if there is none", () => {
    let compared = 0;
    const law = counterexample((run) => {
      const written = new Map<string, number>();
      return run.every((transition) => {
        noteWrites(written, transition);
        const contents = contentsIn(transition.after.memory);
        compared += [...contents.values()].filter((value) => value !== 0).length;
        return [...contents].every(([where, value]) => value === (written.get(where) ?? 0));
      });
    });
    expect(law).toBeNull();
    expect(compared).toBeGreaterThan(10_000);
  });
});

/** Where the contents of a page are: with it, or with its section. */
function placeOf(memory: Memory, process: ProcessId, number: number): string {
  const vad = memory.spaces[process]?.vads.find(
    ({ base, pages }) => base <= number && number < base + pages.length,
  );
  const index = number - (vad?.base ?? 0);
  const shared = vad?.section ?? null;
  return shared === null || vad?.pages[index]?.copied === true
    ? `process ${process} page ${number}`
    : `section ${shared} page ${index}`;
}

/** The contents of every committed page, by place. */
function contentsIn(memory: Memory): Map<string, number> {
  return new Map(
    pagesIn(memory)
      .filter(({ page }) => page.committed)
      .map(({ process, number }) => {
        const { pfn, stored } = backing(memory, process, brand(number));
        const value = pfn === null ? stored : (memory.physical.frames[pfn]?.stamp ?? -1);
        return [placeOf(memory, process, number), value];
      }),
  );
}

/** Follows what is written where, from the events. */
function noteWrites(
  written: Map<string, number>,
  { before, event, answer, after }: Transition,
): void {
  const now = contentsIn(after.memory);
  for (const where of contentsIn(before.memory).keys()) {
    if (where.startsWith("process") && !now.has(where)) written.delete(where);
  }
  for (const { process, number, page } of pagesIn(after.memory)) {
    const old = placeOf(before.memory, process, number);
    if (page.copied && old.startsWith("section")) {
      written.set(placeOf(after.memory, process, number), written.get(old) ?? 0);
    }
  }
  if (event.type !== "os" || event.operation.name !== "write" || answer?.kind !== "os") return;
  const { range, stamp } = event.operation;
  const numbers = pageNumbers(pagesOf(range, pageBytes));
  for (const number of numbers) {
    const where = placeOf(after.memory, event.process, number);
    if (answer.answer.status === "done") written.set(where, stamp);
    // A write of several pages that raised stopped somewhere: what it did is taken from the state.
    else if (numbers.length > 1) written.set(where, now.get(where) ?? 0);
  }
}

describe("the state", () => {
  const isJson = (value: unknown): boolean =>
    isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);

  it("is JSON: what is written and read is equal, and nothing is undefined", () => {
    expect(isJson({ a: undefined })).toBe(false);
    expect(exceptAfter(({ after }) => isJson(after))).toBeNull();
  });
  it("comes with answers that are JSON", () => {
    expect(exceptAfter(({ answer }) => isJson(answer))).toBeNull();
  });
  it("is frozen to the last leaf, from the first one on", () => {
    expect(isFrozen(Object.freeze({ a: [] }))).toBe(false);
    expect(isFrozen(start())).toBe(true);
    expect(exceptAfter(({ after, answer }) => isFrozen(after) && isFrozen(answer))).toBeNull();
  });
  it("given to apply is not changed, and gives the same next one again", () => {
    const law = exceptAfter(({ before, event, answer, after }) => {
      const copy = structuredClone(before);
      const again = apply(copy, event);
      return (
        isDeepStrictEqual(copy, before) &&
        isDeepStrictEqual(again.state, after) &&
        isDeepStrictEqual(again.answer, answer)
      );
    });
    expect(law).toBeNull();
  });
  it("never goes back in the handles that it gives", () => {
    const law = exceptAfter(({ before, after }) =>
      nextHandles(after).every((next, i) => next >= (nextHandles(before)[i] ?? 0)),
    );
    expect(law).toBeNull();
  });
});

/** Frozen itself and in every part. */
const isFrozen = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozen));

const nextHandles = ({ memory, nics }: State): number[] => [
  memory.nextMdl,
  memory.nextSecure,
  ...nics.flatMap(({ nextRegion, nextKey }) => [nextRegion, nextKey]),
];
