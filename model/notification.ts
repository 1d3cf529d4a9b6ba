// What happens when an application operates on memory that a cache has to do with, in every notification family
// (families.ts).
//
// Refuse, notify, retry, on Windows:
// 1. The operation is refused; nothing has changed. If nobody secured any of the range, nobody is called.
// 2. The switch calls the callback of every SAN service provider in that process, in order, also after one
//    failed, with the attempted range: a release names the whole region, anything else whole pages.
// 3. If at least one answered 0, the operation is retried once; refused again, it fails and the mapping is as
//    it was.
// Sources: SDK, AddSecureMemoryCacheCallback, PSECURE_MEMORY_CACHE_CALLBACK; WSD,
// WSPMemoryRegistrationCacheCallback. The statuses and the single retry are our model of them, and so are
// notifications that no operation waits for: a provider has to bear them.
//
// Notify before: the operation waits, whoever watches pages of the range is called, and it goes on whatever they
// answered; an operation on two ranges waits twice. Notify after: it is performed, and whoever watches is called
// before the application goes on. In the other families nobody is called.

import { answered, type Applied, type Event } from "./events.ts";
import { callsBack, families } from "./families.ts";
import type { ProviderInstance } from "./ledger.ts";
import { isWatching } from "./mapping-changes.ts";
import { own } from "./ownership.ts";
import { noteMappings } from "./provider-calls.ts";
import type { OsAnswer } from "./performed.ts";
import type { State } from "./state.ts";
import { actingThread, threadOf } from "./threads.ts";
import {
  rangeOf,
  type AddressRange,
  type InstanceId,
  type PageSpan,
  type ProcessId,
} from "./units.ts";
import { performOs, type OsOperation } from "./virtual-memory.ts";

/** The application's operation, first try. */
export function operate(state: State, process: ProcessId, operation: OsOperation): Applied {
  return attempt(state, process, operation, []);
}

/** `told`: the spans of which whoever watches them has been told for this operation. */
function attempt(
  state: State,
  process: ProcessId,
  operation: OsOperation,
  told: readonly PageSpan[],
): Applied {
  noteMappings(state, process);
  const answer = perform(state, process, operation, told);
  noteMappings(state, process);
  if (answer.status !== "refused") {
    return answered({ kind: "os", answer }, afterwards(state, process));
  }
  const { span } = answer;
  const range = rangeOf(span, state.config.pageSizeBytes);
  const due = concerned(state, process, span).map((instance) => instance.id);
  const thread = actingThread(state);
  own(state, "attempts").push({ process, operation, span, told, due, answers: [], ...thread });
  return answered({ kind: "os", answer }, [
    ...due.map((id) => invalidate(id, range, "attempt")),
    { type: "retry", process },
  ]);
}

function perform(
  state: State,
  process: ProcessId,
  operation: OsOperation,
  told: readonly PageSpan[],
): OsAnswer {
  const { answer, changed } = performOs(own(state, "memory"), process, operation, told);
  state.changed = changed === null ? null : { process, span: changed };
  return answer;
}

/** Where whoever watches is called once the mapping has changed: their calls, in the order of the changes. */
function afterwards(state: State, process: ProcessId): Event[] {
  if (families[state.config.notification].delivery !== "after") return [];
  if (!state.memory.unheard.some((each) => each.process === process)) return [];
  const { unheard } = state.memory;
  own(state, "memory").unheard = unheard.filter((each) => each.process !== process);
  return unheard.flatMap((each) =>
    callable(state, process)
      .filter(({ provider }) => each.process === process && provider === each.provider)
      .map(({ id }) => invalidate(id, rangeOf(each.span, state.config.pageSizeBytes), "notify")),
  );
}

/**
 * The end of an operation that waited for callbacks. On Windows once more, if a provider said that it released
 * something; else it fails. Behind hooks it goes on.
 */
export function retry(state: State, process: ProcessId): Applied {
  const last = state.attempts.findLast(
    (each) => each.process === process && threadOf(each) === state.thread,
  );
  if (last === undefined) throw new RangeError(`process ${process} has no refused operation`);
  state.attempts = state.attempts.filter((each) => each !== last);
  state.lastAttempt = last;
  const { operation, span, told } = last;
  if (families[state.config.notification].delivery === "before") {
    return attempt(state, process, operation, [...told, span]);
  }
  const released = last.answers.some((each) => each.outcome?.ok === true);
  noteMappings(state, process);
  state.changed = null;
  const answer: OsAnswer = released
    ? perform(state, process, operation, told)
    : { status: "refused", span };
  noteMappings(state, process);
  return answered({
    kind: "os",
    answer:
      answer.status === "refused"
        ? { status: "failed", error: "ERROR_INVALID_PAGE_PROTECTION" }
        : answer,
  });
}

/** A notification that no operation waits for, such as one that a heap raises. */
export function notify(state: State, process: ProcessId, range: AddressRange): Applied {
  noteMappings(state, process);
  return answered(
    null,
    callable(state, process).map(({ id }) => invalidate(id, range, "notify")),
  );
}

/** The interruption that was armed: another thread acts now. */
export function interrupt(state: State): Applied {
  const armed = state.faults.interrupt;
  if (armed === null) throw new RangeError("no interruption is armed");
  state.faults = { ...state.faults, interrupt: null };
  const { process, what } = armed;
  if (what.kind === "notify")
    return answered(null, [{ type: "notify", process, range: what.range }]);
  const operations = what.next === undefined ? [what.operation] : [what.operation, what.next];
  return answered(
    null,
    operations.map((operation) => ({ type: "os", process, operation })),
  );
}

/** Provider instances of the process that can be called. */
function callable(state: State, process: ProcessId): ProviderInstance[] {
  const { claims, config } = state;
  if (claims?.callback !== true || !callsBack(config.notification)) return [];
  return state.instances.filter((each) => each.process === process && each.started);
}

/** Those that are called before the mapping of the span changes: on Windows all, behind hooks whoever watches. */
function concerned(state: State, process: ProcessId, span: PageSpan): ProviderInstance[] {
  const all = callable(state, process);
  if (families[state.config.notification].delivery === "refused") return all;
  return all.filter(({ provider }) =>
    state.memory.watches.some(
      (each) => each.process === process && each.provider === provider && isWatching(each, span),
    ),
  );
}

function invalidate(
  instance: InstanceId,
  range: AddressRange,
  reason: "attempt" | "notify",
): Event {
  return { type: "call", instance, call: { name: "invalidate", range, reason } };
}
