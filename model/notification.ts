// Refuse, notify, retry: what happens when an application operates on memory that is secured.
//
// 1. The operation is refused; nothing has changed. If nobody secured any of the range, nobody is called.
// 2. The switch calls the callback of every SAN service provider in that process, in order, also after one
//    failed, with the attempted range: a release names the whole region, anything else whole pages.
// 3. If at least one answered 0, the operation is retried once; refused again, it fails and the mapping is as
//    it was.
// Sources: SDK, AddSecureMemoryCacheCallback, PSECURE_MEMORY_CACHE_CALLBACK; WSD,
// WSPMemoryRegistrationCacheCallback. The statuses and the single retry are our model of them, and so are
// notifications that no operation waits for: a provider has to bear them.

import { answered, type Applied, type Event } from "./events.ts";
import type { ProviderInstance } from "./ledger.ts";
import { own } from "./ownership.ts";
import { noteMappings } from "./provider-calls.ts";
import type { State } from "./state.ts";
import { rangeOf, type AddressRange, type ProcessId } from "./units.ts";
import { performOs, type OsAnswer, type OsOperation } from "./virtual-memory.ts";

/** The application's operation, first try. */
export function operate(state: State, process: ProcessId, operation: OsOperation): Applied {
  noteMappings(state, process);
  const answer = perform(state, process, operation);
  noteMappings(state, process);
  if (answer.status !== "refused") return answered({ kind: "os", answer });
  const due = callable(state, process).map((instance) => instance.id);
  own(state, "attempts").push({ process, operation, span: answer.span, due, answers: [] });
  const range = rangeOf(answer.span, state.config.pageSizeBytes);
  return answered({ kind: "os", answer }, [
    ...callbacks(state, process, range, "attempt"),
    { type: "retry", process },
  ]);
}

function perform(state: State, process: ProcessId, operation: OsOperation): OsAnswer {
  const { answer, changed } = performOs(own(state, "memory"), process, operation);
  state.changed = changed === null ? null : { process, span: changed };
  return answer;
}

/** The end of a refused operation: once more, if a provider said that it released something; else it fails. */
export function retry(state: State, process: ProcessId): Applied {
  const attempt = state.attempts.findLast((each) => each.process === process);
  if (attempt === undefined) throw new RangeError(`process ${process} has no refused operation`);
  state.attempts = state.attempts.filter((each) => each !== attempt);
  state.lastAttempt = attempt;
  const released = attempt.answers.some((each) => each.outcome?.ok === true);
  noteMappings(state, process);
  state.changed = null;
  const answer: OsAnswer = released
    ? perform(state, process, attempt.operation)
    : { status: "refused", span: attempt.span };
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
  return answered(null, callbacks(state, process, range, "notify"));
}

/** The interruption that was armed: another thread acts now. */
export function interrupt(state: State): Applied {
  const armed = state.faults.interrupt;
  if (armed === null) throw new RangeError("no interruption is armed");
  state.faults = { ...state.faults, interrupt: null };
  const { process, what } = armed;
  return answered(null, [
    what.kind === "operation"
      ? { type: "os", process, operation: what.operation }
      : { type: "notify", process, range: what.range },
  ]);
}

function callable(state: State, process: ProcessId): ProviderInstance[] {
  if (state.claims?.callback !== true) return [];
  return state.instances.filter((each) => each.process === process && each.started);
}

function callbacks(
  state: State,
  process: ProcessId,
  range: AddressRange,
  reason: "attempt" | "notify",
): Event[] {
  return callable(state, process).map(({ id }) => ({
    type: "call",
    instance: id,
    call: { name: "invalidate", range, reason },
  }));
}
