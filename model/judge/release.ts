// Rules on deregister, close and clean-up: the last deregister keeps what a cache keeps, a close lets go of
// what only its connection used, and clean-up leaves nothing.

import type { Claims } from "../config.ts";
import { hasAsked, isIdle } from "../entries.ts";
import type { EventOf } from "../events.ts";
import { mappingOf } from "../freshness.ts";
import { includesAccess, modeAllows } from "../memory-manager.ts";
import type { ActiveCall, InstanceView, Totals } from "../ledger.ts";
import { pageNumbers, pagesOf, spanContains, spansOverlap, type AddressRange } from "../units.ts";
import type { WorldView } from "../view.ts";
import { both, broken, everyPage, none, pages, type Finding } from "./finding.ts";
import { isHandleInUse } from "./whole-provider.ts";

export function judgeDeregister(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  const { call, outcome } = active;
  if (call.name !== "deregister") return none;
  if (outcome?.ok !== true) {
    // Whoever counts the registrations of one handle cannot tell which of them a transfer is using.
    if (claims.whole === true && isHandleInUse(view, instance, call.request)) return none;
    return [
      broken(
        "SPI-4",
        "every successful register can be deregistered once",
        `WSAEINVAL for ${call.registration}, which is live`,
      ),
    ];
  }
  return judgeKept(view, instance, claims, active);
}

/** LOCAL-1: after the last deregister of an undisturbed buffer its region is still there. */
function judgeKept(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  const { call } = active;
  if (call.name !== "deregister" || call.request.scope !== "local") return none;
  if (!claims.caches.local || !claims.callback) return none;
  if (view.region(instance.provider, call.region) !== undefined) return none;
  if (view.registrationsOn(instance.id, call.region).length > 0) return none;
  if (active.failures.length > 0 || active.interrupted) return none;
  const before = view.before(instance.id, active);
  const entry = before.entryOf(call.region);
  if (entry === undefined || entry.zombie || entry.unreleased) return none;
  const { idleEntries, idlePages } = before.totals;
  if (!fits(claims, idleEntries, idlePages, entry.span.count)) return none;
  // A larger entry with the rights serves as well, and two for one range would be one too many.
  const isCovered = view
    .entriesOver(instance.id, entry.span)
    .some(
      (each) =>
        !each.zombie &&
        spanContains(each.span, entry.span) &&
        each.regions.some((region) => includesAccess(region.access, entry.access)),
    );
  if (isCovered || !wasUndisturbed(view, instance, active)) return none;
  return [
    broken(
      "LOCAL-1",
      `region ${call.region} over ${pages(view, entry.span)} stays after the last deregister`,
      "it was released",
    ),
  ];
}

/** The buffer still maps what it mapped when it was registered, and could be secured. */
function wasUndisturbed(view: WorldView, instance: InstanceView, active: ActiveCall): boolean {
  const { call } = active;
  if (call.name !== "deregister") return false;
  const now = mappingOf(view, instance.process, call.range);
  const then = active.framesBefore;
  return (
    then !== null &&
    now.every((pfn, i) => pfn !== null && pfn === then[i]) &&
    isSecurable(view, instance, call.range)
  );
}

/** Every page could be secured for writing: the strictest mode that a cache may want. */
function isSecurable(view: WorldView, instance: InstanceView, range: AddressRange): boolean {
  return pageNumbers(pagesOf(range, view.config.pageSizeBytes)).every((number) => {
    const page = view.page(instance.process, number);
    return page?.committed === true && modeAllows("readwrite", page.protection);
  });
}

/** True if one more idle entry of so many pages keeps the declared limits. */
function fits(
  { limits }: Claims,
  idleEntries: Totals["idleEntries"],
  idlePages: Totals["idlePages"],
  pageCount: number,
): boolean {
  return (
    (limits.entries === null || idleEntries + 1 <= limits.entries) &&
    (limits.pages === null || idlePages + pageCount <= limits.pages)
  );
}

/** LAW-8: an event that has nothing to do with an idle entry does not empty the cache. */
export function judgeLosses(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
): readonly Finding[] {
  const { call, work } = active;
  if (call.name !== "register" && call.name !== "deregister") return none;
  if (work.unlock === 0 && work.nicDeregister === 0) return none;
  if (active.failures.length > 0 || active.interrupted || !claims.caches.local) return none;
  // What it drops may be what it was told of.
  if (hasAsked(active)) return none;
  const before = view.before(instance.id, active);
  const { idleEntries, owedEntries, idlePages, owedPages } = before.totals;
  const incoming = active.touched.reduce((most, span) => Math.max(most, span.count), 0);
  if (!fits(claims, idleEntries - owedEntries, idlePages - owedPages, incoming)) return none;
  const lost = before
    .diminished()
    .find(
      (each) =>
        isIdle(each) &&
        !each.unreleased &&
        each.regions.length > 0 &&
        !view
          .entriesOver(instance.id, each.span)
          .some((entry) => entry.regions.length > 0 && spanContains(entry.span, each.span)),
    );
  if (lost === undefined) return none;
  return [
    broken(
      "LAW-8",
      "idle entries stay until their range changes or a limit is reached",
      `${pages(view, lost.span)} was dropped by a ${call.name}`,
    ),
  ];
}

/** LOCAL-5: idle entries that only the closing connection used are released. */
export function judgeCloseSocket(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
): readonly Finding[] {
  const { call } = active;
  if (call.name !== "closeSocket" || active.failures.length > 0) return none;
  const kept = view
    .entriesOnlyOf(instance.id, call.socket)
    .find((each) => isIdle(each) && !each.unreleased);
  if (kept === undefined) return none;
  return [
    broken(
      "LOCAL-5",
      `idle entries that only s_${call.socket} used are released before it closes`,
      `${pages(view, kept.span)} is kept`,
    ),
  ];
}

/** LAW-4: after clean-up nothing of the instance is left, unless a release failed in it: an owed one is tried again. */
export function judgeCleanup(
  view: WorldView,
  instance: InstanceView,
  active: ActiveCall,
): readonly Finding[] {
  if (active.call.name !== "cleanup") return none;
  const tried = active.failures.length > 0;
  const all = view.entries(instance.id);
  const owed = all.filter((each) => tried && each.unreleased);
  const entries = all.filter((each) => !(tried && each.unreleased));
  const secures = view
    .instanceSecuresOver(instance.id, everyPage(view))
    .filter((each) => !owed.some((entry) => spansOverlap(entry.span, each.span)));
  const left = [
    ...entries.filter((each) => each.locked).map((each) => `lock ${each.mdl}`),
    ...entries.flatMap((each) => each.regions.map((region) => `region ${region.key}`)),
    ...secures.map((each) => `secure ${each.handle}`),
    ...view.exposuresOver(instance.id, everyPage(view)).map((each) => `key ${each.key}`),
  ];
  if (left.length === 0) return none;
  return [broken("LAW-4", "nothing is left after WSPCleanup", left.join(", "))];
}

/** ACCESS-5, SPI-7: after a close nothing of the socket is left. */
export function judgeClosed(view: WorldView, event: EventOf<"closed">): readonly Finding[] {
  const { registrations, exposures, transfers } = view.belongings(event.socket);
  if (registrations.length + exposures.length + transfers.length === 0) return none;
  const pending = transfers.map((each) => each.name);
  const left = [
    ...registrations.map((each) => each.name),
    ...exposures.map((each) => `key ${each.key}`),
    ...pending,
  ].join(", ");
  const findings = [
    broken("ACCESS-5", `nothing of s_${event.socket} is left after its close`, left),
  ];
  if (pending.length === 0) return findings;
  const expected = "a close ends pending operations with WSA_OPERATION_ABORTED";
  const observed = `${pending.join(", ")} is still pending`;
  return both(findings, [broken("SPI-7", expected, observed)]);
}
