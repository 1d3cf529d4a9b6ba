// Smaller programs than one that breaks a rule: without a thread, without a command.

import type { RaceProgram } from "./stage.ts";

/** Every program that lacks one thing, the large things first. */
export function* smallerPrograms(program: RaceProgram): Generator<RaceProgram> {
  const { before, threads, after } = program;
  for (const i of threads.keys()) {
    if (threads.length > 1) yield { ...program, threads: threads.toSpliced(i, 1) };
  }
  if (after.length > 0) yield { ...program, after: [] };
  for (const [i, commands] of threads.entries()) {
    for (let at = commands.length - 1; at >= 0; at--) {
      if (commands.length === 1) continue;
      yield { ...program, threads: threads.with(i, commands.toSpliced(at, 1)) };
    }
  }
  for (let at = after.length - 1; at >= 0; at--) {
    yield { ...program, after: after.toSpliced(at, 1) };
  }
  for (let at = before.length - 1; at >= 0; at--) {
    yield { ...program, before: before.toSpliced(at, 1) };
  }
}
