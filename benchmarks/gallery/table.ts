// The gallery, to be read.

import type { MutantRow, SubjectRow } from "./task.ts";

/** Legal policies that were judged, and how many of them were convicted. */
export interface FalseAlarms {
  readonly policies: number;
  readonly alarms: number;
}

/** Everything that was measured. */
export interface GalleryReport {
  readonly rows: readonly MutantRow[];
  readonly subjects: readonly SubjectRow[];
  readonly falseAlarms: FalseAlarms;
}

const figure = (value: number | null): string =>
  value === null ? "-" : value.toLocaleString("en");

const columns: readonly (readonly [
  title: string,
  cell: (row: MutantRow) => string,
  isNumber: boolean,
])[] = [
  ["row", ({ row }) => (row === null ? "" : String(row)), true],
  ["mutant", ({ mutant }) => mutant, false],
  ["rule", ({ rule }) => rule, false],
  ["found", ({ seeds, seedsFound }) => `${seedsFound}/${seeds}`, true],
  ["median", ({ medianCommands }) => figure(medianCommands), true],
  ["worst", ({ worstCommands }) => figure(worstCommands), true],
  ["shrunk", ({ shrunk }) => figure(shrunk.median), true],
  ["worst", ({ shrunk }) => figure(shrunk.worst), true],
  ["killed by", ({ killedBy }) => killedBy.join(" "), false],
];

/** A table of the mutants, then a line for each subject. */
export function tableOf({ rows, subjects, falseAlarms }: GalleryReport): string {
  const widths = columns.map(([title, cell]) =>
    Math.max(title.length, ...rows.map((row) => cell(row).length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        columns[i]?.[2] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const found = rows.filter((row) => row.seedsFound === row.seeds).length;
  return [
    line(columns.map(([title]) => title)),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
    "",
    `${found} of ${rows.length} mutants are found on every seed.`,
    ...subjects.map(
      ({ name, family, verdict, commands }) =>
        `${name}${family === null ? "" : ` (${family})`}: ${verdict} over ${figure(commands)} commands.`,
    ),
    ...(falseAlarms.policies === 0
      ? []
      : [`${falseAlarms.alarms} of ${falseAlarms.policies} legal policies are convicted.`]),
  ].join("\n");
}
