// A subject is judged: a program is run on a stage with the subject in the provider's place, and every event is
// put before the judge. The run stops at the first event that breaks a rule of conformance.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Answer, Event } from "../model/events.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { Command, TraceStep } from "../model/trace.ts";
import type { World } from "../model/world.ts";
import { eventIfEnabled } from "./commands.ts";
import { Unwind, stage, unwinding, type Player, type Stage } from "./stage.ts";
import { countSituations, situations } from "./witnesses.ts";

export interface RunResult {
  /** The trace; empty if it was not recorded. */
  readonly steps: readonly TraceStep[];
  /** Commands executed; a violating one is counted. */
  readonly executed: number;
  /** Commands that were impossible, by name. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The first event that broke a rule of conformance, or any rule if `strict`; null if none did. */
  readonly violation: readonly Finding[] | null;
  /** Should-rules broken on the way, the first finding of each. */
  readonly nonStrict: readonly Finding[];
  /** How often each situation of the witness table was met, by its index there. */
  readonly situations: ReadonlyMap<number, number>;
  /** Set when the subject left the contract. */
  readonly broken: string | null;
}

export interface RunSettings {
  readonly world: World;
  readonly player: Player;
  /** Which findings count at all. */
  readonly counts: (finding: Finding) => boolean;
  readonly strict: boolean;
  /** Keep the trace. Default true; a run of which nobody asks more than the verdict is faster without. */
  readonly record?: boolean;
}

/** Runs a program from the world's initial state to its end, or to the first violation. */
export function runProgram(settings: RunSettings, program: readonly Command[]): RunResult {
  const trial = new Trial(settings);
  const skipped: Record<string, number> = {};
  let executed = 0;
  trial.begin();
  for (const command of program) {
    if (trial.isOver()) break;
    if (trial.perform(command)) executed++;
    else skipped[command.name] = (skipped[command.name] ?? 0) + 1;
  }
  const { steps, violation, nonStrict, broken } = trial;
  return { steps, executed, skipped, violation, nonStrict, situations: trial.situations(), broken };
}

/** A subject before the judge, one command after another. */
export class Trial {
  readonly #settings: RunSettings;
  readonly #acting: Stage;
  readonly #met = new Int32Array(situations.length);
  readonly steps: TraceStep[] = [];
  readonly nonStrict: Finding[] = [];
  violation: readonly Finding[] | null = null;

  constructor(settings: RunSettings) {
    this.#settings = settings;
    this.#acting = stage(settings.world, settings.player, (event, answer) =>
      this.#observe(event, answer),
    );
  }

  get broken(): string | null {
    return this.#acting.problem();
  }

  /** Nothing more is asked of the subject: it has broken a rule, or the contract. */
  isOver(): boolean {
    return this.violation !== null || this.broken !== null;
  }

  /** How often each situation was met, by its index in the witness table. */
  situations(): ReadonlyMap<number, number> {
    return countsOf(this.#met);
  }

  begin(): void {
    this.#playing(() => this.#acting.begin());
  }

  /** False: the command is not possible, and nothing happened. */
  perform(command: Command): boolean {
    const { view } = this.#settings.world;
    const event = view.bugCheck() === null ? eventIfEnabled(view, command) : null;
    if (event === null) return false;
    if (this.#settings.record !== false) this.steps.push({ command });
    this.#playing(() => this.#acting.play(event));
    return true;
  }

  /** Goes on in another state, into which the world and the subject were put. */
  resume(): void {
    this.#acting.resume();
  }

  #playing(play: () => void): void {
    try {
      play();
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
    }
  }

  #observe(event: Event, answer: Answer): void {
    const { world, counts, strict, record } = this.#settings;
    if (record !== false) this.steps.push({ event, answer });
    countSituations(world.view, event, answer, this.#met);
    const all = judge(world.view, event, answer);
    if (all.length === 0) return;
    const findings = all.filter(counts);
    const fatal = findings.filter((each) => strict || each.fails);
    if (fatal.length > 0) {
      this.violation = fatal;
      throw unwinding;
    }
    for (const finding of findings) {
      if (!this.nonStrict.some((each) => each.rule === finding.rule)) this.nonStrict.push(finding);
    }
  }
}

/** The situations that were met. */
function countsOf(met: Int32Array): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  met.forEach((count, index) => {
    if (count > 0) counts.set(index, count);
  });
  return counts;
}

/** What a world is made for: a cache with its claims, or a driver. */
export function claimsOf(player: Player): Claims | null {
  return player.kind === "cache" ? player.claims : null;
}

/** The world's parameters for a subject: its notification family is the subject's. */
export function configFor(config: WorldConfig, player: Player): WorldConfig {
  return player.kind === "cache" ? { ...config, notification: player.claims.notification } : config;
}
