// stalemate validate: a trace that was recorded elsewhere is judged by the model alone.

import type { Trace } from "../../model/trace.ts";
import { validate, type Validation } from "../../properties/validation.ts";
import type { RuleReport } from "../kit/report.ts";
import { ruleReports } from "../kit/verdicts.ts";
import { jsonValidation } from "../report/validation-json.ts";
import { validationReport } from "../report/validation.ts";
import { UsageError } from "./arguments.ts";
import type { ExitCode } from "./check.ts";
import { firstLine, messageOf, withoutStop } from "./error-text.ts";
import { readTrace } from "./replay.ts";
import { printLine, stdoutPage } from "./screen.ts";

export interface ValidateRequest {
  readonly path: string;
  readonly strict: boolean;
  readonly json: boolean;
}

/**
 * Prints what became of the trace: 0 if all of it was accepted, 1 if an event was rejected.
 * @throws {UsageError} if there is no such file, or it is not a trace that this release can judge.
 */
export function validateTrace({ path, strict, json }: ValidateRequest): ExitCode {
  const trace = readTrace(path);
  const { claims, config } = trace.header;
  if (claims !== null && claims.notification !== config.notification) {
    throw new UsageError(
      `${path} has a cache of the family ${claims.notification} in a world of the family ${config.notification}; a cache is judged in the family that it declares, so make both the same.`,
    );
  }
  const validation = validated(path, trace, strict);
  const rules = ruleReportsOf(trace, validation);
  const told = { path, trace, validation, rules, strict };
  printLine(
    json ? JSON.stringify(jsonValidation(told), null, 2) : validationReport(told, stdoutPage()),
  );
  return validation.rejection === null ? 0 : 1;
}

function validated(path: string, trace: Trace, strict: boolean): Validation {
  try {
    return validate(trace, strict);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be performed: ${withoutStop(firstLine(messageOf(error)))}. Its parameters, or a range in it, are beyond what this world can be.`,
    );
  }
}

/** One trace says nothing about determinism, and leaves most rules unknown. */
function ruleReportsOf({ header }: Trace, validation: Validation): readonly RuleReport[] {
  const { situations, rejection, nonStrict } = validation;
  return ruleReports({
    config: header.config,
    claims: header.claims,
    situations,
    failed: new Set(rejection?.findings.map(({ rule }) => rule)),
    nonStrict: new Set(nonStrict.map(({ rule }) => rule)),
    broken: false,
    compared: 0,
    selected: null,
  });
}
