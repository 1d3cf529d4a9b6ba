import { describe, expect, it } from "vitest";
import {
  sampleSchedules,
  searchSchedules,
  type ScheduleCoverage,
  type ThreadedSystem,
} from "../../src/explorer/interleavings.ts";

interface Spot {
  /** Steps that each thread has made. */
  readonly at: readonly number[];
  /** The threads in the order in which they moved. */
  readonly way: string;
}

/** Threads that make so many steps each. `together`: places that differ only in the way there have one key. */
function steppers(lengths: readonly number[], together = false): ThreadedSystem<Spot> {
  const first: Spot = { at: lengths.map(() => 0), way: "" };
  let here = first;
  return {
    begin: () => Promise.resolve((here = first)),
    movable: ({ at }) => lengths.flatMap((length, i) => ((at[i] ?? 0) < length ? [i] : [])),
    move(thread) {
      const at = here.at.map((steps, i) => (i === thread ? steps + 1 : steps));
      here = { at, way: `${here.way}${thread}` };
      return Promise.resolve(here);
    },
    goTo(place) {
      here = place;
      return Promise.resolve();
    },
    keyOf: ({ at }) => (together ? at.reduce((sum, each) => sum * 10 + each, 0) : null),
  };
}

async function search(
  system: ThreadedSystem<Spot>,
  preemptions: number,
  wanted: RegExp = /never/,
  mostRuns = Infinity,
): Promise<ScheduleCoverage<Spot> & { readonly ways: readonly string[] }> {
  const ways: string[] = [];
  const coverage = await searchSchedules(
    system,
    { preemptions, mostRuns },
    {
      isWanted({ way }) {
        ways.push(way);
        return wanted.test(way);
      },
      isOver: () => false,
    },
  );
  return { ...coverage, ways };
}

describe("searchSchedules", () => {
  it.each([
    [[3, 3], 20],
    [[2, 2, 2], 90],
    [[4, 1], 5],
  ])("threads of %j steps have %i schedules, each of which is run once", async (lengths, count) => {
    const { ends, ways, isAll } = await search(steppers(lengths), Infinity);
    expect({ ends, isAll }).toEqual({ ends: count, isAll: true });
    expect(new Set(ways).size).toBe(count);
  });

  it("runs those with fewer preemptions first", async () => {
    expect((await search(steppers([3, 3]), 0)).ways).toEqual(["000111", "111000"]);
    expect((await search(steppers([3, 3]), 1)).ways.slice(2)).toEqual([
      "011100",
      "001110",
      "100011",
      "110001",
    ]);
  });

  it("says how far it came", async () => {
    const system = steppers([3, 3]);
    expect(await search(system, 1)).toMatchObject({ covered: 1, isAll: false });
    expect(await search(system, 1, /never/, 3)).toMatchObject({
      covered: 0,
      isAll: false,
      runs: 3,
    });
    expect(await search(system, 9)).toMatchObject({ covered: Infinity, isAll: true });
  });

  it("finds what needs two preemptions with two, and not with one", async () => {
    const wanted = /^01100/;
    expect((await search(steppers([3, 3]), 1, wanted)).found).toBeNull();
    const { found } = await search(steppers([3, 3]), 2, wanted);
    expect(found).toMatchObject({ preemptions: 2, place: { way: "011001" } });
  });

  it("does not leave a place again that it knows, and comes to every place", async () => {
    const { places, ends, isAll } = await search(steppers([3, 3], true), Infinity);
    // Each point of the grid but the first and the last, by the threads that can have moved last; the last step comes
    // from two points, each of them by two threads.
    expect({ places, isAll }).toEqual({ places: 22, isAll: true });
    expect(ends).toBe(4);
  });
});

describe("sampleSchedules", () => {
  const draw = async (seed: number): Promise<readonly string[]> => {
    const ways: string[] = [];
    const isWanted = ({ way }: Spot): boolean => ways.push(way) > 7;
    await sampleSchedules(steppers([3, 3]), { runs: 50, seed }, { isWanted, isOver: () => false });
    return ways;
  };

  it("draws the same schedules for the same seed, and others for another", async () => {
    expect(await draw(7)).toHaveLength(8);
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
  });
});
