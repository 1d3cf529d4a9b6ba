// What a mutant is: a shipped cache with one small change, and the rule that must catch it. A mutant is a row of
// data; the change is a literal replacement in the text of the cache, and what comes out is loaded as the module
// of a user would be. So are the mutants of the proxy driver (driver-mutants.ts).

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PresetName } from "../../model/config.ts";
import type { DriverSubject, Subject } from "../../model/contract.ts";
import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";
import { loadModule } from "../../src/cli/module-loading.ts";
import { asSubject } from "../../src/kit/subject.ts";

export type Base = "exact-match" | "uncached" | "by-the-book";

/** What stands in the text of the cache, exactly once, and what takes its place. */
export type Edit = readonly [from: string, to: string];

export interface Mutant {
  readonly id: string;
  /** The rule that catches it. */
  readonly rule: RuleId;
  /** The change, as a sentence about the cache. */
  readonly change: string;
  readonly base: Base;
  /** None: the base itself is wrong. */
  readonly edits: readonly Edit[];
  /** Part of what the judge says it observed. */
  readonly observed: string;
  /** Generated programs that it takes; 0: the literal cases suffice. */
  readonly runs?: number;
  /** The world it takes; `small` unless it says so. */
  readonly preset?: PresetName;
  /** Why other rules are not judged: they are broken by an event before. */
  readonly shadowed?: string;
  /** A program that leads to the breakage, where no literal case and hardly a generated program does. */
  readonly program?: readonly Command[];
  /** The real bug that it is an image of. */
  readonly bug?: Bug;
}

/** A bug that shipped in a real cache: its number in our list, and where it is written up. */
export interface Bug {
  readonly row: number;
  readonly from: string;
}

/** The text of a shipped subject with every edit made. Throws if a text is not there exactly once. */
export function mutated(base: Base | "proxy-driver", edits: readonly Edit[]): string {
  const file = fileURLToPath(new URL(`../../examples/${base}.ts`, import.meta.url));
  return edits.reduce(
    (source, [from, to]) => {
      const count = source.split(from).length - 1;
      if (count !== 1) {
        throw new RangeError(
          `"${from}" stands ${count} times in ${base}; an edit needs a text that stands there once`,
        );
      }
      return source.replace(from, () => to);
    },
    readFileSync(file, "utf8"),
  );
}

/** Loads a cache from its text, named by its id. */
export async function subjectOf(id: string, source: string): Promise<Subject> {
  const subject = await loaded(id, source);
  if (!("create" in subject)) throw new TypeError(`${id} is no registration cache`);
  return { ...subject, name: id };
}

/** Loads a proxy driver from its text, named by its id. */
export async function driverOf(id: string, source: string): Promise<DriverSubject> {
  const subject = await loaded(id, source);
  if (!("createDriver" in subject)) throw new TypeError(`${id} is no proxy driver`);
  return { ...subject, name: id };
}

async function loaded(id: string, source: string): Promise<Subject | DriverSubject> {
  const folder = mkdtempSync(join(tmpdir(), "stalemate-mutant-"));
  try {
    const file = join(folder, `${id}.ts`);
    writeFileSync(file, source);
    return asSubject(await loadModule(file, file), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
