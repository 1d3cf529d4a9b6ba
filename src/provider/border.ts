// The border between somebody else's code and ours: what a subject throws and what is thrown through it are told
// apart, and whatever it does is told in one sentence.

import { BrokenSubject } from "../../properties/stage.ts";

/**
 * Around one cache or driver. What we throw while it calls us unwinds its stack and goes on behind it, also if the
 * subject caught it.
 */
export class Border {
  #thrown: { readonly error: unknown } | null = null;

  /** The subject calls us. */
  outward<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.noted(error);
    }
  }

  /** What we are about to throw while the subject calls us. */
  noted(error: unknown): unknown {
    this.#thrown = { error };
    return error;
  }

  /** We call the subject; `rescue` says what becomes of an error of its own. */
  inward<T>(body: () => T, rescue: (error: unknown) => T): T {
    let value: T;
    try {
      value = body();
    } catch (error) {
      this.#goOn();
      if (error instanceof BrokenSubject) throw error;
      return rescue(error);
    }
    this.#goOn();
    return value;
  }

  #goOn(): void {
    const thrown = this.#thrown;
    this.#thrown = null;
    if (thrown !== null) throw thrown.error;
  }
}

/** A copy of a plain record and of the records in it, which nobody can change. */
export function frozen<T extends object>(record: T): T {
  const copy = { ...record };
  for (const name of Object.keys(copy)) {
    const value: unknown = Reflect.get(copy, name);
    if (isRecord(value)) Reflect.set(copy, name, frozen(value));
  }
  return Object.freeze(copy);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !isPromise(value);

export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" &&
  value !== null &&
  "then" in value &&
  typeof value.then === "function";

/** True for 0, 1, 2 …: what a handle, a key or an address can be. */
export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** What was answered is no answer. Nobody waits for a promise, so nobody is told that it failed either. */
export function notAnswered(call: string, value: unknown, wanted: string): BrokenSubject {
  if (isPromise(value)) value.then(undefined, () => {});
  return new BrokenSubject(
    `${call} returned ${describe(value)}; it must return ${wanted}${isPromise(value) ? ", and not be async" : ""}`,
  );
}

export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : describe(error);
}

const LONGEST = 200;

/** A value as it is named in a sentence. */
export function describe(value: unknown): string {
  if (isPromise(value)) return "a Promise";
  if (typeof value !== "object" || value === null) return named(value);
  try {
    const text = JSON.stringify(value, (_, each: unknown) => (isJson(each) ? each : named(each)));
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  } catch {
    return "an object that is not JSON";
  }
}

/** JSON would leave out or change what is none of these. */
const isJson = (value: unknown): boolean =>
  typeof value === "object" ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value));

function named(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
