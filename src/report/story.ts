// A trace as a story: the program line by line, and what each command made happen. Everything comes from replaying
// the trace through the model; nothing was recorded while it ran.

import type { Event } from "../../model/events.ts";
import type { Finding } from "../../model/judge.ts";
import type { Replayed } from "../../model/trace.ts";
import { brand, type AddressRange, type ProcessId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import { printCommand } from "../../properties/commands.ts";
import { annotator } from "./annotations.ts";
import type { BufferNames } from "./buffer-names.ts";
import type { Annotations } from "./note-sheet.ts";

export interface StoryLine extends Annotations {
  readonly text: string;
}

/** Is told the steps of a replayed trace in order. */
export interface Story {
  add(step: Replayed): void;
  /** The lines so far; what is told later begins a new one. */
  end(): readonly StoryLine[];
  /** The finding on an event, with the names that the program has for addresses. */
  named(finding: Finding, view: WorldView, event: Event): Finding;
  /** The range as the program names it. */
  nameOf(view: WorldView, event: Event, range: AddressRange): string;
}

export function newStory(): Story {
  const lines: StoryLine[] = [];
  const notes = annotator();
  let text: string | null = null;
  let isTold = false;
  const endLine = (): void => {
    if (text !== null) lines.push({ text, ...notes.end() });
    text = null;
    isTold = false;
  };
  return {
    add({ step, view }): void {
      if ("command" in step) {
        endLine();
        text = printCommand(view, step.command);
        notes.begin();
      } else {
        isTold = true;
        notes.add(view, step.event, step.answer);
      }
    },
    end(): readonly StoryLine[] {
      if (isTold) text ??= "(before the first command)";
      endLine();
      return lines;
    },
    named: (finding, view, event) => withNames(notes.names, finding, view, event),
    nameOf: (view, event, range) => notes.names.nameOf(view, processOf(view, event), range),
  };
}

/** The finding with the names that the program has for addresses. */
export function withNames(
  names: BufferNames,
  finding: Finding,
  view: WorldView,
  event: Event,
): Finding {
  const inText = (clause: string): string => names.inText(view, processOf(view, event), clause);
  return { ...finding, expected: inText(finding.expected), observed: inText(finding.observed) };
}

/** Whose addresses an event is about. */
export function processOf(view: WorldView, event: Event): ProcessId {
  if ("process" in event) return event.process;
  if ("instance" in event) return view.instance(event.instance).process;
  const id = "socket" in event ? event.socket : null;
  return view.sockets().find((each) => each.id === id)?.process ?? brand(0);
}
