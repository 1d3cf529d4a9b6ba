// Two worlds agree: given the same events they answer the same, ask for the same events to follow, are in equal states,
// and give the judge the same to say. The reference is one of them; the other is any implementation of the world.
//
// After every event the answers, what follows, and the verdicts are compared; after every command the whole states,
// through one projection. In a world too large for that the pages that the events were about are compared each time,
// and the whole state now and then.
//
// Not compared: how long anything takes, and what a state holds that no look-up shows.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Answer, Applied, Event } from "../model/events.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { Command } from "../model/trace.ts";
import { pagesOf, type InstanceId, type PageSpan, type ProcessId } from "../model/units.ts";
import { referenceWorld, type World, type WorldFactory } from "../model/world.ts";
import { claimsOf } from "./agreement.ts";
import { eventOf, isEnabled, printCommand } from "./commands.ts";
import { firstDifference, projection, projectionOver, type Difference } from "./projection.ts";
import { Unwind, stage, type Player } from "./stage.ts";

/** What two worlds do not agree on. */
export interface Disagreement extends Difference {
  /** The number of the command at which they differ, from 1, and the event. */
  readonly command: number;
  readonly event: Event;
  readonly about: "the answer" | "what follows" | "the verdict" | "the state" | "an exception";
  /** The commands up to there, as they read. */
  readonly program: readonly string[];
}

export interface Comparison {
  /** Commands performed; the one at which the worlds differ is counted. */
  readonly executed: number;
  readonly disagreement: Disagreement | null;
}

export interface EquivalenceSettings {
  readonly config: WorldConfig;
  readonly makeWorld: WorldFactory;
  readonly player: Player;
  /** Compare the whole state after every so many commands, and what the events touched after the others. */
  readonly wholeEvery: number;
  readonly makeReference?: WorldFactory;
}

/** Plays a program on both worlds, up to its end, the first violation, or the first difference. */
export function compareWorlds(
  settings: EquivalenceSettings,
  program: readonly Command[],
): Comparison {
  return new Comparing(settings).run(program);
}

class Comparing {
  readonly #left: World;
  readonly #right: World;
  readonly #player: Player;
  readonly #wholeEvery: number;
  readonly #program: string[] = [];
  #executed = 0;
  #touched: { readonly process: ProcessId; readonly spans: PageSpan[] }[] = [];
  #then: Applied["then"] = [];
  #applied: Applied | null = null;
  #failed: unknown = null;
  #found: Disagreement | null = null;

  constructor({ config, makeWorld, makeReference, player, wholeEvery }: EquivalenceSettings) {
    const claims: Claims | null = claimsOf(player);
    this.#left = (makeReference ?? referenceWorld)(config, claims);
    this.#right = makeWorld(config, claims);
    this.#player = player;
    this.#wholeEvery = wholeEvery;
  }

  run(program: readonly Command[]): Comparison {
    const both: World = {
      view: this.#left.view,
      apply: (event) => this.#applyBoth(event),
    };
    const acting = stage(both, this.#player, (event, answer) => this.#compareEvent(event, answer));
    try {
      acting.begin();
      for (const command of program) {
        if (both.view.bugCheck() !== null) break;
        const possible = isEnabled(both.view, command);
        const event = eventOf(command);
        if (possible !== isEnabled(this.#right.view, command)) {
          this.#differ(event, "the verdict", { path: "enabled", left: possible, right: !possible });
        }
        if (!possible) continue;
        this.#program.push(printCommand(both.view, command));
        this.#executed++;
        acting.play(event);
        this.#compareStates(event);
      }
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
    }
    return { executed: this.#executed, disagreement: this.#found };
  }

  #applyBoth(event: Event): Applied {
    this.#noteSpans(event);
    const left = this.#left.apply(event);
    this.#then = left.then;
    try {
      this.#applied = this.#right.apply(event);
      this.#failed = null;
    } catch (error) {
      this.#applied = null;
      this.#failed = error;
    }
    return left;
  }

  /** Called by the stage after each event; throws `Unwind` at a difference and at a violation. */
  #compareEvent(event: Event, answer: Answer): void {
    const applied = this.#applied;
    if (applied === null) {
      const text = this.#failed instanceof Error ? this.#failed.message : String(this.#failed);
      this.#differ(event, "an exception", { path: "", left: "none", right: text });
    }
    this.#compare(event, "the answer", answer, applied.answer);
    this.#compare(event, "what follows", this.#then, applied.then);
    const left = judge(this.#left.view, event, answer);
    const right = judge(this.#right.view, event, applied.answer);
    if (left.length > 0 || right.length > 0) this.#compare(event, "the verdict", left, right);
    if (left.some((each: Finding) => each.fails)) {
      this.#compareWhole(event);
      throw new Unwind();
    }
  }

  #compareStates(event: Event): void {
    if (this.#executed % this.#wholeEvery === 0) this.#compareWhole(event);
    else {
      for (const { process, spans } of this.#touched) {
        const left = projectionOver(this.#left.view, process, spans);
        this.#compare(event, "the state", left, projectionOver(this.#right.view, process, spans));
      }
    }
    this.#touched = [];
  }

  #compareWhole(event: Event): void {
    const left = projection(this.#left.view);
    this.#compare(event, "the state", left, projection(this.#right.view));
  }

  #compare(event: Event, about: Disagreement["about"], left: unknown, right: unknown): void {
    const difference = firstDifference(left, right);
    if (difference !== null) this.#differ(event, about, difference);
  }

  #differ(event: Event, about: Disagreement["about"], difference: Difference): never {
    this.#found = { ...difference, command: this.#executed, event, about, program: this.#program };
    throw new Unwind();
  }

  /** The pages that the event is about, as far as it names them. */
  #noteSpans(event: Event): void {
    if (this.#wholeEvery === 1) return;
    const { view } = this.#left;
    const range = rangeOf(event);
    const process = processOf(event, (id) => view.instance(id).process);
    if (range === null || process === null) return;
    const span = pagesOf(range, view.config.pageSizeBytes);
    const known = this.#touched.find((each) => each.process === process);
    if (known === undefined) this.#touched.push({ process, spans: [span] });
    else known.spans.push(span);
  }
}

type Range = Parameters<typeof pagesOf>[0];

function rangeOf(event: Event): Range | null {
  switch (event.type) {
    case "os":
      return "range" in event.operation ? event.operation.range : addressed(event.operation);
    case "notify":
      return event.range;
    case "call":
      if (event.call.name === "register") return event.call.request.range;
      return "range" in event.call ? event.call.range : null;
    case "host":
      return "range" in event.call ? event.call.range : null;
    default:
      return null;
  }
}

function addressed(operation: Extract<Event, { type: "os" }>["operation"]): Range | null {
  if (!("address" in operation) || operation.address === null) return null;
  const lengthBytes = "sizeBytes" in operation ? Math.max(1, operation.sizeBytes) : 1;
  return { start: operation.address, lengthBytes };
}

function processOf(event: Event, of: (id: InstanceId) => ProcessId): ProcessId | null {
  if ("process" in event) return event.process;
  return "instance" in event ? of(event.instance) : null;
}

/** A disagreement as it is shown: the program, the event, and both sides. */
export function printDisagreement(
  { command, event, about, path, left, right, program }: Disagreement,
  names: { readonly left: string; readonly right: string },
): string {
  const lines = program.map((line, i) => {
    const number = String(i + 1).padStart(3);
    return `${i + 1 === command ? ">" : " "}${number}  ${line}`;
  });
  const width = Math.max(names.left.length, names.right.length);
  return [
    `The worlds disagree on ${about}${path === "" ? "" : `, at ${path}`}.`,
    "",
    ...lines,
    `       event ${JSON.stringify(event)}`,
    `       ${names.left.padEnd(width)}  ${excerpt(left)}`,
    `       ${names.right.padEnd(width)}  ${excerpt(right)}`,
  ].join("\n");
}

const LONGEST = 300;

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
