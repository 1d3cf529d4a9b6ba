// The agenda: what may come next. The stage makes events in an order that is right by construction; an order that
// somebody else recorded has to be looked at.
//
// Time is one line. What the world names to follow from an event (`Applied.then`) comes next, each with what follows
// from it; a call is open until it returns, and what arrives inside it comes between two of its host calls. A thread
// that acts inside a call is announced by `interrupt`, as the stage does it. `arm` may come at any time: it only says
// what the world is about to do.

import { eventFormat } from "../model/format/events.ts";
import type { CacheCall, Event, EventOf, HostCall } from "../model/events.ts";
import type { InstanceId, ProcessId } from "../model/units.ts";
import type { WorldView } from "../model/view.ts";
import { eventWords } from "./event-words.ts";
import { hasLapsed } from "./lapsed.ts";
import { answersOf, isAnswerOf } from "./outcomes.ts";
import { whyImpossible } from "./possibility.ts";
import { commandOf } from "./stimuli.ts";

/** Why an event cannot come now. One clause each, for people. */
export interface Refusal {
  readonly expected: string;
  readonly observed: string;
  /** The event is an answer of the subject that is none by its contract. */
  readonly isNoAnswer?: true;
}

/** What has begun and not ended. */
export type Position =
  /** Nothing: whatever comes, comes from the environment. */
  | { readonly kind: "idle" }
  /** The event must follow now. */
  | { readonly kind: "due"; readonly event: Event }
  /** The cache is called; `resumes` is the host call that another thread came before. */
  | {
      readonly kind: "call";
      readonly instance: InstanceId;
      readonly call: CacheCall;
      readonly resumes: HostCall | null;
    }
  /** The driver serves a request, or the end of a process. */
  | { readonly kind: "dispatch" };

type Frame =
  | { readonly kind: "due"; readonly events: Event[] }
  | {
      readonly kind: "call";
      readonly event: EventOf<"call">;
      /** Calls of the instance in progress, this one included. */
      readonly depth: number;
      resumes: HostCall | null;
    }
  | { readonly kind: "dispatch" };

/** Follows events through a world that performs them. */
export class Agenda {
  readonly #view: WorldView;
  /** Innermost last. */
  #frames: Frame[] = [];
  readonly #names = new Set<string>();

  constructor(view: WorldView) {
    this.#view = view;
  }

  /** Where the trace is, before its next event. */
  position(): Position {
    for (;;) {
      const top = this.#frames.at(-1);
      if (top === undefined) return { kind: "idle" };
      switch (top.kind) {
        case "due": {
          const [event] = top.events;
          if (event !== undefined && !hasLapsed(this.#view, event)) return { kind: "due", event };
          if (event === undefined) this.#frames.pop();
          else top.events.shift();
          break;
        }
        case "call": {
          const { instance, call } = top.event;
          return { kind: "call", instance, call, resumes: top.resumes };
        }
        case "dispatch":
          return top;
      }
    }
  }

  /** Null: the event may come now. */
  refusal(event: Event): Refusal | null {
    const view = this.#view;
    const crash = view.bugCheck();
    if (crash !== null) {
      const expected = `nothing any more: the machine is down (${crash})`;
      return { expected, observed: eventWords(event) };
    }
    const position = this.position();
    if (position.kind === "due" && sameEvent(event, position.event)) return null;
    if (event.type === "arm" || event.type === "resume" || event.type === "standstill") {
      return impossible(view, event);
    }
    switch (position.kind) {
      case "due":
        return {
          expected: `what follows from the events before: ${eventWords(position.event)}`,
          observed: eventWords(event),
        };
      case "call":
        return refusalInCall(view, position, event);
      case "dispatch":
        return event.type === "kernel" || event.type === "completed"
          ? null
          : {
              expected: "a call of the driver into the kernel, or that it completes its request",
              observed: eventWords(event),
            };
      case "idle":
        return this.#refusalWhenIdle(event);
    }
  }

  #refusalWhenIdle(event: Event): Refusal | null {
    if (commandOf(event) === null) {
      return {
        expected: "something that comes from the environment: nothing is in progress",
        observed: `${eventWords(event)}, which follows from nothing`,
      };
    }
    const name = newName(event);
    if (name !== null && this.#names.has(name)) {
      return { expected: "a name that was not given before", observed: `${name} a second time` };
    }
    return impossible(this.#view, event);
  }

  /** The event was performed, and these must follow from it. */
  note(event: Event, then: readonly Event[]): void {
    const name = newName(event);
    if (name !== null) this.#names.add(name);
    const top = this.#frames.at(-1);
    if (top?.kind === "due" && event.type !== "arm") top.events.shift();
    if (top?.kind === "call" && event.type === "interrupt") top.resumes = event.at;
    if (top?.kind === "call" && event.type === "host") top.resumes = null;
    if (event.type === "return" || event.type === "completed") this.#frames.pop();
    // Whoever was called in a process that has ended does not return.
    this.#frames = this.#frames.filter((each) => each.kind !== "call" || this.#isOpen(each));
    if (then.length > 0) this.#frames.push({ kind: "due", events: [...then] });
    if (event.type === "call") {
      const depth = this.#view.instance(event.instance).calls.length;
      this.#frames.push({ kind: "call", event, depth, resumes: null });
    } else if (isDispatch(this.#view, event)) {
      this.#frames.push({ kind: "dispatch" });
    }
  }

  #isOpen({ event, depth }: Extract<Frame, { kind: "call" }>): boolean {
    return this.#view.instance(event.instance).calls.length >= depth;
  }
}

/** The name that the event gives to something; each is given once, so that it means one thing in the whole trace. */
function newName(event: Event): string | null {
  if (event.type === "transferStart") return event.as;
  return event.type === "wsp" && "as" in event.function ? event.function.as : null;
}

/** A driver under test is asked for something. */
function isDispatch({ claims }: WorldView, { type }: Event): boolean {
  return type === "processExit" || (type === "ioctl" && claims === null);
}

function sameEvent(event: Event, due: Event): boolean {
  const canonical = (each: Event): string => JSON.stringify(eventFormat.read(each, "event"));
  return canonical(event) === canonical(due);
}

function impossible(view: WorldView, event: Event): Refusal | null {
  const why = whyImpossible(view, event);
  return why === null
    ? null
    : { expected: "something that can happen now", observed: `${eventWords(event)}: ${why}` };
}

/** The interruption that is armed comes before the next host call of the process. */
function isInterrupted(view: WorldView, process: ProcessId): boolean {
  const { interrupt } = view.faults();
  return interrupt?.process === process && interrupt.afterHostCalls === 0;
}

/** Something is armed for the next host call of the instance, which it cannot make before that. */
export function isStruck(view: WorldView, instance: InstanceId): boolean {
  const { process } = view.instance(instance);
  return view.faults().kill === process || isInterrupted(view, process);
}

type InCall = Extract<Position, { kind: "call" }>;

function refusalInCall(view: WorldView, position: InCall, event: Event): Refusal | null {
  const { instance, call, resumes } = position;
  const { process } = view.instance(instance);
  const { kill } = view.faults();
  const refused = (expected: string): Refusal => ({ expected, observed: eventWords(event) });
  if (event.type === "exit" && event.process === process && kill === process) return null;
  if ("instance" in event && event.instance === instance) {
    switch (event.type) {
      case "host":
        if (kill === process) return refused(`the end of process ${process}, which is killed now`);
        if (isInterrupted(view, process))
          return refused("the interruption that is due at this host call");
        return resumes === null || sameCall(event.call, resumes)
          ? null
          : refused(`the host call ${resumes.name} that was interrupted, with its arguments`);
      case "return":
        return resumes === null
          ? refusalOfOutcome(call, event)
          : refused(`the host call ${resumes.name} that was interrupted`);
      case "interrupt":
        return isInterrupted(view, process)
          ? null
          : refused("an interruption that is armed, and due at this host call");
      default:
        break;
    }
  }
  return refused(`provider instance ${instance} is in ${call.name}: it calls its host or returns`);
}

const sameCall = (a: HostCall, b: HostCall): boolean => JSON.stringify(a) === JSON.stringify(b);

function refusalOfOutcome(call: CacheCall, { outcome }: EventOf<"return">): Refusal | null {
  return isAnswerOf(call, outcome)
    ? null
    : {
        expected: `an answer of ${call.name}: ${answersOf(call)}`,
        observed: JSON.stringify(outcome),
        isNoAnswer: true,
      };
}
