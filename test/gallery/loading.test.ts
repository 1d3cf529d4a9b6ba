import { describe, expect, it } from "vitest";
import { loadMutant, loadSubject } from "../../gallery/loading.ts";

const cache = "gallery/subjects/registration-cache.ts";
const named = { id: "mutant", base: cache };

describe("a subject of the gallery", () => {
  it("is loaded as it is shipped, under its own name", async () => {
    expect((await loadSubject(cache)).name).toBe("registration-cache");
  });

  it("is changed in a module that it imports, and by nobody else's change", async () => {
    const file = "src/cache/cache-subject.ts";
    const edits = [['hit: "containment"', 'hit: "exact"']] as const;
    const mutant = await loadMutant({ ...named, file, edits });
    expect(mutant).toMatchObject({ name: "mutant", capabilities: { hit: "exact" } });
    expect(await loadSubject(cache)).toMatchObject({ capabilities: { hit: "containment" } });
  });

  it.each([
    ["is not there", [["no such text", ""]], '"no such text" stands 0 times'],
    ["is there more than once", [["registration", ""]], '"registration" stands'],
    [
      "is there no more after the edit before",
      [
        ["entries: 4", "entries: 5"],
        ["entries: 4", "entries: 6"],
      ],
      '"entries: 4" stands 0 times',
    ],
  ] as const)("a text that %s is a mistake of the record", async (_, edits, message) => {
    await expect(loadMutant({ ...named, edits })).rejects.toThrow(message);
  });

  it("a file that the base does not import is a mistake of the record", async () => {
    const elsewhere = { ...named, file: "examples/uncached.ts", edits: [] };
    await expect(loadMutant(elsewhere)).rejects.toThrow("does not import examples/uncached.ts");
  });
});
