// The states of all of a subject's instances, as one text: what each says itself, a line for each.

import type { JsonValue } from "../../model/contract.ts";
import type { InstanceId } from "../../model/units.ts";
import type { WorldView } from "../../model/view.ts";
import type { Keeping } from "../../properties/stage.ts";

/** Begins the line of bytes; JSON never begins like this, and has no line breaks. */
const BYTES = "#";
const LINE = "\n";

/** What every started instance is in, in their order. Equal states, equal texts, if the subject keeps its word. */
export function writtenStates(view: WorldView, keeping: Keeping): string {
  let text = "";
  for (const { id, started } of view.instances()) {
    if (started) text += written(keeping, id);
  }
  return text;
}

function written(keeping: Keeping, id: InstanceId): string {
  const snapshot = keeping.snapshot(id);
  if (!(snapshot instanceof Uint8Array)) return JSON.stringify(snapshot) + LINE;
  return BYTES + Array.from(snapshot, (byte) => String.fromCharCode(byte + 0x100)).join("") + LINE;
}

/** Puts the started instances into the states that were written. Each gets a copy of its own, which it may change. */
export function restoreStates(view: WorldView, keeping: Keeping, lines: readonly string[]): void {
  let next = 0;
  for (const { id, started } of view.instances()) {
    if (started) keeping.restore(id, read(lines[next++] ?? ""));
  }
}

/** The lines of a text, for `restoreStates`. */
export const linesOf = (text: string): string[] => text.split(LINE);

function read(line: string): Uint8Array | JsonValue {
  if (!line.startsWith(BYTES)) return JSON.parse(line) as JsonValue;
  return Uint8Array.from(line.slice(BYTES.length), (char) => char.charCodeAt(0) - 0x100);
}
