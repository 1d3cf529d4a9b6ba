// The states of all of a subject's instances, as bytes: what they say themselves, one behind the other.

import type { JsonValue } from "../../model/contract.ts";
import type { InstanceId } from "../../model/units.ts";
import type { Keeping } from "../../properties/stage.ts";
import type { WorldView } from "../../model/view.ts";

const JSON_TEXT = 0;
const RAW_BYTES = 1;
/** Before each: how many bytes, and what they are. */
const HEAD_BYTES = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What every started instance is in, in their order. Equal states, equal bytes, if the subject keeps its word. */
export function writtenStates(view: WorldView, keeping: Keeping): Uint8Array {
  const states = startedInstances(view).map((id) => encoded(keeping.snapshot(id)));
  const lengthBytes = states.reduce((sum, each) => sum + HEAD_BYTES + each.bytes.length, 0);
  const all = new Uint8Array(lengthBytes);
  const numbers = new DataView(all.buffer);
  let at = 0;
  for (const { kind, bytes } of states) {
    numbers.setUint32(at, bytes.length);
    numbers.setUint8(at + 4, kind);
    all.set(bytes, at + HEAD_BYTES);
    at += HEAD_BYTES + bytes.length;
  }
  return all;
}

/** Puts the started instances into the states that were written. */
export function restoreStates(view: WorldView, keeping: Keeping, written: Uint8Array): void {
  const numbers = new DataView(written.buffer, written.byteOffset, written.byteLength);
  let at = 0;
  for (const id of startedInstances(view)) {
    const from = at + HEAD_BYTES;
    const bytes = written.slice(from, from + numbers.getUint32(at));
    keeping.restore(id, decoded(numbers.getUint8(at + 4), bytes));
    at = from + bytes.length;
  }
}

/** Those that exist: of the others nothing is left. */
function startedInstances(view: WorldView): InstanceId[] {
  const started: InstanceId[] = [];
  for (const { id, started: isStarted } of view.instances()) if (isStarted) started.push(id);
  return started;
}

interface Encoded {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

function encoded(snapshot: Uint8Array | JsonValue): Encoded {
  return snapshot instanceof Uint8Array
    ? { kind: RAW_BYTES, bytes: snapshot }
    : { kind: JSON_TEXT, bytes: encoder.encode(JSON.stringify(snapshot)) };
}

/** A copy of its own, which the subject may change. */
function decoded(kind: number, bytes: Uint8Array): Uint8Array | JsonValue {
  return kind === RAW_BYTES ? bytes : (JSON.parse(decoder.decode(bytes)) as JsonValue);
}
