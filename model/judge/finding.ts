// What the judge says: one rule that an event broke, with what was expected and what was observed.

import { userPages } from "../address-space.ts";
import type { RuleId } from "../rules.ts";
import { ruleOf } from "../rules.ts";
import { brand, type AddressRange, type PageSpan, type VirtualAddress } from "../units.ts";
import type { WorldView } from "../view.ts";

/** What is judged where a state is: what the event touched, or, to check the former, all there is. */
export type JudgeScope = "touched" | "everything";

export interface Finding {
  readonly rule: RuleId;
  /** True: conformance is lost (must and derived rules). False: only strictness is. */
  readonly fails: boolean;
  /** One clause each, for people. */
  readonly expected: string;
  readonly observed: string;
}

/** Nearly every event breaks nothing: the one empty list for all of them. */
export const none: readonly Finding[] = Object.freeze([]);

/** The findings of both, mostly without making a list. */
export function both(a: readonly Finding[], b: readonly Finding[]): readonly Finding[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : [...a, ...b];
}

/** A broken rule; it fails unless the rule is a should. */
export function broken(rule: RuleId, expected: string, observed: string): Finding {
  return { rule, fails: ruleOf(rule)?.level !== "should", expected, observed };
}

/** Something that a must-rule would rather not see, but that harms nobody. */
export function lenient(rule: RuleId, expected: string, observed: string): Finding {
  return { rule, fails: false, expected, observed };
}

/** `0x40–0x7f`, for messages; the report turns addresses into names. */
export function addresses(range: AddressRange): string {
  const hex = (address: number): string => `0x${address.toString(16)}`;
  return range.lengthBytes === 1
    ? hex(range.start)
    : `${hex(range.start)}–${hex(range.start + range.lengthBytes - 1)}`;
}

/** The pages that a process can have. */
export function everyPage(view: WorldView): PageSpan {
  const { first, end } = userPages(view.config.pageCount, view.config.granularityPages);
  return { first, count: end - first };
}

export function pages(view: WorldView, span: PageSpan): string {
  const { pageSizeBytes } = view.config;
  return addresses({
    start: brand<VirtualAddress>(span.first * pageSizeBytes),
    lengthBytes: span.count * pageSizeBytes,
  });
}

/** `pfn 3, 4`, and `no frame` where a page has none. */
export function frameNames(frames: readonly (number | null)[]): string {
  return `pfn ${frames.map((pfn) => (pfn === null ? "none" : String(pfn))).join(", ")}`;
}
