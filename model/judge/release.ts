// Rules on deregister, close and clean-up: the last deregister keeps what a cache keeps, a close lets go of
// what only its connection used, and clean-up leaves nothing.

import type { Claims } from "../config.ts";
import { entriesOf, isIdle, overlapping, securesOf } from "../entries.ts";
import type { EventOf } from "../events.ts";
import { mappingOf } from "../freshness.ts";
import { includesAccess, modeAllows } from "../memory-manager.ts";
import type { ActiveCall, ProviderInstance } from "../ledger.ts";
import { pageNumbers, pagesOf, spanContains, type AddressRange } from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, pages, type Finding } from "./finding.ts";

export function judgeDeregister(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
): Finding[] {
  const { call, outcome } = active;
  if (call.name !== "deregister") return [];
  if (outcome?.ok !== true) {
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
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
): Finding[] {
  const { call } = active;
  if (call.name !== "deregister" || call.request.scope !== "local") return [];
  if (!claims.caches.local || !claims.callback) return [];
  if (instance.registrations.some((each) => each.region === call.region)) return [];
  const entry = active.before.entries.find((each) =>
    each.regions.some((region) => region.key === call.region),
  );
  if (entry === undefined || entry.zombie || entry.unreleased) return [];
  if (active.failures.length > 0 || active.interrupted) return [];
  const idle = active.before.entries.filter(isIdle);
  if (!fits(claims, idle, entry.span.count)) return [];
  const isThere = view.regions(instance.provider).some((each) => each.key === call.region);
  // A larger entry with the rights serves as well, and two for one range would be one too many.
  const isCovered = entriesOf(view, instance).some(
    (each) =>
      !each.zombie &&
      spanContains(each.span, entry.span) &&
      each.regions.some((region) => includesAccess(region.access, entry.access)),
  );
  if (isThere || isCovered || !wasUndisturbed(view, instance, active)) return [];
  return [
    broken(
      "LOCAL-1",
      `region ${call.region} over ${pages(view, entry.span)} stays after the last deregister`,
      "it was released",
    ),
  ];
}

/** The buffer still maps what it mapped when it was registered, and could be secured. */
function wasUndisturbed(view: WorldView, instance: ProviderInstance, active: ActiveCall): boolean {
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
function isSecurable(view: WorldView, instance: ProviderInstance, range: AddressRange): boolean {
  return pageNumbers(pagesOf(range, view.config.pageSizeBytes)).every((number) => {
    const page = view.page(instance.process, number);
    return page?.committed === true && modeAllows("readwrite", page.protection);
  });
}

/** True if one more idle entry of so many pages keeps the declared limits. */
function fits(
  claims: Claims,
  idle: readonly { readonly span: { readonly count: number } }[],
  pageCount: number,
): boolean {
  const { entries, pages: mostPages } = claims.limits;
  const idlePages = idle.reduce((sum, each) => sum + each.span.count, 0);
  return (
    (entries === null || idle.length + 1 <= entries) &&
    (mostPages === null || idlePages + pageCount <= mostPages)
  );
}

/** LAW-8: an event that has nothing to do with an idle entry does not empty the cache. */
export function judgeLosses(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  active: ActiveCall,
): Finding[] {
  const { call } = active;
  if (call.name !== "register" && call.name !== "deregister") return [];
  if (active.failures.length > 0 || active.interrupted || !claims.caches.local) return [];
  const idle = active.before.entries.filter((each) => isIdle(each) && !each.unreleased);
  const incoming = active.touched.reduce((most, span) => Math.max(most, span.count), 0);
  if (!fits(claims, idle, incoming)) return [];
  const now = entriesOf(view, instance);
  const lost = idle.find(
    (each) =>
      each.regions.length > 0 &&
      !now.some((entry) => entry.regions.length > 0 && spanContains(entry.span, each.span)),
  );
  if (lost === undefined) return [];
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
  instance: ProviderInstance,
  active: ActiveCall,
): Finding[] {
  const { call } = active;
  if (call.name !== "closeSocket" || active.failures.length > 0) return [];
  const kept = entriesOf(view, instance).find(
    (each) =>
      isIdle(each) &&
      !each.unreleased &&
      each.sockets.length === 1 &&
      each.sockets[0] === call.socket,
  );
  if (kept === undefined) return [];
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
  instance: ProviderInstance,
  active: ActiveCall,
): Finding[] {
  if (active.call.name !== "cleanup") return [];
  const tried = active.failures.length > 0;
  const owed = entriesOf(view, instance).filter((each) => tried && each.unreleased);
  const entries = entriesOf(view, instance).filter((each) => !(tried && each.unreleased));
  const secures = securesOf(view, instance).filter(
    (each) => overlapping(owed, each.span).length === 0,
  );
  const left = [
    ...entries.filter((each) => each.locked).map((each) => `lock ${each.mdl}`),
    ...entries.flatMap((each) => each.regions.map((region) => `region ${region.key}`)),
    ...secures.map((each) => `secure ${each.handle}`),
    ...view
      .exposures(instance.provider)
      .filter((each) => each.process === instance.process)
      .map((each) => `key ${each.key}`),
  ];
  if (left.length === 0) return [];
  return [broken("LAW-4", "nothing is left after WSPCleanup", left.join(", "))];
}

/** ACCESS-5, SPI-7: after a close nothing of the socket is left. */
export function judgeClosed(view: WorldView, event: EventOf<"closed">): Finding[] {
  const left = [
    ...view
      .instances()
      .flatMap((each) => each.registrations)
      .filter((each) => each.socket === event.socket)
      .map((each) => each.name),
    ...view.instances().flatMap((each) =>
      view
        .exposures(each.provider)
        .filter((exposure) => exposure.socket === event.socket && exposure.process === each.process)
        .map((exposure) => `key ${exposure.key}`),
    ),
  ];
  const pending = view
    .transfers()
    .filter((each) => each.socket === event.socket)
    .map((each) => each.name);
  return [
    ...(left.length + pending.length > 0
      ? [
          broken(
            "ACCESS-5",
            `nothing of s_${event.socket} is left after its close`,
            [...left, ...pending].join(", "),
          ),
        ]
      : []),
    ...(pending.length > 0
      ? [
          broken(
            "SPI-7",
            "a close ends pending operations with WSA_OPERATION_ABORTED",
            `${pending.join(", ")} is still pending`,
          ),
        ]
      : []),
  ];
}
