// What a search covered, for the report.

import { rangeOf } from "../../model/units.ts";
import type { Domain } from "../../properties/domain.ts";
import type { Found } from "./exhaustive-search.ts";
import type { Exploration } from "./report.ts";

export function explorationOf(
  { coverage, ending, collisionProbability, recognised, seen }: Found,
  { palette, mostFaults }: Domain,
  pageSizeBytes: number,
): Exploration {
  const { states, transitions, depth, completeDepth } = coverage;
  return {
    states,
    transitions,
    depth,
    completeDepth,
    complete: ending === "closed" || ending === "deep",
    closed: ending === "closed",
    recognised,
    collisionProbability,
    domain: {
      commands: seen.commands,
      buffers: palette.buffers.map(({ range, access }) => ({ range, access })),
      areas: palette.areas.map((span) => rangeOf(span, pageSizeBytes)),
      mostLive: palette.mostLive,
      mostFaults,
    },
  };
}

/** A sentence if the search ended before its bound, without having found anything; else null. */
export function whyIncomplete({ ending, coverage }: Found, depth: number): string | null {
  const { states, completeDepth } = coverage;
  const done = `every program of up to ${completeDepth} of ${depth} commands was performed, ${states} states in all, and none broke a rule`;
  switch (ending) {
    case "memory":
      return `the memory was used up: ${done}; give more memory, or a smaller depth`;
    case "stopped":
      return `the search was stopped: ${done}; give more time, or a smaller depth`;
    case "closed":
    case "deep":
    case "violation":
      return null;
  }
}
