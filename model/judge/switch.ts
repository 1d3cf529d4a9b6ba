// Rules on what the switch and the shell answer by themselves, and on refuse–notify–retry.

import type { Claims } from "../config.ts";
import type { Answer, EventOf } from "../events.ts";
import { families } from "../families.ts";
import type { PageSpan, ProcessId } from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, none, type Finding } from "./finding.ts";

/** SPI-2, SPI-3: a deregister is refused on another socket, for an unknown handle, and while a transfer uses it. */
export function judgeWsp(
  view: WorldView,
  event: EventOf<"wsp">,
  answer: Answer,
): readonly Finding[] {
  const call = event.function;
  if (!("registration" in call)) return none;
  if (answer === null || answer.kind !== "wsp" || answer.error !== null) return none;
  const live = view.registration(call.registration);
  const inUse = view.isInTransfer(call.registration);
  const observed = `${call.name} of ${call.registration} on s_${call.socket} was accepted`;
  if (live === undefined || inUse) {
    const why = live === undefined ? "an unknown handle" : "a handle in use by a transfer";
    return [broken("SPI-3", `WSAEINVAL for ${why}`, observed)];
  }
  return live.socket === call.socket
    ? none
    : [broken("SPI-2", `a handle of s_${live.socket} works on that socket only`, observed)];
}

/** MM-2, LAW-9: the order of refuse–notify–retry, and that nothing but a legal WSAEFAULT keeps it refused. */
export function judgeRetry(
  view: WorldView,
  process: ProcessId,
  answer: Answer,
): readonly Finding[] {
  const attempt = view.lastAttempt();
  // Behind hooks an operation goes on whatever was answered.
  if (families[view.config.notification].delivery !== "refused") return none;
  if (attempt === null || answer === null || answer.kind !== "os") return none;
  const alive = attempt.due.filter((id) => view.instance(id).started);
  const asked = attempt.answers.map((each) => each.instance);
  if (alive.some((id, i) => asked[i] !== id)) {
    return [
      broken(
        "MM-2",
        `the callbacks of every provider run before the retry, in order: ${alive.join(", ")}`,
        `called: ${asked.join(", ") || "none"}`,
      ),
    ];
  }
  const released = attempt.answers.some((each) => each.outcome?.ok === true);
  const refused =
    answer.answer.status === "failed" && answer.answer.error === "ERROR_INVALID_PAGE_PROTECTION";
  if (!released && !refused) {
    return [
      broken("MM-2", "no retry when no provider released anything", "the operation was retried"),
    ];
  }
  const legal = attempt.answers.some(
    (each) => each.outcome?.ok === false && each.outcome.error === "WSAEFAULT",
  );
  if (!refused || legal || view.claims === null) return none;
  const busy = view.instances().some((each) => each.process === process && each.calls.length > 0);
  if (busy || attempt.isDisturbed === true || isExcused(view, view.claims, process, attempt.span))
    return none;
  return [
    broken(
      "LAW-9",
      `${attempt.operation.name} succeeds, as it does without a cache: no provider answered WSAEFAULT`,
      "the cache keeps the range secured, and the operation failed",
    ),
  ];
}

/** The operation stays refused for a reason that the cache has not to answer for. */
function isExcused(view: WorldView, claims: Claims, process: ProcessId, span: PageSpan): boolean {
  return view.instances().some((each) => {
    if (each.process !== process) return false;
    // What happens under a live registration is the application's own doing.
    if (view.registrationsOver(each.id, span).length > 0) return true;
    // Without a callback nobody can tell the cache to try again what the NIC was too busy for.
    return !claims.callback && view.entriesOver(each.id, span).some((entry) => entry.unreleased);
  });
}
