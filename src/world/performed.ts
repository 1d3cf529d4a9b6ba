// What an operation of an application came to, and which pages it may have changed.

import { brand } from "../../model/units.ts";
import { spanOf } from "./ranges.ts";
import type { Store } from "./store.ts";
import type { OsAnswer, OsOperation } from "./words.ts";

export type Op<Name extends OsOperation["name"]> = Extract<OsOperation, { name: Name }>;
type Win32Error = Extract<OsAnswer, { status: "failed" }>["error"];

export const done = (value: number | string | readonly number[] | null): OsAnswer => ({
  status: "done",
  value,
});
export const nothingDone: OsAnswer = Object.freeze(done(null));
export const failed = (error: Win32Error): OsAnswer => ({ status: "failed", error });
export const refused = (first: number, count: number): OsAnswer => ({
  status: "refused",
  span: spanOf(first, count),
});

/** The pages may not be what they were. */
export function note(w: Store, process: number, first: number, count: number): void {
  w.changed = { process: brand(process), span: spanOf(first, count) };
}
