// The failure block: the rule, where it comes from, the program with what happened beside it, what was
// expected, and how to see it again. It is what most people ever see of this program.

import type { Finding } from "../../model/judge.ts";
import { ruleAnchor, ruleOf, type Rule, type RuleId } from "../../model/rules.ts";
import type { Failure } from "./failure.ts";
import { counted, figure, listed, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";
import type { StoryLine } from "./story.ts";

/** What the trace does not know. */
export interface FailureDetails {
  readonly subject: string;
  /** False: a recommendation is broken, and conformance is not lost. */
  readonly fails: boolean;
  /** Commands before shrinking; null: unknown. */
  readonly shrunkFrom: number | null;
  readonly seed: number | null;
  readonly path: string | null;
  /** Where the trace was written; null: nowhere. */
  readonly tracePath: string | null;
}

export interface Page {
  readonly widthColumns: number;
  readonly paint: Paint;
}

/** The column of annotations begins here at the latest, so that a long line does not push it out of sight. */
const latestNoteColumn = 88;
const indent = "       ";

export function failureBlock(failure: Failure, details: FailureDetails, page: Page): string {
  const [primary] = failure.findings;
  const count = figure(failure.commands);
  const body = [
    ...headingLines(primary.rule, details, page),
    "",
    ...programLines(failure.lines, page),
    ...findingLines(failure.findings, details.fails, page),
    "",
    ...(failure.commandsAfter > 0
      ? [`  not shown: ${counted(failure.commandsAfter, "later command")} of the trace`]
      : []),
    ...originLines(details, count),
  ];
  return body.join("\n");
}

/** For a failure that a replay cannot show, such as a subject that differs from itself. */
export function programBlock(
  rule: RuleId,
  program: readonly string[],
  details: FailureDetails,
  page: Page,
): string {
  const numbered = program.map((text, i) => `  ${String(i + 1).padStart(2)}  ${text}`);
  const note = "  A replay of the trace does not show it: only the subject does.";
  const heading = headingLines(rule, details, page);
  const origin = originLines(details, figure(program.length));
  return [...heading, "", ...numbered, "", note, ...origin].join("\n");
}

/** The rule, by whom it is broken, what holds, and where it comes from. */
export function headingLines(
  id: RuleId,
  { fails, subject }: Pick<FailureDetails, "fails" | "subject">,
  { widthColumns, paint }: Page,
): string[] {
  const rule = ruleOf(id);
  const verb = fails ? "broken by" : "(recommended, fails nothing) not kept by";
  const title = `${titleOf(id)} ${verb} ${subject}:`;
  const [first = "", ...others] = wrap(`${title} ${firstSentence(rule)}`, widthColumns, "", "  ");
  const painted = first.startsWith(title)
    ? paint(fails ? "heading" : "doubtful", title) + first.slice(title.length)
    : first;
  const source = wrap(sourceText(id, rule), widthColumns, "  ");
  return [painted, ...others, ...source.map((line) => paint("faint", line))];
}

/** "LAW-1 FRESH". */
export function titleOf(id: RuleId): string {
  const name = ruleOf(id)?.name ?? null;
  return name === null ? id : `${id} ${name}`;
}

function firstSentence(rule: Rule | undefined): string {
  const sentence = rule?.sentence ?? "";
  return /^.*?\.(?= [A-Z]|$)/.exec(sentence)?.[0] ?? sentence;
}

/** Where the rule comes from; for a rule of ours also where its own sources come from. */
function sourceText(id: RuleId, rule: Rule | undefined): string {
  const source = rule?.source ?? "";
  const documents = (source.match(/\b[A-Z]+-\d+b?\b/g) ?? [])
    .map((each) => ruleOf(each)?.source ?? "")
    .filter((each) => each !== "" && !each.startsWith("derived"));
  const parts = [source, joinedSources(documents), `docs/rules.md#${ruleAnchor(id)}`];
  return parts.filter((part) => part !== "").join(" · ");
}

/** The document is named once: "Caching Registered Memory, local access, item 2; item 4". */
function joinedSources(sources: readonly string[]): string {
  const document = (source: string): string => source.replace(/, item \d+$/, "");
  return sources
    .map((source, i) =>
      i > 0 && document(sources[i - 1] ?? "") === document(source)
        ? source.slice(document(source).length + ", ".length)
        : source,
    )
    .filter((source) => source !== "")
    .join("; ");
}

/** The program with its notes; the last line is marked: it is the one that this is about. `before`: lines left out. */
export function programLines(lines: readonly StoryLine[], page: Page, before = 0): string[] {
  const longest = Math.max(...lines.map((line) => line.text.length));
  const digits = String(before + lines.length).length;
  const column = Math.min(latestNoteColumn, digits + 4 + longest + 3);
  return lines.flatMap((line, i) => {
    const isLast = i === lines.length - 1;
    const number = `${isLast ? ">" : " "} ${String(before + i + 1).padStart(digits)}  `;
    return storyLines(line, number, column, isLast, page);
  });
}

/** The notes stand beside the command if they fit there, else below it. */
function storyLines(
  line: StoryLine,
  number: string,
  column: number,
  isLast: boolean,
  { widthColumns, paint }: Page,
): string[] {
  const command = number + line.text;
  const shown = isLast ? paint("strong", command) : command;
  const notes = line.notes.join(", ");
  // In the column; if it is too long for that, right behind a short command; else below.
  const inColumn = Math.max(3, column - command.length);
  const gap = [inColumn, 3].find(
    (spaces) => command.length + spaces + notes.length <= widthColumns,
  );
  const below = `${indent}· `;
  const asides = line.asides.flatMap(({ during, notes: inside }) =>
    wrap(`inside ${during}: ${inside.join(", ")}`, widthColumns, below, `${indent}  `),
  );
  const faint = (text: string): string => paint("faint", text);
  if (notes === "") return [shown, ...asides.map(faint)];
  if (gap !== undefined) {
    return [shown + " ".repeat(gap) + faint(notes), ...asides.map(faint)];
  }
  const wrapped = wrap(notes, widthColumns, below, `${indent}  `);
  return [shown, ...wrapped.map(faint), ...asides.map(faint)];
}

/** "expected" and "observed", below the line that they are about. */
export function expectationLines(
  { expected, observed }: Pick<Finding, "expected" | "observed">,
  fails: boolean,
  { widthColumns, paint }: Page,
): string[] {
  const label = (word: string, text: string): string[] =>
    wrap(text, widthColumns, `${indent}${word}  `, `${indent}${" ".repeat(word.length + 2)}`);
  return [
    ...label("expected", expected).map((line) => paint("good", line)),
    ...label("observed", observed).map((line) => paint(fails ? "bad" : "doubtful", line)),
  ];
}

/** The primary rule at length, the others in a line each. */
export function findingLines(
  [primary, ...others]: Failure["findings"],
  fails: boolean,
  page: Page,
): string[] {
  const also = others.flatMap(({ rule, fails, expected, observed }) => {
    const head = `also ${fails ? "broken" : "not kept"}: ${titleOf(rule)},`;
    const text = `${head} expected ${expected}; observed ${observed}`;
    return wrap(text, page.widthColumns, indent, `${indent}  `);
  });
  return [...expectationLines(primary, fails, page), ...also];
}

function originLines(details: FailureDetails, commands: string): string[] {
  const { shrunkFrom, seed, path, tracePath } = details;
  const facts = [
    ...(shrunkFrom === null || figure(shrunkFrom) === commands
      ? []
      : [`shrunk from ${counted(shrunkFrom, "command")} to ${commands}`]),
    ...originOf(seed, path),
  ];
  return [
    ...(facts.length === 0 ? [] : [`  ${facts.join("; ")}`]),
    ...(tracePath === null ? [] : [`  replay: npx stalemate replay ${quoted(tracePath)}`]),
  ];
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./\\:@+-]+$/.test(path) ? path : JSON.stringify(path);
}

/** "LAW-1 FRESH and LOCAL-4". */
export function titlesOf(ids: readonly RuleId[]): string {
  return listed(ids.map(titleOf));
}

/** Where a program came from: a seed and fast-check's path, or one of the literal cases. */
function originOf(seed: number | null, path: string | null): string[] {
  if (path?.startsWith("case") === true) return [`literal ${path}`];
  if (path === "exhaustive")
    return ["found by exhaustive search: no shorter program of its domain breaks the rule"];
  if (seed === null) return [];
  return [path === null ? `seed ${seed}` : `seed ${seed}, path "${path}"`];
}
