// A race: the programs of the domain on several threads, in every order of their host calls within the bounds; and what it
// all says, as a report. It stops at the first schedule that breaks a rule, and makes it smaller.

import type { Claims, WorldConfig } from "../../../model/config.ts";
import type { AsyncSubject } from "../../../model/contract.ts";
import type { Answer, Event } from "../../../model/events.ts";
import type { Finding } from "../../../model/judge.ts";
import type { RuleId } from "../../../model/rules.ts";
import type { ReferenceWorld } from "../../../model/world.ts";
import { countSituations, situations } from "../../../properties/witnesses.ts";
import {
  sampleSchedules,
  searchSchedules,
  type ScheduleCoverage,
} from "../../explorer/interleavings.ts";
import { notDeterministic } from "../determinism.ts";
import { wholeNumber } from "../options.ts";
import type { Counterexample, Progress, Report } from "../report.ts";
import { checkAsyncSubject } from "../subject.ts";
import { Contest } from "./contest.ts";
import { counterexampleOf } from "./counterexample.ts";
import { raceConfig, racePrograms } from "./domain.ts";
import { raceDefaults, type RaceOptions } from "./options.ts";
import type { Place } from "./place.ts";
import { programOfTrace, runSchedule, scheduleOfTrace } from "./replay.ts";
import { smallerPrograms } from "./smaller.ts";
import { NotTheSame, RaceStage, type RaceProgram } from "./stage.ts";
import { raceReports, raceVerdict } from "./verdicts.ts";

const PROGRESS_EVERY_MS = 200;
/** Runs that may tell whether a smaller program breaks the rule as well. */
const RUNS_FOR_SHRINKING = 2000;

/**
 * Races a subject and says what was found. Never throws for what the subject does; one that does not give the thread
 * back is for the caller to stop.
 * @throws {MisuseError} for a subject or an option that makes no sense.
 */
export async function race(subject: AsyncSubject, options: RaceOptions = {}): Promise<Report> {
  return new Racing(checkAsyncSubject(subject, "the subject"), options).run();
}

class Racing {
  readonly #subject: AsyncSubject;
  readonly #options: RaceOptions;
  readonly #size: { readonly threads: number; readonly calls: number };
  readonly #preemptions: number;
  readonly #mostRuns: number;
  readonly #drawn: number;
  readonly #seed: number;
  readonly #config: WorldConfig;
  readonly #claims: Claims;
  readonly #started = Date.now();
  readonly #met = new Int32Array(situations.length);
  readonly #nonStrict = new Set<RuleId>();
  readonly #counterexamples: Counterexample[] = [];
  readonly #programs: string[] = [];
  #problem: string | null = null;
  #isComplete = true;
  #schedules = 0;
  #moves = 0;
  #places = 0;
  #episodes = 0;
  #callbacksInside = 0;
  #lastProgress = 0;
  #programCount = 0;

  constructor(subject: AsyncSubject, options: RaceOptions) {
    this.#subject = subject;
    this.#options = options;
    const { threads, calls, preemptions, mostRuns, drawn } = { ...raceDefaults, ...options };
    this.#size = {
      threads: wholeNumber("threads", threads, 1),
      calls: wholeNumber("calls", calls, 1),
    };
    this.#preemptions =
      preemptions === Infinity ? Infinity : wholeNumber("preemptions", preemptions, 0);
    this.#mostRuns = wholeNumber("mostRuns", mostRuns, 1);
    this.#drawn = wholeNumber("drawn", drawn, 0);
    this.#seed = options.seed ?? Math.floor(Math.random() * 0x7fffffff);
    this.#config = options.only?.header.config ?? raceConfig(subject.capabilities.notification);
    const { hasCallback: callback } = new Contest(subject, this.#config.pageSizeBytes);
    this.#claims = { ...subject.capabilities, callback };
  }

  async run(): Promise<Report> {
    try {
      await this.#runAll();
    } catch (error) {
      if (!(error instanceof NotTheSame)) throw error;
      this.#problem = notDeterministic(this.#moves, error.message);
    }
    return this.#report();
  }

  async #runAll(): Promise<void> {
    const { only } = this.#options;
    if (only !== undefined) {
      const program = programOfTrace(only);
      const end = await runSchedule(this.#stage(program), scheduleOfTrace(only));
      this.#schedules++;
      this.#moves += end.moves;
      this.#conclude(end, program);
      return;
    }
    const programs = racePrograms(this.#config, this.#size);
    this.#programCount = programs.length;
    for (const program of programs) {
      if (this.#isLate()) {
        this.#isComplete = false;
        return;
      }
      this.#programs.push(program.name);
      if (await this.#raceOne(program)) return;
    }
  }

  /** Every schedule of a program within the bounds; true: one ended before its threads did. */
  async #raceOne(program: RaceProgram): Promise<boolean> {
    const coverage = await this.#search(program, this.#preemptions, this.#mostRuns, true);
    this.#schedules += coverage.runs;
    this.#moves += coverage.moves;
    this.#places += coverage.places;
    let end = coverage.found;
    const isDone = coverage.isAll || coverage.covered >= this.#preemptions;
    if (end === null && !isDone && !this.#isLate()) {
      const drawing = { runs: this.#drawn, seed: this.#seed };
      const drawn = await sampleSchedules(this.#stage(program), drawing, this.#watch());
      this.#schedules += drawn.runs;
      end = drawn.found === null ? null : { place: drawn.found, preemptions: Infinity };
    }
    this.#isComplete &&= isDone;
    if (end === null) return false;
    this.#isComplete = false;
    const smallest = await this.#shrink(program, end);
    this.#conclude(smallest.place, program);
    return true;
  }

  async #search(
    program: RaceProgram,
    preemptions: number,
    mostRuns: number,
    counts: boolean,
    wanted: RuleId | null = null,
  ): Promise<ScheduleCoverage<Place>> {
    const bounds = { preemptions, mostRuns };
    return searchSchedules(this.#stage(program, counts), bounds, this.#watch(wanted));
  }

  #watch(wanted: RuleId | null = null): {
    isWanted(place: Place): boolean;
    isOver(): boolean;
  } {
    return {
      isWanted: ({ verdict }) =>
        verdict !== null && (wanted === null || primaryOf(verdict) === wanted),
      isOver: () => {
        this.#progress(wanted === null ? "schedules" : "shrinking");
        return this.#isLate();
      },
    };
  }

  /** The smallest program with the fewest preemptions that is found to break the same rule. */
  async #shrink(
    program: RaceProgram,
    found: NonNullable<ScheduleCoverage<Place>["found"]>,
  ): Promise<{ readonly place: Place }> {
    const wanted = found.place.verdict === null ? null : primaryOf(found.place.verdict);
    if (wanted === null) return found;
    let [smallest, best] = [program, found];
    for (let isSmaller = true; isSmaller && !this.#isLate();) {
      isSmaller = false;
      for (const candidate of smallerPrograms(smallest)) {
        const { preemptions } = best;
        const again = await this.#search(candidate, preemptions, RUNS_FOR_SHRINKING, false, wanted);
        if (again.found === null) continue;
        [smallest, best, isSmaller] = [candidate, again.found, true];
        break;
      }
    }
    return best;
  }

  #conclude({ verdict, ...place }: Place, program: RaceProgram): void {
    if (verdict === null) return;
    if (verdict.kind === "broken") {
      this.#problem = verdict.problem;
      return;
    }
    this.#counterexamples.push(
      counterexampleOf({ ...place, verdict }, verdict.findings, program, {
        subject: this.#subject.name,
        config: this.#config,
        claims: this.#claims,
        seed: this.#options.only?.header.seed ?? this.#seed,
      }),
    );
  }

  #stage(program: RaceProgram, counts = true): RaceStage {
    const strict = this.#options.strict ?? false;
    return new RaceStage(program, {
      subject: this.#subject,
      config: this.#config,
      claims: this.#claims,
      isFatal: (finding) => strict || finding.fails,
      observe: (world, event, answer, all) => {
        if (counts) this.#observe(world, event, answer, all);
      },
    });
  }

  #observe(
    { view }: ReferenceWorld,
    event: Event,
    answer: Answer,
    findings: readonly Finding[],
  ): void {
    countSituations(view, event, answer, this.#met);
    for (const { rule, fails } of findings) if (!fails) this.#nonStrict.add(rule);
    if (event.type === "call" && event.call.name === "invalidate") {
      if (view.instance(event.instance).calls.length > 1) this.#callbacksInside++;
    }
    if (event.type === "return") {
      const { calls, episode } = view.instance(event.instance);
      if (calls.length === 0 && (episode?.calls.length ?? 0) > 1) this.#episodes++;
    }
  }

  #isLate(): boolean {
    const { timeMs } = this.#options;
    return timeMs !== undefined && Date.now() - this.#started > timeMs;
  }

  #progress(phase: Progress["phase"]): void {
    const now = Date.now();
    const { onProgress } = this.#options;
    if (onProgress === undefined || now - this.#lastProgress < PROGRESS_EVERY_MS) return;
    this.#lastProgress = now;
    onProgress({
      phase,
      runs: this.#programs.length,
      ofRuns: this.#programCount,
      commands: this.#moves,
      seconds: (now - this.#started) / 1000,
    });
  }

  #report(): Report {
    const { strict = false, only } = this.#options;
    const isBroken = this.#problem !== null;
    const rules = raceReports({
      config: this.#config,
      claims: this.#claims,
      situations: new Map([...this.#met.entries()].filter(([, count]) => count > 0)),
      failed: new Set(this.#counterexamples.flatMap((each) => each.broken)),
      nonStrict: this.#nonStrict,
      broken: isBroken,
      repeated: this.#moves,
      episodes: this.#episodes,
      callbacksInside: this.#callbacksInside,
    });
    const isCut = only === undefined && !this.#isComplete;
    const verdict = raceVerdict(rules, isBroken, isCut, strict);
    const { threads, calls } = this.#size;
    return {
      subject: this.#subject.name,
      kind: "cache",
      verdict,
      problem: this.#problem ?? (verdict === "unknown" ? this.#whyUnknown(isCut) : null),
      rules,
      capabilities: this.#subject.capabilities,
      bounds: {
        preset: this.#config.preset,
        runs: this.#schedules,
        commands: threads * calls,
      },
      skipped: {},
      counterexamples: this.#counterexamples,
      commands: this.#moves,
      seconds: (Date.now() - this.#started) / 1000,
      seed: this.#seed,
      engine: { name: "reference", compared: { programs: 0, commands: 0 } },
      race: {
        threads,
        calls,
        preemptions: this.#preemptions === Infinity ? null : this.#preemptions,
        programs: this.#programs,
        schedules: this.#schedules,
        moves: this.#moves,
        places: this.#places,
        complete: this.#isComplete && only === undefined && !isBroken,
      },
    };
  }

  #whyUnknown(isCut: boolean): string {
    if (!isCut) return "no two calls overlapped; give more threads";
    const done = `${this.#programs.length} of ${this.#programCount} programs`;
    return this.#isLate()
      ? `the time was over in ${done}, none of which broke a rule so far; give more time, or fewer preemptions`
      : `some of ${done} have too many schedules, of which ${this.#drawn} were drawn; none broke a rule; give fewer preemptions, threads or calls`;
  }
}

/** The rule that it is about; null if the cache left the contract. */
function primaryOf(verdict: NonNullable<Place["verdict"]>): RuleId | null {
  return verdict.kind === "violation" ? (verdict.findings[0]?.rule ?? null) : null;
}
