import { describe, expect, it } from "vitest";
import { doctored } from "./doctored.ts";

describe("the judge on a provider shell", () => {
  for (const { rule, wrong, observed, scene } of doctored) {
    it(`${rule}: is broken when ${wrong}`, () => {
      const findings = scene().wrong;
      const finding = findings.find((each) => each.rule === rule);
      expect(finding, `broken: ${findings.map((each) => each.rule).join(", ")}`).toBeDefined();
      expect(finding?.fails).toBe(true);
      expect(finding?.observed).toContain(observed);
    });

    it(`${rule}: is kept when it is not so that ${wrong}`, () => {
      expect(scene().right).toEqual([]);
    });
  }
});
