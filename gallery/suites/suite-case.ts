// Test suites of other registration caches, case by case: what each case checks, in words of ours, and what of ours checks
// it. A case that is covered has a literal program and says what must come of it, so that the claim can be tested.
//
// No case is a translation: these suites look into their cache, or at a clock, and a program here sees what an
// application sees.

import type { PresetName } from "../../model/config.ts";
import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";

/** A test suite of another project. */
export interface Suite {
  /** Short, and part of the anchors of the page. */
  readonly id: string;
  readonly project: string;
  /** On GitHub. */
  readonly repository: string;
  /** Where the suite is in the repository: files, or folders. */
  readonly paths: readonly string[];
  readonly cases: readonly SuiteCase[];
}

/** What all cases have. */
interface Row {
  /** As the suite calls them, since several may check the same; none where only what is checked is known. */
  readonly tests: readonly string[];
  /** What is checked, as a sentence. */
  readonly checks: string;
}

/** What a register is answered: the key of a region, or an error. */
export type Answered = number | "WSAEFAULT" | "WSAENOBUFS";

/** A case that a program and rules of ours subsume. */
export interface CoveredCase extends Row {
  /** The subject that performs the program and breaks no rule, by its path from the root of the repository. */
  readonly base: string;
  /** The world; `small` unless it says so. */
  readonly preset?: PresetName;
  readonly program: readonly Command[];
  /** What the registers of the program are answered, in their order: the same region again is a hit. */
  readonly answers: readonly Answered[];
  /** The rules that judge it, and the situations of each that the program meets. */
  readonly rules: Partial<Readonly<Record<RuleId, readonly [string, ...string[]]>>>;
  /** Mutants by their ids that the same program convicts, each with the rule that it breaks. */
  readonly convicts?: Readonly<Record<string, RuleId>>;
  /** What of the case no rule asks for, as sentences. */
  readonly left?: string;
}

/** A case that nothing of ours subsumes. */
export interface OpenCase extends Row {
  /** Why not, and what would have to come first, as sentences. */
  readonly why: string;
}

/** A test case of another project. */
export type SuiteCase = CoveredCase | OpenCase;

/** True if a program covers it. */
export const isCovered = (each: SuiteCase): each is CoveredCase => "program" in each;
