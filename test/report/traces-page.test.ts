import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { answerFields } from "../../model/format/answers.ts";
import { eventFields } from "../../model/format/events.ts";
import { operation } from "../../model/format/requests.ts";
import { decodeTrace } from "../../model/trace.ts";
import { validate } from "../../properties/validation.ts";
import { plain } from "../../src/report/paint.ts";
import { validationReport } from "../../src/report/validation.ts";

const page = readFileSync(new URL("../../docs/traces.md", import.meta.url), "utf8");

/** The rows of the tables whose first column has this title: what is named there, and the fields. */
function rows(title: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let inside = false;
  for (const line of page.split("\n")) {
    const [, first = "", second = ""] = line.split("|").map((cell) => cell.trim());
    if (!line.startsWith("|")) inside = false;
    else if (first === title) inside = true;
    const name = /^`(\w+)`$/.exec(first)?.[1];
    if (!inside || name === undefined) continue;
    found.set(
      name,
      [...second.matchAll(/`(\w+)`/g)].map(([, field = ""]) => field),
    );
  }
  return found;
}

const fieldsOf = (
  variants: Readonly<Record<string, object>>,
): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(variants).map(([name, fields]) => [name, Object.keys(fields)]));

const sorted = (map: ReadonlyMap<string, readonly string[]>): readonly unknown[] =>
  [...map].toSorted(([a], [b]) => a.localeCompare(b));

describe("docs/traces.md", () => {
  it("has every type of event with its fields", () => {
    expect(sorted(rows("type"))).toEqual(sorted(fieldsOf(eventFields)));
  });

  it("has every kind of answer with its fields", () => {
    expect(sorted(rows("kind"))).toEqual(sorted(fieldsOf(answerFields)));
  });

  it("has every operation of the application", () => {
    const [, names = ""] = operation.is.split("one of ");
    expect([...rows("name").keys()]).toEqual(names.split(", "));
  });

  it("shows what becomes of the example", () => {
    const path = "examples/recorded.jsonl";
    const trace = decodeTrace(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
    const validated = { path, trace, validation: validate(trace), rules: [], strict: false };
    const report = validationReport(validated, { widthColumns: 132, paint: plain });
    expect(page).toContain(`\n\`\`\`\n${report}\n\`\`\`\n`);
  });
});
