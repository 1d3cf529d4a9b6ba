// Traces on disk: one file per failure, named by its rule and its content, in one folder that the next
// check reads first.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RuleId } from "../../model/rules.ts";
import { decodeTrace, encodeTrace, programOf, TraceError, type Trace } from "../../model/trace.ts";
import { isKnown } from "../../properties/commands.ts";
import { messageOf } from "./error-text.ts";

/** Writes the trace as `law-1-2b1f.jsonl` and answers its path. The same trace gets the same name. */
export function writeTrace(folder: string, rule: RuleId, trace: Trace): string {
  const text = encodeTrace(trace);
  const hash = createHash("sha256").update(text).digest("hex");
  mkdirSync(folder, { recursive: true });
  // Two traces of one rule may share four digits of their hash.
  const path = [4, 8, 64]
    .map((digits) => join(folder, `${rule.toLowerCase()}-${hash.slice(0, digits)}.jsonl`))
    .find((each) => !existsSync(each) || readFileSync(each, "utf8") === text);
  if (path === undefined)
    throw new Error(`${folder} holds another file with the name of this trace`);
  writeFileSync(path, text);
  return path;
}

/** The traces in a folder, by name; the unreadable ones are told to `warn` and skipped. */
export function readTraces(folder: string, warn: (line: string) => void): Trace[] {
  if (!existsSync(folder)) return [];
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  } catch (error) {
    warn(`${folder} is not read for earlier failures: ${messageOf(error)}`);
    return [];
  }
  return names.toSorted().flatMap((name) => {
    const path = join(folder, name);
    try {
      const trace = decodeTrace(readFileSync(path, "utf8"));
      const stranger = programOf(trace).find((each) => !isKnown(each));
      if (stranger === undefined) return [trace];
      throw new TraceError(`this stalemate does not know its command "${stranger.name}".`);
    } catch (error) {
      warn(`${path} is skipped: ${error instanceof TraceError ? error.message : messageOf(error)}`);
      return [];
    }
  });
}
