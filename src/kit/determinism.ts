// LAW-12: the same commands on a fresh subject give the same observations. Handles that the subject chooses may
// differ, so they are compared by the order of their appearance. A handle that no registration has any more is forgotten,
// since the contract lets a cache use it again or not, as its allocator likes; which registrations share a handle while
// they live is compared.

import type { TraceStep } from "../../model/trace.ts";
import type { InstanceId } from "../../model/units.ts";

/** The first step at which two runs of one program differ, described; null if they agree. */
export function difference(a: readonly TraceStep[], b: readonly TraceStep[]): string | null {
  const names = [new Names(), new Names()] as const;
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

/** What the handles of one run are called in a comparison. */
class Names {
  /** By instance and handle: the name, and how many registrations have it. */
  readonly #live = new Map<string, { readonly name: number; count: number }>();
  #next = 0;

  /** A registration is answered the handle. */
  add(instance: InstanceId, handle: number): number {
    const key = `${instance} ${handle}`;
    const known = this.#live.get(key) ?? { name: this.#next++, count: 0 };
    known.count++;
    this.#live.set(key, known);
    return known.name;
  }

  /** A registration with the handle is taken back. */
  remove(instance: InstanceId, handle: number): number {
    const key = `${instance} ${handle}`;
    const known = this.#live.get(key) ?? { name: this.#next++, count: 1 };
    known.count--;
    if (known.count === 0) this.#live.delete(key);
    return known.name;
  }

  /** The instance begins anew; nothing is left of what it had. */
  forget(instance: InstanceId): void {
    for (const key of this.#live.keys()) {
      if (key.startsWith(`${instance} `)) this.#live.delete(key);
    }
  }
}

/** The step with the names of buffer handles. */
function renamed(step: TraceStep, names: Names): unknown {
  if ("command" in step) return step;
  const { event } = step;
  if (event.type === "start") names.forget(event.instance);
  if (event.type === "return" && event.outcome?.ok === true && "handle" in event.outcome) {
    const handle = names.add(event.instance, event.outcome.handle);
    return { ...step, event: { ...event, outcome: { ...event.outcome, handle } } };
  }
  if (event.type === "call" && event.call.name === "deregister") {
    const handle = names.remove(event.instance, event.call.request.handle);
    const request = { ...event.call.request, handle };
    return { ...step, event: { ...event, call: { ...event.call, request } } };
  }
  return step;
}

/** What LAW-12 says of a subject, with what to do. */
export function notDeterministic(commands: number, differs: string): string {
  return `the subject is not deterministic (LAW-12): the same ${commands} commands on a fresh subject gave ${differs}; keep no state outside what create returns, and use neither the clock nor random numbers`;
}
