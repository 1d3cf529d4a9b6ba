// A run of the checker on one subject: determinism first, then programs that failed before, then the literal
// cases, then generated programs; and what it all says, as a report.

import { check, property, sample, type RunDetails } from "fast-check";
import type { Claims, WorldConfig } from "../../model/config.ts";
import type { AnySubject } from "../../model/contract.ts";
import { ruleOf, type RuleId } from "../../model/rules.ts";
import { programOf } from "../../model/trace.ts";
import { claimsOf, configFor, type RunResult } from "../../properties/agreement.ts";
import { led, programs, type Program } from "../../properties/arbitraries.ts";
import { casesOf } from "../../properties/cases.ts";
import { isKnown } from "../../properties/commands.ts";
import type { Player } from "../../properties/stage.ts";
import { counterexampleOf, primary } from "./counterexample.ts";
import { comparedRuns } from "./determinism.ts";
import { Engines, engineOf, type Performance } from "./engines.ts";
import { MisuseError } from "./misuse.ts";
import { defaults, presetOf, wholeNumber } from "./options.ts";
import { kindOf, players } from "./player.ts";
import type { Counterexample, Progress, Report, RunOptions } from "./report.ts";
import { shrunk } from "./shrinking.ts";
import { checkSubject, isDriver, underTest, type SubjectUnderTest } from "./subject.ts";
import { noneJudged, ruleReports, subjectVerdict, type Evidence } from "./verdicts.ts";

const COMPARED_PROGRAMS = 5;
const PROGRESS_EVERY_MS = 200;
const REJUDGED_EVERY = 50;

/**
 * Checks a subject and says what was found. Never throws for what the subject does; a subject that does not
 * return is for the caller to stop.
 * @throws {MisuseError} for a subject or an option that makes no sense.
 */
export function run(subject: AnySubject, options: RunOptions = {}): Report {
  return new Session(checkSubject(subject, "the subject"), options).run();
}

class Session {
  readonly #subject: AnySubject;
  readonly #options: RunOptions;
  readonly #underTest: SubjectUnderTest;
  #config: WorldConfig;
  readonly #claims: Claims | null;
  #player: () => Player;
  readonly #engines: Engines;
  readonly #seed: number;
  readonly #runs: number;
  readonly #maxCommands: number;
  readonly #started = Date.now();
  readonly #situations = new Map<number, number>();
  readonly #skipped: Record<string, number> = {};
  readonly #nonStrict = new Map<RuleId, { origin: string; program: Program }>();
  readonly #counterexamples: Counterexample[] = [];
  #commands = 0;
  #generated = 0;
  #compared = 0;
  #problem: string | null = null;
  #lastProgress = 0;
  #lastPhase: Progress["phase"] | null = null;

  constructor(subject: AnySubject, options: RunOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#seed = wholeNumber(
      "seed",
      options.seed ?? Math.floor(Math.random() * 0x7fffffff),
      -0x80000000,
    );
    this.#runs = wholeNumber("runs", options.runs ?? defaults.runs, 0);
    this.#maxCommands = wholeNumber("commands", options.commands ?? defaults.commands, 1);
    this.#engines = new Engines(engineOf(options.engine ?? defaults.engine));
    const config = presetOf(options.preset ?? defaults.preset);
    const unknown = options.rules?.find((id) => ruleOf(id) === undefined);
    if (unknown !== undefined) {
      throw new MisuseError(
        `there is no rule "${unknown}"; see the list that "stalemate rules" prints`,
      );
    }
    const stranger = options.earlier?.flatMap(programOf).find((each) => !isKnown(each));
    if (stranger !== undefined) {
      throw new MisuseError(
        `an earlier trace has the command "${stranger.name}", which this stalemate does not know; leave that trace out`,
      );
    }
    this.#underTest = underTest(subject);
    this.#player = players(this.#underTest, config);
    const player = this.#player();
    this.#config = configFor(config, player);
    this.#claims = claimsOf(player);
  }

  run(): Report {
    this.#compareRuns();
    if (!this.#isOver()) this.#replayEarlier();
    if (!this.#isOver()) this.#runCases();
    if (!this.#isOver()) this.#generate();
    if (!this.#isOver()) this.#explainNonStrict();
    return this.#report();
  }

  #isOver(): boolean {
    return this.#problem !== null || this.#counterexamples.some((each) => each.fails);
  }

  #isLate(): boolean {
    const { timeMs } = this.#options;
    return timeMs !== undefined && Date.now() - this.#started > timeMs;
  }

  #performance(): Performance {
    const { rules, strict } = this.#options;
    return {
      config: this.#config,
      claims: this.#claims,
      player: this.#player,
      counts: (finding) => rules === undefined || rules.includes(finding.rule),
      strict: strict ?? false,
    };
  }

  /** One run on a fresh world and a fresh subject. */
  #execute(program: Program, record = true): RunResult {
    return this.#engines.execute(this.#performance(), program, record);
  }

  /** Runs a program and counts what it showed. */
  #observe(program: Program, origin: string, run: number | null = null): RunResult {
    const result = this.#execute(program, false);
    this.#commands += result.executed;
    for (const [name, count] of Object.entries(result.skipped)) {
      this.#skipped[name] = (this.#skipped[name] ?? 0) + count;
    }
    for (const [index, count] of result.situations) {
      this.#situations.set(index, (this.#situations.get(index) ?? 0) + count);
    }
    for (const { rule } of result.nonStrict) {
      if (!this.#nonStrict.has(rule)) this.#nonStrict.set(rule, { origin, program });
    }
    if (result.broken !== null) this.#problem ??= result.broken;
    const isSample = run !== null && run % REJUDGED_EVERY === 0;
    if (isSample && result.broken === null) this.#executeOnBoth(program);
    return result;
  }

  /** The program on both worlds, which see the same: what the reference saw. */
  #executeOnBoth(program: Program): RunResult {
    const { result, problem } = this.#engines.executeOnBoth(this.#performance(), program);
    this.#problem ??= problem;
    return result;
  }

  /** LAW-12: the same programs twice, on fresh subjects. */
  #compareRuns(): void {
    const drawn = sample(this.#programs(), { numRuns: COMPARED_PROGRAMS, seed: this.#seed });
    const literal = casesOf(kindOf(this.#subject), this.#config);
    const { compared, problem } = comparedRuns(
      [...literal.map((each) => each.program), ...drawn],
      (program) => {
        this.#progress("determinism");
        return this.#execute(program);
      },
      () => this.#isLate(),
    );
    this.#compared = compared;
    this.#problem ??= problem;
  }

  #programs(): ReturnType<typeof programs> {
    return programs({
      config: this.#config,
      claims: this.#claims,
      maxCommands: this.#maxCommands,
      ...led,
      makeWorld: this.#engines.walks,
    });
  }

  #replayEarlier(): void {
    for (const trace of this.#options.earlier ?? []) {
      if (this.#isOver()) return;
      this.#progress("replaying");
      const { seed, path, config } = trace.header;
      this.#inWorld(config, () =>
        this.#runLiteral(programOf(trace), seed ?? this.#seed, path ?? ""),
      );
    }
  }

  /** A trace of another preset is run in the world that it is of. */
  #inWorld(config: WorldConfig, body: () => void): void {
    const [ours, player] = [this.#config, this.#player];
    this.#player = players(this.#underTest, config);
    this.#config = configFor(config, this.#player());
    body();
    this.#config = ours;
    this.#player = player;
  }

  #runCases(): void {
    for (const { rule, name, program } of casesOf(kindOf(this.#subject), this.#config)) {
      if (this.#isOver() || this.#isLate()) return;
      this.#progress("cases");
      this.#runLiteral(program, this.#seed, `case ${rule}: ${name}`);
    }
  }

  /** A program that was not generated; a failing one is shrunk like one that was. */
  #runLiteral(program: Program, seed: number, path: string): void {
    const result = this.#observe(program, path);
    if (result.violation === null) return;
    const wanted = primary(result.violation);
    const smallest = this.#shrink(program, wanted);
    this.#counterexamples.push(this.#counterexample(smallest, program.length, wanted, seed, path));
  }

  #shrink(program: Program, wanted: RuleId): Program {
    return shrunk(program, {
      programs: this.#programs(),
      fails: (each) => this.#breaks(each, wanted),
      isOver: () => {
        this.#progress("shrinking");
        return this.#isLate();
      },
    });
  }

  #breaks(program: Program, rule: RuleId): boolean {
    const { violation, nonStrict } = this.#execute(program, false);
    return [...(violation ?? []), ...nonStrict].some((each) => each.rule === rule);
  }

  #generate(): void {
    if (this.#runs === 0) return;
    let wanted: RuleId | null = null;
    let original = 0;
    const details: RunDetails<[Program]> = check(
      property(this.#programs(), (program) => {
        if (wanted !== null) {
          this.#progress("shrinking");
          return !this.#breaks(program, wanted);
        }
        if (this.#problem !== null) return true;
        const run = this.#generated++;
        const result = this.#observe(program, String(run), run);
        this.#progress("random");
        if (result.violation === null) return true;
        wanted = primary(result.violation);
        original = program.length;
        return false;
      }),
      {
        numRuns: this.#runs,
        seed: this.#seed,
        ...(this.#options.timeMs === undefined
          ? {}
          : {
              interruptAfterTimeLimit: Math.max(
                1,
                this.#options.timeMs - (Date.now() - this.#started),
              ),
            }),
      },
    );
    const smallest = details.counterexample?.[0];
    if (smallest === undefined || wanted === null) return;
    this.#counterexamples.push(
      this.#counterexample(
        smallest,
        original,
        wanted,
        this.#seed,
        details.counterexamplePath ?? "",
      ),
    );
  }

  /** A program for each should-rule that was broken, shrunk. */
  #explainNonStrict(): void {
    for (const [rule, { origin, program }] of this.#nonStrict) {
      if (this.#isLate()) return;
      const smallest = this.#shrink(program, rule);
      this.#counterexamples.push(
        this.#counterexample(smallest, program.length, rule, this.#seed, origin),
      );
    }
  }

  #counterexample(
    program: Program,
    shrunkFrom: number,
    wanted: RuleId,
    seed: number,
    path: string,
  ): Counterexample {
    return counterexampleOf(this.#executeOnBoth(program), {
      subject: this.#subject.name,
      config: this.#config,
      claims: this.#claims,
      wanted,
      shrunkFrom,
      seed,
      path,
    });
  }

  #progress(phase: Progress["phase"]): void {
    const now = Date.now();
    if (this.#options.onProgress === undefined) return;
    // A phase is told when it begins, however short it is.
    if (phase === this.#lastPhase && now - this.#lastProgress < PROGRESS_EVERY_MS) return;
    this.#lastPhase = phase;
    this.#lastProgress = now;
    this.#options.onProgress({
      phase,
      runs: this.#generated,
      ofRuns: this.#runs,
      commands: this.#commands,
      seconds: (now - this.#started) / 1000,
    });
  }

  #report(): Report {
    const { strict, rules } = this.#options;
    const failing = this.#counterexamples.filter((each) => each.fails);
    const evidence: Evidence = {
      config: this.#config,
      claims: this.#claims,
      situations: this.#situations,
      failed: new Set(failing.flatMap((each) => each.broken)),
      nonStrict: new Set(this.#nonStrict.keys()),
      broken: this.#problem !== null,
      compared: this.#compared,
      selected: rules ?? null,
    };
    const reports = ruleReports(evidence);
    const verdict = subjectVerdict(reports, this.#problem !== null, strict ?? false);
    const cut = verdict === "conformant" && this.#isLate() && this.#generated < this.#runs;
    return {
      subject: this.#subject.name,
      kind: kindOf(this.#subject),
      verdict: cut ? "unknown" : verdict,
      problem:
        this.#problem ??
        (cut
          ? `the time was over after ${this.#generated} of ${this.#runs} generated programs, none of which broke a rule; give more time or fewer runs`
          : noneJudged(reports)),
      rules: reports,
      capabilities: isDriver(this.#subject) ? null : this.#subject.capabilities,
      bounds: { preset: this.#config.preset, runs: this.#generated, commands: this.#maxCommands },
      skipped: this.#skipped,
      counterexamples: this.#counterexamples,
      commands: this.#commands,
      seconds: (Date.now() - this.#started) / 1000,
      seed: this.#seed,
      engine: this.#engines.report(),
    };
  }
}
