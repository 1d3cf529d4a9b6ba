// An exhaustive search: every program of a domain up to a bound, breadth first, so that what is found is shortest. States
// that were met before are recognised and not explored again, if the subject says what it keeps; if it does not, every
// program is performed.

import type { Claims, WorldConfig } from "../../model/config.ts";
import type { AnySubject } from "../../model/contract.ts";
import type { Finding } from "../../model/judge.ts";
import { ruleOf, type RuleId } from "../../model/rules.ts";
import { claimsOf, configFor, type RunResult } from "../../properties/agreement.ts";
import { programs, type Program } from "../../properties/arbitraries.ts";
import { casesOf } from "../../properties/cases.ts";
import { domainOf, type Domain } from "../../properties/domain.ts";
import { BrokenSubject, type Player } from "../../properties/stage.ts";
import type { Progress as SearchProgress } from "../explorer/options.ts";
import { UnfaithfulSystemError } from "../explorer/retracing.ts";
import { counterexampleOf, primary } from "./counterexample.ts";
import { comparedRuns } from "./determinism.ts";
import { Engines, type Performance } from "./engines.ts";
import { searchAll, type Found } from "./exhaustive-search.ts";
import { explorationOf, whyIncomplete } from "./exploration.ts";
import { MisuseError } from "./misuse.ts";
import { exploreDefaults, presetOf, wholeNumber } from "./options.ts";
import { kindOf, players } from "./player.ts";
import type { Counterexample, ExploreOptions, Report } from "./report.ts";
import { shrunk } from "./shrinking.ts";
import { checkSubject, isDriver, underTest } from "./subject.ts";
import { noneJudged, ruleReports, subjectVerdict } from "./verdicts.ts";

/** What counterexamples are said to come from. */
const PATH = "exhaustive";

/**
 * Performs every program of a preset's domain up to a depth, and says what was found. Never throws for what the subject
 * does; a subject that does not return is for the caller to stop.
 * @throws {MisuseError} for a subject or an option that makes no sense.
 */
export function explore(subject: AnySubject, options: ExploreOptions = {}): Report {
  return new Exploring(checkSubject(subject, "the subject"), options).run();
}

/** Which findings end a search. */
type Goal = Pick<Performance, "counts" | "strict"> & { readonly depth: number };

class Exploring {
  readonly #subject: AnySubject;
  readonly #options: ExploreOptions;
  readonly #config: WorldConfig;
  readonly #claims: Claims | null;
  readonly #player: () => Player;
  readonly #domain: Domain;
  readonly #depth: number;
  readonly #memoryBytes: number;
  readonly #engines = new Engines("flat");
  readonly #started = Date.now();
  readonly #counterexamples: Counterexample[] = [];
  readonly #situations = new Map<number, number>();
  /** Should-rules that were broken, with the literal case that did it first; null: only programs of the domain did. */
  readonly #nonStrict = new Map<RuleId, Program | null>();
  #failedCase: { readonly rule: RuleId; readonly program: Program } | null = null;
  #compared = 0;
  #problem: string | null = null;

  constructor(subject: AnySubject, options: ExploreOptions) {
    this.#subject = subject;
    this.#options = options;
    const { depth, memoryBytes, preset } = { ...exploreDefaults, ...options };
    this.#depth = wholeNumber("depth", depth, 1);
    this.#memoryBytes = wholeNumber("the memory in bytes", memoryBytes, 1);
    const unknown = options.rules?.find((id) => ruleOf(id) === undefined);
    if (unknown !== undefined) {
      throw new MisuseError(
        `there is no rule "${unknown}"; see the list that "stalemate rules" prints`,
      );
    }
    const config = presetOf(preset);
    this.#player = players(underTest(subject), config);
    const player = this.#player();
    this.#config = configFor(config, player);
    this.#claims = claimsOf(player);
    this.#domain = domainOf(this.#config, this.#claims);
  }

  run(): Report {
    this.#runCases();
    const found = this.#problem === null ? this.#search(this.#whole()) : null;
    if (found !== null) {
      for (const [index, count] of found.seen.situations) this.#meet(index, count);
      for (const rule of found.seen.nonStrict) {
        if (!this.#nonStrict.has(rule)) this.#nonStrict.set(rule, null);
      }
      if (found.program !== null) this.#convict(found.program);
      else if (this.#failedCase !== null) {
        this.#addCase(this.#failedCase.program, this.#failedCase.rule);
      }
      if (this.#problem === null) this.#explainNonStrict(found.coverage.depth);
    }
    return this.#report(found);
  }

  /** Whatever was asked to be judged, as deep as was asked for. */
  #whole(): Goal {
    const { rules, strict = false } = this.#options;
    const counts = ({ rule }: Finding): boolean => rules === undefined || rules.includes(rule);
    return { counts, strict, depth: this.#depth };
  }

  #isStopped(): boolean {
    const { timeMs, isStopped } = this.#options;
    if (timeMs !== undefined && Date.now() - this.#started > timeMs) return true;
    return isStopped?.() === true;
  }

  #performance(): Performance {
    const { counts, strict } = this.#whole();
    return { config: this.#config, claims: this.#claims, player: this.#player, counts, strict };
  }

  /**
   * The literal cases, twice: LAW-12. They meet the situations of rules that no program of the domain gets to, as in any
   * run; what they break is told if the search finds nothing.
   */
  #runCases(): void {
    const cases = casesOf(kindOf(this.#subject), this.#config);
    const { compared, problem } = comparedRuns(
      cases.map((each) => each.program),
      (program, isFirst) => {
        const result = this.#engines.execute(this.#performance(), program);
        if (isFirst) this.#noteCase(program, result);
        return result;
      },
      () => this.#isStopped(),
    );
    this.#compared = compared;
    this.#problem = problem;
  }

  #noteCase(program: Program, { situations, violation, nonStrict }: RunResult): void {
    for (const [index, count] of situations) this.#meet(index, count);
    if (violation !== null) this.#failedCase ??= { rule: primary(violation), program };
    for (const { rule } of nonStrict) {
      if (!this.#nonStrict.has(rule)) this.#nonStrict.set(rule, program);
    }
  }

  #meet(index: number, count: number): void {
    this.#situations.set(index, (this.#situations.get(index) ?? 0) + count);
  }

  /** Null: the subject cannot be searched, and the problem says why. */
  #search({ counts, strict, depth }: Goal): Found | null {
    try {
      return searchAll(
        {
          name: this.#subject.name,
          config: this.#config,
          claims: this.#claims,
          player: this.#player,
          domain: this.#domain,
          counts,
          strict,
          exact: this.#options.exact ?? false,
        },
        {
          depth,
          memoryBytes: this.#memoryBytes,
          isStopped: () => this.#isStopped(),
          onProgress: (progress) => this.#progress(progress),
        },
      );
    } catch (error) {
      if (error instanceof BrokenSubject) this.#problem = error.message;
      else if (error instanceof UnfaithfulSystemError) this.#problem = unfaithful(ELSEWHERE);
      else throw error;
      return null;
    }
  }

  /** What the search found must come of the same commands on a fresh subject, which was never restored. */
  #convict(program: Program): void {
    const { violation, broken } = this.#engines.execute(this.#performance(), program, false);
    if (broken !== null) this.#problem = broken;
    else if (violation === null) this.#problem = unfaithful(commandsAgain(program.length));
    else this.#add(program, primary(violation), PATH);
  }

  /** A shortest program for each should-rule that was broken. */
  #explainNonStrict(depth: number): void {
    for (const [rule, literal] of this.#nonStrict) {
      if (this.#isStopped()) return;
      const counts = (finding: Finding): boolean => finding.rule === rule;
      const found = this.#search({ counts, strict: true, depth });
      if (found === null) return;
      if (found.program !== null) this.#add(found.program, rule, PATH);
      else if (literal !== null) this.#addCase(literal, rule);
    }
  }

  /** What a literal case breaks, made smaller, since no program of the domain breaks it. */
  #addCase(program: Program, rule: RuleId): void {
    const smallest = shrunk(program, {
      programs: programs({
        config: this.#config,
        claims: this.#claims,
        maxCommands: program.length,
      }),
      fails: (each) => {
        const { violation, nonStrict } = this.#engines.execute(this.#performance(), each, false);
        return [...(violation ?? []), ...nonStrict].some((finding) => finding.rule === rule);
      },
      isOver: () => this.#isStopped(),
    });
    this.#add(smallest, rule, `case ${rule}`, program.length);
  }

  #add(program: Program, wanted: RuleId, path: string, shrunkFrom: number = program.length): void {
    const { result, problem } = this.#engines.executeOnBoth(this.#performance(), program);
    this.#problem ??= problem;
    this.#counterexamples.push(
      counterexampleOf(result, {
        subject: this.#subject.name,
        config: this.#config,
        claims: this.#claims,
        wanted,
        shrunkFrom,
        seed: 0,
        path,
      }),
    );
  }

  #progress({ states, statesPerSecond, frontier, depth, transitions }: SearchProgress): void {
    this.#options.onProgress?.({
      phase: "exploring",
      states: { met: states, perSecond: statesPerSecond, frontier, depth },
      runs: 0,
      ofRuns: 0,
      commands: transitions,
      seconds: (Date.now() - this.#started) / 1000,
    });
  }

  #report(found: Found | null): Report {
    const { rules, strict = false } = this.#options;
    const failing = this.#counterexamples.filter((each) => each.fails);
    const reports = ruleReports({
      config: this.#config,
      claims: this.#claims,
      situations: this.#situations,
      failed: new Set(failing.flatMap((each) => each.broken)),
      nonStrict: new Set(this.#nonStrict.keys()),
      broken: this.#problem !== null,
      compared: this.#compared,
      selected: rules ?? null,
    });
    const verdict = subjectVerdict(reports, this.#problem !== null, strict);
    const incomplete = found === null ? null : whyIncomplete(found, this.#depth);
    const isCut = verdict === "conformant" && incomplete !== null;
    return {
      subject: this.#subject.name,
      kind: kindOf(this.#subject),
      verdict: isCut ? "unknown" : verdict,
      problem: this.#problem ?? incomplete ?? noneJudged(reports),
      rules: reports,
      capabilities: isDriver(this.#subject) ? null : this.#subject.capabilities,
      bounds: { preset: this.#config.preset, runs: 0, commands: this.#depth },
      skipped: {},
      counterexamples: this.#counterexamples,
      commands: found?.coverage.transitions ?? 0,
      seconds: (Date.now() - this.#started) / 1000,
      seed: 0,
      engine: this.#engines.report(),
      ...(found === null
        ? {}
        : { exploration: explorationOf(found, this.#domain, this.#config.pageSizeBytes) }),
    };
  }
}

const commandsAgain = (count: number): string =>
  `${count} commands that broke a rule where states were restored break none from the start`;
const ELSEWHERE =
  "commands performed from the start lead to another state than the same commands with states restored on the way";

/** Why nothing that was found can be believed, with what to do. */
function unfaithful(why: string): string {
  return `what snapshot gives is not the whole state of the subject, or restore does not bring all of it back: ${why}; put everything into the snapshot that later answers depend on, or leave snapshot and restore out`;
}
