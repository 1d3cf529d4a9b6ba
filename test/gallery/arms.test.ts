// What stalemate is compared with has to be fair: legal programs, and no false alarm.

import { sample } from "fast-check";
import { describe, expect, it } from "vitest";
import { plainHunt } from "../../benchmarks/detection/plain/hunt.ts";
import { drawUniformly } from "../../benchmarks/detection/unbiased.ts";
import { loadMutant, loadSubject } from "../../gallery/loading.ts";
import { cacheMutants } from "../../gallery/mutants.ts";
import { subjects } from "../../gallery/subjects.ts";
import { legalVariants } from "../../gallery/variants.ts";
import { presets } from "../../model/config.ts";
import type { AnySubject, Subject } from "../../model/contract.ts";
import type { Command } from "../../model/trace.ts";
import { spanContains } from "../../model/units.ts";
import { programs } from "../../properties/arbitraries.ts";
import { possible } from "../../properties/walk.ts";
import { claims } from "../properties/claims.ts";
import { drawn } from "../properties/walked.ts";

function cache(subject: AnySubject): Subject {
  if (!("create" in subject)) throw new TypeError(`${subject.name} is no cache`);
  return subject;
}

async function mutantOf(id: string): Promise<Subject> {
  const mutant = cacheMutants.find((each) => each.id === id);
  if (mutant === undefined) throw new RangeError(`there is no mutant ${id}`);
  return cache(await loadMutant(mutant));
}

const LIMIT = 3000;
const loaded = await Promise.all(
  subjects.map(async (base) => ({ base, subject: await loadSubject(base) })),
);
const nothing = { commands: null, message: null };

describe("the plain model", () => {
  // It is of somebody who writes a cache for Windows.
  const caches = loaded.flatMap(({ base, subject }) =>
    "create" in subject && subject.capabilities.notification === "refuse-notify-retry"
      ? [base]
      : [],
  );

  it.each(caches)("finds nothing in %s", async (base) => {
    expect(plainHunt(cache(await loadSubject(base)), 1, LIMIT)).toEqual(nothing);
  });

  it.each(legalVariants)("finds nothing in what is right otherwise: $id", async (variant) => {
    expect(plainHunt(cache(await loadMutant(variant)), 1, LIMIT)).toEqual(nothing);
  });

  it.each([
    ["first-only", "freed memory is still secured"],
    ["keeps-nothing", "a buffer is not kept"],
    ["no-offset", "the offset is wrong"],
    ["rights-not-asked", "the region has not the rights"],
    ["releases-what-is-used", "a buffer in use has lost its region"],
    ["keeps-after-cleanup", "something is left after clean-up"],
    ["peer-keeps-access", "there is one exposure for each remote buffer"],
    ["released-late", "without a callback, nothing is kept"],
  ])("finds %s: %s", async (id, message) => {
    expect(plainHunt(await mutantOf(id), 1, LIMIT).message).toBe(message);
  });

  it("gives up at the limit, and not one command before", async () => {
    const subject = await mutantOf("first-only");
    const commands = plainHunt(subject, 1, LIMIT).commands ?? 0;
    expect(commands).toBeGreaterThan(1);
    expect(plainHunt(subject, 1, commands).commands).toBe(commands);
    expect(plainHunt(subject, 1, commands - 1).commands).toBeNull();
  });

  it("does not ask which memory an address means", async () => {
    expect(plainHunt(await mutantOf("by-the-book"), 1, LIMIT)).toEqual(nothing);
  });
});

describe("a palette without bias", () => {
  it.each(["micro", "small", "windows"] as const)(
    "has areas one after the other, and buffers in them: %s",
    (preset) => {
      const config = presets[preset];
      const { granularityPages, pageCount, pageSizeBytes, environment } = config;
      const unit = environment.pageGranular ? pageSizeBytes : 1;
      for (const { areas, buffers } of drawn(200, 1, (random) => drawUniformly(random, config))) {
        const ends = [...areas.slice(1).map((each) => each.first), granularityPages + pageCount];
        const isMisplaced = ({ first, count }: (typeof areas)[number], i: number): boolean =>
          first < granularityPages ||
          first % granularityPages !== 0 ||
          count < 1 ||
          first + count > (ends[i] ?? 0);
        expect(areas.filter(isMisplaced)).toEqual([]);
        const isOutside = ({ range, span }: (typeof buffers)[number]): boolean =>
          range.start % unit !== 0 ||
          range.lengthBytes < 1 ||
          range.lengthBytes % unit !== 0 ||
          !areas.some((area) => spanContains(area, span));
        expect(buffers.filter(isOutside)).toEqual([]);
      }
    },
  );

  it.each([false, true])(
    "makes programs that can be executed; drawn anew each time: %s",
    (redraws) => {
      const config = presets.small;
      const walked = { config, claims };
      const arbitrary = programs({
        ...walked,
        maxCommands: 60,
        drawPalette: drawUniformly,
        redraws,
      });
      const all = sample(arbitrary, { numRuns: 120, seed: 3 });
      for (const program of all) expect(possible(walked, program)).toEqual(program);
      // Drawn anew, hardly a range comes back.
      const registered = all.map((program) => program.flatMap(rangeOf));
      const count = registered.flat().length;
      const distinct = registered.reduce((sum, ranges) => sum + new Set(ranges).size, 0);
      expect(count).toBeGreaterThan(100);
      expect(distinct > 0.95 * count).toBe(redraws);
    },
  );
});

/** The range that a command registers, as text. */
function rangeOf({ name, args }: Command): string[] {
  return name === "WSPRegisterMemory"
    ? [JSON.stringify(args, ["function", "range", "start", "lengthBytes"])]
    : [];
}
