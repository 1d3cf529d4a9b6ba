// What a run of the checker says. `Report` is the product's answer; the JSON of the command line and every
// other format are made from it.

import type { Access, Capabilities } from "../../model/contract.ts";
import type { RuleId, RuleLevel } from "../../model/rules.ts";
import type { Trace } from "../../model/trace.ts";
import type { AddressRange } from "../../model/units.ts";

/** `broken`: the subject threw outside the contract, hung, answered garbage, or is not deterministic. */
export type SubjectVerdict = "conformant" | "not conformant" | "unknown" | "broken";
export type RuleVerdict = "pass" | "fail" | "non-strict" | "not applicable" | "unknown" | "broken";

export interface RuleReport {
  readonly id: RuleId;
  readonly level: RuleLevel;
  readonly verdict: RuleVerdict;
  /** Events at which the rule was judged in its situation. */
  readonly exercised: number;
  /** The rule's witness was reached. */
  readonly witnessed: boolean;
  /** Why it is not applicable or not judged; null otherwise. */
  readonly reason: string | null;
}

export interface Counterexample {
  /** The primary rule. */
  readonly rule: RuleId;
  /** Every rule broken at that event, the primary one first. */
  readonly broken: readonly RuleId[];
  /** False: only should-rules are broken. */
  readonly fails: boolean;
  /** Commands of the program after shrinking, and before. */
  readonly commands: number;
  readonly shrunkFrom: number;
  /** One line a command, as printed. */
  readonly program: readonly string[];
  readonly trace: Trace;
  readonly seed: number;
  /**
   * Where the program came from: fast-check's path for a generated program that broke a rule of conformance (with
   * the seed, the preset and the same bounds it leads here again), the number of the run for a should-rule, `case` and
   * the title of a literal case, or `exhaustive` for one that no shorter program of the domain could take the place of.
   */
  readonly path: string;
}

/** `flat`: the optimised world. `reference`: the specification itself. */
export type EngineName = "flat" | "reference";

export interface EngineReport {
  readonly name: EngineName;
  /** What ran on the other world as well: a sample of the programs, and every failure. All of it was seen alike. */
  readonly compared: { readonly programs: number; readonly commands: number };
}

export interface Report {
  readonly subject: string;
  readonly kind: "cache" | "provider" | "driver";
  readonly verdict: SubjectVerdict;
  /** One sentence for `broken` and `unknown`: what was given, what was wanted, what to do. */
  readonly problem: string | null;
  readonly rules: readonly RuleReport[];
  readonly capabilities: Capabilities | null;
  readonly bounds: { readonly preset: string; readonly runs: number; readonly commands: number };
  /** Commands that a subject's legal refusal made impossible, by name. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly counterexamples: readonly Counterexample[];
  /** Commands executed and seconds taken, generation and shrinking included. */
  readonly commands: number;
  readonly seconds: number;
  readonly seed: number;
  readonly engine: EngineReport;
  /** What was explored; left out if programs were drawn. */
  readonly exploration?: Exploration;
  /** Of a race only. */
  readonly race?: RaceBounds;
}

/** What an exhaustive search covered. */
export interface Exploration {
  /** Different states that were met; without recognising them: ends of programs. */
  readonly states: number;
  /** Commands that were performed on the way, each from a state that it was possible in. */
  readonly transitions: number;
  /** Commands of the longest program. */
  readonly depth: number;
  /** Every program of the domain of up to so many commands was performed. */
  readonly completeDepth: number;
  /** That is as deep as was asked for, or there are no longer programs that lead to anything new. */
  readonly complete: boolean;
  /** No state is left that was not met: deeper searches find nothing more. */
  readonly closed: boolean;
  /** States are saved, recognised and explored once; false: the subject keeps none, and every program is performed. */
  readonly recognised: boolean;
  /** At most this probable is it that two different states were taken for one. */
  readonly collisionProbability: number;
  readonly domain: ExploredDomain;
}

/** What the programs of an exhaustive search are made of. */
export interface ExploredDomain {
  /** The commands that were performed, in the order of the command table. */
  readonly commands: readonly string[];
  /** The ranges that are registered, and by what right. */
  readonly buffers: readonly { readonly range: AddressRange; readonly access: Access }[];
  /** Where memory is allocated. */
  readonly areas: readonly AddressRange[];
  readonly mostLive: number;
  readonly mostFaults: number;
}

/** How large a race was, and how much of that was done. */
export interface RaceBounds {
  readonly threads: number;
  /** Calls of each thread, at most. */
  readonly calls: number;
  /** Turns taken from a thread that could go on; null: as many as there can be. */
  readonly preemptions: number | null;
  /** The programs that were run, by the names of their parts. */
  readonly programs: readonly string[];
  /** Runs to the end of a program, or to a place from which everything was seen before. */
  readonly schedules: number;
  readonly moves: number;
  /** Places that differ from each other; 0 for a cache without snapshots. */
  readonly places: number;
  /** Every schedule of every program within the bounds was covered. */
  readonly complete: boolean;
}

export interface Progress {
  readonly phase:
    "replaying" | "determinism" | "cases" | "random" | "schedules" | "shrinking" | "exploring";
  /** Of a search only. */
  readonly states?: {
    readonly met: number;
    readonly perSecond: number;
    readonly frontier: number;
    readonly depth: number;
  };
  readonly runs: number;
  readonly ofRuns: number;
  readonly commands: number;
  readonly seconds: number;
}

export interface RunOptions {
  /** Default: a random one, which the report names. */
  readonly seed?: number;
  /** Generated programs. Default 1000. */
  readonly runs?: number;
  /** The most commands of a generated program; most programs are shorter (properties/focus.ts). Default 240. */
  readonly commands?: number;
  /** Default `small`. */
  readonly preset?: string;
  /** Stop after so many milliseconds, with what was done so far. Default: none. */
  readonly timeMs?: number;
  /** The world on which the subject runs. Default `flat`. */
  readonly engine?: EngineName;
  /** Judge only these; the others are "not applicable". Default: all. */
  readonly rules?: readonly RuleId[];
  /** A broken should-rule fails as well. */
  readonly strict?: boolean;
  /** Traces of earlier failures of this subject; their programs are run first. */
  readonly earlier?: readonly Trace[];
  /** Called at most a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What can be asked of an exhaustive search. */
export interface ExploreOptions {
  /** Default `micro`. */
  readonly preset?: string;
  /** Commands of a program, at most. Default 5. */
  readonly depth?: number;
  /** What the states may take. Default 1 GiB. */
  readonly memoryBytes?: number;
  /** Stop after so many milliseconds, with what was covered so far. Default: none. */
  readonly timeMs?: number;
  /** Judge only these; the others are "not applicable". Default: all. */
  readonly rules?: readonly RuleId[];
  /** A broken should-rule fails as well. */
  readonly strict?: boolean;
  /** Tell states apart by all that they are, and not by fingerprints: slower, and larger. Default: false. */
  readonly exact?: boolean;
  /** Asked before each state is left; true ends the search, with what was covered so far. */
  readonly isStopped?: () => boolean;
  /** Called at most a few times a second. */
  readonly onProgress?: (progress: Progress) => void;
}
