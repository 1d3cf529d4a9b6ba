// What an operation of an application came to.

import type { ExceptionStatus } from "./contract.ts";
import type { Win32Error } from "./errors.ts";
import type { PageSpan } from "./units.ts";

export type OsAnswer =
  /** `value`: the base of an allocation or view, the old protection, the stamps read; else null. */
  | { readonly status: "done"; readonly value: number | string | readonly number[] | null }
  | { readonly status: "failed"; readonly error: Win32Error }
  /** The access raised; pages before the faulting one were accessed. */
  | { readonly status: "raised"; readonly exception: ExceptionStatus }
  /** A secure forbids it, or whoever watches the pages is called first; `span` is what the switch is told. */
  | { readonly status: "refused"; readonly span: PageSpan };

/** What the caller is told, and the pages that may not be what they were. */
export interface Performed {
  readonly answer: OsAnswer;
  readonly changed: PageSpan | null;
}

export const done = (
  value: number | string | readonly number[] | null,
  changed: PageSpan | null,
): Performed => ({ answer: { status: "done", value }, changed });
export const failed = (error: Win32Error): Performed => ({
  answer: { status: "failed", error },
  changed: null,
});
export const refused = (span: PageSpan): Performed => ({
  answer: { status: "refused", span },
  changed: null,
});
