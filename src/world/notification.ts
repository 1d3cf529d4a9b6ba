// What happens when an application operates on memory that a cache has to do with, in every notification family: it is
// refused, waits, or goes on, and caches are called; and the faults that are armed.

import {
  brand,
  type AddressRange,
  type InstanceId,
  type PageSpan,
  type ProcessId,
} from "../../model/units.ts";
import { noteMappings } from "./calls.ts";
import { failableCode, failableNames } from "./codes.ts";
import { FAILURE, INSTANCE, SINGLE } from "./layout.ts";
import { takeUnheard, watchersOf } from "./mapping-changes.ts";
import type { Store } from "./store.ts";
import { rangeAt } from "./ranges.ts";
import { NONE } from "./table.ts";
import { performOs } from "./virtual-memory.ts";
import {
  nothing,
  quiet,
  type Applied,
  type ArmedFaults,
  type Attempt,
  type Event,
  type Fault,
  type Interruption,
  type OsAnswer,
  type OsOperation,
} from "./words.ts";

const osAnswer = (answer: OsAnswer, then: readonly Event[] = nothing): Applied => ({
  answer: { kind: "os", answer },
  then,
});

const untold: readonly PageSpan[] = Object.freeze([]);

/** The application's operation, first try. */
export function operate(w: Store, process: ProcessId, operation: OsOperation): Applied {
  return attempt(w, process, operation, untold);
}

/** `told`: the spans of which whoever watches them has been told for this operation. */
function attempt(
  w: Store,
  process: ProcessId,
  operation: OsOperation,
  told: readonly PageSpan[],
): Applied {
  noteMappings(w, process);
  const answer = performOs(w, process, operation, told);
  noteMappings(w, process);
  if (answer.status !== "refused") return osAnswer(answer, afterwards(w, process));
  const { span } = answer;
  const due = concerned(w, process, span);
  w.attempts = [...w.attempts, { process, operation, span, told, due, answers: [] }];
  const range = rangeOf(w, span);
  return osAnswer(answer, [...callbacks(due, range, "attempt"), { type: "retry", process }]);
}

const rangeOf = ({ config }: Store, { first, count }: PageSpan): AddressRange =>
  rangeAt(first * config.pageSizeBytes, count * config.pageSizeBytes);

/** Where whoever watches is called once the mapping has changed: their calls, in the order of the changes. */
function afterwards(w: Store, process: ProcessId): readonly Event[] {
  if (w.hearing.delivery !== "after" || w.unheard.count === 0) return nothing;
  const ready: readonly number[] = callable(w, process);
  return takeUnheard(w, process)
    .filter(({ instance }) => ready.includes(instance))
    .flatMap(({ instance, span }) => callbacks([brand(instance)], rangeOf(w, span), "notify"));
}

/**
 * The end of an operation that waited for callbacks. On Windows once more, if a provider said that it released something;
 * else it fails. Behind hooks it goes on.
 */
export function retry(w: Store, process: ProcessId): Applied {
  const last = w.attempts.findLast((each) => each.process === process);
  if (last === undefined) throw new RangeError(`process ${process} has no refused operation`);
  w.attempts = w.attempts.filter((each) => each !== last);
  w.lastAttempt = last;
  const { operation, span, told } = last;
  if (w.hearing.delivery === "before") {
    return attempt(w, process, operation, [...told, span]);
  }
  noteMappings(w, process);
  w.changed = null;
  const answer: OsAnswer = hasReleased(last)
    ? performOs(w, process, operation, told)
    : { status: "refused", span };
  noteMappings(w, process);
  return osAnswer(
    answer.status === "refused"
      ? { status: "failed", error: "ERROR_INVALID_PAGE_PROTECTION" }
      : answer,
  );
}

const hasReleased = ({ answers }: Attempt): boolean =>
  answers.some((each) => each.outcome?.ok === true);

/** A notification that no operation waits for, such as one that a heap raises. */
export function notify(w: Store, process: ProcessId, range: AddressRange): Applied {
  noteMappings(w, process);
  return { answer: null, then: callbacks(callable(w, process), range, "notify") };
}

/** The interruption that was armed: another thread acts now. */
export function interrupt(w: Store): Applied {
  const armed = w.get(SINGLE.interrupt);
  if (armed === 0) throw new RangeError("no interruption is armed");
  const process = brand<ProcessId>(w.get(SINGLE.interruptProcess));
  const what = w.symbols.record(armed) as Interruption;
  w.set(SINGLE.interrupt, 0);
  w.faults = null;
  if (what.kind === "notify") {
    return { answer: null, then: [{ type: "notify", process, range: what.range }] };
  }
  const then: Event[] = [{ type: "os", process, operation: what.operation }];
  if (what.next !== undefined) then.push({ type: "os", process, operation: what.next });
  return { answer: null, then };
}

/** The provider instances of a process that can be called, in order. */
function callable(w: Store, process: number): InstanceId[] {
  const due: InstanceId[] = [];
  if (w.claims?.callback !== true || !w.hearing.calls) return due;
  for (let provider = 0; provider < w.config.providersPerProcess; provider++) {
    const id = w.instanceOf(process, provider);
    if (w.mem.at(w.instance(id) + INSTANCE.started) === 1) due.push(brand(id));
  }
  return due;
}

/** Those that are called before the mapping of the span changes: on Windows all, behind hooks whoever watches. */
function concerned(w: Store, process: number, { first, count }: PageSpan): InstanceId[] {
  const all = callable(w, process);
  if (w.hearing.delivery === "refused") return all;
  const watchers = watchersOf(w, process, first, count);
  return all.filter((id) => (watchers & (1 << w.providerOf(id))) !== 0);
}

function callbacks(
  due: readonly InstanceId[],
  range: AddressRange,
  reason: "attempt" | "notify",
): Event[] {
  return due.map((instance) => ({
    type: "call",
    instance,
    call: { name: "invalidate", range, reason },
  }));
}

/** Fault injection: the fault waits for its occasion. */
export function arm(w: Store, fault: Fault): Applied {
  w.faults = null;
  switch (fault.kind) {
    case "fail": {
      const slot = w.failures.add();
      w.mem.put(w.failures.row(slot) + FAILURE.call, failableCode(fault.call));
      break;
    }
    case "kill":
      w.set(SINGLE.kill, fault.process + 1);
      break;
    case "interrupt":
      w.set(SINGLE.interrupt, w.symbols.id(JSON.stringify(fault.what)));
      w.set(SINGLE.interruptProcess, fault.process);
      w.set(SINGLE.interruptAfter, fault.afterHostCalls);
      break;
  }
  return quiet;
}

/** The faults that are armed, as a record that is made once and kept until they change. */
export function armedFaults(w: Store): ArmedFaults {
  if (w.faults !== null) return w.faults;
  const fail: ArmedFaults["fail"][number][] = [];
  for (let slot = w.failures.first(); slot !== NONE; slot = w.failures.next(slot)) {
    fail.push(failableNames[w.mem.at(w.failures.row(slot) + FAILURE.call)] ?? "lock");
  }
  const kill = w.get(SINGLE.kill);
  const armed = w.get(SINGLE.interrupt);
  w.faults = {
    fail,
    kill: kill === 0 ? null : brand<ProcessId>(kill - 1),
    interrupt:
      armed === 0
        ? null
        : {
            kind: "interrupt",
            process: brand<ProcessId>(w.get(SINGLE.interruptProcess)),
            afterHostCalls: w.get(SINGLE.interruptAfter),
            what: w.symbols.record(armed) as Interruption,
          },
  };
  return w.faults;
}
