// docs/detection.svg: of all mutants on all seeds, which part has failed after so many commands, for each arm.

import { arms, type Arm, type DetectionReport } from "./task.ts";

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 56;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 48;
/** Points of a curve. */
const STEPS = 160;

/** Colours that people who see few can tell apart, and a dash for those who see none. */
const strokes: Readonly<Record<Arm, { readonly colour: string; readonly dash: string }>> = {
  ours: { colour: "#0072b2", dash: "none" },
  unstaged: { colour: "#e69f00", dash: "6 2" },
  unfocused: { colour: "#cc79a7", dash: "16 4" },
  unrelated: { colour: "#009e73", dash: "12 3 3 3" },
  uniform: { colour: "#d55e00", dash: "8 4" },
  plain: { colour: "#555555", dash: "2 3" },
};

/** What each arm is called. */
export const armNames: Readonly<Record<Arm, string>> = {
  ours: "stalemate",
  unstaged: "unstaged",
  unfocused: "unfocused",
  unrelated: "unrelated ranges",
  uniform: "uniform",
  plain: "fc.commands",
};

const x = (commands: number, limit: number): number =>
  LEFT + (Math.log(commands) / Math.log(limit)) * (WIDTH - LEFT - RIGHT);
const y = (part: number): number => HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
const at = (value: number): string => value.toFixed(1);

/** The plot, over the mutants that every arm has to do with. */
export function renderPlot({ rows, seeds, limit }: DetectionReport): string {
  const common = rows.filter((row) => arms.every((arm) => row.arms[arm] !== null));
  const hunts = common.length * seeds;
  const curve = (arm: Arm): string => {
    const found = common.flatMap((row) => row.arms[arm]?.commands ?? []);
    const points = Array.from({ length: STEPS + 1 }, (_, i) => {
      const commands = limit ** (i / STEPS);
      const part = found.filter((each) => each !== null && each <= commands).length / hunts;
      return `${at(x(commands, limit))},${at(y(part))}`;
    });
    const { colour, dash } = strokes[arm];
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" points="${points.join(" ")}"/>`;
  };
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>Mutants found over commands executed</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...axes(limit),
    ...arms.map(curve),
    ...arms.map(legend),
    `<text x="${LEFT}" y="20">Part of ${common.length} wrong caches on ${seeds} seeds that has failed</text>`,
    `</svg>`,
  ].join("\n")}\n`;
}

function axes(limit: number): string[] {
  const lines: string[] = [];
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    lines.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(part))}" y2="${at(y(part))}" stroke="#dddddd"/>`,
      `<text x="${LEFT - 8}" y="${at(y(part) + 4)}" text-anchor="end">${part * 100} %</text>`,
    );
  }
  for (let commands = 1; commands <= limit; commands *= 10) {
    lines.push(
      `<line x1="${at(x(commands, limit))}" x2="${at(x(commands, limit))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#dddddd"/>`,
      `<text x="${at(x(commands, limit))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${commands.toLocaleString("en")}</text>`,
    );
  }
  lines.push(
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">commands executed</text>`,
  );
  return lines;
}

function legend(arm: Arm, i: number): string {
  const top = TOP + 16 + i * 20;
  const { colour, dash } = strokes[arm];
  return [
    `<line x1="${LEFT + 12}" x2="${LEFT + 48}" y1="${top}" y2="${top}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
    `<text x="${LEFT + 56}" y="${top + 4}">${armNames[arm]}</text>`,
  ].join("\n");
}
