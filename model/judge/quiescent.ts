// What holds whenever no call of the instance is active: idle entries are secured, limits are kept, and peers
// reach nothing but what is registered for them. Judged when the outermost call returns, where it may have changed.

import type { Claims } from "../config.ts";
import type { Access } from "../contract.ts";
import { isIdle, uncovered } from "../entries.ts";
import { callsBack, families } from "../families.ts";
import type { ActiveCall, Entry, InstanceView, Registration } from "../ledger.ts";
import { accessesOf, includesAccess } from "../memory-manager.ts";
import type { Exposure } from "../nic.ts";
import {
  pageNumbers,
  pagesOf,
  sameRange,
  sameSpan,
  spanContains,
  spanHas,
  type PageNumber,
} from "../units.ts";
import type { WorldView } from "../view.ts";
import { both, broken, none, pages, type Finding, type JudgeScope } from "./finding.ts";
import { entriesOverAll, exposuresOverAll, touchedSpans } from "./touched.ts";

export function judgeQuiescent(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  active: ActiveCall,
  scope: JudgeScope,
): readonly Finding[] {
  const limits = judgeLimits(view, instance, claims);
  if (scope === "touched" && onlyTookIntoUse(active)) return limits;
  const spans = scope === "touched" ? touchedSpans(view, active) : [];
  const entries =
    scope === "touched" ? entriesOverAll(view, instance, spans) : view.entries(instance.id);
  const exposures =
    scope === "touched"
      ? exposuresOverAll(view, instance, spans)
      : view.exposures(instance.provider).filter((each) => each.process === instance.process);
  let findings = none;
  for (const entry of entries) {
    if (isIdle(entry)) findings = both(findings, judgeIdle(view, instance, claims, entry));
  }
  findings = both(both(findings, judgeOrphans(view, entries)), limits);
  findings = both(findings, judgeTwins(view, entries));
  for (const exposure of exposures) {
    findings = both(findings, judgeExposure(view, instance, exposure));
  }
  return findings;
}

/** A hit changes nothing but that an entry is in use; in use, more is legal. */
function onlyTookIntoUse({ call, changes, failures, interrupted }: ActiveCall): boolean {
  return call.name === "register" && changes.length === 0 && failures.length === 0 && !interrupted;
}

/** LOCAL-2, REMOTE-2, OWN-1: every page of an idle entry is secured. SPI-6: without a callback there is none. */
function judgeIdle(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  entry: Entry,
): readonly Finding[] {
  // What a failed release leaves cannot be helped; a secure that it had stays.
  if (entry.unsecurable) return none;
  return both(judgeIsKept(view, claims, entry), judgeIsSecured(view, instance, claims, entry));
}

function judgeIsKept(view: WorldView, claims: Claims, entry: Entry): readonly Finding[] {
  if (entry.unreleased) return none;
  const mayBeKept = entry.scopes.length === 0 || entry.scopes.some((scope) => claims.caches[scope]);
  const hears = claims.callback || !callsBack(claims.notification);
  if (mayBeKept && hears) return none;
  const where = pages(view, entry.span);
  const findings: Finding[] = [];
  if (!mayBeKept) {
    findings.push(
      broken(
        "LAW-7",
        `no idle entries: the cache declares that it keeps none of ${entry.remote ? "remote" : "local"} scope`,
        `${where} is kept`,
      ),
    );
  }
  if (!hears) {
    findings.push(
      broken(
        "SPI-6",
        "a cache without a callback keeps nothing after the last deregister",
        `${where} is still locked${entry.regions.length > 0 ? " and registered" : ""}`,
      ),
    );
  }
  return findings;
}

function judgeIsSecured(
  view: WorldView,
  instance: InstanceView,
  claims: Claims,
  entry: Entry,
): readonly Finding[] {
  const { delivery } = families[claims.notification];
  if (delivery === "asked" || delivery === "never") return none;
  if (delivery !== "refused") return judgeIsWatched(view, instance, entry);
  const missing = uncovered(entry.span, view.instanceSecuresOver(instance.id, entry.span));
  if (missing.length === 0) return none;
  const where = pages(view, entry.span);
  const unsecured = pagesEach(view, missing);
  const findings = [
    broken(
      entry.remote ? "REMOTE-2" : "LOCAL-2",
      `every page of the cached buffer ${where} is secured`,
      `not secured: ${unsecured}`,
    ),
  ];
  if (missing.length < entry.span.count) {
    findings.push(
      broken(
        "OWN-1",
        `what is secured for ${where} reaches from its first to its last byte`,
        `the secure leaves out ${unsecured}`,
      ),
    );
  }
  return findings;
}

/** LOCAL-2, REMOTE-2 where a cache watches: it hears of changes of every page. */
function judgeIsWatched(view: WorldView, instance: InstanceView, entry: Entry): readonly Finding[] {
  const missing = pageNumbers(entry.span).filter((page) => !view.isWatched(instance.id, page));
  if (missing.length === 0) return none;
  return [
    broken(
      entry.remote ? "REMOTE-2" : "LOCAL-2",
      `every page of the cached buffer ${pages(view, entry.span)} is watched`,
      `not watched: ${pagesEach(view, missing)}`,
    ),
  ];
}

const pagesEach = (view: WorldView, numbers: readonly PageNumber[]): string =>
  numbers.map((page) => pages(view, { first: page, count: 1 })).join(", ");

/** LAW-5: no region outlives the lock under it. */
function judgeOrphans(view: WorldView, entries: readonly Entry[]): readonly Finding[] {
  let findings = none;
  for (const { locked, regions, span } of entries) {
    if (locked) continue;
    const observed = `region ${regions[0]?.key ?? "?"} over ${pages(view, span)} is in the NIC, and its pages are not locked`;
    findings = both(findings, [
      broken("LAW-5", "a lock is released after the regions on it", observed),
    ]);
  }
  return findings;
}

/** LAW-7: the declared limits of idle entries, of their pages, and of pending releases. */
function judgeLimits(
  view: WorldView,
  instance: InstanceView,
  { limits }: Claims,
): readonly Finding[] {
  if (limits.entries === null && limits.pages === null && limits.pending === null) return none;
  const totals = view.totals(instance.id);
  const over = (what: string, limit: number | null, count: number): readonly Finding[] =>
    limit !== null && count > limit
      ? [broken("LAW-7", `at most ${limit} ${what}, as declared`, `${count}`)]
      : none;
  return both(
    over("idle entries", limits.entries, totals.idleEntries - totals.owedEntries),
    both(
      over("idle pages", limits.pages, totals.idlePages - totals.owedPages),
      over("invalidated entries waiting for their release", limits.pending, totals.pendingEntries),
    ),
  );
}

/** What an entry can be used for: its region may hold fewer rights than the lock under it. */
const rightsOf = ({ regions, access }: Entry): Access => regions[0]?.access ?? access;

/** LAW-8: no two idle entries for one range and right. A larger one that served the range as well is none. */
function judgeTwins(view: WorldView, entries: readonly Entry[]): readonly Finding[] {
  let findings = none;
  for (let i = 0; i + 1 < entries.length; i++) {
    const entry = entries[i];
    if (entry === undefined || !hasTwin(entry, entries, i + 1)) continue;
    const observed = `two for ${pages(view, entry.span)}`;
    findings = both(findings, [
      broken("LAW-8", "one idle entry for one range and right", observed),
    ]);
  }
  return findings;
}

/** True if an entry from the index on is the same over again. */
function hasTwin(entry: Entry, entries: readonly Entry[], from: number): boolean {
  if (!isIdle(entry) || entry.unreleased) return false;
  for (let i = from; i < entries.length; i++) {
    const other = entries[i];
    if (
      other !== undefined &&
      sameSpan(entry.span, other.span) &&
      entry.remote === other.remote &&
      isIdle(other) &&
      !other.unreleased &&
      rightsOf(entry) === rightsOf(other) &&
      entry.ranges.some((range) => other.ranges.some((each) => sameRange(each, range)))
    ) {
      return true;
    }
  }
  return false;
}

/** REMOTE-1, ACCESS-2, ACCESS-3, ACCESS-4, LAW-13: a peer reaches what is registered for its socket, no more. */
function judgeExposure(
  view: WorldView,
  instance: InstanceView,
  exposure: Exposure,
): readonly Finding[] {
  const { pageSizeBytes } = view.config;
  const live = view.registrationsOver(instance.id, exposure.span);
  for (const each of live) if (grantsAll(view, each, exposure)) return none;
  const remote = live.filter((each) => each.scope === "remote");
  const own = remote.filter((each) => each.socket === exposure.socket);
  const coveringPage = (list: typeof remote, page: PageNumber): typeof remote =>
    list.filter((each) => spanHas(pagesOf(each.range, pageSizeBytes), page));
  const bare = pageNumbers(exposure.span).filter((page) => coveringPage(own, page).length === 0);
  if (bare.length > 0) {
    const others = bare.some((page) => coveringPage(remote, page).length > 0);
    return judgeBare(view, exposure, bare, others);
  }
  const excess = pageNumbers(exposure.span).some((page) => {
    const here = coveringPage(own, page);
    return accessesOf(exposure.access).some(
      (kind) => !here.some((each) => grants(each.access, kind)),
    );
  });
  if (!excess) return none;
  const who = `the peer of s_${exposure.socket}`;
  const observed = `${pages(view, exposure.span)} is exposed for ${exposure.access}`;
  return [
    broken("ACCESS-4", `${who} has the rights that it was given and no more`, observed),
    broken("LAW-13", "an exposure grants no more than the registrations under it", observed),
  ];
}

/** The registration alone is enough for the exposure, as it nearly always is. */
function grantsAll(view: WorldView, live: Registration, exposure: Exposure): boolean {
  return (
    live.scope === "remote" &&
    live.socket === exposure.socket &&
    includesAccess(live.access, exposure.access) &&
    spanContains(pagesOf(live.range, view.config.pageSizeBytes), exposure.span)
  );
}

/** Pages are exposed that are not registered for the socket; `others`: they are for another one. */
function judgeBare(
  view: WorldView,
  exposure: Exposure,
  bare: readonly PageNumber[],
  others: boolean,
): readonly Finding[] {
  const who = `the peer of s_${exposure.socket}`;
  const open = bare.map((page) => pages(view, { first: page, count: 1 })).join(", ");
  const observed = `${who} reaches ${open} with key ${exposure.key}`;
  return [
    broken("REMOTE-1", `${who} reaches only what is registered for it`, observed),
    broken(
      "LAW-13",
      `the exposed pages lie in the live remote registrations of the socket`,
      observed,
    ),
    ...(others
      ? [broken("ACCESS-2", "pages are exposed to the socket that registered them", observed)]
      : []),
    ...(view.socket(exposure.socket)?.status === "closed"
      ? [broken("ACCESS-3", "nothing is reachable once the connection is closed", observed)]
      : []),
  ];
}

function grants(access: Access, kind: "read" | "write"): boolean {
  return accessesOf(access).includes(kind);
}
