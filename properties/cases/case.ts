// What a literal program is, and how the rooms make one.

import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";

export interface Case {
  readonly rule: RuleId;
  readonly name: string;
  /** What is for a cache is for a whole provider too. */
  readonly subject: "cache" | "provider" | "driver";
  readonly program: readonly Command[];
}

export type Make = (rule: RuleId, name: string, ...program: Command[]) => Case;
