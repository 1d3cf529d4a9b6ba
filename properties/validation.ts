// A trace is judged: one that was recorded elsewhere, by a cache that nobody can call from here. The reference world
// performs the events of the trace, and the first that no legal provider could have produced, in this world, is rejected:
//
// - it breaks a rule;
// - the world answers it otherwise;
// - it cannot come where it stands;
// - it is an answer of the cache that is none by the contract.
//
// Commands in the trace are not looked at: what an application did is in the events.

import { judge, type Finding } from "../model/judge.ts";
import type { Answer, Event } from "../model/events.ts";
import type { State } from "../model/state.ts";
import type { Trace, TraceStep } from "../model/trace.ts";
import type { WorldView } from "../model/view.ts";
import { referenceWorld, type ReferenceWorld } from "../model/world.ts";
import { Agenda, type Position, type Refusal } from "./agenda.ts";
import { Continuations, type Continuation } from "./continuations.ts";
import { Renaming, type Alias } from "./renaming.ts";
import { commandOf } from "./stimuli.ts";
import { countSituations, situations } from "./witnesses.ts";

export interface Rejection {
  /** Where it stands among the steps of the trace. */
  readonly index: number;
  /** As the trace has it. */
  readonly event: Event;
  readonly because: "rule" | "answer" | "order" | "outcome";
  /** The rules that are broken, the primary one first; of the other reasons none. */
  readonly findings: readonly Finding[];
  /** One clause each, for people. */
  readonly expected: string;
  readonly observed: string;
  /** In the model's numbers. */
  readonly wouldAccept: readonly Continuation[];
  /** There may be more that would have been accepted: enough was tried. */
  readonly isCut: boolean;
}

export interface Validation {
  /** Events of the trace, and how many of them, from the first, were accepted. */
  readonly events: number;
  readonly accepted: number;
  /** Null: all of them were. */
  readonly rejection: Rejection | null;
  /**
   * What was performed, in the model's numbers and with its answers, each stimulus after its command. It ends with the
   * rejected event if that could be performed.
   */
  readonly performed: Trace;
  /** Should-rules that were broken on the way, the first finding of each. */
  readonly nonStrict: readonly Finding[];
  /** How often each situation of the witness table was met, by its index there. */
  readonly situations: ReadonlyMap<number, number>;
  /** What is open at the end: a trace may have been cut. */
  readonly position: Position;
  /** Things that the trace calls by other numbers than the model. */
  readonly aliases: readonly Alias[];
  /** An event of the model in the numbers of the trace. */
  readonly recorded: (event: Event) => Event;
}

/** Judges a trace up to its end, or to the first event that is rejected. */
export function validate(trace: Trace, strict = false): Validation {
  return new Validating(trace, strict).run();
}

class Validating {
  readonly #trace: Trace;
  readonly #rejects: (finding: Finding) => boolean;
  readonly #world: ReferenceWorld;
  readonly #view: WorldView;
  readonly #agenda: Agenda;
  readonly #renaming: Renaming;
  readonly #performed: TraceStep[] = [];
  readonly #nonStrict: Finding[] = [];
  readonly #met = new Int32Array(situations.length);

  constructor(trace: Trace, strict: boolean) {
    this.#trace = trace;
    this.#rejects = (finding) => strict || finding.fails;
    this.#world = referenceWorld(trace.header.config, trace.header.claims);
    this.#view = this.#world.view;
    this.#agenda = new Agenda(this.#view);
    this.#renaming = new Renaming(this.#view);
  }

  run(): Validation {
    const { header, steps } = this.#trace;
    let accepted = 0;
    let rejection: Rejection | null = null;
    for (const [index, step] of steps.entries()) {
      if ("command" in step) continue;
      rejection = this.#perform(index, step.event, step.answer);
      if (rejection !== null) break;
      accepted++;
    }
    return {
      events: steps.filter((step) => "event" in step).length,
      accepted,
      rejection,
      performed: { header, steps: this.#performed },
      nonStrict: this.#nonStrict,
      situations: new Map([...this.#met.entries()].filter(([, count]) => count > 0)),
      position: this.#agenda.position(),
      aliases: this.#renaming.aliases(),
      recorded: (event) => this.#renaming.toTrace(event),
    };
  }

  /** Null: the event is accepted. */
  #perform(index: number, recorded: Event, traced: Answer): Rejection | null {
    const event = this.#renaming.toModel(recorded);
    const position = this.#agenda.position();
    const from = this.#world.state();
    const refusal = this.#agenda.refusal(event);
    if (refusal !== null) return this.#refused(index, recorded, refusal, position, from);
    const isOutermost = position.kind === "idle";
    const command = isOutermost ? commandOf(event) : null;
    if (command !== null) this.#performed.push({ command });
    const { answer, then } = this.#world.apply(event);
    this.#performed.push({ event, answer });
    this.#agenda.note(event, then);
    countSituations(this.#view, event, answer, this.#met);
    const agree = this.#renaming.agree(event, traced, answer);
    const all = judge(this.#view, event, answer);
    const broken = all.filter(this.#rejects);
    if (broken.length === 0 && agree) {
      this.#noteNonStrict(all);
      return null;
    }
    const tried = this.#tried(from, (each) =>
      broken.length > 0 ? instead(each, event, position) : withAnswer(each, event, traced),
    );
    // A shell that answers otherwise than the world may break a rule by that.
    const findings = broken.length > 0 ? broken : judge(this.#view, event, traced);
    const [first, ...others] = findings.filter(this.#rejects);
    const found = { index, event: recorded, ...tried };
    if (first !== undefined) {
      const { expected, observed } = first;
      return { ...found, because: "rule", findings: [first, ...others], expected, observed };
    }
    const expected = `the world's answer, ${JSON.stringify(answer)}`;
    return {
      ...found,
      because: "answer",
      findings: [],
      expected,
      observed: JSON.stringify(traced),
    };
  }

  #refused(
    index: number,
    event: Event,
    { expected, observed, isNoAnswer }: Refusal,
    position: Position,
    from: State,
  ): Rejection {
    const because = isNoAnswer === true ? "outcome" : "order";
    const tried = this.#tried(from, (each) => instead(each, event, position));
    return { index, event, because, findings: [], expected, observed, ...tried };
  }

  #tried(
    from: State,
    attempt: (continuations: Continuations) => readonly Continuation[],
  ): Pick<Rejection, "wouldAccept" | "isCut"> {
    const continuations = new Continuations(this.#world, from, this.#rejects);
    const wouldAccept = attempt(continuations);
    return { wouldAccept, isCut: continuations.isCut };
  }

  #noteNonStrict(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (!this.#nonStrict.some((each) => each.rule === finding.rule)) {
        this.#nonStrict.push(finding);
      }
    }
  }
}

/** What may come in place of an event, where the trace is. */
function instead(
  continuations: Continuations,
  event: Event,
  position: Position,
): readonly Continuation[] {
  switch (position.kind) {
    case "idle":
      return [];
    case "due":
      return continuations.inTurn([position.event]);
    case "call":
      return event.type === "host"
        ? continuations.forHostCall(position, event.call)
        : continuations.forReturn(position);
    case "dispatch":
      return event.type === "completed" ? continuations.forCompletion() : [];
  }
}

/** The event as the world answers it; or, if it is a failure that can be armed, after that. */
function withAnswer(
  continuations: Continuations,
  event: Event,
  traced: Answer,
): readonly Continuation[] {
  return [...continuations.inTurn([event]), ...armed(continuations, event, traced)];
}

function armed(
  continuations: Continuations,
  event: Event,
  traced: Answer,
): readonly Continuation[] {
  if (event.type !== "host") return [];
  const { name: call } = event.call;
  if (call !== "lock" && call !== "secure" && call !== "nicRegister" && call !== "nicDeregister") {
    return [];
  }
  return continuations
    .inTurn([{ type: "arm", fault: { kind: "fail", call } }, event])
    .filter((steps) => JSON.stringify(steps.at(-1)?.answer) === JSON.stringify(traced));
}
