// LAW-12: the same commands on a fresh subject give the same observations. Handles that the subject chooses may
// differ, so they are compared by the order of their appearance. A handle that no registration has any more is forgotten,
// since the contract lets a cache use it again or not, as its allocator likes; which registrations share a handle while
// they live is compared.

import type { EventOf } from "../../model/events.ts";
import type { TraceStep } from "../../model/trace.ts";
import type { InstanceId, SocketId } from "../../model/units.ts";
import type { RunResult } from "../../properties/agreement.ts";
import type { Program } from "../../properties/arbitraries.ts";

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

interface Named {
  readonly name: number;
  /** The sockets of the registrations that have the handle. */
  readonly sockets: SocketId[];
}

/** What the handles of one run are called in a comparison. */
class Names {
  /** By instance and handle. */
  readonly #live = new Map<string, Named>();
  /** By instance: the socket of the last register. */
  readonly #registering = new Map<InstanceId, SocketId>();
  #next = 0;

  register(instance: InstanceId, socket: SocketId): void {
    this.#registering.set(instance, socket);
  }

  /** A registration is answered the handle. */
  add(instance: InstanceId, handle: number): number {
    const key = `${instance} ${handle}`;
    const known = this.#live.get(key) ?? { name: this.#next++, sockets: [] };
    const socket = this.#registering.get(instance);
    if (socket !== undefined) known.sockets.push(socket);
    this.#live.set(key, known);
    return known.name;
  }

  /** A registration with the handle is taken back. */
  remove(instance: InstanceId, handle: number, socket: SocketId): number {
    const key = `${instance} ${handle}`;
    const known = this.#live.get(key) ?? { name: this.#next++, sockets: [socket] };
    known.sockets.splice(known.sockets.indexOf(socket), 1);
    if (known.sockets.length === 0) this.#live.delete(key);
    return known.name;
  }

  /** The handle is used, right or wrong; null if no registration of the instance has it. */
  use(instance: InstanceId, handle: number): number | null {
    return this.#live.get(`${instance} ${handle}`)?.name ?? null;
  }

  /** Whatever is still registered on the socket is so no longer. */
  close(instance: InstanceId, socket: SocketId): void {
    for (const [key, { sockets }] of this.#live) {
      if (!key.startsWith(`${instance} `)) continue;
      while (sockets.includes(socket)) sockets.splice(sockets.indexOf(socket), 1);
      if (sockets.length === 0) this.#live.delete(key);
    }
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
  return event.type === "call" ? { ...step, event: renamedCall(event, names) } : step;
}

function renamedCall(event: EventOf<"call">, names: Names): unknown {
  const { instance, call } = event;
  const named = (request: object, handle: number | null): unknown => ({
    ...event,
    call: { ...call, request: { ...request, handle } },
  });
  switch (call.name) {
    case "register":
      names.register(instance, call.request.socket);
      return event;
    case "deregister": {
      const { handle, socket } = call.request;
      return named(call.request, names.remove(instance, handle, socket));
    }
    case "transfer":
      return named(call.request, names.use(instance, call.request.handle));
    case "deregisterInvalid": {
      // What names nothing is a number that is not in use, which depends on those that are.
      const handle = names.use(instance, call.request.handle);
      return named(handle === null ? { ...call.request, remoteKey: null } : call.request, handle);
    }
    case "closeSocket":
      names.close(instance, call.socket);
      return event;
    default:
      return event;
  }
}

/** What LAW-12 says of a subject, with what to do. */
export function notDeterministic(commands: number, differs: string): string {
  return `the subject is not deterministic (LAW-12): the same ${commands} commands on a fresh subject gave ${differs}; keep no state outside what create returns, and use neither the clock nor random numbers`;
}

/** What came of running programs twice. */
export interface Comparison {
  /** Commands that were run twice. */
  readonly compared: number;
  /** Why the subject cannot be judged; null: it is like itself. */
  readonly problem: string | null;
}

/** LAW-12: runs the same programs twice, on fresh subjects, until one of them differs or leaves the contract. */
export function comparedRuns(
  programs: readonly Program[],
  execute: (program: Program, isFirst: boolean) => RunResult,
  isLate: () => boolean,
): Comparison {
  let compared = 0;
  for (const program of programs) {
    const first = execute(program, true);
    const second = execute(program, false);
    const left = first.broken ?? second.broken;
    if (left !== null) return { compared, problem: left };
    compared += first.executed;
    const differs = difference(first.steps, second.steps);
    if (differs !== null) return { compared, problem: notDeterministic(first.executed, differs) };
    if (isLate()) break;
  }
  return { compared, problem: null };
}
