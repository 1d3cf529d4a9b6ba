import { describe, expect, it } from "vitest";
import { loadSubject } from "../../gallery/loading.ts";
import {
  mutantLine,
  renderMatrixPage,
  type MutantFound,
  type SubjectChecked,
} from "../../gallery/matrix-page.ts";
import { mutants } from "../../gallery/mutants.ts";
import { subjects } from "../../gallery/subjects.ts";
import { rules, type RuleId } from "../../model/rules.ts";
import { cellsOf, storedColumn, storedLine, storedMatrix } from "./stored-matrix.ts";

const judged = rules.filter((each) => each.notJudged === null).map((each) => each.id);

/** The rules that the stored line of a mutant marks, the primary one first. */
function markedIn(line: string): RuleId[] {
  const marks = cellsOf(line).slice(3);
  const marked = (mark: string): RuleId[] => judged.filter((_, i) => marks[i] === mark);
  return [...marked("●"), ...marked("○")];
}

/** What the stored page says, as the generator would be told it. */
const found: readonly MutantFound[] = mutants.map((mutant) => ({
  mutant,
  broken: markedIn(storedLine(mutant) ?? ""),
}));

async function checked(base: string): Promise<SubjectChecked> {
  const { name } = await loadSubject(base);
  const [verdict = "", ...cells] = storedColumn(name);
  return {
    subject: name,
    verdict: verdict.replaceAll("*", "") as SubjectChecked["verdict"],
    rules: judged.map((id, i) => ({
      id,
      level: "must",
      verdict: (cells[i] === "·" ? "not applicable" : cells[i]) as "pass",
      exercised: 0,
      witnessed: true,
      reason: null,
    })),
  };
}

describe("docs/matrix.md", () => {
  // Whether a line says what the checker says, is tested where the checker says it.
  it("is what the generator makes of its lines, with every mutant and subject, and nothing else", async () => {
    const columns = await Promise.all(subjects.map(checked));
    expect(storedMatrix).toBe(renderMatrixPage(found, columns));
  });

  it("marks the rule that each mutant names among those that are broken", () => {
    const others = found.filter(({ mutant, broken }) => !broken.includes(mutant.rule));
    expect(others.map(({ mutant }) => mutant.id)).toEqual([]);
  });

  it("marks one primary rule in each line of a mutant", () => {
    const primaries = found.map(({ mutant }) => storedLine(mutant)?.split("●").length);
    expect(primaries).toEqual(mutants.map(() => 2));
  });
});

describe("a line of the matrix", () => {
  it("shows the primary rule, the others, and the row of the bug if there is one", () => {
    const mutant = mutants.find((each) => each.id === "never-hits");
    if (mutant === undefined) throw new RangeError("there is no such mutant");
    const cells = cellsOf(mutantLine({ mutant, broken: ["LAW-4", "LAW-1"] }));
    expect(cells.slice(0, 3)).toEqual(["1", "never-hits", "LOCAL-3"]);
    expect(cells.filter((each) => each === "●" || each === "○")).toEqual(["○", "●"]);
    const { bug: _, ...ofNone } = mutant;
    expect(mutantLine({ mutant: ofNone, broken: [] })).toMatch(/^\| {2}\| never-hits \|/);
  });
});
