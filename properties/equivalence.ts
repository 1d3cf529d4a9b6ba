// Two worlds agree: given the same events they answer the same, ask for the same events to follow, are in equal states,
// and give the judge the same to say. The reference is one of them; the other is any implementation of the world.
//
// After every event the answers, what follows, and the verdicts are compared; when a call returns, what is remembered of
// it; after every command what lies over the pages that its events were about, and the whole state, through one
// projection. In a world too large for that the whole state is compared now and then. At the end of a program, and
// sometimes before, everything is looked up by its name.
//
// Not compared: how long anything takes, and what a state holds that no look-up shows.

import type { Claims, WorldConfig } from "../model/config.ts";
import type { Answer, Applied, Event, EventOf } from "../model/events.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { Command } from "../model/trace.ts";
import {
  pagesOf,
  sameSpan,
  type InstanceId,
  type PageSpan,
  type ProcessId,
} from "../model/units.ts";
import { referenceWorld, type World, type WorldFactory } from "../model/world.ts";
import { claimsOf } from "./agreement.ts";
import { eventOf, isEnabled, printCommand } from "./commands.ts";
import { differenceByName, differenceOfCall, differenceOver } from "./look-ups.ts";
import { passingDifference, stateDifference } from "./projection.ts";
import { firstDifference, type Difference } from "./shapes.ts";
import { Unwind, stage, type Player } from "./stage.ts";

/** What two worlds do not agree on. */
export interface Disagreement extends Difference {
  /** The number of the command at which they differ, from 1, and the event. */
  readonly command: number;
  readonly event: Event;
  readonly about:
    | "the answer"
    | "what follows"
    | "the verdict"
    | "what is possible"
    | "the state"
    | "a look-up"
    | "an exception";
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
  /** Commands that were compared before this program: those up to the next whole state count on. */
  readonly done?: number;
  readonly makeReference?: WorldFactory;
  /** Go on behind a violation: what comes then is no conformance any more, but worlds must agree on it too. */
  readonly goOn?: boolean;
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
  readonly #done: number;
  readonly #goOn: boolean;
  readonly #program: string[] = [];
  readonly #touched: { readonly process: ProcessId; readonly span: PageSpan }[] = [];
  #executed = 0;
  #then: Applied["then"] = [];
  #applied: Applied | null = null;
  #failed: unknown = null;
  #found: Disagreement | null = null;

  constructor(settings: EquivalenceSettings) {
    const { config, makeWorld, makeReference, player, wholeEvery } = settings;
    const claims: Claims | null = claimsOf(player);
    this.#left = (makeReference ?? referenceWorld)(config, claims);
    this.#right = makeWorld(config, claims);
    this.#player = player;
    this.#wholeEvery = wholeEvery;
    this.#done = settings.done ?? 0;
    this.#goOn = settings.goOn ?? false;
  }

  run(program: readonly Command[]): Comparison {
    const both: World = {
      view: this.#left.view,
      apply: (event) => this.#applyBoth(event),
    };
    const acting = stage(both, this.#player, (event, answer) => this.#compareEvent(event, answer));
    let last: Event | null = null;
    try {
      acting.begin();
      for (const command of program) {
        if (both.view.bugCheck() !== null) break;
        const event = eventOf(command);
        if (!this.#isPossible(command, event)) continue;
        last = event;
        this.#program.push(printCommand(both.view, command));
        this.#executed++;
        acting.play(event);
        this.#compareStates(event);
      }
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
    }
    if (last !== null && this.#found === null) this.#compareAtEnd(last);
    return { executed: this.#executed, disagreement: this.#found };
  }

  #isPossible(command: Command, event: Event): boolean {
    const left = isEnabled(this.#left.view, command);
    this.#reading(event, () => {
      this.#compare(event, "what is possible", left, isEnabled(this.#right.view, command));
    });
    return left;
  }

  #applyBoth(event: Event): Applied {
    this.#noteSpan(event);
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
    if (applied === null) this.#threw(event, this.#failed);
    this.#reading(event, () => {
      this.#compare(event, "the answer", answer, applied.answer);
      this.#compare(event, "what follows", this.#then, applied.then);
      const left = judge(this.#left.view, event, answer);
      const right = judge(this.#right.view, event, applied.answer);
      if (left.length > 0 || right.length > 0) this.#compare(event, "the verdict", left, right);
      if (event.type === "return") this.#compareCall(event);
      const changed = this.#left.view.changed();
      if (changed !== null) this.#note(changed.process, changed.span);
      if (!this.#goOn && left.some((each: Finding) => each.fails)) {
        this.#compareWhole(event);
        throw new Unwind();
      }
    });
  }

  /** What the call was about are pages that it may have named by a handle only. */
  #compareCall(event: EventOf<"return">): void {
    const { view } = this.#left;
    const difference = differenceOfCall(view, this.#right.view, event.instance);
    if (difference !== null) this.#differ(event, "a look-up", difference);
    const { process, lastCall } = view.instance(event.instance);
    for (const span of lastCall?.touched ?? []) this.#note(process, span);
  }

  #compareStates(event: Event): void {
    this.#reading(event, () => {
      if ((this.#done + this.#executed) % this.#wholeEvery === 0) this.#compareWhole(event);
      else this.#compareSmall(event);
      for (const { process, span } of this.#touched) {
        const difference = differenceOver(this.#left.view, this.#right.view, process, span);
        if (difference !== null) this.#differ(event, "a look-up", difference);
      }
      this.#touched.length = 0;
      if (this.#executed % NAMED_EVERY === 0) this.#compareByName(event);
    });
  }

  /** Outside the stage: nothing is left to unwind. */
  #compareAtEnd(event: Event): void {
    try {
      this.#reading(event, () => this.#compareByName(event));
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
    }
  }

  #compareWhole(event: Event): void {
    const difference = stateDifference(this.#left.view, this.#right.view);
    if (difference !== null) this.#differ(event, "the state", difference);
  }

  #compareSmall(event: Event): void {
    const difference = passingDifference(this.#left.view, this.#right.view);
    if (difference !== null) this.#differ(event, "the state", difference);
  }

  #compareByName(event: Event): void {
    const difference = differenceByName(this.#left.view, this.#right.view);
    if (difference !== null) this.#differ(event, "a look-up", difference);
  }

  #compare(event: Event, about: Disagreement["about"], left: unknown, right: unknown): void {
    const difference = firstDifference(left, right);
    if (difference !== null) this.#differ(event, about, difference);
  }

  #differ(event: Event, about: Disagreement["about"], difference: Difference): never {
    this.#found = { ...difference, command: this.#executed, event, about, program: this.#program };
    throw new Unwind();
  }

  #threw(event: Event, error: unknown): never {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#differ(event, "an exception", { path: "", left: "none", right: text });
  }

  /** Reads both worlds. That one of them cannot be read is a disagreement, and not for the subject to catch. */
  #reading(event: Event, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (error instanceof Unwind) throw error;
      this.#threw(event, error);
    }
  }

  /** The pages that the event is about, as far as it names them. */
  #noteSpan(event: Event): void {
    const { view } = this.#left;
    const range = rangeOf(event);
    const process = processOf(event, (id) => view.instance(id).process);
    if (range === null || process === null) return;
    this.#note(process, pagesOf(range, view.config.pageSizeBytes));
  }

  #note(process: ProcessId, span: PageSpan): void {
    const isKnown = this.#touched.some(
      (each) => each.process === process && sameSpan(each.span, span),
    );
    if (!isKnown) this.#touched.push({ process, span });
  }
}

/** Look-ups by name cost more than a state: they are made after so many commands, and at the end. */
const NAMED_EVERY = 50;

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
    case "ioctl":
      return "range" in event.request ? event.request.range : null;
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
