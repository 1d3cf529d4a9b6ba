import type { Answer, Event } from "./events.ts";
import type { RuleId } from "./rules.ts";
import type { WorldView } from "./view.ts";

/** One rule that an event broke. */
export interface Finding {
  readonly rule: RuleId;
  /** True: conformance is lost (must and derived rules). False: only strictness is. */
  readonly fails: boolean;
  /** One clause each, for people. */
  readonly expected: string;
  readonly observed: string;
}

export function judge(_view: WorldView, _event: Event, _answer: Answer): readonly Finding[] {
  return [];
}
