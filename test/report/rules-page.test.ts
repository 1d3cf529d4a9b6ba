import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { precedence, ruleAnchor, ruleOf, rules, type RuleId } from "../../model/rules.ts";
import { renderRulesPage, rulesPagePath } from "../../src/report/rules-page.ts";

const rankOf = (id: RuleId): number => precedence.indexOf(id);

describe("the rule catalogue", () => {
  it("has every rule of every group", () => {
    const counts: Record<string, number> = {};
    for (const { id } of rules) {
      const group = id.slice(0, id.indexOf("-"));
      counts[group] = (counts[group] ?? 0) + 1;
    }
    expect(counts).toEqual({ LOCAL: 5, REMOTE: 4, OWN: 5, ACCESS: 5, SPI: 7, MM: 4, LAW: 14 });
  });

  it("gives every id once", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  it("is found by id, and by nothing else", () => {
    expect(rules.map(({ id }) => ruleOf(id))).toEqual(rules);
    expect(ruleOf("LAW-14")).toBeUndefined();
    expect(ruleOf("law-1")).toBeUndefined();
  });

  it("states each rule in sentences that name no other rule", () => {
    const namesAnother = /\b(LOCAL|REMOTE|OWN|ACCESS|SPI|MM|LAW)-\d/;
    const standsAlone = (text: string) => /^[A-Z].*\.$/.test(text) && !namesAnother.test(text);
    expect(rules.filter(({ sentence }) => !standsAlone(sentence))).toEqual([]);
  });

  it("derives its laws from rules that exist", () => {
    const named = rules.flatMap(({ source }) => source.match(/\b[A-Z]+-\d+b?\b/g) ?? []);
    expect(named).toContain("LOCAL-4");
    expect(named.filter((id) => ruleOf(id) === undefined)).toEqual([]);
  });

  it("leaves only the two rules about concurrent calls not judged", () => {
    const notJudged = rules.filter((rule) => rule.notJudged !== null).map(({ id }) => id);
    expect(notJudged).toEqual(["LAW-10", "LAW-11"]);
  });
});

describe("precedence", () => {
  it("lists every rule once", () => {
    expect(precedence.toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  it("puts every must and derived rule before every should rule", () => {
    const shoulds = precedence.map((id) => ruleOf(id)?.level === "should");
    expect(shoulds.lastIndexOf(false)).toBeLessThan(shoulds.indexOf(true));
  });

  it("puts BALANCE and LIFETIME before LOCAL, and LOCAL before FRESH", () => {
    const locals = rules.filter(({ id, level }) => id.startsWith("LOCAL-") && level === "must");
    expect(locals.map(({ id }) => id)).toEqual(["LOCAL-2", "LOCAL-4"]);
    for (const { id } of locals) {
      expect(rankOf("LAW-4")).toBeLessThan(rankOf(id));
      expect(rankOf("LAW-5")).toBeLessThan(rankOf(id));
      expect(rankOf(id)).toBeLessThan(rankOf("LAW-1"));
    }
  });
});

describe("the rules page", () => {
  const page = renderRulesPage(rules);

  it("is docs/rules.md, to the letter", () => {
    // When this fails after a change of the catalogue: npm run docs.
    expect(readFileSync(rulesPagePath, "utf8").replaceAll("\r\n", "\n")).toBe(page);
  });

  it("has one anchor per rule", () => {
    const anchors = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, anchor]) => anchor);
    expect(anchors).toEqual(rules.map(({ id }) => ruleAnchor(id)));
    expect(anchors).toContain("law-3b");
  });

  it("shows a limit where a rule has one, and none where it has not", () => {
    const rule = ruleOf("LAW-6");
    if (rule === undefined) throw new Error("LAW-6 is gone from the catalogue");
    const limited = renderRulesPage([rule]);
    expect(limited).toContain("### LAW-6 NO-NEW-USE\n");
    expect(limited).toContain("- Capabilities needed: `invalidate`, `defer`\n");
    expect(limited).toContain("- Notification families: `refuse-notify-retry`, `notify-before`");
    const free = renderRulesPage([{ ...rule, families: "all", needs: [] }]);
    expect(free).not.toContain("- Capabilities needed:");
    expect(free).not.toContain("- Notification families:");
    expect(free).not.toContain("- Not judged yet:");
  });
});
