// The format of what the world answers.

import type { DriverError, Mdl, NicError } from "../contract.ts";
import type { BugCheck, Win32Error } from "../errors.ts";
import type { Answer, HostAnswer } from "../events.ts";
import {
  anything,
  choice,
  count,
  figure,
  hasField,
  list,
  nullable,
  oneOf,
  record,
  tagged,
  text,
  type Format,
  type Variants,
} from "../format.ts";
import type { OsAnswer } from "../performed.ts";
import type { AddressRange, Pfn } from "../units.ts";
import {
  driverErrors,
  exceptionStatus,
  frames,
  ioctlResult,
  range,
  span,
  stamps,
} from "./words.ts";

const osAnswer: Format<OsAnswer> = tagged<OsAnswer, "status">("status", {
  done: {
    value: nullable(
      choice(
        Array.isArray,
        stamps,
        choice((value) => typeof value === "string", text, figure),
      ),
    ),
  },
  failed: {
    error: oneOf<Win32Error>({
      ERROR_INVALID_PARAMETER: true,
      ERROR_INVALID_PAGE_PROTECTION: true,
      ERROR_INVALID_ADDRESS: true,
      ERROR_MAPPED_ALIGNMENT: true,
    }),
  },
  raised: { exception: exceptionStatus },
  refused: { span },
});

/** The frames of an MDL, or the ranges that were polled. */
const framesOrRanges = choice<readonly AddressRange[], readonly Pfn[]>(
  (value) => Array.isArray(value) && typeof value[0] === "object",
  list(range),
  frames,
);

const hostAnswer: Format<HostAnswer> = tagged<HostAnswer, "ok">("ok", {
  true: { value: nullable(choice(Array.isArray, framesOrRanges, count())) },
  false: {
    error: oneOf<DriverError | NicError>({
      ...driverErrors,
      BUSY: true,
      NO_RESOURCES: true,
      INVALID_KEY: true,
    }),
  },
});

/** What each kind of answer has beside its kind. */
export const answerFields: Variants<Exclude<Answer, null>, "kind"> = {
  os: { answer: osAnswer },
  wsp: { error: nullable(text) },
  host: { result: hostAnswer },
  transfer: { stamps: nullable(list(nullable(figure))), error: nullable(text) },
  ioctl: { result: ioctlResult },
  kernel: {
    value: choice<Mdl, unknown>(
      hasField("handle"),
      record<Mdl>({ handle: count(), frames }),
      anything(),
    ),
    raised: nullable(exceptionStatus),
    bugCheck: nullable(
      oneOf<BugCheck>({
        KMODE_EXCEPTION_NOT_HANDLED: true,
        PROCESS_HAS_LOCKED_PAGES: true,
        INVALID_SECURE_HANDLE: true,
        MDL_NOT_LOCKED: true,
      }),
    ),
  },
};

export const answerFormat: Format<Answer> = nullable(
  tagged<Exclude<Answer, null>, "kind">("kind", answerFields),
);
