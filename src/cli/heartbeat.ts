// The subject's pulse, in memory that the worker and the main thread share: how many calls of it began or
// ended, and which one it is in. A thread that never returns cannot send a message, but the one that watches
// can read this.

import type { AnySubject, AsyncSubject } from "../../model/contract.ts";

const beats = 0;
const activeCall = 1;
const stop = 2;
const cellCount = 3;

/** A call is written as its index here plus 1; 0 is none. */
const callNames = [
  "create",
  "register",
  "deregister",
  "invalidate",
  "closeSocket",
  "cleanup",
  "snapshot",
  "restore",
  "createDriver",
  "createProvider",
  "createAsync",
  "transfer",
  "transferDone",
  "dispatch",
  "processExit",
] as const;
type CallName = (typeof callNames)[number];

export function newHeartbeat(): SharedArrayBuffer {
  return new SharedArrayBuffer(cellCount * Int32Array.BYTES_PER_ELEMENT);
}

/** What the watching thread reads: a count that changes while calls return, and the innermost call. */
export function readHeartbeat(heartbeat: SharedArrayBuffer): {
  readonly beats: number;
  readonly call: CallName | null;
} {
  const cells = new Int32Array(heartbeat);
  return {
    beats: Atomics.load(cells, beats),
    call: callNames[Atomics.load(cells, activeCall) - 1] ?? null,
  };
}

/** Asks the worker to end with what it has: a thread that searches reads no messages, but it can read this. */
export function askToStop(heartbeat: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(heartbeat), stop, 1);
}

/** What the worker looks at. */
export function stopFlag(heartbeat: SharedArrayBuffer): () => boolean {
  const cells = new Int32Array(heartbeat);
  return () => Atomics.load(cells, stop) === 1;
}

/** The same subject, whose calls are noted in the heartbeat; a call inside a call is noted as well. */
export function withHeartbeat<T extends AnySubject | AsyncSubject>(
  subject: T,
  heartbeat: SharedArrayBuffer,
): T {
  const cells = new Int32Array(heartbeat);
  // An object that is answered twice is the same object here as well.
  const known = new WeakMap<object, object>();
  const note = (name: CallName, call: () => unknown): unknown => {
    const outer = Atomics.exchange(cells, activeCall, callNames.indexOf(name) + 1);
    Atomics.add(cells, beats, 1);
    try {
      return call();
    } finally {
      Atomics.store(cells, activeCall, outer);
      Atomics.add(cells, beats, 1);
    }
  };
  const watchMade = (made: unknown): unknown => {
    if (typeof made !== "object" || made === null) return made;
    const watched = known.get(made) ?? watch(made);
    known.set(made, watched);
    return watched;
  };
  // Reads go to the original, so that what is missing or wrong in it still is. The proxy stands before a
  // copy, because a frozen original would forbid it to answer another function.
  const watch = <O extends object>(original: O): O => {
    const calls = new Map<CallName, (...args: unknown[]) => unknown>();
    return new Proxy(Object.assign({}, original), {
      has: (_copy, key) => Reflect.has(original, key),
      getPrototypeOf: () => Reflect.getPrototypeOf(original),
      get(_copy, key): unknown {
        const value: unknown = Reflect.get(original, key);
        const name = callNames.find((each) => each === key);
        if (typeof value !== "function" || name === undefined) return value;
        const call =
          calls.get(name) ??
          ((...args: unknown[]): unknown => note(name, () => Reflect.apply(value, original, args)));
        calls.set(name, call);
        return name.startsWith("create")
          ? (...args: unknown[]): unknown => watchMade(call(...args))
          : call;
      },
    });
  };
  return watch(subject);
}
