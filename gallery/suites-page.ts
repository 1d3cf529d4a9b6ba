// docs/other-test-suites.md: what other projects test of their registration caches, and what of ours tests it. The runs on
// the page are runs of the programs, so that what it claims to cover and what it covers cannot differ.
//
// Run after a build: `node .bench/gallery/suites-page.js --write`.

import { realpathSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { ruleAnchor, type RuleId } from "../model/rules.ts";
import { programLines } from "../src/report/failure-block.ts";
import { listed } from "../src/report/layout.ts";
import { plain } from "../src/report/paint.ts";
import { suites } from "./suites.ts";
import { isCovered, type CoveredCase, type Suite, type SuiteCase } from "./suites/suite-case.ts";
import { trySuites, type Trial, type Trials } from "./suites/trial.ts";

/** Where the page lives, relative to the root of the project. */
export const suitesPagePath = "docs/other-test-suites.md";

const introduction = `# Other test suites

<!-- Generated from gallery/suites and the runs of its programs by \`npm run docs\`; do not edit. -->

What the tests of other registration caches check, case by case, and what of ours checks the same. The words are ours.
No case is a translation: those tests look into their cache, or at a clock, and here a cache is judged by what can be
seen from outside.

A case is **covered** by a literal program and the rules that judge it. A test of ours runs each program on the subject
named there, which breaks no rule, meets the situations that the rules are about, and answers as the page shows; on each
mutant named there the same program breaks the rule beside it. Where something is **left**, no rule asks for it.
Recommendations that the design behind a subject does not follow are not counted ([subjects](subjects/README.md)).

A case without names is one of which we know what it checks, and not what it is called. An ellipsis stands for the rest of
several names.`;

/** The whole page as Markdown; ends with a newline. */
export function renderSuitesPage(suites: readonly Suite[], trials: Trials): string {
  return [introduction, summary(suites), ...suites.flatMap((suite) => suiteParts(suite, trials))]
    .join("\n\n")
    .concat("\n");
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const ruler = (cells: readonly string[]): string => line(cells.map(() => "---"));

function summary(suites: readonly Suite[]): string {
  const head = ["suite", "cases", "covered", "of these, something is left", "not covered"];
  const rows = suites.map(({ project, cases }): readonly [string, ...number[]] => {
    const covered = cases.filter(isCovered);
    const partly = covered.filter(({ left }) => left !== undefined);
    return [project, cases.length, covered.length, partly.length, cases.length - covered.length];
  });
  const sum = (column: number): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  const total = ["**all**", ...head.slice(1).map((_, i) => `**${sum(i + 1)}**`)];
  return [
    line(head),
    ruler(head),
    ...rows.map((row) => line(row.map((cell) => String(cell)))),
    line(total),
  ].join("\n");
}

const anchorOf = ({ id }: Suite, i: number): string => `${id}-${i + 1}`;

const nameOf = ({ tests }: SuiteCase): string => tests.map((test) => `\`${test}\``).join(", ");

function suiteParts(suite: Suite, trials: Trials): readonly string[] {
  const { project, repository, paths, cases } = suite;
  const head = ["", "test", "what it checks", "rules"];
  const rows = cases.map((each, i) =>
    line([
      `[${i + 1}](#${anchorOf(suite, i)})`,
      nameOf(each),
      each.checks,
      isCovered(each) ? ruleIds(each).join(", ") : "not covered",
    ]),
  );
  return [
    `## ${project}`,
    `In ${listed(paths.map((path) => `\`${path}\``))} of ${repository}.`,
    [line(head), ruler(head), ...rows].join("\n"),
    ...cases.flatMap((each, i) => caseParts(suite, each, i, trials)),
  ];
}

const ruleIds = ({ rules }: CoveredCase): readonly RuleId[] => Object.keys(rules) as RuleId[];

const link = (id: RuleId): string => `[${id}](rules.md#${ruleAnchor(id)})`;

function caseParts(suite: Suite, each: SuiteCase, i: number, trials: Trials): readonly string[] {
  const name = nameOf(each);
  const heading = [
    `<a id="${anchorOf(suite, i)}"></a>`,
    "",
    `### ${suite.project} ${i + 1}${name === "" ? "" : `: ${name}`}`,
  ].join("\n");
  if (!isCovered(each)) return [heading, each.checks, `**Not covered.** ${each.why}`];
  const trial = trials.get(each);
  if (trial === undefined) throw new RangeError(`${each.checks} was not tried`);
  return [
    heading,
    each.checks,
    ...(each.left === undefined ? [] : [`**Left:** ${each.left}`]),
    [
      `- Run by: [${trial.subject}](${posix.join("..", each.base)})${each.preset === undefined ? "" : `, in the world \`${each.preset}\``}`,
      ...ruleIds(each).map((id) => `- ${link(id)}: ${listed(each.rules[id] ?? [])}`),
      ...convictedLine(each),
    ].join("\n"),
    runBlock(trial),
  ];
}

function convictedLine({ convicts = {} }: CoveredCase): readonly string[] {
  const mutants = Object.entries(convicts).map(([id, rule]) => `\`${id}\` (${rule})`);
  return mutants.length === 0 ? [] : [`- Convicts: ${listed(mutants)}`];
}

const WIDTH_COLUMNS = 120;

/** The run; its last line is marked nowhere, since nothing is broken there. */
function runBlock({ lines }: Pick<Trial, "lines">): string {
  const text = programLines(lines, { widthColumns: WIDTH_COLUMNS, paint: plain });
  return ["```", ...text.map((each) => each.replace(/^>/, " ")), "```"].join("\n");
}

async function main(mode: string | undefined): Promise<void> {
  if (mode !== "--write") {
    console.error(`suites-page: expected --write, was given ${mode ?? "nothing"}.`);
    process.exitCode = 2;
    return;
  }
  writeFileSync(suitesPagePath, renderSuitesPage(suites, await trySuites(suites)));
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  await main(process.argv[2]);
}
