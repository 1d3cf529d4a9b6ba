// docs/matrix.md as it is stored. Its lines are compared where their content is found out: each mutant's where that mutant is
// convicted, each subject's column where that subject is checked. When one differs: npm run docs.

import { readFileSync } from "node:fs";
import { matrixPagePath } from "../../gallery/matrix-page.ts";
import type { Mutant } from "../../gallery/mutant.ts";

/** The page. */
export const storedMatrix: string = readFileSync(matrixPagePath, "utf8").replaceAll("\r\n", "\n");

const rows = storedMatrix
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => ({ line, cells: line.split("|").map((cell) => cell.trim()) }));

/** The line of a mutant; undefined if it has none. */
export function storedLine({ id }: Mutant): string | undefined {
  return rows.find(({ cells }) => cells[2] === id)?.line;
}

/** The cells of a line, without the outermost, which are empty. */
export const cellsOf = (line: string): readonly string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The column of a subject in the table at the end, from its verdict down. */
export function storedColumn(subject: string): readonly string[] {
  const head = rows.findIndex(({ cells }) => cells[1] === "rule" && cells.includes(subject));
  const column = rows[head]?.cells.indexOf(subject) ?? -1;
  return rows.slice(head + 2).map(({ cells }) => cells[column] ?? "");
}
