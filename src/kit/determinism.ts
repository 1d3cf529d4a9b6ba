// LAW-12: the same commands on a fresh subject give the same observations. Handles that the subject chooses may
// differ, so they are compared by the order of their first appearance.

import type { TraceStep } from "../../model/trace.ts";

/** The first step at which two runs of one program differ, described; null if they agree. */
export function difference(a: readonly TraceStep[], b: readonly TraceStep[]): string | null {
  const names = [new Map<number, number>(), new Map<number, number>()] as const;
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i], b[i]];
    const first = left === undefined ? "nothing" : JSON.stringify(renamed(left, names[0]));
    const second = right === undefined ? "nothing" : JSON.stringify(renamed(right, names[1]));
    if (first !== second)
      return `${excerpt(first)} in the first run and ${excerpt(second)} in the second`;
  }
  return null;
}

const LONGEST = 160;
const excerpt = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;

/** The step with buffer handles replaced by the order of their appearance. */
function renamed(step: TraceStep, names: Map<number, number>): unknown {
  if ("command" in step) return step;
  const { event } = step;
  const name = (handle: number): number => {
    const known = names.get(handle) ?? names.size;
    names.set(handle, known);
    return known;
  };
  if (event.type === "return" && event.outcome?.ok === true && "handle" in event.outcome) {
    return {
      ...step,
      event: { ...event, outcome: { ...event.outcome, handle: name(event.outcome.handle) } },
    };
  }
  if (event.type === "call" && event.call.name === "deregister") {
    const request = { ...event.call.request, handle: name(event.call.request.handle) };
    return { ...step, event: { ...event, call: { ...event.call, request } } };
  }
  return step;
}

/** What LAW-12 says of a subject, with what to do. */
export function notDeterministic(commands: number, differs: string): string {
  return `the subject is not deterministic (LAW-12): the same ${commands} commands on a fresh subject gave ${differs}; keep no state outside what create returns, and use neither the clock nor random numbers`;
}
