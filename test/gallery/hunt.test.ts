import { describe, expect, it } from "vitest";
import { hunt, shrunkLength } from "../../gallery/hunt.ts";
import { loadMutant } from "../../gallery/loading.ts";
import { isOfWorld, type TextMutant } from "../../gallery/mutant.ts";
import { mutants } from "../../gallery/mutants.ts";
import { quarryOf } from "../../gallery/quarry.ts";
import { run } from "../../src/kit/run.ts";

function mutantOf(id: string): TextMutant {
  const found = mutants.find((each) => each.id === id);
  if (found === undefined || isOfWorld(found)) throw new RangeError(`there is no mutant ${id}`);
  return found;
}

const ENOUGH = 20_000;

describe("a hunt", () => {
  it("draws the programs that the checker draws on the seed, and shrinks what it finds as the checker does", async () => {
    // No literal case finds it, so the checker as well has to generate.
    const mutant = mutantOf("never-makes-room");
    const quarry = await quarryOf(mutant);
    const { first, named } = hunt(quarry, { seed: 3, limit: ENOUGH });
    if (named === null) throw new Error("nothing was found");
    expect(first).toBe(named);

    const [found] = run(await loadMutant(mutant), { seed: 3, preset: "micro" }).counterexamples;
    expect(named.broken).toContain(mutant.rule);
    expect([found?.shrunkFrom, found?.commands]).toEqual([
      named.program.length,
      shrunkLength(quarry, named),
    ]);
  });

  it("ends at the limit, and not one command before", async () => {
    const quarry = await quarryOf(mutantOf("keeps-after-close"));
    const commands = hunt(quarry, { seed: 1, limit: ENOUGH }).named?.commands ?? 0;
    expect(commands).toBeGreaterThan(0);
    expect(hunt(quarry, { seed: 1, limit: commands }).named?.commands).toBe(commands);
    expect(hunt(quarry, { seed: 1, limit: commands - 1 }).named).toBeNull();
  });

  it("goes on when other rules are broken first, and remembers that", async () => {
    const mutant = mutantOf("keeps-lock-at-callback");
    const quarry = await quarryOf(mutant);
    const hunts = [1, 2, 3, 4, 5].map((seed) => hunt(quarry, { seed, limit: ENOUGH }));
    const { first, named } = hunts.find((each) => each.first !== each.named) ?? hunts[0] ?? {};
    expect(first?.broken).not.toContain(mutant.rule);
    expect(named?.broken).toContain(mutant.rule);
    expect(named?.commands).toBeGreaterThan(first?.commands ?? Infinity);
  });

  it("until any rule ends at the first that is broken", async () => {
    const quarry = await quarryOf(mutantOf("keeps-lock-at-callback"));
    for (const seed of [1, 2, 3, 4, 5]) {
      const { first } = hunt(quarry, { seed, limit: ENOUGH });
      expect(hunt(quarry, { seed, limit: ENOUGH, until: "any" }).first).toEqual(first);
    }
  });

  it("LAW-12: finds what differs from itself by running each program twice", async () => {
    const { named } = hunt(await quarryOf(mutantOf("unlike-itself")), { seed: 1, limit: ENOUGH });
    expect(named?.broken).toEqual(["LAW-12"]);
  });

  it("MM-2: finds a world that calls the first provider only", async () => {
    const mutant = mutants.find((each) => each.id === "first-provider-only");
    if (mutant === undefined) throw new RangeError("there is no such mutant");
    const { named } = hunt(await quarryOf(mutant), { seed: 1, limit: ENOUGH });
    expect(named?.broken).toContain("MM-2");
  });

  it("finds nothing in what is right", async () => {
    const right = { ...mutantOf("keeps-after-close"), edits: [] };
    expect(hunt(await quarryOf(right), { seed: 1, limit: 3000 })).toEqual({
      first: null,
      named: null,
    });
  });
});
