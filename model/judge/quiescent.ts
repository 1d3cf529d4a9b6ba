// What holds whenever no call of the instance is active: idle entries are secured, limits are kept, and peers
// reach nothing but what is registered for them. Judged when the outermost call returns.

import type { Claims } from "../config.ts";
import type { Access } from "../contract.ts";
import { entriesOf, isIdle, securesOf, uncovered, type Entry } from "../entries.ts";
import type { ProviderInstance } from "../ledger.ts";
import { accessesOf } from "../memory-manager.ts";
import type { Exposure } from "../nic.ts";
import {
  brand,
  pageNumbers,
  pagesOf,
  sameRange,
  sameSpan,
  spanHas,
  type PageNumber,
} from "../units.ts";
import type { WorldView } from "../view.ts";
import { broken, pages, type Finding } from "./finding.ts";

export function judgeQuiescent(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
): Finding[] {
  const entries = entriesOf(view, instance);
  const idle = entries.filter(isIdle);
  return [
    ...idle.flatMap((entry) => judgeIdle(view, instance, claims, entry)),
    ...judgeOrphans(view, entries),
    ...judgeLimits(claims, entries),
    ...judgeTwins(view, idle),
    ...view
      .exposures(instance.provider)
      .filter((each) => each.process === instance.process)
      .flatMap((exposure) => judgeExposure(view, instance, exposure)),
  ];
}

/** LOCAL-2, REMOTE-2, OWN-1: every page of an idle entry is secured. SPI-6: without a callback there is none. */
function judgeIdle(
  view: WorldView,
  instance: ProviderInstance,
  claims: Claims,
  entry: Entry,
): Finding[] {
  const where = pages(view, entry.span);
  const findings: Finding[] = [];
  // What a failed release leaves cannot be helped; a secure that it had stays.
  if (entry.unsecurable) return findings;
  const mayBeKept = entry.scopes.length === 0 || entry.scopes.some((scope) => claims.caches[scope]);
  if (!entry.unreleased && !mayBeKept) {
    findings.push(
      broken(
        "LAW-7",
        `no idle entries: the cache declares that it keeps none of ${entry.remote ? "remote" : "local"} scope`,
        `${where} is kept`,
      ),
    );
  }
  if (!entry.unreleased && !claims.callback) {
    findings.push(
      broken(
        "SPI-6",
        "a cache without a callback keeps nothing after the last deregister",
        `${where} is still locked${entry.regions.length > 0 ? " and registered" : ""}`,
      ),
    );
  }
  if (claims.notification !== "refuse-notify-retry") return findings;
  const { covered, missing } = uncovered(entry.span, securesOf(view, instance));
  if (missing.length === 0) return findings;
  const unsecured = missing.map((page) => pages(view, { first: page, count: 1 })).join(", ");
  findings.push(
    broken(
      entry.remote ? "REMOTE-2" : "LOCAL-2",
      `every page of the cached buffer ${where} is secured`,
      `not secured: ${unsecured}`,
    ),
  );
  if (covered > 0) {
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

/** LAW-5: no region outlives the lock under it. */
function judgeOrphans(view: WorldView, entries: readonly Entry[]): Finding[] {
  return entries
    .filter((entry) => !entry.locked)
    .map((entry) =>
      broken(
        "LAW-5",
        "a lock is released after the regions on it",
        `region ${entry.regions[0]?.key ?? "?"} over ${pages(view, entry.span)} is in the NIC, and its pages are not locked`,
      ),
    );
}

/** LAW-7: the declared limits of idle entries, of their pages, and of pending releases. */
function judgeLimits(claims: Claims, entries: readonly Entry[]): Finding[] {
  const { limits } = claims;
  const kept = entries.filter((entry) => isIdle(entry) && !entry.unreleased);
  const pageCount = kept.reduce((sum, entry) => sum + entry.span.count, 0);
  const pending = entries.filter((each) => each.zombie && !each.held && !each.unreleased).length;
  const over = (what: string, limit: number | null, count: number): Finding[] =>
    limit !== null && count > limit
      ? [broken("LAW-7", `at most ${limit} ${what}, as declared`, `${count}`)]
      : [];
  return [
    ...over("idle entries", limits.entries, kept.length),
    ...over("idle pages", limits.pages, pageCount),
    ...over("invalidated entries waiting for their release", limits.pending, pending),
  ];
}

/** What an entry can be used for: its region may hold fewer rights than the lock under it. */
const rightsOf = ({ regions, access }: Entry): Access => regions[0]?.access ?? access;

/** LAW-8: no two idle entries for one range and right. A larger one that served the range as well is none. */
function judgeTwins(view: WorldView, idle: readonly Entry[]): Finding[] {
  const twin = idle.find((entry, i) =>
    idle
      .slice(i + 1)
      .some(
        (other) =>
          entry.remote === other.remote &&
          sameSpan(entry.span, other.span) &&
          entry.ranges.some((range) => other.ranges.some((each) => sameRange(each, range))) &&
          rightsOf(entry) === rightsOf(other) &&
          !entry.unreleased &&
          !other.unreleased,
      ),
  );
  if (twin === undefined) return [];
  return [
    broken("LAW-8", "one idle entry for one range and right", `two for ${pages(view, twin.span)}`),
  ];
}

/** REMOTE-1, ACCESS-2, ACCESS-3, ACCESS-4, LAW-13: a peer reaches what is registered for its socket, no more. */
function judgeExposure(view: WorldView, instance: ProviderInstance, exposure: Exposure): Finding[] {
  const { pageSizeBytes } = view.config;
  const remote = instance.registrations.filter((each) => each.scope === "remote");
  const own = remote.filter((each) => each.socket === exposure.socket);
  const coveringPage = (list: typeof remote, page: number): typeof remote =>
    list.filter((each) => spanHas(pagesOf(each.range, pageSizeBytes), brand<PageNumber>(page)));
  const bare = pageNumbers(exposure.span).filter((page) => coveringPage(own, page).length === 0);
  const where = pages(view, exposure.span);
  const who = `the peer of s_${exposure.socket}`;
  if (bare.length > 0) {
    const open = bare.map((page) => pages(view, { first: page, count: 1 })).join(", ");
    const observed = `${who} reaches ${open} with key ${exposure.key}`;
    const expected = `${who} reaches only what is registered for it`;
    const socket = view.sockets().find((each) => each.id === exposure.socket);
    const others = bare.some((page) => coveringPage(remote, page).length > 0);
    return [
      broken("REMOTE-1", expected, observed),
      broken(
        "LAW-13",
        `the exposed pages lie in the live remote registrations of the socket`,
        observed,
      ),
      ...(others
        ? [broken("ACCESS-2", "pages are exposed to the socket that registered them", observed)]
        : []),
      ...(socket?.status === "closed"
        ? [broken("ACCESS-3", "nothing is reachable once the connection is closed", observed)]
        : []),
    ];
  }
  const excess = pageNumbers(exposure.span).some((page) =>
    accessesOf(exposure.access).some(
      (kind) => !coveringPage(own, page).some((each) => grants(each.access, kind)),
    ),
  );
  if (!excess) return [];
  const observed = `${where} is exposed for ${exposure.access}`;
  return [
    broken("ACCESS-4", `${who} has the rights that it was given and no more`, observed),
    broken("LAW-13", "an exposure grants no more than the registrations under it", observed),
  ];
}

function grants(access: Access, kind: "read" | "write"): boolean {
  return accessesOf(access).includes(kind);
}
