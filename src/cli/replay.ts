// stalemate replay: a trace is performed again by the model alone, or its program by a subject.

import { readFileSync } from "node:fs";
import { decodeTrace, TraceError, type Trace } from "../../model/trace.ts";
import { failureBlock } from "../report/failure-block.ts";
import { failureOf, type Disagreement, type Replayed } from "../report/failure.ts";
import { requireFile, UsageError } from "./arguments.ts";
import type { ExitCode } from "./check.ts";
import { firstLine, messageOf, withoutStop } from "./error-text.ts";
import { printLine, stdoutPage, warn } from "./screen.ts";

/** @throws {UsageError} if the file is missing, or is not a whole trace of this version. */
export function readTrace(path: string): Trace {
  requireFile(path, "a trace that check wrote");
  try {
    return decodeTrace(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof TraceError ? error.message : messageOf(error);
    throw new UsageError(`${path}: ${why}`);
  }
}

/** Prints the first violation that the trace shows; 1 if it shows one, else 0. */
export function replayTrace(path: string, strict: boolean): ExitCode {
  const trace = readTrace(path);
  const { header } = trace;
  const { failure, disagreement } = performed(path, trace, strict);
  if (disagreement !== null) warn(disagreementText(path, disagreement));
  if (failure === null) {
    printLine(`${path}: no rule is broken in the trace of ${header.subject}.`);
    return 0;
  }
  const { seed, path: seedPath, subject } = header;
  const fails = strict || failure.findings[0].fails;
  const details = { subject, fails, shrunkFrom: null, seed, path: seedPath, tracePath: path };
  printLine(failureBlock(failure, details, stdoutPage()));
  return fails ? 1 : 0;
}

/** A trace of a recommendation alone shows that one, though it fails nothing. */
function performed(path: string, trace: Trace, strict: boolean): Replayed {
  try {
    const replayed = failureOf(trace, (each) => strict || each.fails);
    return replayed.failure === null ? failureOf(trace, () => true) : replayed;
  } catch (error) {
    throw new UsageError(
      `${path} cannot be performed: ${withoutStop(firstLine(messageOf(error)))}. It is damaged, or was not written by stalemate; run check again.`,
    );
  }
}

function disagreementText(path: string, { step, traced, model }: Disagreement): string {
  const line = step + 1;
  return `line ${line} of ${path} has the answer ${cutJson(traced)}, where the model answers ${cutJson(model)}: what follows it may mean little.`;
}

const cutJson = (value: unknown): string => firstLine(JSON.stringify(value));
