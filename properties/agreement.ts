// A subject is judged: a program is run on a stage with the subject in the provider's place, and every event is
// put before the judge. The run stops at the first event that breaks a rule of conformance.

import type { Claims, WorldConfig } from "../model/config.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { Command, TraceStep } from "../model/trace.ts";
import type { World } from "../model/world.ts";
import { eventIfEnabled } from "./commands.ts";
import { Unwind, stage, unwinding, type Player } from "./stage.ts";
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
  const { world, player, counts, strict, record = true } = settings;
  const { view } = world;
  const steps: TraceStep[] = [];
  const skipped: Record<string, number> = {};
  const nonStrict: Finding[] = [];
  const met = new Int32Array(situations.length);
  let executed = 0;
  let violation: readonly Finding[] | null = null;

  const acting = stage(world, player, (event, answer) => {
    if (record) steps.push({ event, answer });
    countSituations(view, event, answer, met);
    const all = judge(view, event, answer);
    if (all.length === 0) return;
    const findings = all.filter(counts);
    const fatal = findings.filter((each) => strict || each.fails);
    if (fatal.length > 0) {
      violation = fatal;
      throw unwinding;
    }
    for (const finding of findings) {
      if (!nonStrict.some((each) => each.rule === finding.rule)) nonStrict.push(finding);
    }
  });

  function perform(command: Command): void {
    const event = view.bugCheck() === null ? eventIfEnabled(view, command) : null;
    if (event === null) {
      skipped[command.name] = (skipped[command.name] ?? 0) + 1;
      return;
    }
    if (record) steps.push({ command });
    executed++;
    acting.play(event);
  }

  try {
    acting.begin();
    for (const command of program) perform(command);
  } catch (error) {
    if (!(error instanceof Unwind)) throw error;
  }
  return {
    steps,
    executed,
    skipped,
    violation,
    nonStrict,
    situations: countsOf(met),
    broken: acting.problem(),
  };
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
