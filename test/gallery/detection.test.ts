import { describe, expect, it } from "vitest";
import { renderDetectionPage } from "../../benchmarks/detection/page.ts";
import { renderPlot } from "../../benchmarks/detection/plot.ts";
import { duelOf, shortestOf, summaryOf, totalsOf } from "../../benchmarks/detection/summary.ts";
import type { ArmRow, DetectionReport, DetectionRow } from "../../benchmarks/detection/task.ts";

const armRow = (
  commands: readonly (number | null)[],
  shrunk: readonly (number | null)[] = [],
): ArmRow => ({ commands, shrunk, seconds: 1 });

/** Found by us on every seed, by unrelated ranges on one, by uniform ones on none. */
const row: DetectionRow = {
  row: 7,
  mutant: "invented",
  rule: "LAW-1",
  arms: {
    ours: armRow([10, 30, 20], [4, 6, 4]),
    unstaged: armRow([10, 30, 20], [4, 6, 4]),
    unfocused: armRow([10, 30, 20], [4, 6, 4]),
    unrelated: armRow([null, 40, null], [null, 3, null]),
    uniform: armRow([null, null, null], [null, null, null]),
    plain: armRow([5, 1000, 80]),
  },
};
const ofDriver: DetectionRow = { ...row, mutant: "driver", arms: { ...row.arms, plain: null } };
const report: DetectionReport = { seeds: 3, limit: 1000, rows: [row, ofDriver] };

describe("what the comparison comes to", () => {
  it("is median and worst over all seeds, where what is not found takes for ever", () => {
    const { ours, unrelated, uniform } = row.arms;
    expect(ours && summaryOf(ours)).toEqual({
      seedsFound: 3,
      medianCommands: 20,
      worstCommands: 30,
      shrunkMedian: 4,
      shrunkWorst: 6,
    });
    expect(unrelated && summaryOf(unrelated)).toMatchObject({
      seedsFound: 1,
      medianCommands: null,
      worstCommands: null,
    });
    expect(uniform && summaryOf(uniform)).toMatchObject({ seedsFound: 0, shrunkMedian: null });
  });

  it("the shortest program is that of any arm, and ours may never be as short", () => {
    expect(shortestOf(row)).toEqual({ commands: 3, seeds: 0 });
    const alone = { ...row, arms: { ...row.arms, unrelated: null } };
    expect(shortestOf(alone)).toEqual({ commands: 4, seeds: 2 });
  });

  it("an arm is counted over the mutants that it has to do with", () => {
    const [ours, , , , , plain] = totalsOf(report.rows, report.seeds);
    expect(ours).toMatchObject({ arm: "ours", mutants: 2, onEverySeed: 2, onNoSeed: 0 });
    expect(plain).toMatchObject({ arm: "plain", mutants: 1, onEverySeed: 1, seconds: 1 });
  });

  it("a duel is between medians, and what is not found counts as the limit", () => {
    const against = duelOf("unrelated", report.rows, report.limit);
    expect(against).toMatchObject({ won: 2, lost: 0, tied: 0 });
    expect(against?.ratio).toBeCloseTo(50);
    expect(duelOf("plain", report.rows, report.limit)?.ratio).toBeCloseTo(4);
    expect(duelOf("plain", [ofDriver], report.limit)).toBeNull();
  });
});

describe("the plot of the comparison", () => {
  const plot = renderPlot(report);

  it("has a curve for each arm, over the mutants that all have to do with", () => {
    expect(plot.match(/<polyline /g)).toHaveLength(6);
    expect(plot).toContain("Part of 1 wrong caches on 3 seeds");
  });

  it("ends where all is found, or where nothing is", () => {
    const ends = [...plot.matchAll(/,([\d.]+)"\/>/g)].map(([, y]) => Number(y));
    const [top, bottom] = [40, 352];
    expect(ends).toEqual([top, top, top, bottom - (bottom - top) / 3, bottom, top]);
  });
});

describe("the page of the comparison", () => {
  const page = renderDetectionPage(report);

  it("has a line for each mutant, and leaves empty what an arm has nothing to do with", () => {
    const cells =
      "LAW-1 | 20 | 30 | 3 | 4 | 6 | 3 | 0 | 20 | 30 | 3 | 20 | 30 | 3 | – | – | 1 | – | – | 0 |";
    expect(page).toContain(`| 7 | invented | ${cells} 80 | 1,000 | 3 |\n`);
    expect(page).toContain(`| 7 | driver | ${cells}  |  |  |\n`);
  });
});
