// Loading the module that a user names, TypeScript or JavaScript, whatever kind of package it lies in.
//
// Inside it, "stalemate" is this very package, also in a checkout and under npx: a driver that catches a
// KernelException must catch ours.

import { relative } from "node:path";
import { createJiti } from "jiti";
import * as stalemate from "../index.ts";
import { firstLine, messageOf, withoutStop } from "./error-text.ts";

/** One sentence that says what is wrong with the module. */
export class ModuleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ModuleError";
  }
}

/**
 * The module's namespace.
 * @param file its absolute path.
 * @param shown its path as the user gave it.
 * @throws {ModuleError} if it cannot be parsed, or throws while it is loaded.
 */
export async function loadModule(file: string, shown: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    virtualModules: { stalemate },
    fsCache: false,
    interopDefault: false,
    sourceMaps: true,
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file);
  } catch (error) {
    throw new ModuleError(whyNotLoaded(error, file, shown));
  }
  return isSubjectItself(loaded) ? { default: loaded } : loaded;
}

/** `module.exports = subject` of a CommonJS module. */
function isSubjectItself(loaded: unknown): boolean {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    !("default" in loaded) &&
    ("create" in loaded || "createProvider" in loaded || "createDriver" in loaded)
  );
}

function whyNotLoaded(error: unknown, file: string, shown: string): string {
  const message = firstLine(messageOf(error));
  const syntax = /^(?:ParseError|SyntaxError): (.*)$/.exec(
    error instanceof SyntaxError ? `SyntaxError: ${message}` : message,
  );
  if (syntax !== null) {
    const where = /^\s*(\/.*|[A-Za-z]:\\.*):(\d+):(\d+)\s*$/m.exec(messageOf(error));
    const position =
      where === null ? shown : `${shownPath(where[1] ?? "", file, shown)}:${where[2]}:${where[3]}`;
    return `${position} is not valid TypeScript or JavaScript: ${withoutStop(syntax[1] ?? "")}. Correct it and check again.`;
  }
  if (isMissingModule(error)) {
    return `${shown} imports something that is not there: ${withoutStop(message)}. Install it, or correct the path.`;
  }
  return `${shown} threw while it was loaded${positionIn(error, file)}: ${withoutStop(message)}. Loading it may only define the subject: move what can fail into create.`;
}

function isMissingModule(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : null;
  return code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
}

/** " at line 5", the innermost line of the module in the error's stack. */
function positionIn(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frame = stack.split("\n").find((line) => line.includes(`${file}:`));
  const line = frame === undefined ? null : /:(\d+):\d+\)?$/.exec(frame);
  return line === null ? "" : ` at line ${line[1]}`;
}

const shownPath = (found: string, file: string, shown: string): string =>
  found === file ? shown : relative(process.cwd(), found);
