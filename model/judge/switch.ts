// Rules on what the switch and the shell answer by themselves, and on the operating system's half.

import { pageAt } from "../address-space.ts";
import { entriesOf, overlapping } from "../entries.ts";
import type { Answer, EventOf } from "../events.ts";
import { modeAllows } from "../memory-manager.ts";
import { brand, pageNumbers, pagesOf, spansOverlap, type ProcessId } from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, frameNames, pages, type Finding } from "./finding.ts";

/** SPI-2, SPI-3: a deregister is refused on another socket, for an unknown handle, and while a transfer uses it. */
export function judgeWsp(view: WorldView, event: EventOf<"wsp">, answer: Answer): Finding[] {
  const call = event.function;
  if (!("registration" in call)) return [];
  if (answer === null || answer.kind !== "wsp" || answer.error !== null) return [];
  const live = view
    .instances()
    .flatMap((each) => each.registrations)
    .find((each) => each.name === call.registration);
  const inUse = view.transfers().some((each) => each.registration === call.registration);
  const observed = `${call.name} of ${call.registration} on s_${call.socket} was accepted`;
  if (live === undefined || inUse) {
    const why = live === undefined ? "an unknown handle" : "a handle in use by a transfer";
    return [broken("SPI-3", `WSAEINVAL for ${why}`, observed)];
  }
  return live.socket === call.socket
    ? []
    : [broken("SPI-2", `a handle of s_${live.socket} works on that socket only`, observed)];
}

/** MM-1, MM-3: secured pages are still what was secured, and locked frames are still locked. */
export function judgeMemory(view: WorldView): Finding[] {
  const findings: Finding[] = [];
  for (const { handle, process, span, mode } of view.secures()) {
    const space = view.space(process);
    const lost = pageNumbers(span).find((number) => {
      const page = pageAt(space, number);
      return page === undefined || !page.committed || !modeAllows(mode, page.protection);
    });
    if (lost === undefined || !view.isAlive(process)) continue;
    findings.push(
      broken(
        "MM-1",
        `${pages(view, span)} is neither freed nor restricted while secure ${handle} lasts`,
        `${pages(view, { first: lost, count: 1 })} was`,
      ),
    );
    break;
  }
  const counts = new Map<number, number>();
  for (const mdl of view.locked()) {
    for (const pfn of mdl.frames) counts.set(pfn, (counts.get(pfn) ?? 0) + 1);
  }
  const moved = [...counts].filter(([pfn, count]) => view.frame(brand(pfn))?.lockCount !== count);
  if (moved.length > 0) {
    const names = frameNames(moved.map(([pfn]) => pfn));
    findings.push(
      broken("MM-3", "a locked frame keeps its identity until unlocked", `${names} did not`),
    );
  }
  return findings;
}

/** MM-2, LAW-9: the order of refuse–notify–retry, and that nothing but a legal WSAEFAULT keeps it refused. */
export function judgeRetry(view: WorldView, process: ProcessId, answer: Answer): Finding[] {
  const attempt = view.lastAttempt();
  if (attempt === null || answer === null || answer.kind !== "os") return [];
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
  const busy = view.instances().some((each) => each.process === process && each.calls.length > 0);
  // What happens under a live registration is the application's own doing.
  const live = view
    .instances()
    .some(
      (each) =>
        each.process === process &&
        each.registrations.some((registration) =>
          spansOverlap(pagesOf(registration.range, view.config.pageSizeBytes), attempt.span),
        ),
    );
  // Without a callback nobody can tell the cache to try again what the NIC was too busy for.
  const owed = view
    .instances()
    .some(
      (each) =>
        each.process === process &&
        overlapping(entriesOf(view, each), attempt.span).some((entry) => entry.unreleased),
    );
  const isExcused = live || (owed && view.claims?.callback === false);
  if (!refused || legal || busy || isExcused || view.claims === null) return [];
  return [
    broken(
      "LAW-9",
      `${attempt.operation.name} succeeds, as it does without a cache: no provider answered WSAEFAULT`,
      "the cache keeps the range secured, and the operation failed",
    ),
  ];
}
