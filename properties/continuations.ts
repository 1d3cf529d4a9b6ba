// What would have been accepted in place of an event that was rejected. Nothing is predicted: candidates are tried on a
// copy of the world's state, and those that break no rule are kept. For a return of the cache the candidates are the
// answers of its call; if none of them is legal, the shortest ways to a legal one by more host calls are looked for.

import type { Answer, Event, HostCall } from "../model/events.ts";
import { judge, type Finding } from "../model/judge.ts";
import type { State } from "../model/state.ts";
import { referenceWorld, type ReferenceWorld } from "../model/world.ts";
import { isStruck, type Position } from "./agenda.ts";
import { driverResults, hostCallsOf, outcomesOf } from "./candidates.ts";

/** Events that may come instead, with the world's answers. */
export type Continuation = readonly Step[];

export interface Step {
  readonly event: Event;
  readonly answer: Answer;
}

/** More host calls than this before a return are not tried. */
const MOST_HOST_CALLS = 4;
/** More events than this are not tried, so that the answer comes soon in a large world too. */
const MOST_TRIES = 4_000;

type InCall = Extract<Position, { kind: "call" }>;

/** Tries events from a state on. */
export class Continuations {
  readonly #world: ReferenceWorld;
  readonly #from: State;
  readonly #breaks: (finding: Finding) => boolean;
  #tries = 0;
  #isCut = false;

  /** `breaks`: the findings for which an event is rejected. */
  constructor(world: ReferenceWorld, from: State, breaks: (finding: Finding) => boolean) {
    const { config, claims } = world.view;
    this.#world = referenceWorld(config, claims);
    this.#from = from;
    this.#breaks = breaks;
  }

  /** The events one after the other, if none of them breaks a rule. */
  inTurn(events: readonly Event[]): readonly Continuation[] {
    this.#world.reset(this.#from);
    const steps: Step[] = [];
    for (const event of events) {
      const step = this.#step(event);
      if (step === null) return [];
      steps.push(step);
    }
    return [steps];
  }

  /** Not everything was tried: enough was, or something is armed that would have come first. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** What the cache may do in the call: answer it or, if no answer is legal, what leads to one. */
  forReturn(position: InCall): readonly Continuation[] {
    if (position.resumes !== null) return this.#resumed(position, position.resumes);
    let nodes: readonly Node[] = [{ state: this.#from, steps: [] }];
    const known = new Set<string>();
    for (let calls = 0; nodes.length > 0; calls++) {
      const ways = nodes.flatMap((node) => this.#answered(node, position));
      if (ways.length > 0) return ways;
      const isLast = calls === MOST_HOST_CALLS;
      this.#isCut ||= isLast;
      nodes = isLast ? [] : nodes.flatMap((node) => this.#afterHostCalls(node, position, known));
    }
    return [];
  }

  /**
   * What the cache may do in place of a host call: another one that breaks nothing, or a legal answer. What is armed for a
   * host call comes in its place, or before it.
   */
  forHostCall(position: InCall, instead: HostCall): readonly Continuation[] {
    const { resumes, instance } = position;
    if (resumes !== null) return this.#resumed(position, resumes);
    this.#world.reset(this.#from);
    const { view } = this.#world;
    const { process } = view.instance(instance);
    if (view.faults().kill === process) return this.inTurn([{ type: "exit", process }]);
    if (isStruck(view, instance))
      return this.inTurn([{ type: "interrupt", instance, at: instead }]);
    const start: Node = { state: this.#from, steps: [] };
    return [
      ...this.#afterHostCalls(start, position, new Set()).map(({ steps }) => steps),
      ...this.#answered(start, position),
    ];
  }

  /** How a driver may complete its request. */
  forCompletion(): readonly Continuation[] {
    this.#world.reset(this.#from);
    const { view } = this.#world;
    return driverResults(view).flatMap((result) =>
      this.inTurn([{ type: "completed", result, escaped: null }]),
    );
  }

  /** What another thread came before. */
  #resumed({ instance }: InCall, call: HostCall): readonly Continuation[] {
    return this.inTurn([{ type: "host", instance, call }]);
  }

  #answered({ state, steps }: Node, { instance, call }: InCall): readonly Continuation[] {
    this.#world.reset(state);
    return outcomesOf(this.#world.view, instance, call).flatMap((outcome) => {
      this.#world.reset(state);
      const step = this.#step({ type: "return", instance, outcome });
      return step === null ? [] : [[...steps, step]];
    });
  }

  #afterHostCalls(
    { state, steps }: Node,
    { instance, call }: InCall,
    known: Set<string>,
  ): readonly Node[] {
    this.#world.reset(state);
    if (isStruck(this.#world.view, instance)) {
      this.#isCut = true;
      return [];
    }
    const done = steps.map(({ event }) => JSON.stringify(event));
    return hostCallsOf(this.#world.view, instance, call).flatMap((each): readonly Node[] => {
      const event: Event = { type: "host", instance, call: each };
      // The same calls in another order lead nowhere else, or are not legal in it.
      const set = [...done, JSON.stringify(event)].toSorted().join();
      if (known.has(set) || done.includes(JSON.stringify(event))) return [];
      this.#world.reset(state);
      const step = this.#step(event);
      if (step?.answer?.kind !== "host" || !step.answer.result.ok) return [];
      known.add(set);
      return [{ state: this.#world.state(), steps: [...steps, step] }];
    });
  }

  /** Performs the event; null if it breaks a rule, or enough was tried. */
  #step(event: Event): Step | null {
    if (this.#tries++ >= MOST_TRIES) {
      this.#isCut = true;
      return null;
    }
    const { answer } = this.#world.apply(event);
    return judge(this.#world.view, event, answer).some(this.#breaks) ? null : { event, answer };
  }
}

interface Node {
  readonly state: State;
  readonly steps: readonly Step[];
}
