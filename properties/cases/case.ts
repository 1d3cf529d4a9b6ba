// What a literal program is, and how the rooms make one.

import type { RuleId } from "../../model/rules.ts";
import type { Command } from "../../model/trace.ts";

export interface Case {
  readonly rule: RuleId;
  readonly name: string;
  readonly subject: "cache" | "driver";
  readonly program: readonly Command[];
}

export type Make = (rule: RuleId, name: string, ...program: Command[]) => Case;
