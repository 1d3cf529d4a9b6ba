import { describe, expect, it } from "vitest";
import uncached from "../../examples/uncached.ts";
import type { RegistrationCache, Subject } from "../../model/contract.ts";
import type { BufferHandle } from "../../model/units.ts";
import { run } from "../../src/kit/run.ts";

type Live = ReadonlyMap<number, BufferHandle>;
/** The next handle of a cache, by those that are live. */
type Numbers = (live: Live) => number;

/** The provider that never caches, with other handles. `numbers` is told how many caches were made before. */
function numbering(numbers: (made: number) => Numbers): Subject {
  let made = 0;
  return {
    ...uncached,
    create(host): RegistrationCache {
      const cache = uncached.create(host);
      const live = new Map<number, BufferHandle>();
      const next = numbers(made++);
      return {
        ...cache,
        register(request) {
          const outcome = cache.register(request);
          if (!outcome.ok) return outcome;
          const handle = next(live);
          live.set(handle, outcome.handle);
          return { ...outcome, handle: handle as BufferHandle };
        },
        deregister(request) {
          const handle = live.get(request.handle) ?? request.handle;
          live.delete(request.handle);
          return cache.deregister({ ...request, handle });
        },
      };
    },
  };
}

const lowestFree: Numbers = (live) => {
  let handle = 0;
  while (live.has(handle)) handle++;
  return handle;
};
const countingFrom = (first: number): Numbers => {
  let next = first;
  return () => next++;
};

describe("handles of a cache", () => {
  it.each<readonly [string, (made: number) => Numbers]>([
    ["begin at another number in each cache", (made) => countingFrom(1000 * made)],
    ["begin at the same number in each cache", () => countingFrom(0)],
    [
      "are used again in one run and not in the next, as addresses are",
      (made) => (made % 3 === 0 ? lowestFree : countingFrom(0)),
    ],
  ])("LAW-12: may differ from run to run: they %s", (_, numbers) => {
    const report = run(numbering(numbers), { seed: 1, runs: 60 });
    expect(report.problem).toBeNull();
    expect(report.counterexamples).toEqual([]);
  });
});
