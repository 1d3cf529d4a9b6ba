// One move of a thread, while it is made: events go to the world and before the judge, calls and answers to the cache.

import { eventIfEnabled } from "../../../properties/commands.ts";
import { hasLapsed } from "../../../properties/lapsed.ts";
import type { Answer, Event, EventOf, HostCall } from "../../../model/events.ts";
import { callWords } from "../../../model/threads.ts";
import type { Finding } from "../../../model/judge.ts";
import type { Command, TraceStep } from "../../../model/trace.ts";
import type { ReferenceWorld } from "../../../model/world.ts";
import type { Contest, Given, Happening } from "./contest.ts";
import {
  following,
  laneOf,
  popped,
  pushed,
  replaced,
  topOf,
  withCall,
  type Lane,
  type OpenCall,
} from "./lanes.ts";
import type { Verdict } from "./place.ts";

/** What a move is made on. */
export interface Board {
  readonly lanes: readonly Lane[];
  readonly thread: number;
  /** In the state in which the move begins. */
  readonly world: ReferenceWorld;
  readonly contest: Contest;
  /** Puts an event before the judge: the findings that end the schedule. */
  readonly judge: (event: Event, answer: Answer) => readonly Finding[];
}

/** Calls of one thread. */
const MOST_CALLS = 1000;

export class Move {
  readonly #board: Board;
  readonly #lanes: Lane[];
  readonly given: Given[] = [];
  readonly steps: TraceStep[] = [];
  readonly happenings: Happening[] = [];
  verdict: Verdict | null = null;

  constructor(board: Board) {
    this.#board = board;
    this.#lanes = [...board.lanes];
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** The thread goes on to its next point; `commands` are all that it has to do. */
  async perform(commands: readonly Command[]): Promise<void> {
    const top = topOf(this.#lane);
    if (top?.kind === "call") await this.#hostCall(top);
    else if (top !== undefined || this.#begins(commands)) await this.#follow();
  }

  /** Something happens to all threads. */
  befall(event: Event): void {
    this.#apply(event);
  }

  get #lane(): Lane {
    return this.#lanes[this.#board.thread] as Lane;
  }

  set #lane(lane: Lane) {
    this.#lanes[this.#board.thread] = lane;
  }

  #apply(event: Event): readonly Event[] {
    const { answer, then } = this.#board.world.apply(event);
    this.steps.push({ event, answer });
    const findings = this.#board.judge(event, answer);
    if (findings.length > 0) this.verdict ??= { kind: "violation", findings };
    return then;
  }

  #resume(thread: number): void {
    if (this.#board.world.state().thread === thread) return;
    this.#apply({ type: "resume", thread, pending: pendingOf(this.#lanes, thread) });
  }

  /** The cache cannot be judged any further. */
  giveUp(problem: string): void {
    this.verdict ??= { kind: "broken", problem };
  }

  /** Comes to the next command; false: it is not possible, and is left out. */
  #begins(commands: readonly Command[]): boolean {
    const command = commands[this.#lane.next];
    this.#lane = { ...this.#lane, next: this.#lane.next + 1 };
    const event = command && eventIfEnabled(this.#board.world.view, command);
    if (command === undefined || event === null || event === undefined) return false;
    this.#resume(this.#board.thread);
    this.steps.push({ command });
    this.#lane = following(this.#lane, [event]);
    return true;
  }

  /** Performs what has to follow, up to a call, or up to the end of an operation that waited for one. */
  async #follow(): Promise<void> {
    for (let isFirst = true; this.verdict === null; isFirst = false) {
      const top = topOf(this.#lane);
      const event = top?.kind === "events" ? top.events[0] : undefined;
      if (top?.kind !== "events" || event === undefined) return;
      if (!isFirst && event.type === "retry") return;
      const rest = top.events.slice(1);
      this.#lane = following(popped(this.#lane), rest);
      if (hasLapsed(this.#board.world.view, event)) continue;
      this.#resume(this.#board.thread);
      const then = this.#apply(event);
      if (event.type === "call") {
        await this.#call(event);
        return;
      }
      this.#lane = following(this.#lane, then);
    }
  }

  async #call({ call }: EventOf<"call">): Promise<void> {
    const { begun } = this.#lane;
    const number = this.#board.thread * MOST_CALLS + begun;
    this.#lane = pushed(
      { ...this.#lane, begun: begun + 1 },
      { kind: "call", number, call, asked: [] },
    );
    await this.#give({ kind: "call", number, call });
  }

  /** Performs the host call that is waited for, after whatever was armed to arrive at it. */
  async #hostCall(open: OpenCall): Promise<void> {
    const [asked, ...rest] = open.asked;
    if (asked === undefined) return;
    this.#resume(this.#board.thread);
    if (this.#isInterrupted()) {
      const then = this.#apply({ type: "interrupt", instance: INSTANCE, at: asked.call });
      this.#lane = following(this.#lane, then);
      await this.#follow();
      return;
    }
    this.#apply({ type: "host", instance: INSTANCE, call: asked.call });
    if (this.verdict !== null) return;
    const answer = answerOf(this.steps.at(-1));
    this.#lane = replaced(this.#lane, { ...open, asked: rest });
    await this.#give({ kind: "answer", asked: asked.number, answer });
  }

  #isInterrupted(): boolean {
    const armed = this.#board.world.view.faults().interrupt;
    return armed !== null && armed.afterHostCalls === 0;
  }

  async #give(given: Given): Promise<void> {
    this.given.push(given);
    for (const happening of await this.#board.contest.give(given)) {
      this.happenings.push(happening);
      if (this.verdict === null) this.#note(happening);
    }
  }

  #note(happening: Happening): void {
    switch (happening.kind) {
      case "broken":
        return this.giveUp(happening.problem);
      case "asked":
        return this.#noteAsked(happening.call, happening.asked, happening.request);
      case "returned":
        return this.#noteReturned(happening);
    }
  }

  #noteAsked(number: number | null, asked: number, call: HostCall): void {
    const index = number === null ? -1 : laneOf(this.#lanes, number);
    const lane = this.#lanes[index];
    if (number === null || lane === undefined) {
      const when = number === null ? "outside any call" : "after that call had returned";
      this.giveUp(
        `the cache called ${call.name} of its host ${when}; a cache acts only while it is called, so wait for every host call before returning`,
      );
      return;
    }
    this.#lanes[index] = withCall(lane, number, (open) => ({
      ...open,
      asked: [...open.asked, { number: asked, call }],
    }));
  }

  #noteReturned({ call: number, outcome }: Extract<Happening, { kind: "returned" }>): void {
    const index = laneOf(this.#lanes, number);
    const lane = this.#lanes[index];
    const top = lane && topOf(lane);
    if (lane === undefined || top?.kind !== "call") {
      this.giveUp("a call returned that another call inside it has not left");
      return;
    }
    if (top.number !== number || top.asked.length > 0) {
      this.giveUp(
        `the ${callWords(top.call)} returned while a host call of it was not performed; wait for every host call before returning`,
      );
      return;
    }
    this.#resume(index);
    const then = this.#apply({ type: "return", instance: INSTANCE, outcome });
    this.#lanes[index] = following(popped(lane), then);
  }
}

/** What the other threads are just about to ask. */
const pendingOf = (lanes: readonly Lane[], thread: number): EventOf<"resume">["pending"] =>
  lanes.flatMap((lane, i) => {
    const top = topOf(lane);
    return i === thread || top?.kind !== "call"
      ? []
      : top.asked.map(({ call }) => ({ thread: i, at: call }));
  });

/** A race is in one provider of one process. */
const INSTANCE: EventOf<"return">["instance"] = 0 as EventOf<"return">["instance"];

function answerOf(step: TraceStep | undefined): Extract<Given, { kind: "answer" }>["answer"] {
  if (step === undefined || "command" in step || step.answer?.kind !== "host") {
    throw new TypeError("a host call has an answer");
  }
  return step.answer.result;
}
