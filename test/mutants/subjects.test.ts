import { describe, expect, it } from "vitest";
import { checkForMatrix, subjectCells } from "../../gallery/matrix-page.ts";
import { subjects } from "../../gallery/subjects.ts";
import { storedColumn } from "./stored-matrix.ts";

describe("a subject that is not broken", () => {
  it.each(subjects)("%s breaks no rule in the programs that break the others", async (base) => {
    const report = await checkForMatrix(base);
    expect(report.counterexamples).toEqual([]);
    expect(report.problem).toBeNull();
    expect(report.verdict).toBe("conformant");
    expect(storedColumn(report.subject)).toEqual(["**conformant**", ...subjectCells(report)]);
  });
});
