// The shell around an asynchronous cache. It knows which call a host call belongs to, whoever else runs in between: the
// engine carries the call through every wait.

import { AsyncLocalStorage } from "node:async_hooks";
import type { AsyncRegistrationCache, AsyncSubject } from "../../model/contract.ts";
import type { CacheCall, CallOutcome, HostAnswer, HostCall } from "../../model/events.ts";
import { BrokenSubject } from "../../properties/stage.ts";
import { asyncHostFor } from "./async-host.ts";
import { Border, describe, describeError, isPromise } from "./border.ts";
import { cacheMembers, checkOutcome, makeNew, memberOf, perform, type Made } from "./shell.ts";

/** The call that runs now. One for all caches: each storage there is makes every promise dearer. */
const inProgress = new AsyncLocalStorage<number>();

/** One asynchronous cache in the provider's place. Calls have numbers that the caller gives them. */
export interface AsyncProvider {
  readonly hasCallback: boolean;
  /** Rejects with `BrokenSubject` for what is no answer. */
  call(number: number, call: CacheCall): Promise<CallOutcome>;
  /** The whole state of the cache; null if it has no snapshot. */
  snapshot(): string | null;
}

/** What an asynchronous cache asks while it is called; `call` is null outside any call. */
export interface AsyncPort {
  ask(call: number | null, request: HostCall): Promise<HostAnswer>;
  /** The cache left the contract. */
  misuse(error: unknown): void;
}

/** Makes a new cache of the subject. */
export function asyncShell(
  subject: AsyncSubject,
  pageSizeBytes: number,
  port: AsyncPort,
): AsyncProvider {
  const { notification } = subject.capabilities;
  const host = asyncHostFor(
    (request) => port.ask(inProgress.getStore() ?? null, request),
    (error) => port.misuse(error),
    pageSizeBytes,
    notification,
  );
  // Its functions take what those of any cache take; what they answer is waited for.
  const made = makeNew(
    subject.name,
    {
      function: "createAsync",
      noun: "cache",
      wanted: "a new, empty cache",
      members: cacheMembers,
      make: () => subject.createAsync(host) as unknown as Made,
    },
    new Border(),
    () => {
      throw new BrokenSubject("the cache called its host while it was made; it acts when called");
    },
  ) as unknown as Made & AsyncRegistrationCache;
  return {
    hasCallback: Reflect.get(made, "invalidate") !== undefined,
    async call(number, call): Promise<CallOutcome> {
      const answer = inProgress.run(number, () => started(made, call));
      if (!isPromise(answer)) {
        throw new BrokenSubject(
          `${memberOf(call)} returned ${describe(answer)}; an asynchronous cache answers with a promise`,
        );
      }
      return checkOutcome(call, await rescued(call, answer));
    },
    snapshot: () => (made.snapshot === undefined ? null : JSON.stringify(made.snapshot())),
  };
}

function started(made: Made, call: CacheCall): unknown {
  try {
    return perform(made, call);
  } catch (error) {
    throw threw(call, error);
  }
}

async function rescued(call: CacheCall, answer: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    throw threw(call, error);
  }
}

const threw = (call: CacheCall, error: unknown): BrokenSubject =>
  error instanceof BrokenSubject
    ? error
    : new BrokenSubject(
        `${memberOf(call)} threw ${describeError(error)}; a cache answers with an outcome, and never throws`,
      );
