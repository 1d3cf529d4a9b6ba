// Shrinking by hand what fast-check did not generate, or what it stopped at: the first smaller program that fails, again
// and again, which is what fast-check does with its own.

import type { Arbitrary } from "fast-check";
import type { Program } from "../../properties/arbitraries.ts";

export interface Shrinking {
  /** Of which the program is one. */
  readonly programs: Arbitrary<Program>;
  readonly fails: (program: Program) => boolean;
  /** True once what was found so far must do. Default: never. */
  readonly isOver?: () => boolean;
}

/** The smallest program that is found from one that fails; that one itself if nothing smaller fails. */
export function shrunk(program: Program, shrinking: Shrinking): Program {
  let smallest = program;
  for (;;) {
    const next = smaller(smallest, shrinking);
    if (next === null) return smallest;
    smallest = next;
  }
}

function smaller(program: Program, { programs, fails, isOver }: Shrinking): Program | null {
  for (const { value } of programs.shrink(program, undefined)) {
    if (isOver?.() === true) return null;
    if (fails(value)) return value;
  }
  return null;
}
