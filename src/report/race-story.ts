// The trace of a race as a story: one line for each step of a thread, in the order in which they came. What a step did
// stands beside it, and so does what a call returned at its end.

import type { Answer, CacheCall, CallOutcome, Event } from "../../model/events.ts";
import { callWords } from "../../model/threads.ts";
import type { Replayed } from "../../model/trace.ts";
import { brand, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { printCommand } from "../../properties/commands.ts";
import { bufferNames } from "./buffer-names.ts";
import { hostNote, type LockedFrames } from "./host-notes.ts";
import { processOf, withNames, type Story, type StoryLine } from "./story.ts";
import { operationText, osNote } from "./world-notes.ts";

/** Tells the steps of threads. */
export function raceStory(): Story {
  return new RaceStory();
}

class RaceStory implements Story {
  readonly #names = bufferNames();
  readonly #frames: LockedFrames = new Map();
  #lines: { text: string; notes: string[]; asides: [] }[] = [];
  #thread = 0;
  /** The thread of the last line; null: what comes next begins a line. */
  #shown: number | null = null;
  /** The next operation of the application comes inside a call. */
  #isInterrupted = false;

  add({ step, view }: Replayed): void {
    if ("command" in step) this.#begin(printCommand(view, step.command));
    else this.#tell(view, step.event, step.answer);
  }

  end(): readonly StoryLine[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#shown = null;
    return lines;
  }

  named: Story["named"] = (finding, view, event) => withNames(this.#names, finding, view, event);

  nameOf(view: WorldView, event: Event, range: AddressRange): string {
    return this.#names.nameOf(view, processOf(view, event), range);
  }

  #begin(text: string): void {
    const who = this.#thread === 0 ? "         │ " : `thread ${this.#thread} │ `;
    this.#lines.push({ text: who + text, notes: [], asides: [] });
    this.#shown = this.#thread;
  }

  #note(note: string | null): void {
    if (note === null) return;
    if (this.#shown !== this.#thread) this.#begin("  goes on");
    this.#lines.at(-1)?.notes.push(note);
  }

  #tell(view: WorldView, event: Event, answer: Answer): void {
    switch (event.type) {
      case "resume":
        this.#thread = event.thread;
        break;
      case "call":
        if (!isInCommand(event.call)) this.#begin(`  ${callText(view, event.call, this.#nameIn)}`);
        break;
      case "host":
        this.#begin(`  ${hostNote(view, event, answer, this.#frames) ?? event.call.name}`);
        break;
      case "return":
        this.#note(returnText(event.outcome));
        break;
      case "os":
        if (this.#isInterrupted) this.#begin(`  ${operationText(view, event, this.#names)}`);
        this.#note(osNote(view, event, answer, this.#names));
        this.#isInterrupted = false;
        break;
      case "interrupt":
        this.#isInterrupted = true;
        break;
      case "retry":
        this.#begin("  tries again");
        this.#note(osNote(view, event, answer, this.#names));
        break;
      case "standstill":
        this.#begin(event.kind);
        break;
      default:
        break;
    }
  }

  readonly #nameIn = (view: WorldView, range: AddressRange): string =>
    this.#names.nameOf(view, brand<ProcessId>(0), range);
}

/** The command says what is called. */
const isInCommand = ({ name }: CacheCall): boolean => name === "register" || name === "deregister";

function callText(
  view: WorldView,
  call: CacheCall,
  nameOf: (view: WorldView, range: AddressRange) => string,
): string {
  return call.name === "invalidate" ? `callback over ${nameOf(view, call.range)}` : callWords(call);
}

function returnText(outcome: CallOutcome): string {
  if (outcome === null) return "returns";
  if (!outcome.ok) return `returns ${outcome.error}`;
  return "region" in outcome ? `returns region ${outcome.region}` : "returns 0";
}
