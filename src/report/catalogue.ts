// The rule catalogue on a terminal: all rules in a table, or everything about one.

import { ruleAnchor, rules, type Rule } from "../../model/rules.ts";
import { titleOf, type Page } from "./failure-block.ts";
import { cut, wrap } from "./layout.ts";

/** One line a rule. */
export function catalogue({ widthColumns, paint }: Page): string {
  const head = `${"RULE".padEnd(9)} ${"NAME".padEnd(13)} ${"LEVEL".padEnd(8)} `;
  const rows = rules.map((rule) => {
    const front = `${rule.id.padEnd(9)} ${(rule.name ?? "").padEnd(13)} ${rule.level.padEnd(8)} `;
    return paint("strong", front) + cut(rule.sentence, Math.max(40, widthColumns - front.length));
  });
  const foot = `${rules.length} rules; a should-rule fails nothing unless --strict is given. All of one: stalemate explain <rule>`;
  return [paint("faint", `${head}WHAT HOLDS`), ...rows, "", foot].join("\n");
}

/** Every field of a rule's row. */
export function explanation(rule: Rule, { widthColumns, paint }: Page): string {
  const row = (label: string, text: string): string[] =>
    wrap(text, widthColumns, `  ${label.padEnd(14)} `, " ".repeat(17));
  const level = {
    must: "must: a document states it as an obligation",
    derived: "derived: it follows from the rules it names, and counts as a must",
    should: "should: a document recommends it; breaking it fails nothing unless --strict is given",
  }[rule.level];
  return [
    paint("strong", titleOf(rule.id)),
    "",
    ...wrap(rule.sentence, widthColumns, "  "),
    "",
    ...row("level", level),
    ...row("source", rule.source),
    ...row("applies to", rule.appliesTo.join(", ")),
    ...row("families", rule.families === "all" ? "all" : rule.families.join(", ")),
    ...row("needs", rule.needs.length === 0 ? "nothing declared" : rule.needs.join(", ")),
    ...row("witness", rule.witness),
    ...(rule.notJudged === null ? [] : row("not judged", rule.notJudged)),
    ...row("documentation", `docs/rules.md#${ruleAnchor(rule.id)}`),
  ].join("\n");
}
