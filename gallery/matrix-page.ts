// docs/matrix.md: which rules each mutant breaks, and what each subject that is right passes. The page is made from what
// the checker says, so that what it claims to find and what it finds cannot differ.
//
// Run after a build: `node .bench/gallery/matrix-page.js --write`.

import { realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ruleAnchor, rules, type RuleId } from "../model/rules.ts";
import type { Report } from "../src/kit/report.ts";
import { run } from "../src/kit/run.ts";
import { convict } from "./conviction.ts";
import { loadSubject } from "./loading.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";
import { subjects } from "./subjects.ts";

/** Where the page lives, relative to the root of the project. */
export const matrixPagePath = "docs/matrix.md";

const GENERATED = 130;

/** A mutant, and the rules that it breaks where it is convicted, the primary one first. */
export interface MutantFound {
  readonly mutant: Mutant;
  readonly broken: readonly RuleId[];
}

/** What the page says of a subject that is right. */
export type SubjectChecked = Pick<Report, "subject" | "verdict" | "rules">;

/** Checks a subject for the page: the literal programs, and some generated ones. */
export async function checkForMatrix(base: string): Promise<Report> {
  return run(await loadSubject(base), { seed: 1, runs: GENERATED });
}

const introduction = `# Matrix

<!-- Generated from what the checker reports by \`npm run docs\`; do not edit. -->

What the checker finds in subjects that are wrong, by its literal programs, and what it says of subjects that are
right, with ${GENERATED} generated programs beside them. How fast generated programs alone find each mutant is measured by
\`npm run gallery\`.`;

const aboutMutants = `## Subjects that are wrong

Each mutant is a cache, a whole provider, a proxy driver or a world with one small change (\`gallery/mutants/\`); \`#\` is the number of
the real bug that it is an image of. A run stops at the first event that breaks a rule of conformance, or the
recommendation that the mutant names. ● is the primary rule broken there, ○ another one that is broken with it.`;

const aboutRules = `## What breaks each rule

Which mutants name the rule, and how many break it beside another. ACCESS-1, SPI-2, SPI-3 and SPI-7 are about whole
providers, and a cache cannot break them.`;

const aboutSubjects = `## Subjects that are right

The verdict on each rule; a dot where the rule does not apply to the subject.`;

const judged = rules.filter(({ notJudged }) => notJudged === null).map(({ id }) => id);

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const ruler = (cells: readonly string[]): string => line(cells.map(() => "---"));
const link = (id: RuleId): string => `[${id}](rules.md#${ruleAnchor(id)})`;

/** The line of a mutant in the table of the page. */
export function mutantLine({ mutant, broken }: MutantFound): string {
  const [primary] = broken;
  const marks = judged.map((id) => (id === primary ? "●" : broken.includes(id) ? "○" : ""));
  return line([String(mutant.bug?.row ?? ""), mutant.id, mutant.rule, ...marks]);
}

/** What the table of subjects says of each rule, in the order of the catalogue. */
export function subjectCells({ rules }: SubjectChecked): readonly string[] {
  const verdicts = new Map(rules.map(({ id, verdict }) => [id, verdict]));
  return judged.map((id) => {
    const verdict = verdicts.get(id) ?? "unknown";
    return verdict === "not applicable" ? "·" : verdict;
  });
}

/** The whole page as Markdown; ends with a newline. */
export function renderMatrixPage(
  found: readonly MutantFound[],
  checked: readonly SubjectChecked[],
): string {
  const mutantHead = ["#", "mutant", "rule", ...judged];
  const subjectHead = ["rule", ...checked.map(({ subject }) => subject)];
  const columns = checked.map(subjectCells);
  return [
    introduction,
    aboutMutants,
    [line(mutantHead), ruler(mutantHead), ...found.map(mutantLine)].join("\n"),
    aboutRules,
    ruleTable(found),
    aboutSubjects,
    [
      line(subjectHead),
      ruler(subjectHead),
      line(["**verdict**", ...checked.map(({ verdict }) => `**${verdict}**`)]),
      ...judged.map((id, i) => line([link(id), ...columns.map((cells) => cells[i] ?? "")])),
    ].join("\n"),
  ]
    .join("\n\n")
    .concat("\n");
}

function ruleTable(found: readonly MutantFound[]): string {
  const head = ["rule", "named by", "broken as well by"];
  const rows = judged.map((id) => {
    const naming = found.filter(({ mutant }) => mutant.rule === id);
    const breaking = found.filter(
      ({ mutant, broken }) => mutant.rule !== id && broken.includes(id),
    );
    const names = naming.map(({ mutant }) => mutant.id).join(", ");
    return line([link(id), names, breaking.length === 0 ? "" : String(breaking.length)]);
  });
  return [line(head), ruler(head), ...rows].join("\n");
}

async function main(mode: string | undefined): Promise<void> {
  if (mode !== "--write") {
    console.error(`matrix-page: expected --write, was given ${mode ?? "nothing"}.`);
    process.exitCode = 2;
    return;
  }
  const found: MutantFound[] = [];
  for (const mutant of mutants) found.push({ mutant, broken: (await convict(mutant)).broken });
  const checked: SubjectChecked[] = [];
  for (const base of subjects) checked.push(await checkForMatrix(base));
  writeFileSync(matrixPagePath, renderMatrixPage(found, checked));
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  await main(process.argv[2]);
}
