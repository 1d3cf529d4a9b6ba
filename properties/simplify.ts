// Simpler arguments for one step of a program. Works on the JSON of the arguments, so that it needs to know
// shapes, not commands: a range becomes whole, an access becomes read and write, a delay becomes none.

import type { JsonValue } from "../model/contract.ts";
import type { Command } from "../model/trace.ts";

type Args = Command["args"];

/** Variants of the arguments, each simpler in one place. */
export function* simpler(command: Command, pageSizeBytes: number): Generator<Args> {
  for (const variant of variants(command.args, pageSizeBytes)) yield variant as Args;
}

function* variants(value: JsonValue, pageSizeBytes: number): Generator<JsonValue> {
  if (typeof value !== "object" || value === null) return;
  if (isArray(value)) return;
  for (const [key, member] of Object.entries(value)) {
    for (const simple of simplerMember(key, member, pageSizeBytes))
      yield { ...value, [key]: simple };
    for (const variant of variants(member, pageSizeBytes)) yield { ...value, [key]: variant };
  }
}

/** Array.isArray does not narrow a readonly array away. */
const isArray = (value: object): value is readonly JsonValue[] => Array.isArray(value);

function* simplerMember(
  key: string,
  member: JsonValue,
  pageSizeBytes: number,
): Generator<JsonValue> {
  switch (key) {
    case "flags":
      if (member !== 3) yield 3;
      break;
    case "afterHostCalls":
    case "stamp":
      if (member !== 0) yield 0;
      break;
    case "guard":
      if (member === true) yield false;
      break;
    case "protection":
      if (member !== "READWRITE") yield "READWRITE";
      break;
    case "type":
      // Memory that is committed at once needs no step of its own for that.
      if (member === "reserve") yield "reserve|commit";
      break;
    case "kind":
      if (member === "rdmaWrite" || member === "rdmaRead" || member === "receive") yield "send";
      break;
    case "sizeBytes":
      if (typeof member === "number" && member > pageSizeBytes) {
        yield pageSizeBytes;
        yield member - pageSizeBytes;
      }
      break;
    case "range":
      yield* simplerRange(member, pageSizeBytes);
      break;
    case "process":
    case "provider":
      if (member !== 0) yield 0;
      break;
    case "socket":
      if (typeof member === "number" && member > 1) yield 1;
      break;
    default:
      break;
  }
}

/** Whole pages, then one page only: both lessen what is left to simplify, so shrinking ends. */
export function* simplerRange(range: JsonValue, pageSizeBytes: number): Generator<JsonValue> {
  if (typeof range !== "object" || range === null || isArray(range)) return;
  const { start, lengthBytes } = range;
  if (typeof start !== "number" || typeof lengthBytes !== "number") return;
  const first: number = Math.floor(start / pageSizeBytes) * pageSizeBytes;
  const end: number = Math.ceil((start + lengthBytes) / pageSizeBytes) * pageSizeBytes;
  if (first !== start || end !== start + lengthBytes) {
    yield { start: first, lengthBytes: end - first };
  } else if (lengthBytes > pageSizeBytes) {
    yield { start, lengthBytes: pageSizeBytes };
    yield { start, lengthBytes: lengthBytes - pageSizeBytes };
  }
}
